# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sections -> questions with one known answer each, and the count of what was left out and why.

A heading asks for its section, a question for its answer, a heading in one language for the section in another. Everything
that would make the answer ambiguous or trivial is left out. It knows no model, so a section that answers a question without
sharing its words is not noticed: scores on these labels are lower bounds.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from wazi.evals import make_headings, make_versions
from wazi.evals.make_headings import normal
from wazi.evals.make_sections import Section
from wazi.evals.make_twins import Twins, telling
from wazi.evals.make_versions import Pair

T = TypeVar("T")

HEADING, FAQ, VERSION = "heading", "faq", "version"
KINDS = (HEADING, FAQ, VERSION)

FEWEST_LETTERS = 40
MOST_CHARACTERS = {HEADING: 20_000, FAQ: 3_000}
"""Of a section that is an answer. A question among paragraphs has no end but the next one: a long answer is none."""
FIRST_LINE = 200
"""Characters in which a heading must not come word for word."""
LISTED, LIST_SHARE = 3, 0.5
"""Headings of a document that make up this share of the words of one section of it: then it is a table of contents."""
ROOT_SHARE = 0.5
"""Share of a document's sections under one outermost heading from which that heading is the document's title."""
TWIN = 0.8
"""Share of a section's telling words that another one holds: then either may answer."""
SAME_HEADING = 0.75
"""Share of a heading's telling words that another one holds: then it asks for either."""
AKIN = 0.6
"""The same, for what must go when the answer is taken out of the corpus."""
_LINE_END = re.compile(r"[.;:!?\u0964\u06d4\u1362](?:\s|$)|\n\s*\n")

Reasons = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its own language and the section that answers it. Of a version, `asked` is in another language."""

    kind: str
    text: str
    language: str
    asked: Section
    gold: Section


@dataclass(frozen=True, slots=True)
class Labels:
    """What was made. `answers` names for the gold of each question every section that may answer it, itself among them.

    `pairs` are the versions drawn; each is two questions of the kind `version`. `left_out` counts reasons by kind.
    """

    corpus: tuple[Section, ...]
    questions: tuple[Question, ...]
    pairs: tuple[Pair, ...]
    answers: dict[str, frozenset[str]]
    left_out: Reasons


def label(sections: Sequence[Section], per_kind: int, seed: int) -> Labels:
    """At most `per_kind` questions of each kind (of `version`: pairs), drawn evenly over languages and documents."""
    reasons: Reasons = {kind: Counter() for kind in KINDS}
    corpus = _without_contents(sections, reasons)
    twins = Twins({each.id: telling(each.text, each.language) for each in corpus})
    faults = _faults(corpus, twins)
    candidates = _asked(corpus, faults, reasons)
    aligned, apart = make_versions.align(corpus, reasons[VERSION])
    pairs = _fit(aligned, faults, reasons[VERSION])
    chance = random.Random(seed)
    questions: list[Question] = []
    for kind in (HEADING, FAQ):
        own = [each for each in candidates if each.kind == kind]
        questions += _drawn(own, lambda each: (each.language, each.gold.record.id), per_kind, chance, reasons[kind])
    drawn = _drawn(pairs, _cell, per_kind, chance, reasons[VERSION])
    questions += [_across(*way) for pair in drawn for way in (pair, pair[::-1])]
    answers = _answers({each.gold.id: each.gold for each in questions}, [*aligned, *apart], twins)
    return Labels(tuple(corpus), tuple(questions), tuple(drawn), answers, reasons)


def kind_of(section: Section) -> str:
    """What its heading asks: `faq` with a question mark, else `heading`."""
    return FAQ if section.heading and make_headings.is_question(section.heading.words) else HEADING


def _without_contents(sections: Sequence[Section], reasons: Reasons) -> list[Section]:
    """The sections that are no list of the other ones' headings: such a list holds every question word for word."""
    headings: dict[str, set[str]] = defaultdict(set)
    for section in sections:
        if section.heading and not make_headings.unfit(section.heading.words, section.language or ""):
            headings[section.record.id].add(f" {normal(section.heading.words)} ")
    kept = []
    for section in sections:
        words = f" {normal(section.text)} "
        listed = [heading.count(" ") - 1 for heading in headings[section.record.id] if heading in words]
        if len(listed) < LISTED or sum(listed) < LIST_SHARE * words.count(" "):
            kept.append(section)
        else:
            reasons[kind_of(section)]["section lists the headings of others (left out of the corpus)"] += 1
    return kept


def _faults(corpus: Sequence[Section], twins: Twins) -> dict[str, str]:
    """Why a section is no answer with a question of its own, by its id; those that are, are not in it."""
    times = Counter(normal(each.heading.words) for each in corpus if each.heading)
    titles = _titles(corpus)
    headings = Twins({each.id: telling(each.heading.words, each.language) for each in corpus if each.heading})
    found = {}
    for section in corpus:
        fault = _fault(section, times, titles)
        if fault is None and headings.of(section.id, SAME_HEADING):
            fault = "another heading has nearly the same words"
        if fault is None and twins.of(section.id, TWIN):
            fault = "another section says the same"
        if fault:
            found[section.id] = fault
    return found


def _titles(corpus: Sequence[Section]) -> set[tuple[str, str]]:
    """Document and normal form of what is its title: as stated, or the outermost heading over most of it."""
    sections = Counter(section.record.id for section in corpus)
    roots = Counter((section.record.id, normal(section.path[0])) for section in corpus if len(section.path) > 1)
    stated = {(section.record.id, normal(section.record.title)) for section in corpus}
    return stated | {root for root, under in roots.items() if under >= ROOT_SHARE * (sections[root[0]] - 1)}


def _fault(section: Section, times: Counter[str], titles: set[tuple[str, str]]) -> str | None:
    if section.heading is None:
        return "no heading above the text"
    if section.language is None:
        return "language not clear"
    if fault := make_headings.unfit(section.heading.words, section.language):
        return fault
    if times[normal(section.heading.words)] > 1:
        return "heading occurs more than once"
    if sum(map(str.isalpha, section.text)) < FEWEST_LETTERS:
        return "section too short"
    if len(section.text) > MOST_CHARACTERS[kind_of(section)]:
        return "section too long"
    if {(section.record.id, normal(words)) for words in (section.heading.words, section.path[-1])} & titles:
        return "heading is the title"
    return None


def _asked(corpus: Sequence[Section], faults: dict[str, str], reasons: Reasons) -> list[Question]:
    found = []
    for section in corpus:
        kind = kind_of(section)
        fault = faults.get(section.id) or ("section begins with its heading" if _says_itself(section) else None)
        if fault:
            reasons[kind][fault] += 1
        elif section.heading and section.language:
            found.append(Question(kind, section.heading.words, section.language, section, section))
    return found


def _says_itself(section: Section) -> bool:
    """Does the heading stand word for word in the first sentence?"""
    end = _LINE_END.search(section.text, 0, FIRST_LINE)
    first = section.text[: end.start() if end else FIRST_LINE]
    return section.heading is not None and f" {normal(section.heading.words)} " in f" {normal(first)} "


def _fit(pairs: Sequence[Pair], faults: dict[str, str], reasons: Counter[str]) -> list[Pair]:
    kept = []
    for pair in pairs:
        fault = next((faults[each.id] for each in pair if each.id in faults), None)
        if fault:
            reasons[fault] += 1
        else:
            kept.append(pair)
    return kept


def _across(asked: Section, gold: Section) -> Question:
    assert asked.heading
    assert asked.language
    return Question(VERSION, asked.heading.words, asked.language, asked, gold)


def _drawn(
    found: Iterable[T], cell: Callable[[T], tuple[str, str]], most: int, chance: random.Random, reasons: Counter[str]
) -> list[T]:
    """At most `most`, from each language in turn and in it from each document: small ones keep their questions."""
    cells: dict[str, dict[str, list[T]]] = defaultdict(lambda: defaultdict(list))
    for each in found:
        language, document = cell(each)
        cells[language][document].append(each)
    for own in (own for documents in cells.values() for own in documents.values()):
        chance.shuffle(own)
    turns = _in_turn(_in_turn(documents.values()) for _, documents in sorted(cells.items()))
    if len(turns) > most:
        reasons["more than --per-kind"] += len(turns) - most
    return turns[:most]


def _cell(pair: Pair) -> tuple[str, str]:
    return f"{pair[0].language}-{pair[1].language}", pair[0].record.id


def _in_turn(lists: Iterable[Sequence[T]]) -> list[T]:
    """The first of each, then the second of each, until all are empty."""
    held = list(lists)
    depth = max(map(len, held), default=0)
    return [own[turn] for turn in range(depth) for own in held if turn < len(own)]


def _answers(golds: dict[str, Section], pairs: Sequence[Pair], twins: Twins) -> dict[str, frozenset[str]]:
    versions: dict[str, dict[str, Section]] = defaultdict(dict)
    for a, b in pairs:
        versions[a.id][b.id], versions[b.id][a.id] = b, a
    found = {}
    for name, gold in golds.items():
        same = {name: gold, **versions[name]}
        akin = {other for each in same for other in twins.of(each, AKIN)}
        found[name] = frozenset(same) | akin
    return found
