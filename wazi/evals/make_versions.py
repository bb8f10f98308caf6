# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which sections say the same in another official language: columns of one document, or files that are versions of each other.

Aligned by the numbers of their headings, else by order; a pair is kept when its lengths differ less than two times (measured
against the two versions as a whole, as scripts differ) and the numbers in it agree. It reads no meaning: an alignment that is
wrong but passes both checks is not noticed.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from wazi.evals.make_sections import Section
from wazi.languages import known
from wazi.types import Record

Pair = tuple[Section, Section]
"""Ordered by language tag."""

MOST_RATIO = 2.0
AGREEING = 0.8
"""Share of the numbers of both texts that must be in both: a footnote or a superscript may be lost."""
NUMBERED = 0.5
"""Share of numbered headings from which the numbers align."""

_MARK = re.compile(r"(.+?)[._\- ]\(?([a-z]{2,3})(?:[-_][a-z]{2,4})?\)?", re.I)
_GROUPS = re.compile(r"(?<=\d)[.,\u00a0\u202f' ](?=\d{3}(?!\d))")
_DIGITS = re.compile(r"\d+")


def align(sections: Sequence[Section], reasons: Counter[str]) -> tuple[list[Pair], list[Pair]]:
    """Pairs that are versions of each other, and pairs that stand side by side but failed a check, which is counted."""
    by_document: dict[str, list[Section]] = defaultdict(list)
    for section in sections:
        if section.heading and section.language:
            by_document[section.record.id].append(section)
    kept: list[Pair] = []
    apart: list[Pair] = []
    for found in _candidates(by_document):
        for pair, fault in _checked(found):
            (apart if fault else kept).append(pair)
            reasons.update([fault] if fault else [])
    return kept, apart


def _candidates(by_document: Mapping[str, Sequence[Section]]) -> Iterator[list[Pair]]:
    """The matched sections of every two languages of a document, and of every two documents that are versions."""
    for own in by_document.values():
        tags = sorted({section.language or "" for section in own})
        for one, two in combinations(tags, 2):
            yield _matched(_in(own, one), _in(own, two), _beside)
    for versions in siblings({own[0].record.id: own[0].record for own in by_document.values()}.values()):
        for (one, here), (two, there) in combinations(sorted(versions, key=lambda row: row[0]), 2):
            yield _matched(_in(by_document[here.id], one), _in(by_document[there.id], two), _anywhere)


def siblings(records: Iterable[Record]) -> list[list[tuple[str, Record]]]:
    """Documents of one folder that are versions of each other, each with its language.

    By a language mark in the name of the file (`fees.en.md`, `fees-sw.pdf`; one without a mark may stand beside them), or
    by the same title in different languages.
    """
    named: dict[tuple[str, str], dict[str, Record]] = defaultdict(dict)
    titled: dict[tuple[str, str], dict[str, Record]] = defaultdict(dict)
    for record in sorted(records, key=lambda each: each.source):
        folder, name = os.path.split(record.source)
        stem = os.path.splitext(name)[0]
        mark = _MARK.fullmatch(stem)
        tag = mark[2].lower() if mark and mark[2].lower() in known() else None
        main = record.languages[0] if record.languages else ""
        named[folder, mark[1] if mark and tag else stem].setdefault(tag or main, record)
        titled[folder, record.title].setdefault(main, record)
    groups = {tuple(sorted(each.id for each in found.values())): found for found in (*named.values(), *titled.values())}
    return [list(found.items()) for found in groups.values() if len(found) > 1]


def _in(sections: Sequence[Section], language: str) -> list[Section]:
    return [section for section in sections if section.language == language]


def _checked(found: Sequence[Pair]) -> Iterator[tuple[Pair, str | None]]:
    """The matched sections of one pair of languages, each with its fault."""
    usual = sum(len(a.text) for a, _ in found) / max(1, sum(len(b.text) for _, b in found))
    for a, b in found:
        ratio = len(a.text) / len(b.text) / usual
        if not 1 / MOST_RATIO < ratio < MOST_RATIO:
            yield (a, b), "lengths of the versions differ two times or more"
        else:
            yield (a, b), None if _agree(a.text, b.text) else "numbers in the versions differ"


def _matched(
    first: Sequence[Section], second: Sequence[Section], near: Callable[[Section, Section], bool]
) -> list[Pair]:
    """Pairs that name each other and nobody else, by number where headings are numbered, else by order."""
    numbered = [[each for each in own if each.heading and each.heading.number] for own in (first, second)]
    if not first or not second:
        return []
    if all(len(some) >= NUMBERED * len(own) for some, own in zip(numbered, (first, second), strict=True)):
        return _by_number(numbered[0], numbered[1], near)
    same = len(first) == len(second) and all(len(a.above) == len(b.above) for a, b in zip(first, second, strict=True))
    return list(zip(first, second, strict=True)) if same else []


def _by_number(
    first: Sequence[Section], second: Sequence[Section], near: Callable[[Section, Section], bool]
) -> list[Pair]:
    there: dict[str, list[Section]] = defaultdict(list)
    here: dict[str, list[Section]] = defaultdict(list)
    for found, own in ((here, first), (there, second)):
        for section in own:
            found[section.heading.number if section.heading else ""].append(section)
    pairs = []
    for section in first:
        number = section.heading.number if section.heading else ""
        partners = [each for each in there[number] if near(section, each)]
        rivals = [each for each in here[number] if partners and near(each, partners[0])]
        if len(partners) == len(rivals) == 1:
            pairs.append((section, partners[0]))
    return pairs


def _beside(a: Section, b: Section) -> bool:
    """Columns stand side by side: the same page or the next."""
    return a.page is None or b.page is None or abs(a.page - b.page) <= 1


def _anywhere(a: Section, b: Section) -> bool:
    return True


def _agree(a: str, b: str) -> bool:
    first, second = (Counter(str(int(run)) for run in _DIGITS.findall(_GROUPS.sub("", text))) for text in (a, b))
    either = (first | second).total()
    return either == 0 or (first & second).total() >= AGREEING * either
