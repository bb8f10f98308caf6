# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of pages -> their text with a box and a confidence for each word, in the lines that `wazi.parse.layout` takes.

The languages are those that the keeper named, else those of the document's other pages, else those found on its first, middle
and last picture. Two pages are read at once, and which ones does not change what is read. It does not know where a picture comes
from, nor paragraphs and headings; without the engine it says what to install.
"""

from __future__ import annotations

import os
import queue
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from wazi import languages
from wazi.languages import identify
from wazi.parse import legible, recognise, tesseract
from wazi.parse.recognise import Picture, Reading
from wazi.parse.tables import Line
from wazi.parse.tesseract import Engine
from wazi.parse.wanted import Wanted
from wazi.types import Word

if TYPE_CHECKING:
    from wazi.parse.page_text import PageText

__all__ = ["Outcome", "Picture", "Reading", "is_language", "missing", "placed", "ranges", "read"]

AT_ONCE = 2
"""Pages read at the same time: Tesseract runs with one thread a page."""
PAGE_SECONDS = 60.0
"""A page that takes longer is given up: it is a drawing or a texture; a page of text takes 1 to 2."""
SURE = 0.75
"""Mean confidence below which a page is reported. Clean scans give 0.86 to 0.97."""
MOST_LANGUAGES = 3
"""Read with at once: each costs a quarter to a third of the time more."""
KNOW_ENGLISH = frozenset({"fra"})
"""Data that reads English as well as the English one does (`benchmarks/ocr.py`). The Swahili has no q and x, the Turkish no q."""
SHARE = 0.15
"""Of the pieces of a text in a language, from which on the text is also in that language."""
PIECE, PIECES = 400, 24
"""Characters of a piece, and how many are looked at."""


class Outcome(NamedTuple):
    """What was read, by the numbers of pages, and what could not be, each in words for a message."""

    pages: dict[int, Reading]
    problems: list[str]


class _Names(NamedTuple):
    """Tesseract's names of languages to read with, and the packages that would bring better ones."""

    used: tuple[str, ...]
    packages: tuple[str, ...] = ()


def missing() -> str | None:
    """What to install, None when pictures can be read here."""
    return None if tesseract.data() else tesseract.ENGINE_MISSING


def read(numbers: Sequence[int], show: Callable[[int], Picture | None], wanted: Wanted, told: str = "") -> Outcome:
    """Read the pictures of the pages `numbers`; `told` is the text of the document's other pages.

    `show` gives the picture of a page, None if it cannot be had; it is called from this thread only, and at most three pictures
    are held. Raises MissingPart without an engine: ask `missing` first.
    """
    made = [Engine() for _ in range(min(AT_ONCE, os.cpu_count() or 1))]
    try:
        job = _Job(show, wanted, made)
        tags = wanted.languages or _spoken([told])
        names = _names(tags, made[0].names) if tags else job.sample(numbers)
        job.all(numbers, names.used)
    finally:
        for engine in made:
            engine.close()
    return Outcome(job.found, list(_problems(job.found, job.late, names, len(numbers))))


def is_language(reading: Reading) -> bool:
    """Is what was read better than a text layer that is none?"""
    return bool(reading.text) and reading.confidence >= recognise.DOUBTFUL and legible.fault(reading.text) is None


def placed(reading: Reading, stored: PageText, offset: int, page: int) -> Iterator[Word]:
    """The words of a page with offsets into the document's text, in which its text `stored` starts at `offset`."""
    for word in reading.words:
        place = stored.rebased(Line(word.start, word.end, *word.box, 0.0, bold=False), offset)
        if place.start < place.end:
            yield Word(place.start, place.end, page, word.box, round(word.confidence, 3))


def ranges(numbers: Iterable[int]) -> str:
    """`page 4` or `pages 1-3, 7`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"page{'' if len(runs) == 1 and runs[0][0] == runs[0][1] else 's'} {named}"


class _Job:
    """The pages read so far, and those for which there was no time."""

    def __init__(self, show: Callable[[int], Picture | None], wanted: Wanted, engines: Sequence[Engine]) -> None:
        self._show, self._wanted = show, wanted
        self._installed, self._at_once = engines[0].names, len(engines)
        self._engines: queue.SimpleQueue[Engine] = queue.SimpleQueue()
        for engine in engines:
            self._engines.put(engine)
        self.found: dict[int, Reading] = {}
        self.late: list[int] = []

    def sample(self, numbers: Sequence[int]) -> _Names:
        """The languages of the first, the middle and the last picture, each read with those of the ones before it.

        What was read with the languages that all three turn out to have is kept.
        """
        names = _names((), self._installed)
        texts: list[str] = []
        lacking: dict[str, None] = {}
        read: dict[int, tuple[Reading, tuple[str, ...]]] = {}
        for number in sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]}) if numbers else ():
            picture = self._show(number)
            reading, script = self._one(picture, names.used) if picture else (None, "")
            used = names.used
            if picture and reading and script:
                written = _names(_of_script(script), self._installed)
                second = self._one(picture, written.used)[0] if written.used != used else None
                if second and second.confidence > reading.confidence:
                    reading, used = second, written.used
                else:
                    lacking |= dict.fromkeys(written.packages[:1])
            if reading:
                texts.append(reading.text)
                read[number] = reading, used
            names = _names(_spoken(texts), self._installed)
        self.found |= {number: reading for number, (reading, used) in read.items() if used == names.used}
        return _Names(names.used, (*names.packages, *lacking))

    def all(self, numbers: Sequence[int], names: Sequence[str]) -> None:
        """Read every page that is not read yet, while there is time."""
        waiting: deque[tuple[int, Future[tuple[Reading | None, str]]]] = deque()
        with ThreadPoolExecutor(self._at_once) as pool:
            for number in numbers:
                if number in self.found:
                    continue
                if self._wanted.left() <= 0:
                    self.late.append(number)
                    continue
                picture = self._show(number)
                if picture is not None:
                    waiting.append((number, pool.submit(self._one, picture, names)))
                if len(waiting) > self._at_once:
                    self._take(*waiting.popleft())
            while waiting:
                self._take(*waiting.popleft())

    def _take(self, number: int, future: Future[tuple[Reading | None, str]]) -> None:
        reading, _ = future.result()
        if reading is None:
            self.late.append(number)
        else:
            self.found[number] = reading

    def _one(self, picture: Picture, names: Sequence[str]) -> tuple[Reading | None, str]:
        engine = self._engines.get()
        try:
            seconds = max(1.0, min(PAGE_SECONDS, self._wanted.left()))
            return recognise.read(engine, picture, names, seconds=seconds)
        finally:
            self._engines.put(engine)


def _of_script(script: str) -> tuple[str, ...]:
    """The languages of a script for which there is data somewhere."""
    return tuple(tag for tag, row in languages.known().items() if row.script == script and tesseract.code(tag))


def _spoken(texts: Iterable[str]) -> tuple[str, ...]:
    """The languages of texts, the most frequent first."""
    pieces = [
        text[start : start + PIECE]
        for text in texts
        for start in range(0, len(text), max(PIECE, len(text) // PIECES))
        if sum(map(str.isalpha, text[start : start + PIECE])) > PIECE // 4
    ]
    counts = Counter(identify.language(piece) for piece in pieces)
    return tuple(tag for tag, count in counts.most_common(MOST_LANGUAGES) if count >= SHARE * len(pieces))


def _names(tags: Sequence[str], installed: frozenset[str]) -> _Names:
    """What to read languages with; one without data is read with that of another in the same script."""
    used: dict[str, None] = {}
    packages: list[str] = []
    for tag in tags:
        name, row = tesseract.code(tag), languages.find(tag)
        if name is not None and name not in installed:
            packages.append(tesseract.package(name))
        if name is None or name not in installed:
            name = tesseract.STAND_INS.get(row.script if row else "Latn", "eng")
        if name in installed:
            used[name] = None
    if not KNOW_ENGLISH.isdisjoint(used):
        used.pop("eng", None)
    some = list(used) or (["eng"] if "eng" in installed else sorted(installed - {"osd"})[:1])
    return _Names(tuple(some[:MOST_LANGUAGES]), tuple(dict.fromkeys(packages)))


def _problems(found: dict[int, Reading], late: Sequence[int], names: _Names, pages: int) -> Iterator[str]:
    if late:
        yield f"{ranges(late)}: a scan that was not read in time: split the file or raise [parse] seconds"
    if names.packages:
        yield f"{ranges(found)}: read without the data of its language: type `apt install {' '.join(names.packages)}`"
    unsure = {
        number: reading.confidence for number, reading in found.items() if reading.text and reading.confidence < SURE
    }
    if unsure:
        mean = sum(unsure.values()) / len(unsure)
        yield f"{ranges(unsure)}: read from a poor scan (mean confidence {mean:.0%}): check the words against the original"
    if pages and not late and not any(reading.text for reading in found.values()):
        yield f"{ranges(found)}: no words were found in the picture" if found else "no page could be read"
