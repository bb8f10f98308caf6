# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Vectors of texts and readings of passages that were needed lately: people ask the same things about the same pages.

It holds hashes, vectors and offsets, no text, and is gone with the process.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from wazi.models import PassageReader, Reading

T = TypeVar("T")

MOST = 16_384
"""Results held: of vectors of 384 numbers 24 MiB; readings are smaller."""


class Recent(Generic[T]):
    """The last results, by the hash of what they are of; the one unused for longest goes first. Thread-safe."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[bytes, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, texts: Sequence[str], make: Callable[[list[int]], Iterable[T]]) -> list[T]:
        """One result a text; `make` is asked for those at the places that are new, in their order."""
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
        if new := [number for number, key in enumerate(keys) if key not in found]:
            found.update({keys[number]: made for number, made in zip(new, make(new), strict=True)})
        with self._lock:
            for key in keys:
                self._held[key] = found[key]
                self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return [found[key] for key in keys]


class RecentReader:
    """A reader that remembers its last readings, by question, passage and parts. Thread-safe."""

    def __init__(self, reader: PassageReader, most: int = MOST) -> None:
        self.name = reader.name
        self.odds, self.answerable = reader.odds, reader.answerable
        self._reader = reader
        self._readings: Recent[Reading] = Recent(most)

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        """What the reader makes of the passages; it reads only those that are new with this question."""
        named = list(parts or [()] * len(passages))
        asked = [f"{question}\0{text}\0{list(own)}" for text, own in zip(passages, named, strict=True)]
        return self._readings.get(
            asked, lambda new: self._reader.read(question, [passages[n] for n in new], [named[n] for n in new])
        )


def remembering(reader: PassageReader | None) -> PassageReader | None:
    """The same reader, which remembers; None for none."""
    return RecentReader(reader) if reader else None
