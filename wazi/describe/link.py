# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which paper another one means when it says that it amends or repeals it, and what follows for their days.

A function from all records to those that change: it may run again at any time and then changes nothing. What is settled on a
paper follows from papers alone that everybody who may read it may read too, so that a secret one neither shows on it nor
hides what a public one says. A name counts only when exactly one of them bears it; of several versions of one paper, the one
in force on the day before. What a paper may end is decided by `authority`. It knows no store.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from wazi.describe import words
from wazi.describe.authority import Authority
from wazi.types import PUBLIC, About, Kind, Record, Said

BACK = {About.AMENDS: About.AMENDED_BY, About.REPEALS: About.REPEALED_BY}
SHORTEST = 12
"""Characters of a name in words that is looked for inside a longer one: "Act, 2019" alone names nothing."""

MOST_BEARERS = 30
"""A name that more papers bear is none: every gazette is called gazette."""

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?:(\w+) )?(\d{1,4}/[12]\d{3})")
_YEAR = re.compile(r"[12]\d{3}(?!.*\d)")
DAY = dt.timedelta(days=1)

Papers = Mapping[str, Record]
Readers = frozenset[str]
"""The labels of a paper: who holds one of them may read it."""


def link(records: Sequence[Record]) -> list[Record]:
    """The records that differ from those held once every reference is resolved. Those of an earlier release stay as they are."""
    papers = {record.id: _alone(record) for record in records if record.history}
    means, authority = _Names(papers), Authority(records)
    told: dict[str, list[Said]] = defaultdict(list)
    for record in list(papers.values()):
        said = []
        for each in record.said:
            if each.about not in BACK:
                said.append(each)
                continue
            meant = means.by(each, record, authority)
            said.append(replace(each, document=meant.get(_readers(record))))
            for readers, other in meant.items():
                if _readers(papers[other]) == readers and _open_to(record, readers):
                    told[other].append(replace(each, about=BACK[each.about], document=record.id))
        papers[record.id] = replace(record, said=tuple(said))
    for other, back in told.items():
        papers[other] = replace(papers[other], said=papers[other].said + tuple(sorted(back, key=_order)))
    done = [_ended(record, papers, authority) for record in papers.values()]
    before = {record.id: record for record in records}
    return [record for record in done if record != before[record.id]]


def dated(record: Record) -> Record:
    """The record with what its own text says in every field that nobody gave: what disagrees decides nothing."""
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
    if record.valid_from and record.valid_until and record.valid_until < record.valid_from:
        first, last = (getattr(record, name) if name in decided else None for name in ("valid_from", "valid_until"))
        record = replace(record, valid_from=first, valid_until=last)
    return record


def carried(record: Record, held: Record | None) -> Record:
    """The record with what others said of the one held before, until all is settled: a repealed law must not hold meanwhile.

    Under other labels nothing is carried: other people may read it then.
    """
    if held is None or held.labels != record.labels:
        return record
    back = tuple(each for each in held.said if _is_back(each))
    record = replace(record, said=record.said + back)
    ended = held.valid_until and any(each.about is About.REPEALED_BY for each in back)
    if not ended or "valid_until" in (*record.given, *record.kept):
        return record
    last = min(filter(None, (held.valid_until, record.valid_until)))
    return replace(record, valid_until=last) if last >= (record.valid_from or dt.date.min) else record


class _Names:
    """The papers of each name."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._named: dict[str, list[str]] = defaultdict(list)
        for record in papers.values():
            for name in {each.value for each in record.said if each.about is About.NAME} | {record.title}:
                self._named[_flat(name)].append(record.id)

    def by(self, said: Said, speaker: Record, authority: Authority) -> dict[Readers, str]:
        """The paper that is meant, for the readers of the speaker and for those of each that bears the name."""
        kind, names = _asked(said.value)
        bearing = {name: self._bearing(name, kind, speaker) for name in names}
        audiences = {_readers(speaker), *(_readers(each) for papers in bearing.values() for each in papers)}
        found = {}
        for readers in audiences:
            shown = ([each for each in papers if _open_to(each, readers)] for papers in bearing.values())
            longest: list[Record] = next(filter(None, shown), [])
            if (one := _chosen(longest, speaker, authority)) is not None:
                found[readers] = one.id
        return found

    def _bearing(self, name: str, kind: str | None, speaker: Record) -> list[Record]:
        ids = self._named.get(name, ())
        papers = [self._papers[other] for other in ids if other != speaker.id] if len(ids) <= MOST_BEARERS else []
        return [each for each in papers if kind is None or each.kind is None or each.kind.value == kind]


def _chosen(papers: Sequence[Record], speaker: Record, authority: Authority) -> Record | None:
    """Of several papers of one name, those that the speaker may end; then the one in force on the eve of its first day."""
    papers = [each for each in papers if authority.over(speaker, each)] or papers
    if len(papers) > 1 and (eve := _eve(speaker)):
        papers = [each for each in papers if _holds(each, eve)]
    return papers[0] if len(papers) == 1 else None


def _asked(value: str) -> tuple[str | None, list[str]]:
    """The kind of paper that a reference says, and the names it may mean, the longest first.

    What stands before a name in its sentence may be in it, but no word with a capital: "Health Act" is not the Mental Health Act.
    """
    if match := _NUMBER.fullmatch(value):
        return match[1], [match[2]]
    flat = words.flat(value)
    names, before = [_flat(value)], ""
    for match in _WORD.finditer(flat):
        if before and (before.lower() == "the" or not before[0].isupper()):
            names.append(_flat(flat[match.start() :]))
        before = value[match.start() : match.end()]
    return None, [name for name in dict.fromkeys(names) if name == names[0] or len(name) >= SHORTEST]


def _alone(record: Record) -> Record:
    """The record with nothing but what its own text says, so that nothing follows from an earlier run."""
    own = (each for each in record.said if not _is_back(each))
    return dated(replace(record, said=tuple(replace(each, document=None) for each in own)))


def _is_back(said: Said) -> bool:
    return said.about in BACK.values() and said.document is not None


def _readers(record: Record) -> Readers:
    """Everybody, or those who hold one of the labels."""
    return frozenset({PUBLIC}) if PUBLIC in record.labels else record.labels


def _open_to(record: Record, readers: Readers) -> bool:
    """Whether whoever holds any of these labels may read the paper."""
    return PUBLIC in record.labels or readers <= record.labels


def _holds(record: Record, day: dt.date) -> bool:
    return (record.valid_from or dt.date.min) <= day <= (record.valid_until or dt.date.max)


def _eve(record: Record) -> dt.date | None:
    """The last day on which a paper did not hold yet."""
    return record.valid_from - DAY if record.valid_from and record.valid_from > dt.date.min else None


def _ended(record: Record, papers: Papers, authority: Authority) -> Record:
    """The record, ended on the first of the days on which another paper, on its own word, has put an end to it."""
    if "valid_until" in (*record.given, *record.kept):
        return record
    begins = record.valid_from or dt.date.min
    ends = [day for day in _ends(record, papers, authority) if day >= begins]
    last = min([*ends, *filter(None, [record.valid_until])], default=None)
    return replace(record, valid_until=last)


def _ends(record: Record, papers: Papers, authority: Authority) -> Iterator[dt.date]:
    for each in record.said:
        if each.about is not About.REPEALED_BY or not each.document:
            continue
        speaker, year = papers[each.document], _YEAR.search(each.value)
        eve = _eve(speaker)
        if eve and authority.over(speaker, record) and (year is None or eve.year >= int(year[0])):
            yield eve


def _day(values: set[str]) -> dt.date | None:
    return dt.date.fromisoformat(only) if (only := _only(values)) else None


def _only(values: Iterable[str]) -> str | None:
    found = list(values)
    return found[0] if len(found) == 1 else None


def _flat(name: str) -> str:
    if (number := _NUMBER.fullmatch(name)) and not number[1]:
        return name
    parts = _WORD.findall(words.flat(name))
    return " ".join(parts[1:] if parts[:1] == ["the"] else parts)


def _order(said: Said) -> tuple[str, str, int]:
    return said.about.value, said.document or "", said.start
