# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which paper another one means when it says that it amends or repeals it, and what follows for their days.

A function from all records to those that change: it may run again at any time and then changes nothing. A name counts only when
exactly one held paper bears it; of several versions of one paper, the one in force on the day before. A paper is heard about
another only where all readers of that one may read it too, and may end only a paper of its own publisher or place: a page of
the web must not end the law of the house. It knows no store.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from wazi.describe import words
from wazi.types import PUBLIC, About, Kind, Record, Said

BACK = {About.AMENDS: About.AMENDED_BY, About.REPEALS: About.REPEALED_BY}
SHORTEST = 12
"""Characters of a name in words that is looked for inside a longer one: "Act, 2019" alone names nothing."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d{1,4}/[12]\d{3}")
DAY = dt.timedelta(days=1)


def link(records: Sequence[Record]) -> list[Record]:
    """The records that differ from those held once every reference is resolved. Those of an earlier release stay as they are."""
    papers = {record.id: _alone(record) for record in records if record.history}
    named = _by_name(papers.values())
    told: dict[str, list[Said]] = defaultdict(list)
    for record in list(papers.values()):
        said = tuple(_resolved(each, record, named, papers) for each in record.said)
        papers[record.id] = replace(record, said=said)
        for each in said:
            if each.document and _heard(record, papers[each.document]):
                told[each.document].append(replace(each, about=BACK[each.about], document=record.id))
    for other, back in told.items():
        papers[other] = replace(papers[other], said=papers[other].said + tuple(sorted(back, key=_order)))
    done = [_dated(record, papers) for record in papers.values()]
    before = {record.id: record for record in records}
    return [record for record in done if record != before[record.id]]


def dated(record: Record) -> Record:
    """The record with what its own text says in every field that nobody gave."""
    return _dated(record, {})


def _alone(record: Record) -> Record:
    """The record with nothing but what its own text says, so that nothing follows from an earlier run."""
    own = (each for each in record.said if not (each.about in BACK.values() and each.document))
    return dated(replace(record, said=tuple(replace(each, document=None) for each in own)))


def _by_name(papers: Iterable[Record]) -> Mapping[str, list[str]]:
    """The ids of the papers of each name, flat."""
    named: dict[str, list[str]] = defaultdict(list)
    for record in papers:
        names = {_flat(each.value) for each in record.said if each.about is About.NAME} | {_flat(record.title)}
        for name in names:
            named[name].append(record.id)
    return named


def _resolved(said: Said, record: Record, named: Mapping[str, list[str]], papers: Mapping[str, Record]) -> Said:
    if said.about not in BACK:
        return said
    wanted = _flat(said.value)
    found = {name for held in _endings(wanted) for name in named.get(held, ())}
    found.discard(record.id)
    if len(found) > 1 and (begins := record.valid_from):
        found = {name for name in found if _holds(papers[name], begins - DAY)}
    return replace(said, document=found.pop()) if len(found) == 1 else said


def _endings(wanted: str) -> list[str]:
    """The name, and what remains of it without its first words: what stands before a name in its sentence may be in it."""
    parts = wanted.split(" ")
    rest = (" ".join(parts[at:]) for at in range(1, len(parts)))
    return [wanted, *(name for name in rest if len(name) >= SHORTEST)]


def _holds(record: Record, day: dt.date) -> bool:
    return (record.valid_from or dt.date.min) <= day <= (record.valid_until or dt.date.max)


def _dated(record: Record, papers: Mapping[str, Record]) -> Record:
    """The fields that nobody gave, from what is said: days that disagree decide nothing, a repeal ends what it names."""
    decided = {*record.given, *record.kept}
    values: dict[About, set[str]] = defaultdict(set)
    for each in record.said:
        values[each.about].add(each.value)
    changes: dict[str, object] = {}
    if "valid_from" not in decided:
        changes["valid_from"] = _day(values[About.VALID_FROM])
    if "valid_until" not in decided:
        changes["valid_until"] = _day(values[About.VALID_UNTIL])
    if "kind" not in decided:
        changes["kind"] = Kind(only) if (only := _only(values[About.KIND])) else None
    if "jurisdiction" not in decided:
        changes["jurisdiction"] = _only(values[About.JURISDICTION])
    record = replace(record, **changes)  # type: ignore[arg-type]  # four fields of four types
    if "valid_until" in decided:
        return record
    ends = [begins - DAY for each in record.said if (begins := _repealed_from(each, record, papers))]
    last = min([*ends, *([record.valid_until] if record.valid_until else [])], default=None)
    return replace(record, valid_until=last) if last and last >= (record.valid_from or dt.date.min) else record


def _repealed_from(said: Said, record: Record, papers: Mapping[str, Record]) -> dt.date | None:
    if said.about is not About.REPEALED_BY or not said.document:
        return None
    other = papers.get(said.document)
    return other.valid_from if other and _may_end(other, record) else None


def _heard(speaker: Record, other: Record) -> bool:
    """What a paper for the staff says must not show on a public one."""
    return PUBLIC in speaker.labels or other.labels <= speaker.labels


def _may_end(speaker: Record, other: Record) -> bool:
    if speaker.publisher and other.publisher:
        return speaker.publisher == other.publisher
    return _place(speaker) == _place(other)


def _place(record: Record) -> str:
    """The site that a paper comes from, empty for a file that the keeper put there."""
    address = urlsplit(record.source)
    return address.netloc if address.scheme in ("http", "https", "s3") else ""


def _day(values: set[str]) -> dt.date | None:
    return dt.date.fromisoformat(only) if (only := _only(values)) else None


def _only(values: set[str]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def _flat(name: str) -> str:
    parts = _WORD.findall(words.flat(name)) if not _NUMBER.fullmatch(name) else [name]
    return " ".join(parts[1:] if parts[:1] == ["the"] else parts)


def _order(said: Said) -> tuple[str, str, int]:
    return said.about.value, said.document or "", said.start
