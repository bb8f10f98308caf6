# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Vectors of texts that were needed lately: people ask about the same pages, so a sentence is mostly embedded once.

It holds hashes and vectors, no text, and is gone with the process.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wazi.types import Vector

MOST = 16_384
"""Vectors held: 24 MiB of 384 numbers each."""


class Recent:
    """The last vectors, by the hash of their text; the one unused for longest goes first. Thread-safe."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[bytes, Vector] = OrderedDict()
        self._lock = threading.Lock()

    def passages(self, texts: Sequence[str], embed: Callable[[Sequence[str]], Vector]) -> Vector:
        """What `embed` gives for the texts, shape (len(texts), dimension); it is asked only for those that are new."""
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
        new = [number for number, key in enumerate(keys) if key not in found]
        if new:
            made = embed([texts[number] for number in new])
            found.update({keys[number]: vector for number, vector in zip(new, made, strict=True)})
        with self._lock:
            for key in keys:
                self._held[key] = found[key]
                self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return np.stack([found[key] for key in keys]) if keys else embed(texts)
