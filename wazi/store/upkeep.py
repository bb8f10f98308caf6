# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How the tables are indexed and kept in shape: which index a column has, how large files are, how rows are marked deleted.

It works on handles it is given, and does not know who may write when.
"""

from __future__ import annotations

from typing import Any

import lance

OUR_TOKENS: dict[str, Any] = {
    "base_tokenizer": "whitespace",
    "lower_case": False,
    "stem": False,
    "remove_stop_words": False,
    "ascii_folding": False,
    "max_token_length": None,
    "with_position": False,
}
SCALAR_INDEXES: dict[str, Any] = {
    "id": "BTREE",
    "document": "BTREE",
    "labels": "LABEL_LIST",
    "valid_from": "BTREE",
    "valid_until": "BTREE",
}
SCALAR_ROWS = 5_000
"""From here on the scalar indexes pay for themselves."""

PASSAGES_SHAPE: dict[str, Any] = {"target_rows_per_fragment": 32_768, "batch_size": 1024}
ORIGINALS_SHAPE: dict[str, Any] = {"target_rows_per_fragment": 64, "batch_size": 4}
"""Rows a file and rows in memory while merging: an erased row costs a rewrite of its file; an original may be 100 MB."""

PARTITION_ROWS = 16_384
"""All partitions are scanned, so few large ones train faster and answer as fast."""


def index_words(table: lance.LanceDataset) -> None:
    """Give the table its index of words, while it is empty: it carries the tokenizer, without which new rows would be
    split by the engine's own."""
    if "tokens_idx" not in indexes(table):
        table.create_scalar_index("tokens", "INVERTED", **OUR_TOKENS)


def index(table: lance.LanceDataset, exact_rows: int) -> None:
    """Make the indexes that the size now asks for."""
    count = table.count_rows()
    if count >= SCALAR_ROWS:
        for column in sorted(SCALAR_INDEXES.keys() - {name.removesuffix("_idx") for name in indexes(table)}):
            table.create_scalar_index(column, SCALAR_INDEXES[column])
    if count > exact_rows and "vector_idx" not in indexes(table):
        partitions = 1 + count // PARTITION_ROWS
        table.create_index("vector", "IVF_RQ", metric="cosine", num_partitions=partitions, sample_rate=64)


def without(table: lance.LanceDataset, where: str) -> tuple[list[int], list[Any]]:
    """Mark the rows as deleted, uncommitted: fragments that end up empty, and the others as changed."""
    addresses = table.scanner(columns=[], filter=where, with_row_address=True).to_table()["_rowaddr"]
    removed: list[int] = []
    updated: list[Any] = []
    for number in sorted({address >> 32 for address in addresses.to_pylist()}):
        fragment = table.get_fragment(number)
        changed = fragment.delete(where) if fragment else None
        if changed is None:
            removed.append(number)
        else:
            updated.append(changed)
    return removed, updated


def indexes(table: lance.LanceDataset) -> set[str]:
    return {index.name for index in table.describe_indices()}


def held_bytes(table: lance.LanceDataset) -> int:
    """Bytes of the data files."""
    files = (file for fragment in table.get_fragments() for file in fragment.metadata.files)
    return sum(file.file_size_bytes or 0 for file in files)
