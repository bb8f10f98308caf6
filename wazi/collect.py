# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in from a source of `sources.toml`: recall -> changes -> ingest -> remember -> gone -> log.

What is remembered of an address advances only once its document is stored, so a kill loses no change. A document that the
source has removed is reported, and deleted only if the source's table says so. It does not know where sources get things.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import chain

from wazi import __version__, access, ingest, parse, sources, unpack
from wazi.desk import Desk
from wazi.errors import InputError, MissingPart, SettingError, StoreError
from wazi.guard import pii
from wazi.parse.archive import INSIDE
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Mark, Memory, Place, Same, Seen, book
from wazi.sources.book import Entry
from wazi.sources.fetch import Fetcher
from wazi.sources.memory import LAST_RUN, MARK, Notes, write_log
from wazi.types import PUBLIC, Receipt, Status

VERSION = "version"
"""Note with the release that made the last run: a file that could not be read may be readable for the next one."""
TABLE = "table"
"""Note with what the table of a source said: when it says something else, everything is asked for anew."""
MANNERS = {"every", "on_gone", "delay", "settle"}
"""Options that change neither what a source gives nor what is said of it."""
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: addresses dealt with, how many there were last time (or are by now), and the one in hand."""

    done: int
    expected: int
    address: str


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
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Run one source and log it; `told` gets a receipt as each document is stored. `again`: as if nothing were known;
    `quiet`: nothing is logged when nothing changed.

    With `dry_run` the source is asked all the same, but nothing is stored, remembered or deleted. Raises StoreError.
    """
    run = _Run(name, entry, desk, notes, dry_run=dry_run, again=again, progress=progress)
    began, requests, size = time.monotonic(), fetcher.requests, fetcher.bytes
    try:
        run.take_in(sources.open_source(entry, fetcher, desk.settings.sources, desk.settings.home), told)
    except (InputError, MissingPart, SettingError) as error:
        run.report.error = str(error)
    except StoreError as error:
        run.report.error = str(error)
        raise
    except KeyboardInterrupt:
        run.report.error = "stopped by hand: the next run goes on"
        raise
    finally:
        run.report.seconds = round(time.monotonic() - began, 3)
        run.report.requests, run.report.bytes = fetcher.requests - requests, fetcher.bytes - size
        if run.report.moved or not quiet:
            write_log(desk.settings.home, asdict(run.report))
    return run.report


def is_due(entry: Entry, notes: Notes, name: str, now: dt.datetime) -> bool:
    """Has the time between two runs passed since the last one that went through?"""
    moment = next_run(entry, notes, name, now)
    return moment is not None and moment <= now


def next_run(entry: Entry, notes: Notes, name: str, now: dt.datetime) -> dt.datetime | None:
    """When a source is due: the earliest of moments if it never ran, or by a clock that was ahead; None without a schedule."""
    if entry.period is None:
        return None
    last = notes.note(name, LAST_RUN)
    if last is None or dt.datetime.fromisoformat(last) > now:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return dt.datetime.fromisoformat(last) + entry.period


def _address(event: Changed | Same | Gone | LeftOut | Failed) -> str:
    return event.address if isinstance(event, LeftOut | Failed) else event.seen.address


class _Run:
    """One run under way."""

    def __init__(
        self,
        name: str,
        entry: Entry,
        desk: Desk,
        notes: Notes,
        *,
        dry_run: bool,
        again: bool,
        progress: Callable[[Progress], None],
    ) -> None:
        self.name, self.entry, self.desk, self.notes, self.progress = name, entry, desk, notes, progress
        self.began = dt.datetime.now(dt.UTC).replace(microsecond=0)
        self.report = Report(name, entry.kind, self.began.isoformat(), dry_run)
        self.held, self.worth_another = self._held()
        self.known = notes.recall(name)
        self.table = json.dumps(entry.model_dump(mode="json", exclude_defaults=True, exclude=MANNERS), sort_keys=True)
        self.memory = self._usable(again=again or notes.note(name, TABLE) != self.table)
        self.waiting: dict[str, tuple[str, Seen]] = {}
        self.holder: Seen | None = None
        self.lost: list[Gone] = []
        self.mark: str | None = None

    def take_in(self, source: sources.Source, told: Callable[[Receipt], None]) -> None:
        if not self.report.dry_run:
            self._heed_table()
        places = self._places(source)
        first = next(places, None)
        if first is not None:  # nothing new needs neither the right to write nor a model
            for receipt in ingest.take_in(chain([first], places), self.desk):
                self._stored(receipt)
                told(receipt)
            self._remember_holder()
        if self.report.dry_run:
            return
        self._part_with_lost()
        if self.mark and not self.report.failed:
            self.notes.note(self.name, MARK, self.mark)
        self.notes.note(self.name, VERSION, __version__)
        self.notes.note(self.name, LAST_RUN, self.began.isoformat())

    def _held(self) -> tuple[frozenset[str], frozenset[str]]:
        """The sources of what is held, and of what has to be had again: what failed under an earlier release, and what was
        taken in before personal data were to be masked, with what it was inside of.
        """
        retry = self.notes.note(self.name, VERSION) != __version__
        mask = self.desk.settings.guard.personal_data == "mask"
        records = self.desk.store.records(access.holdings_of(access.keeper()))
        again = {each.source for each in records if retry and each.status is Status.FAILED}
        again |= {each.source for each in records if mask and each.status is not Status.FAILED and pii.shown(each)}
        holders = {source.partition(INSIDE)[0] for source in again}
        return frozenset(each.source for each in records), frozenset(again | holders)

    def _usable(self, *, again: bool) -> Memory:
        """What is remembered, but for versions of documents that are not held: those have to be had again."""
        seen, whole = {}, not again
        for address, each in self.known.seen.items():
            stale = each.document in self.worth_another or each.document not in self.held
            if again or (each.document and not each.gone and stale):
                each = replace(each, etag=None, modified=None, sha256=None, fetched=None)  # noqa: PLW2901
                whole = False
            seen[address] = each
        return Memory(seen, self.known.mark if whole else None)

    def _places(self, source: sources.Source) -> Iterator[Place]:
        """The places to take in; all other events are dealt with on the way."""
        expected = sum(not each.gone for each in self.known.seen.values())
        done = 0
        for event in source.changes(self.memory):
            if not isinstance(event, Mark):
                self.progress(Progress(done, max(done, expected), _address(event)))
                done += 1
            if isinstance(event, Changed):
                known = self.known.seen.get(event.seen.address)
                what = "changed" if known and known.document else "new"
                if self.report.dry_run:
                    self.report.note(what, event.seen.address)
                else:
                    self.waiting[event.place.source] = what, event.seen
                    yield event.place
            else:
                self._noted(event)
        self.progress(Progress(done, done, ""))

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
        """Remember what was taken in; a file that could not be read too, as it is on record and reads no better next time.

        What holds others is remembered once they are stored as well.
        """
        what, seen = self.waiting.pop(receipt.record.source, ("", None))
        if seen is not None:  # else it was inside what came before it
            self._remember_holder()
            self.report.note(what, seen.address)
            self.holder = seen
            if receipt.record.media_type not in (*parse.HOLDERS, ""):
                self._remember_holder()
        if receipt.status is Status.FAILED:
            self.report.note("unreadable", receipt.record.source, receipt.record.reason or "")

    def _remember_holder(self) -> None:
        if self.holder is not None:
            self.notes.keep(self.name, self.holder)
            self.holder = None

    def _heed_table(self) -> None:
        """After a change of the table: its labels hold at once, and no version that is remembered counts any more."""
        before = self.notes.note(self.name, TABLE)
        if before != self.table:
            self._relabel(json.loads(before or "{}").get("labels"))
            self.notes.renew(self.name)
            self.notes.note(self.name, TABLE, self.table)

    def _relabel(self, before: list[str] | None) -> None:
        """What is held under the labels of the former table goes under those of the present one, without being fetched.

        Where it names none, nothing changes: forgetting labels must not make anything public. Files have labels of their
        own in `documents.toml`, so those that are still there are read again instead.
        """
        old, new = frozenset(before or (PUBLIC,)), frozenset(self.entry.labels or ())
        if not new or old == new:
            return
        ours = [each for each in self.known.seen.values() if each.gone or self.entry.kind != "folder"]
        ids = self._ids_from({each.document for each in ours if each.document}, self._elsewhere())
        records = self.desk.store.records(access.holdings_of(access.keeper()))
        renewed = [replace(each, labels=new) for each in records if each.id in ids and each.labels == old]
        if renewed:
            with self.desk.store.writing():
                self.desk.store.describe(renewed)
                ingest.settle(self.desk)  # what others could say of them depends on who may read them

    def _elsewhere(self) -> set[str]:
        """The documents of the other sources of the home."""
        return self.notes.documents(book.read(self.desk.settings.home).keys() - {self.name})

    def _ids_from(self, documents: set[str], staying: set[str]) -> set[str]:
        """The ids of documents and of what was inside them, but for `staying`: an address may lie below another."""
        return set(unpack.ids_from(documents, self.desk)) - set(map(unpack.document_id, staying))

    def _part_with_lost(self) -> None:
        """Delete what the source has removed, if its table says so and no other source has it; else remember that it has."""
        deleting = self.entry.on_gone == "delete"
        known = self.notes.recall(self.name).seen.values()
        lost = {each.seen.address: each for each in self.lost}
        if deleting:  # what went while the table said keep goes too
            lost |= {each.address: Gone(each, each.gone) for each in known if each.gone and each.address not in lost}
        doomed = {each.seen.document or "" for each in lost.values()} & self.held if deleting else set()
        if doomed:
            here = {each.document or "" for each in known if not each.gone and each.address not in lost}
            staying = here | self._elsewhere()
            doomed -= staying
        if doomed:
            with self.desk.store.writing():
                self.desk.store.apply([], delete=sorted(self._ids_from(doomed, staying)))
                ingest.settle(self.desk)
        for document in sorted(doomed):
            self.report.note("deleted", document)
        for event in lost.values():
            if event.seen.document in self.held and not deleting:
                self.notes.keep(self.name, replace(event.seen, gone=event.reason))
            else:
                self.notes.forget(self.name, event.seen.address)
