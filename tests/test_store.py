# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Both stores pass one suite; then what only a store on a disk can get wrong."""

from pathlib import Path

import pytest

from wazi.store import Store
from wazi.store.lance import LanceStore
from wazi.store.memory import MemoryStore
from wazi.testing import DIMENSION, NewStore, StoreConformance


class TestMemoryStore(StoreConformance):
    @pytest.fixture
    def new_store(self) -> NewStore:
        return lambda: MemoryStore(DIMENSION)


class TestLanceStore(StoreConformance):
    @pytest.fixture
    def new_store(self, tmp_path: Path) -> NewStore:
        def make() -> Store:
            return LanceStore(str(tmp_path / "index"), exact_rows=50_000, dimension=DIMENSION)

        return make
