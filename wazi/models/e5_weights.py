# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the one file in which multilingual-e5-small comes in 4 bits: sizes, vocabulary, normalisation map, tensors.

The file is mapped into memory, so only what is looked at is read. It knows the format and nothing of what is computed.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wazi.errors import MissingPart

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = (b"E5S1", 1)
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
"""32 weights: the low nibbles are the first sixteen, the high ones the others; a weight is (nibble - 8) * scale."""

BLOCK_WEIGHTS = 32


@dataclass(frozen=True, slots=True)
class Weights:
    """What the file holds. `tensors` are flat: float32, or blocks of 4-bit weights (BLOCK), row by row of [out, in]."""

    hidden: int
    layers: int
    heads: int
    positions: int
    """The longest input in tokens, both ends included."""
    epsilon: float
    start: int
    end: int
    unknown: int
    pieces: Sequence[str]
    """The vocabulary by token id; a blank is U+2581."""
    scores: NDArray[np.float32]
    """Log probability of every piece, by token id."""
    replacements: Mapping[int, str]
    """What becomes of a character, as `str.translate` takes it."""
    tensors: Mapping[str, NDArray[Any]]

    def matrix(self, name: str) -> NDArray[np.float32]:
        """A 4-bit matrix in full, shape (out, in)."""
        outputs = self.tensors[name[:-1] + "b"].shape[0]
        return dequantise(self.tensors[name]).reshape(outputs, -1)


def dequantise(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """The weights of 4-bit blocks of any shape, with the 32 of a block as one more dimension at the end."""
    nibbles = blocks["nibbles"]
    weights = np.concatenate((nibbles & 15, nibbles >> 4), axis=-1).astype(np.float32)
    weights -= 8
    weights *= blocks["scale"][..., None]
    return weights


def read(path: Path) -> Weights:
    """Map the file. Raises MissingPart when it is not such a file or ends too early."""
    try:
        with path.open("rb") as file:
            return _read(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError, struct.error) as error:
        said = f"{path} is not a model of multilingual-e5-small ({error})"
        raise MissingPart(f"{said}: type `wazi models verify`") from error


def _read(file: mmap.mmap) -> Weights:
    cursor = _Cursor(file)
    if (found := cursor.take("4sI")) != MAGIC:
        raise ValueError(f"it begins with {found[0]!r}")
    hidden, layers, heads, _, _, positions, _, epsilon, block = cursor.take("7ifi")
    if block != BLOCK_WEIGHTS:
        raise ValueError(f"blocks of {block} weights")
    count, start, end, _, unknown, text_bytes = cursor.take("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    pieces = _pieces(cursor.array("u1", text_bytes), offsets)
    replacements = _replacements(cursor)
    tensors = _tensors(cursor)
    return Weights(
        hidden, layers, heads, positions, epsilon, start, end, unknown, pieces, scores, replacements, tensors
    )


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, file: mmap.mmap) -> None:
        self.file = file
        self.at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.file, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.file, dtype, count, self.at)
        self.at += values.nbytes
        return values


def _pieces(text: NDArray[np.uint8], offsets: NDArray[np.uint32]) -> list[str]:
    """UTF-8 text cut at `offsets`: decoded at once, which takes a third of the time of 250,000 pieces one by one."""
    characters = np.concatenate(([0], np.cumsum((text & 0xC0) != 0x80)))[offsets].tolist()
    decoded = text.tobytes().decode()
    return [decoded[begin:stop] for begin, stop in pairwise(characters)]


def _replacements(cursor: _Cursor) -> dict[int, str]:
    """A character, the number of its replacements, and these, again and again."""
    count, _ = cursor.take("iI")
    found = {}
    for _ in range(count):
        character, length = cursor.take("IB")
        found[character] = "".join(map(chr, cursor.take(f"{length}I")))
    return found


def _tensors(cursor: _Cursor) -> dict[str, NDArray[Any]]:
    found = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name, kind, _, offset, size = cursor.take(f"{length}sBIQQ")
        # The kind decides, not the name: layer norms, too, are called "w".
        dtype = BLOCK if kind else np.dtype("<f4")
        found[name.decode()] = np.frombuffer(cursor.file, dtype, size // dtype.itemsize, offset)
    return found
