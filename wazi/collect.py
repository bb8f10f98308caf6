# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in from a source of `sources.toml`: recall -> changes -> ingest -> remember -> gone -> log.

What is remembered of an address advances only once its document is stored, so a kill loses no change. A document that the
source has removed is reported, and deleted only if the source's table says so. It does not know where sources get things.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import chain

from wazi import __version__, access, ingest, sources, unpack
from wazi.desk import Desk
from wazi.errors import InputError, MissingPart, SettingError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Mark, Memory, Place, Same, Seen
from wazi.sources.book import Entry
from wazi.sources.fetch import Fetcher
from wazi.sources.memory import LAST_RUN, MARK, Notes, write_log
from wazi.types import Receipt, Status

VERSION = "version"
"""Note with the release that made the last run: a file that could not be read may be readable for the next one."""
SHOWN = 500
"""Lines of detail that one run leaves in the log."""


@dataclass(slots=True)
class Report:
    """One run of one source, in counts; `same` were as before, and of them `read` had to be fetched whole to know.

    `failed` could not be had, `unreadable` could, but not be read. `lines` are (what, address, reason); `error` says why
    the source as a whole could not be had.
    """

    source: str
    kind: str
    began: str
    dry_run: bool
    new: int = 0
    changed: int = 0
    same: int = 0
    read: int = 0
    gone: int = 0
    deleted: int = 0
    left_out: int = 0
    failed: int = 0
    unreadable: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    error: str | None = None
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many documents came, changed or went."""
        return self.new + self.changed + self.gone + self.deleted

    def note(self, what: str, address: str, reason: str = "") -> None:
        """Count one event, and keep its line while there is room."""
        setattr(self, what, getattr(self, what) + 1)
        if len(self.lines) < SHOWN:
            self.lines.append((what, address, reason))


def collect(
    name: str,
    entry: Entry,
    desk: Desk,
    notes: Notes,
    fetcher: Fetcher,
    *,
    dry_run: bool = False,
    again: bool = False,
    quiet: bool = False,
    told: Callable[[Receipt], None] = lambda _: None,
) -> Report:
    """Run one source and log it; `told` gets a receipt as each document is stored. `again`: as if nothing were known;
    `quiet`: nothing is logged when nothing changed.

    With `dry_run` the source is asked all the same, but nothing is stored, remembered or deleted. Raises StoreError.
    """
    run = _Run(name, entry, desk, notes, dry_run=dry_run, again=again)
    began, requests, size = time.monotonic(), fetcher.requests, fetcher.bytes
    try:
        run.take_in(sources.open_source(entry, fetcher, desk.settings.sources, desk.settings.home), told)
    except (InputError, MissingPart, SettingError) as error:
        run.report.error = str(error)
    finally:
        run.report.seconds = round(time.monotonic() - began, 3)
        run.report.requests, run.report.bytes = fetcher.requests - requests, fetcher.bytes - size
        if run.report.moved or not quiet:
            write_log(desk.settings.home, asdict(run.report))
    return run.report


def is_due(entry: Entry, notes: Notes, name: str, now: dt.datetime) -> bool:
    """Has the time between two runs passed since the last one that went through?"""
    moment = next_run(entry, notes, name)
    return moment is not None and moment <= now


def next_run(entry: Entry, notes: Notes, name: str) -> dt.datetime | None:
    """When a source is due: the earliest of moments if it never ran, None if it has no schedule."""
    if entry.period is None:
        return None
    last = notes.note(name, LAST_RUN)
    return dt.datetime.fromisoformat(last) + entry.period if last else dt.datetime.min.replace(tzinfo=dt.UTC)


class _Run:
    """One run under way."""

    def __init__(self, name: str, entry: Entry, desk: Desk, notes: Notes, *, dry_run: bool, again: bool) -> None:
        self.name, self.entry, self.desk, self.notes = name, entry, desk, notes
        self.began = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self.report = Report(name, entry.kind, self.began.isoformat(), dry_run)
        self.held = self._held()
        self.known = notes.recall(name)
        self.memory = self._usable(again=again)
        self.waiting: dict[str, Seen] = {}
        self.lost: list[Gone] = []
        self.mark: str | None = None

    def take_in(self, source: sources.Source, told: Callable[[Receipt], None]) -> None:
        places = self._places(source)
        first = next(places, None)
        if first is not None:  # nothing new needs neither the right to write nor a model
            for receipt in ingest.take_in(chain([first], places), self.desk):
                self._stored(receipt)
                told(receipt)
        if self.report.dry_run:
            return
        self._part_with_lost()
        if self.mark and not self.report.failed:
            self.notes.note(self.name, MARK, self.mark)
        self.notes.note(self.name, VERSION, __version__)
        self.notes.note(self.name, LAST_RUN, self.began.isoformat())

    def _held(self) -> frozenset[str]:
        """What is held of documents, without those that failed under an earlier release: they are worth another try."""
        retry = self.notes.note(self.name, VERSION) != __version__
        records = self.desk.store.records(access.holdings_of(access.keeper()))
        return frozenset(each.source for each in records if not (retry and each.status is Status.FAILED))

    def _usable(self, *, again: bool) -> Memory:
        """What is remembered, but for versions of documents that are not held: those have to be had again."""
        seen, whole = {}, not again
        for address, each in self.known.seen.items():
            if again or (each.document and not each.gone and each.document not in self.held):
                each = replace(each, etag=None, modified=None, sha256=None)  # noqa: PLW2901
                whole = False
            seen[address] = each
        return Memory(seen, self.known.mark if whole else None)

    def _places(self, source: sources.Source) -> Iterator[Place]:
        """The places to take in; all other events are dealt with on the way."""
        for event in source.changes(self.memory):
            if isinstance(event, Changed):
                known = self.known.seen.get(event.seen.address)
                self.report.note("changed" if known and known.document else "new", event.seen.address)
                if not self.report.dry_run:
                    self.waiting[event.place.source] = event.seen
                    yield event.place
            else:
                self._noted(event)

    def _noted(self, event: Event) -> None:
        if isinstance(event, Same):
            self.report.same += 1
            self.report.read += event.fetched
            before = self.known.seen.get(event.seen.address)
            lost = before and before.gone and before.document and not event.seen.document
            if not self.report.dry_run and event.seen != before and not lost:
                self.notes.keep(self.name, event.seen)
        elif isinstance(event, Gone):
            self.lost.append(event)
            if event.seen.document and not event.seen.gone:
                self.report.note("gone", event.seen.document, event.reason)
        elif isinstance(event, LeftOut):
            self.report.note("left_out", event.address, event.reason)
        elif isinstance(event, Failed):
            self.report.note("failed", event.address, event.reason)
        elif isinstance(event, Mark):
            self.mark = event.text

    def _stored(self, receipt: Receipt) -> None:
        """Remember what was taken in; a file that could not be read too, as it is on record and reads no better next time."""
        if receipt.status is Status.FAILED:
            self.report.note("unreadable", receipt.record.source, receipt.record.reason or "")
        seen = self.waiting.pop(receipt.record.source, None)
        if seen is not None:  # else it was inside an archive or a mail, which is what is remembered
            self.notes.keep(self.name, seen)

    def _part_with_lost(self) -> None:
        """Delete what the source has removed, if its table says so and no other source has it; else remember that it has."""
        shared = self.notes.used_by_others(self.name)
        here = {seen.document for seen in self.notes.recall(self.name).seen.values() if not seen.gone}
        here -= {event.seen.document for event in self.lost}
        deleting = self.entry.on_gone == "delete"
        doomed = [
            event.seen.document
            for event in self.lost
            if deleting and event.seen.document in self.held and event.seen.document not in shared | here
        ]
        if doomed:
            with self.desk.store.writing():
                self.desk.store.apply([], delete=unpack.ids_from([each for each in doomed if each], self.desk))
                ingest.settle(self.desk)
        for document in doomed:
            self.report.note("deleted", document or "")
        for event in self.lost:
            if event.seen.document in self.held and not deleting:
                self.notes.keep(self.name, replace(event.seen, gone=event.reason))
            else:
                self.notes.forget(self.name, event.seen.address)
