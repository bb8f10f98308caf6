# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Progress bars with the time left, on stderr, silent where that is not a terminal; and the lines that report an ingest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

from tqdm import tqdm

from wazi.ingest import Progress
from wazi.types import Receipt, Status

if TYPE_CHECKING:
    from wazi import collect


class Bar:
    """The bar of an ingest: bytes done of all, time left, files and pages per second."""

    def __init__(self) -> None:
        self._bar = tqdm(unit="B", unit_scale=True, disable=None, file=sys.stderr, dynamic_ncols=True, smoothing=0.05)

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def update(self, progress: Progress) -> None:
        """Draw where the ingest is."""
        if self._bar.disable:
            return
        self._bar.total = progress.all_bytes
        elapsed = self._bar.format_dict["elapsed"] or 1e-9
        rate = f"{progress.pages / elapsed:.1f} pages/s"
        self._bar.set_postfix_str(f"file {progress.files}/{progress.all_files}, {rate}, {progress.name}", refresh=False)
        self._bar.update(progress.bytes - self._bar.n)

    def paused(self) -> AbstractContextManager[None]:
        """Room for a line of output."""
        return paused()


class AddressBar:
    """The bar of a run of a source: addresses done of as many as there were last time, and the time left."""

    def __init__(self, name: str) -> None:
        self._bar = tqdm(desc=name, unit=" addresses", disable=None, file=sys.stderr, dynamic_ncols=True)

    def __enter__(self) -> AddressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def update(self, progress: collect.Progress) -> None:
        """Draw where the run is."""
        self._bar.total = progress.expected or None
        self._bar.set_postfix_str(progress.address, refresh=False)
        self._bar.update(progress.done - self._bar.n)


@contextmanager
def paused() -> Iterator[None]:
    """Room for a line of output beside a bar."""
    with tqdm.external_write_mode(file=sys.stdout):
        yield


@contextmanager
def bytes_bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for something fetched: call it with the bytes done and the total."""
    with tqdm(desc=name, unit="B", unit_scale=True, unit_divisor=1024, disable=None, file=sys.stderr) as bar:

        def update(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield update


def receipt_line(receipt: Receipt) -> str:
    """What became of one file, in one line."""
    record = receipt.record
    size = f"{record.pages} pages, {record.chunks} passages" if record.pages else f"{record.chunks} passages"
    reason = f": {record.reason}" if record.reason else ""
    flags = f" [{', '.join(record.flags)}]" if record.flags else ""
    if record.personal:
        counted = ", ".join(f"{count} {kind}" for kind, count in record.personal.items())
        flags += f" [personal data: {counted}]"
    detail = "" if receipt.status is Status.FAILED else f" ({size}, {', '.join(record.languages)})"
    return f"{receipt.status.value:9} {record.source}{detail}{flags}{reason}"


def ingest_summary(done: Sequence[Receipt], seconds: float, rate: float) -> str:
    """What became of all of them, and what to type next."""
    counts = {status: sum(each.status is status for each in done) for status in Status}
    told = ", ".join(f"{count} {status.value}" for status, count in counts.items() if count)
    return f'{told or "no files found"} in {seconds:.1f} s ({rate:.1f} pages/s). Ask: wazi ask "your question"'
