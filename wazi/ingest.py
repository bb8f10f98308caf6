# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in: fetch -> unpack -> parse -> screen -> describe -> chunk -> embed -> store -> link.

Each file goes in whole or not at all: it is one commit of the store, and a file reported as done is on the disk. A file that
cannot be read is reported with the reason and the others go in; if an earlier version of it is held, that one is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from wazi import access, chunk, describe, fingerprint, guard, parse, sources
from wazi.desk import Desk
from wazi.embed import embed
from wazi.errors import InputError, MissingPart, StoreError
from wazi.guard import pii
from wazi.languages import analyse, identify, sentences, tag
from wazi.parse.worker import SafeParser
from wazi.types import Chunk, Document, Holding, Parsed, Provenance, RawFile, Receipt, Record, Status
from wazi.unpack import document_id, ids_within, labels_of, unpack

if TYPE_CHECKING:
    from wazi.types import Vector

log = logging.getLogger(__name__)

SETTLE_EVERY = 200
"""Documents between two compactions of the store in a long ingest: searches slow down until then."""

PLAIN = Provenance()
"""Nothing said about the files: public, and in force whatever the day."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is: files and bytes done of all, pages so far, and the file in hand."""

    files: int
    all_files: int
    bytes: int
    all_bytes: int
    pages: int
    name: str


def ingest(
    paths: Sequence[str],
    desk: Desk,
    *,
    provenance: Provenance = PLAIN,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Iterator[Receipt]:
    """Take in every file under `paths`; yields a receipt as each is stored. `provenance` holds where `documents.toml` is silent.

    Raises InputError for a path or a `documents.toml` that cannot be read, StoreError when the home is busy or full: what was
    reported before stays.
    """
    places = sources.find(paths, desk.settings.sources, provenance, home=desk.settings.home)
    yield from take_in(places, desk, progress=progress, files=len(places), size=sum(place.size for place in places))


def take_in(
    places: Iterable[sources.Place],
    desk: Desk,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
    files: int = 0,
    size: int = 0,
) -> Iterator[Receipt]:
    """Take in places as they come; yields a receipt as each is stored. `files` and `size` in bytes: of all, where known."""
    desk.models.embedder  # a missing model stops here, before any work  # noqa: B018
    with desk.store.writing(), SafeParser(desk.settings.parse) as parser:
        _note_versions(desk)
        run, within = _Run(desk, parser, progress, files, size), ids_within(desk)
        unpacked = chain.from_iterable(unpack(place, desk, within) for place in places)
        for number, place in enumerate(unpacked, start=1):
            yield run.take(place)
            if number % SETTLE_EVERY == 0:
                settle(desk)
        settle(desk)  # whether or not anything changed: a run that was killed may have left this to do


def settle(desk: Desk) -> None:
    """After changes: every document gets what follows from what the others say, and what was replaced leaves the disk."""
    desk.store.describe(describe.link(desk.store.records(access.holdings_of(access.keeper()))))
    desk.store.compact()


class _Run:
    """One ingest under way: what was done so far, for the progress."""

    def __init__(
        self, desk: Desk, parser: SafeParser, progress: Callable[[Progress], None], all_files: int, all_bytes: int
    ) -> None:
        self.desk = desk
        self.parser = parser
        self.progress = progress
        self.all_files, self.all_bytes = all_files, all_bytes
        self.files = self.bytes = self.pages = 0
        self.mask = desk.settings.guard.personal_data == "mask"
        self.versions = fingerprint.versions(
            desk, chunk=chunk.VERSION, describe=describe.VERSION, personal=f"{pii.VERSION} {self.mask}"
        )
        self.scans = hashlib.sha256(parse.readable_scans().encode()).hexdigest()[:8]
        self.spoken = _spoken(desk)

    def take(self, place: sources.Place) -> Receipt:
        """One file from its place to the store; whatever breaks is that file's reason."""
        began = time.perf_counter()
        self._tell(place, 0.0)
        try:
            record, status = self._stored(place)
        except InputError as error:
            record, status = self._failed(place, str(error))
        except (MissingPart, StoreError):
            raise
        except Exception as error:  # one ingested file: the others go in
            log.exception("ingest.failed", extra={"source": place.source})
            record, status = self._failed(place, f"{type(error).__name__}: {error}")
        self.files += 1
        self.bytes += place.size
        self.all_files, self.all_bytes = max(self.all_files, self.files), max(self.all_bytes, self.bytes)
        self.pages += record.pages if status is not Status.UNCHANGED else 0
        self._tell(place, 0.0)
        return Receipt(record, status, time.perf_counter() - began)

    def _stored(self, place: sources.Place) -> tuple[Record, Status]:
        raw = sources.read(place, self.desk.settings.sources)
        held = self.desk.store.record(document_id(raw.source), access.holdings_of(access.keeper()))
        labels = labels_of(place, held)
        decided = fingerprint.of(raw, labels, self.versions)
        if held and held.fingerprint == self._marked(decided, held.status):
            return held, Status.UNCHANGED
        raw, parsed, personal, original = protect(self.parser.parse(raw), raw, mask=self.mask)
        document = screen(as_document(raw, parsed, decided, held, labels=labels))
        document = describe.describe(document, raw.provenance, held, dt.datetime.now(dt.UTC))
        language_of = partial(identify.language, default=document.record.languages[0])
        chunks = chunk.chunk(document, self.desk.settings.chunk, language_of, sentences.split)
        reusable = self._held_vectors(chunks) if held and fingerprint.same_reading(held.fingerprint, decided) else {}
        passages = embed(chunks, self.desk, lambda done: self._tell(place, done / max(1, len(chunks))), held=reusable)
        languages = _languages(chunks, document.record.languages)
        flags = document.record.flags + ((pii.MASKED,) if self.mask and personal else ())
        record = replace(document.record, chunks=len(chunks), languages=languages, personal=personal, flags=flags)
        record = replace(record, fingerprint=self._marked(decided, record.status))
        self._note_languages(record)
        self.desk.store.apply([Holding(record, document.text, tuple(passages), original, parsed.words)])
        return record, record.status

    def _marked(self, decided: str, status: Status) -> str:
        """A document of which something could not be read is read again when OCR has come or knows other languages."""
        return f"{decided}-{self.scans}" if status is Status.PARTIAL else decided

    def _note_languages(self, record: Record) -> None:
        """Questions are put in the languages that are held: a language is noted before its first document can be found."""
        spoken = set(map(tag, record.languages))
        if not spoken <= self.spoken:
            self.spoken |= spoken
            self.desk.store.note("languages", " ".join(sorted(self.spoken)))

    def _held_vectors(self, chunks: Sequence[Chunk]) -> Mapping[str, Vector]:
        """Vectors of the chunks that are held already with the same words: a new title or label embeds nothing again."""
        everything = access.holdings_of(access.keeper())
        words = {chunk.id: (chunk.in_context, chunk.language) for chunk in chunks}
        there = self.desk.store.fetch(list(words), everything)
        same = [chunk.id for chunk in there if words[chunk.id] == (chunk.in_context, chunk.language)]
        return self.desk.store.vectors(same, everything)

    def _failed(self, place: sources.Place, reason: str) -> tuple[Record, Status]:
        """An earlier version stays as it is, unless it may show too much under new labels or the policy on personal data.

        A file never held is noted, so that nobody misses it silently; a path where there is none is only reported.
        """
        held = self.desk.store.record(document_id(place.source), access.holdings_of(access.keeper()))
        labels = labels_of(place, held)
        if held and held.status is not Status.FAILED:
            unmasked = self.mask and pii.shown(held)
            if labels == held.labels and not unmasked:
                return replace(held, reason=f"{reason} (the version held before is kept)"), Status.FAILED
            told = "its personal data were not masked" if unmasked else "it had other labels"
            reason += f" (the version held before is removed: {told})"
        name = pii.hidden(place.name) if self.mask else place.name
        record = _record_of_failure(replace(place, name=name), reason, labels)
        if held or place.data is not None or os.path.lexists(place.source):
            self.desk.store.apply([Holding(record)])
        return record, Status.FAILED

    def _tell(self, place: sources.Place, share: float) -> None:
        done = self.bytes + int(place.size * share)
        self.progress(Progress(self.files, self.all_files, done, self.all_bytes, self.pages, place.name))


def as_document(
    raw: RawFile, parsed: Parsed, fingerprint: str, held: Record | None, *, labels: frozenset[str]
) -> Document:
    """The parsed file as a document. Raises InputError when nothing in it could be read."""
    if not parsed.text.strip():
        raise InputError(f"{raw.name}: {'; '.join(parsed.problems) or 'there is no text in it'}")
    given = raw.provenance
    language = tag(given.language or parsed.language or identify.language(parsed.text[:4000]))
    record = Record(
        id=document_id(raw.source),
        title=given.title or parsed.title or raw.name,
        source=raw.source,
        sha256=raw.sha256,
        media_type=parse.media_type(raw),
        status=Status.PARTIAL if parsed.problems else Status.COMPLETE,
        reason="; ".join(parsed.problems) or None,
        pages=len(parsed.pages),
        page_starts=tuple(page.start for page in parsed.pages),
        bytes=len(raw.data),
        languages=(language,),
        labels=labels,
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        versions=held.versions + (held.sha256 != raw.sha256) if held and held.status is not Status.FAILED else 1,
        fingerprint=fingerprint,
    )
    return Document(record, parsed.text, parsed.blocks)


def protect(parsed: Parsed, raw: RawFile, *, mask: bool) -> tuple[RawFile, Parsed, dict[str, int], bytes | None]:
    """Personal data counted by kind and, with `mask`, blacked out, in titles too; and the original if it may be kept.

    None is kept of a file that is masked, nor of one that holds others: those may be masked, or deleted, one by one.
    """
    found = pii.find(parsed.text, parsed.blocks)
    original = None if parse.holds_documents(raw) or (mask and found) else raw.data
    if mask:
        given = raw.provenance
        raw = replace(raw, provenance=replace(given, title=pii.hidden(given.title) if given.title else None))
        parsed = pii.hide(replace(parsed, title=parsed.title or raw.name), found)
    return raw, parsed, pii.counts(found), original


def screen(document: Document) -> Document:
    """The document, flagged when a block in it gives orders to machines; such sentences are never quoted."""
    if any(guard.gives_orders(document.text[block.start : block.end]) for block in document.blocks):
        return replace(document, record=replace(document.record, flags=(guard.INJECTION,)))
    return document


def _spoken(desk: Desk) -> set[str]:
    """The languages noted with the index; of an index of an earlier version, those of its documents."""
    noted = desk.store.note("languages")
    if noted is not None:
        return set(noted.split())
    records = desk.store.records(access.holdings_of(access.keeper()))
    return {tag(language) for record in records for language in record.languages}


def _note_versions(desk: Desk) -> None:
    """Note the embedder and analyser with the index."""
    desk.check_embedder()
    desk.store.note("embed", desk.models.embedder.version)
    desk.store.note("analyse", analyse.VERSION)


def _languages(chunks: Sequence[Chunk], known: tuple[str, ...]) -> tuple[str, ...]:
    """Languages of at least a twentieth of the text, most frequent first."""
    letters: Counter[str] = Counter()
    for piece in chunks:
        letters[piece.language] += len(piece.text)
    total = sum(letters.values())
    return tuple(tag for tag, count in letters.most_common() if count * 20 >= total) or known


def _record_of_failure(place: sources.Place, reason: str, labels: frozenset[str]) -> Record:
    return Record(
        id=document_id(place.source),
        title=place.name,
        source=place.source,
        sha256="",
        media_type="",
        status=Status.FAILED,
        reason=reason,
        bytes=place.size,
        labels=labels,
    )
