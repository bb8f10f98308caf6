# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""From when until when a paper says it holds, what it is called, and which papers it says it amends or repeals.

Each finding keeps its sentence as evidence. Days are those of `wazi.languages.dates`. Days of a paper that disagree (a gazette
with ten laws) are all told and decide nothing: see `link`. It does not know which other papers are held.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wazi.describe import words
from wazi.describe.words import Words
from wazi.languages import dates, notations, sentences
from wazi.types import About, Block, Kind, Said

FIRST_LINES = 300
HEAD_BLOCKS, HEAD_CHARACTERS = 8, 2000
"""Where a paper names itself: its title and the lines below."""

BEHIND_LABEL = 40
"""Characters behind a label in which its day stands."""

LONGEST = 1500
"""Characters of a sentence that is read: what is longer is a table or a list."""

MOST = 60
"""Findings of one kind that are kept: a digest of all laws names hundreds."""

NUMBERED = {Kind.ACT.value, Kind.REGULATION.value, Kind.CIRCULAR.value}

MOST_READ = 1000
"""Places of a list of phrases that are looked at: a paper that says it oftener says nothing of itself."""

_NUMBER = re.compile(r"\d{1,4}/[12]\d{3}")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_OWN_HEADING = re.compile(r"\W*\w+ \d+\w{0,2}\s*[:.\u2013\u2014-]\s*")
_PART_NUMBER = re.compile(r"\w*\s+(?:\d|[ivxlc]+\b)")
_NUMBER_ALONE = re.compile(r"\W*\w+ \d+\w{0,2}\s+")
_QUOTES = dict.fromkeys(map(ord, '"\u201c\u201d\u00ab\u00bb'))
_NAME = re.compile(r".{3,150}?(?<!\d)[12]\d{3}(?!\d)|[^.;\u060c\u061b\u0964]{3,120}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with a phrase in it: places in the text, and its words flat."""

    start: int
    end: int
    flat: str
    phrase: tuple[int, int]

    @property
    def before(self) -> str:
        return self.flat[: self.phrase[0]]

    @property
    def after(self) -> str:
        return self.flat[self.phrase[1] :]


class Reading:
    """A text with its blocks, prepared for looking up sentences around phrases."""

    def __init__(self, text: str, blocks: Sequence[Block], language: str) -> None:
        self.text, self.language, self.flat = text, language, words.flat(text)
        self._blocks = sorted(blocks, key=lambda block: block.start) or [Block(0, len(text))]
        self._between = [f" {phrase} " for known in words.of([language]) for phrase in known.between]
        self._starts = [block.start for block in self._blocks]
        self._split: dict[int, list[tuple[int, int]]] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        self.head = min(HEAD_CHARACTERS, self._blocks[:HEAD_BLOCKS][-1].end)

    def sentences(self, phrases: Iterable[str], *, head: bool = False) -> Iterator[Sentence]:
        """The sentences that hold one of the phrases, in the head alone if asked; each as often as it holds them."""
        places = sorted(words.places(phrases, self.flat[: self.head] if head else self.flat))
        for start, end in places[:MOST_READ]:
            first, last = self._around(start)
            if end <= last and last - first <= LONGEST:
                yield Sentence(first, last, self.flat[first:last], (start - first, end - first))

    def days(self, flat: str) -> list[str]:
        """The whole days in some words, as ISO dates, in order."""
        for words_between in self._between:
            flat = flat.replace(words_between, " ")
        found = (token[1:] for token in self._notations(flat) if token.startswith(dates.DATE))
        return [day for day in found if len(day) == 10]

    def numbers(self, flat: str) -> list[str]:
        """The numbers of laws in some words: `12/2019`."""
        return list(dict.fromkeys(token for token in self._notations(flat) if _NUMBER.fullmatch(token)))

    def _notations(self, flat: str) -> tuple[str, ...]:
        if flat not in self._found:
            self._found[flat] = tuple(notations.found(flat, self.language))
        return self._found[flat]

    def _around(self, at: int) -> tuple[int, int]:
        number = max(0, bisect_right(self._starts, at) - 1)
        block = self._blocks[number]
        if block.end - block.start > 20 * LONGEST:
            return block.start, block.end
        if number not in self._split:
            spans = sentences.split(self.text[block.start : block.end], self.language)
            self._split[number] = [(block.start + start, block.start + end) for start, end in spans]
        within = self._split[number]
        found = within[bisect_right(within, (at, len(self.text))) - 1] if within else (0, 0)
        return found if found[0] <= at < found[1] else (block.start, block.end)


def read(text: str, blocks: Sequence[Block], title: str, languages: Sequence[str]) -> tuple[Said, ...]:
    """What the text says of its days, its names and of other papers; a place (0, 0) stands for the title."""
    reading = Reading(text, blocks, languages[0])
    spoken = words.of(languages)
    if _is_draft(reading, title, spoken):
        return ()
    names = list(_names(reading, title, spoken))
    own = {said.value for said in names}
    found = [*names]
    for known in spoken:
        found += _in_force(reading, known)
        found += _until(reading, known)
        found += _others(reading, known, own)
    return _once(found)


def _is_draft(reading: Reading, title: str, spoken: Sequence[Words]) -> bool:
    """A bill is worded like the law that it may become, down to the laws that it would repeal."""
    heads = words.flat(title), reading.flat[:FIRST_LINES]
    return any(words.whole(phrase).search(head) for known in spoken for phrase in known.draft for head in heads)


def _names(reading: Reading, title: str, spoken: Sequence[Words]) -> Iterator[Said]:
    flat = words.flat(title)
    changing = [
        phrase for known in spoken for phrase in (*known.amending, *known.repealing, *known.amends, *known.repeals)
    ]
    if own := reading.numbers(flat[: min((start for start, _ in words.places(changing, flat)), default=len(flat))])[:1]:
        yield Said(About.NAME, own[0], 0, 0)
    elif own := _own_number(reading, spoken):
        yield Said(About.NAME, own[0], 0, min(FIRST_LINES, reading.head))
    for known in spoken:
        for sentence in reading.sentences(known.cited_as):
            at = sentence.start + sentence.phrase[1]
            if match := _NAME.match(reading.text, at, sentence.end):
                yield Said(About.NAME, _tidy(match[0]), sentence.start, sentence.end)
                break


def _own_number(reading: Reading, spoken: Sequence[Words]) -> list[str]:
    """The first number of the first lines, unless it is that of a paper which this one changes."""
    ends = [min(FIRST_LINES, reading.head)]
    for known in spoken:
        ends += (each.start + each.phrase[0] for each in reading.sentences(known.amending + known.repealing, head=True))
        ends += (each.start for each in reading.sentences(known.amends + known.repeals, head=True))
    return reading.numbers(reading.flat[: min(ends)])[:1]


def _in_force(reading: Reading, known: Words) -> Iterator[Said]:
    labelled = list(reading.sentences(known.in_force_label))
    for sentence in [*reading.sentences(known.in_force), *labelled]:
        if sentence not in labelled and not _of_itself(sentence, known):
            continue
        days = reading.days(sentence.after[:BEHIND_LABEL]) if sentence in labelled else _near(sentence, reading)
        if not days and any(words.places(known.on_publication, sentence.flat)):
            days = _of_gazette(reading, known)
        for day in days[:1]:
            yield Said(About.VALID_FROM, day, sentence.start, sentence.end)


def _until(reading: Reading, known: Words) -> Iterator[Said]:
    for sentence in reading.sentences(known.until):
        for day in _near(sentence, reading)[:1] if _of_itself(sentence, known) else ():
            yield Said(About.VALID_UNTIL, day, sentence.start, sentence.end)


def _near(sentence: Sentence, reading: Reading) -> list[str]:
    """The day behind the phrase; the only one of the sentence where the language says it first."""
    everywhere = reading.days(sentence.flat)
    return reading.days(sentence.after) or (everywhere if len(everywhere) == 1 else [])


def _of_gazette(reading: Reading, known: Words) -> list[str]:
    """The day of the gazette on the first pages, if there is only one."""
    first = (at for at in words.places(known.gazette, reading.flat[: 3 * HEAD_CHARACTERS]))
    days = {day for start, end in first for day in reading.days(reading.flat[start : end + 60])[:1]}
    return list(days) if len(days) == 1 else []


def _of_itself(sentence: Sentence, known: Words) -> bool:
    """Whether the sentence is about this paper as a whole, as far as its words show."""
    if any(words.places((*known.not_itself, *known.unless), sentence.flat)) or _of_parts(sentence, known):
        return False
    return "" in known.itself or any(words.places(known.itself, sentence.flat))


def _of_parts(sentence: Sentence, known: Words) -> bool:
    """Sections 1 to 5 of this Act; but not: Section 5. This Act."""
    before = _OWN_HEADING.sub("", sentence.before, count=1)
    if before.startswith(known.itself) and known.itself != ("",):
        return False
    alone = _NUMBER_ALONE.match(before)
    if alone and before[alone.end() :].startswith(known.itself):
        return False
    return any(_PART_NUMBER.match(before, end) for _, end in words.places(known.part, before))


def _others(reading: Reading, known: Words, own: set[str]) -> Iterator[Said]:
    rows = (
        (About.AMENDS, known.amends, False),
        (About.AMENDS, known.amending, True),
        (About.REPEALS, known.repeals, False),
        (About.REPEALS, known.repealing, True),
    )
    for about, phrases, head in rows:
        for sentence in reading.sentences(phrases, head=head):
            if sentence.flat.startswith(known.basis) or any(words.places(known.unless, sentence.flat)):
                continue
            partly = about is About.REPEALS and _of_a_part(sentence, known)
            for value in _named(sentence, reading, known, own):
                yield Said(About.AMENDS if partly else about, value, sentence.start, sentence.end)


def _of_a_part(sentence: Sentence, known: Words) -> bool:
    """Is it a section that is repealed, not the whole?"""
    before = _OWN_HEADING.sub("", sentence.before, count=1)
    return any(words.places(known.part, before))


def _named(sentence: Sentence, reading: Reading, known: Words, own: set[str]) -> list[str]:
    """What another paper is called in the sentence: its numbers, else the words up to a year on either side of the phrase.

    Acts and by-laws are numbered each for themselves: where the sentence names one kind, that stands before the number.
    """
    if numbers := [number for number in reading.numbers(sentence.flat) if number not in own]:
        kinds = _kinds(sentence.flat, known) & NUMBERED
        kind = f"{kinds.pop()} " if len(kinds) == 1 else ""
        return [f"{kind}{number}" for number in numbers]
    middle = [sentence.start + place for place in sentence.phrase]
    behind = _NAME.match(reading.text, middle[1], sentence.end)
    if behind and _YEAR.search(behind[0]):
        return _unless(own, _tidy(behind[0]))
    before = reading.text[sentence.start : middle[0]]
    if years := list(_YEAR.finditer(before)):
        return _unless(own, _tidy(before[: years[-1].end()][-150:]))
    return []


def _kinds(flat: str, known: Words) -> set[str]:
    """The kinds of papers that some words name; the law in by-law is none."""
    found = [(*match.span(), kind) for phrase, kind in known.kinds for match in words.whole(phrase).finditer(flat)]
    longest = sorted(found, key=lambda each: (each[0] - each[1], each[0]))
    kept: list[tuple[int, int, str]] = []
    for start, end, kind in longest:
        if not any(first <= start and end <= last for first, last, _ in kept):
            kept.append((start, end, kind))
    return {kind for _, _, kind in kept}


def _unless(own: set[str], name: str) -> list[str]:
    return [name] if name not in own else []


def _tidy(name: str) -> str:
    return " ".join(name.translate(_QUOTES).split()).strip(" ,.;:")


def _once(found: Iterable[Said]) -> tuple[Said, ...]:
    """Each value of a kind once, with its first sentence."""
    first: dict[tuple[About, str], Said] = {}
    for said in found:
        first.setdefault((said.about, said.value), said)
    counts: dict[About, int] = {}
    kept = []
    for said in first.values():
        counts[said.about] = counts.get(said.about, 0) + 1
        if counts[said.about] <= MOST:
            kept.append(said)
    return tuple(kept)
