# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a warm store holds in memory, against the table it was read from."""

from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pytest

from wazi.store.resident import Resident, row_list
from wazi.store.rows import passages_table
from wazi.testing import ANYBODY, DIMENSION, KEEPER, make_holding, unit_vector
from wazi.types import Scope


@pytest.mark.parametrize("share", [0.0, 0.0005, 0.02, 0.5, 1.0])
def test_a_row_list_is_read_by_the_engine_as_it_was_meant(tmp_path: Path, share: float) -> None:
    """Fragments longer than one container of the format, with few, many and all rows."""
    rows = 150_000
    table = lance.write_dataset(
        pa.table({"n": np.arange(rows)}), str(tmp_path / "t.lance"), max_rows_per_file=100_000, max_rows_per_group=1024
    )
    kept = np.random.default_rng(1).random(rows) < share
    allowed = row_list({0: kept[:100_000], 1: kept[100_000:]})
    found = table.scanner(columns=["n"], row_addr_allowlist=allowed).to_table()["n"].to_numpy()
    assert np.array_equal(np.sort(found), np.flatnonzero(kept))


@pytest.fixture
def table(tmp_path: Path) -> lance.LanceDataset:
    held = [make_holding(f"d{n}", ["maji"] * 4, labels=frozenset({f"l{n % 2}"})) for n in range(6)]
    for part in (held[:3], held[3:]):
        lance.write_dataset(passages_table(part, DIMENSION), str(tmp_path / "p.lance"), mode="append")
    return lance.dataset(str(tmp_path / "p.lance"))


def test_cosines_ids_and_vectors_are_those_of_the_table(table: lance.LanceDataset) -> None:
    resident = Resident(DIMENSION).following(table, words=False)
    held = table.scanner(filter="kind = 'chunk'", columns=["id", "vector"], with_row_address=True).to_table()
    places = np.random.default_rng(2).permutation(held["_rowaddr"].to_numpy().astype(np.int64))
    rows = {row["_rowaddr"]: row for row in held.to_pylist()}
    exact = np.array([rows[place]["vector"] for place in places.tolist()], np.float32)
    assert resident.ids(places) == [rows[place]["id"] for place in places.tolist()]
    assert np.allclose(resident.vectors(places), exact, atol=1e-4)
    query = unit_vector(3)
    assert np.allclose(resident.cosines(places, 5 * query), exact @ query, atol=1e-4)
    assert set(resident.places(KEEPER).tolist()) == set(places.tolist())
    assert resident.count(KEEPER) == 24


def test_rights_and_deletions_are_followed(table: lance.LanceDataset) -> None:
    before = Resident(DIMENSION).following(table, words=False)
    assert (before.count(Scope(frozenset({"l1"}))), before.count(ANYBODY)) == (12, 0)
    table.delete("document = 'd1'")
    after = before.following(table, words=False)
    assert (after.count(Scope(frozenset({"l1"}))), after.version) == (8, table.version)
    assert before.count(Scope(frozenset({"l1"}))) == 12, "a question under way keeps its version"
    gone = np.setdiff1d(before.places(KEEPER), after.places(KEEPER))
    assert [name.split(":")[0] for name in before.ids(gone)] == ["d1"] * 4
    assert not after.permitted(gone, KEEPER).any()
