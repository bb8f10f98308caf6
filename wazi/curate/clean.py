# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What may not be in a data set: texts whose licence forbids it, personal data, copies, and items of a test.

Copies are found by words and by stretches of letters: a paraphrase or a translation of a test item is not noticed. Personal data
are those that `wazi.guard.pii` knows.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wazi.curate.facts import Example
from wazi.errors import InputError
from wazi.evals.make_headings import normal
from wazi.evals.make_sections import Section
from wazi.evals.make_twins import Twins, telling
from wazi.evals.rows import HELP, texts
from wazi.guard import pii

SAME_QUESTION = 0.9
"""Share of the telling words of a question that another one on the same section holds, and the other way round."""
STRETCH, EVERY, SHARED = 40, 4, 0.25
"""Letters of a stretch, one of how many is kept, and the share of a text's stretches in a test that make it one of its items."""

_FORBIDS = re.compile(r"\bND\b|no[ -]?deriv|all rights reserved|propriet", re.IGNORECASE)


def permitted(sections: Iterable[Section], dropped: Counter[str]) -> list[Section]:
    """The sections of documents whose stated licence does not forbid to pass changed texts on."""
    kept = []
    for section in sections:
        if section.record.licence and _FORBIDS.search(section.record.licence):
            dropped[f"passages: licence {section.record.licence!r} forbids it"] += 1
        else:
            kept.append(section)
    return kept


def without_names(examples: Iterable[Example], dropped: Counter[str], masked: Counter[str]) -> list[Example]:
    """Personal data blacked out in questions and sections; an example whose answer is personal data goes."""
    kept = []
    for each in examples:
        found = pii.find(each.section.text)
        if each.answer and any(one.start < each.answer[1] and each.answer[0] < one.end for one in found):
            dropped["its answer is personal data"] += 1
            continue
        asked = pii.find(each.question)
        masked.update(one.kind for one in asked)
        kept.append(replace(each, question=pii.masked(each.question, asked), section=without_names_in(each.section)))
    return kept


def without_names_in(section: Section, masked: Counter[str] | None = None) -> Section:
    """The section with personal data blacked out; no place moves."""
    found = pii.find(section.text)
    if masked is not None:
        masked.update(one.kind for one in found)
    record = replace(section.record, title=pii.hidden(section.record.title))
    path = tuple(map(pii.hidden, section.path))
    return replace(section, text=pii.masked(section.text, found), record=record, path=path)


def once(examples: Sequence[Example], dropped: Counter[str]) -> list[Example]:
    """Each question once; the examples come in the order of their worth."""
    asked: set[tuple[str, str]] = set()
    named: dict[str, list[frozenset[str]]] = defaultdict(list)
    kept = []
    for each in examples:
        key, words = (normal(each.question), each.section.language or ""), telling(each.question, each.language)
        near = any(
            len(words & other) >= SAME_QUESTION * max(len(words), len(other)) for other in named[each.section.id]
        )
        if not key[0]:
            dropped["a question without words"] += 1
        elif key in asked:
            dropped["asked before"] += 1
        elif near:
            dropped["nearly asked before, on the same passage"] += 1
        else:
            asked.add(key)
            named[each.section.id].append(words)
            kept.append(each)
    return kept


def without_copies(sections: Sequence[Section], wanted: Iterable[Section], dropped: Counter[str]) -> list[Section]:
    """The passages without those that say nearly the same as another one; `wanted` always stay."""
    held = list({each.id: each for each in sections}.values())
    answers = {each.id for each in wanted}
    twins = Twins({each.id: telling(each.text, each.language) for each in held})
    kept: dict[str, Section] = {}
    for each in sorted(held, key=lambda one: one.id not in answers):
        if each.id not in answers and twins.of(each.id, SAME_QUESTION) & kept.keys():
            dropped["passages: another one says the same"] += 1
        else:
            kept[each.id] = each
    return [each for each in held if each.id in kept]


@dataclass(frozen=True, slots=True)
class Test:
    """What is asked and read in tests: normal forms of questions, and stretches of passages."""

    __test__ = False

    questions: frozenset[str]
    stretches: frozenset[int]

    def asks(self, question: str) -> bool:
        """Is this one of its questions?"""
        return normal(question) in self.questions

    def holds(self, text: str) -> bool:
        """Are a quarter of the stretches of this text in its passages?"""
        own = set(_stretches(text))
        return len(own & self.stretches) > SHARED * len(own) if own else False


def test_of(folders: Iterable[Path]) -> Test:
    """The questions and passages of folders in the layout of `docs/evals.md`. Raises InputError."""
    questions: set[str] = set()
    stretches: set[int] = set()
    for folder in folders:
        found = sorted(folder.rglob("queries*.jsonl*")), sorted(folder.rglob("corpus*.jsonl*"))
        if not all(found):
            raise InputError(f"no queries.jsonl and corpus.jsonl in {folder}: {HELP}")
        for file in found[0]:
            questions |= {normal(row.text) for row in texts(file)[0]}
        for file in found[1]:
            stretches |= {each for row in texts(file)[0] for each in _stretches(row.text)}
    return Test(frozenset(questions), frozenset(stretches))


def untested(examples: Iterable[Example], test: Test, dropped: Counter[str]) -> list[Example]:
    """The examples that are not items of a test."""
    kept = []
    for each in examples:
        if test.asks(each.question):
            dropped["its question is in a test"] += 1
        elif test.holds(each.section.text):
            dropped["its passage is in a test"] += 1
        else:
            kept.append(each)
    return kept


def _stretches(text: str) -> Iterator[int]:
    """Hashes of one in EVERY stretch of letters, chosen by the stretch itself; a short text is one stretch."""
    letters = normal(text).replace(" ", "")
    if not letters:
        return
    if len(letters) <= 3 * STRETCH:
        yield zlib.crc32(letters.encode())
    for at in range(len(letters) - STRETCH + 1):
        drawn = zlib.crc32(letters[at : at + STRETCH].encode())
        if drawn % EVERY == 0:
            yield drawn
