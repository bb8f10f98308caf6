# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance suites and fakes that authors of parts reuse.

A test module subclasses a suite and gives its fixture; pytest collects the rest. `StoreConformance` needs a fixture
`new_store`: a function that opens a fresh, empty store for vectors of length `DIMENSION`;
`SourceConformance` needs a fixture `world`: what stands behind the source. The suites know only the
protocols, never a part's insides.
"""

from wazi.testing.holdings import ANYBODY, DIMENSION, KEEPER, ids, make_holding, refusal, unit_vector
from wazi.testing.lexical import NewStore
from wazi.testing.sources import SourceConformance
from wazi.testing.store import StoreConformance

__all__ = [
    "ANYBODY",
    "DIMENSION",
    "KEEPER",
    "NewStore",
    "SourceConformance",
    "StoreConformance",
    "ids",
    "make_holding",
    "refusal",
    "unit_vector",
]
