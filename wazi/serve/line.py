# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""First come, first served: so much work at a time, and whoever waits is told how many are before them.

More threads than processors make every answer late and every page wait for them. It does not know what the work is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Line:
    """Work waits here in the order in which it came. Thread-safe."""

    def __init__(self, at_once: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._at_once = at_once
        self._lock = threading.Lock()
        self._present: dict[object, Callable[[int], None]] = {}
        """Who has come and is not done yet, in order: the first `at_once` are at work."""

    def join(self, work: Callable[[], T], told: Callable[[int], None] = lambda _: None) -> Future[T]:
        """Do `work` when its turn comes; `told` is called with how many are before it, at once and at every change.

        It is not called for work that begins at once. A future that is cancelled gives up its place.
        """
        place = object()
        with self._lock:  # so that the order told is the order served
            done = self._threads.submit(work)
            before = len(self._present)
            self._present[place] = told
            if before >= self._at_once:
                told(before)
        done.add_done_callback(lambda _: self._leave(place))
        return done

    def close(self) -> None:
        """Drop what waits, and wait for what is at work."""
        self._threads.shutdown(cancel_futures=True)

    def _leave(self, place: object) -> None:
        with self._lock:
            at = list(self._present).index(place)
            del self._present[place]
            for before, told in list(enumerate(self._present.values()))[max(at, self._at_once) :]:
                told(before)
