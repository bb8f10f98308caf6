# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a word of one language is in another: a word list with weights, for finding, never for showing.

A lexicon is a text file that a linguist can read and mend: a line a word, then its translations, each with its probability.
`align` learns one from parallel texts. With it a question is searched in the words of another language (`Lexicon.tokens`),
and a text in a language that the embedder has hardly seen is read as a gloss, word for word, in one that it knows
(`Lexicon.gloss`). It knows nothing of grammar: a gloss is not a translation and is never shown as one.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from wazi.errors import InputError
from wazi.languages import analyse, find

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Translations = tuple[tuple[str, float], ...]
Lexicons = Mapping[tuple[str, str], "Lexicon"]
"""Lexicons by (source, target)."""

VERSION = "1"
"""Raise it when a gloss of the same words becomes another."""

NEIGHBOURS = 4
"""Known words that stand in for one that is not in the lexicon: another form of the same word, mostly."""

LIKENESS = 0.5
"""Share of letter groups (Dice) that a neighbour must have in common with the word."""

SURE = 0.08
"""Probability below which a gloss leaves the word out: function words and chance."""

REMEMBERED = 1 << 15
"""Words not in a lexicon whose neighbours are kept in memory."""

GROUP_WEIGHT = 0.5
"""Of a translation's letter groups beside the translation itself, shared among them by the root of their number."""


@dataclass(frozen=True)
class Lexicon:
    """From `source` to `target` (tags of `languages.toml`); `words` maps a word to its translations, likeliest first."""

    source: str
    target: str
    words: Mapping[str, Translations]

    def translations(self, key: str) -> Translations:
        """Words of the target language for a key of `analyse`, weights at most 1 in all; none for a word like no other."""
        return self._by_key.get(key) or self._found(key)

    def gloss(self, text: str) -> str:
        """`text` word for word in the target language; a word that is like no other stays as it is (names, numbers)."""
        words: list[str] = []
        for word, key in _words(text, self.source):
            found = self.translations(key)
            if not found:
                words.append(word)
            elif found[0][1] > SURE and found[0][0] not in words[-1:]:
                words.append(found[0][0])
        return " ".join(words)

    def tokens(self, text: str) -> dict[str, float]:
        """Tokens of the target language to search for instead of those of `text`, each with its weight.

        A word of the text weighs 1 in all, shared among its translations by their probability.
        """
        weights: dict[str, float] = defaultdict(float)
        for key in dict.fromkeys(_keys(text, self.source)):
            found = self.translations(key)
            whole = sum(probability for _, probability in found)
            for word, probability in found:
                for token, share in _searched(word, self.target):
                    weights[token] += share * probability / whole
        return dict(weights)

    def _by_neighbours(self, key: str) -> Translations:
        if any(map(str.isdigit, key)):
            return ()
        likest = self._index.likest(key)
        whole = sum(likeness**2 for likeness, _ in likest)
        weights: dict[str, float] = defaultdict(float)
        for likeness, word in likest:
            for translation, probability in self._by_key[word]:
                weights[translation] += likest[0][0] * likeness**2 / whole * probability
        return tuple(sorted(weights.items(), key=lambda each: -each[1]))

    @cached_property
    def _by_key(self) -> dict[str, Translations]:
        """Keys are made anew from the words, so that a file outlives a change of the analyser; the first of a key counts."""
        found: dict[str, Translations] = {}
        for word, translations in self.words.items():
            keys = list(_keys(word, self.source))
            if len(keys) == 1:  # a phrase is not what each of its words means
                found.setdefault(keys[0], translations)
        return found

    @cached_property
    def _found(self) -> Callable[[str], Translations]:
        return lru_cache(REMEMBERED)(self._by_neighbours)

    @cached_property
    def _index(self) -> _Likeness:
        return _Likeness(self._by_key)


class _Likeness:
    """Which keys are spelt like a key: letter groups of 3 and 4, ends marked."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(words)
        self._sizes = [len(_groups(word)) for word in self._words]
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self._words):
            for group in _groups(word):
                self._places[group].append(place)

    def likest(self, word: str) -> list[tuple[float, str]]:
        """At most NEIGHBOURS words with their likeness, 0 to 1, likest first."""
        groups = _groups(word)
        shared = Counter(place for group in groups for place in self._places.get(group, ()))
        scored = ((2 * n / (len(groups) + self._sizes[place]), self._words[place]) for place, n in shared.items())
        return sorted(((likeness, word) for likeness, word in scored if likeness >= LIKENESS), reverse=True)[
            :NEIGHBOURS
        ]


def _groups(key: str) -> set[str]:
    word = f"^{key.removeprefix(analyse.KEY)}$"
    return {word[at : at + size] for size in (3, 4) for at in range(len(word) - size + 1)}


def _keys(text: str, language: str) -> Iterator[str]:
    return (key for _, key in _words(text, language))


def _words(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Every word, case-folded, with its key."""
    for word, key in pairwise(analyse.tokens(text, language)):
        if key.startswith(analyse.KEY) and not word.startswith((analyse.KEY, analyse.GROUP)):
            yield word, key


@cache
def _searched(word: str, language: str) -> tuple[tuple[str, float], ...]:
    """The key of a word with weight 1 and its letter groups with less."""
    tokens = analyse.tokens(word, language)
    groups = [token for token in tokens if token.startswith(analyse.GROUP)]
    keys = [token for token in tokens if token.startswith(analyse.KEY)]
    share = GROUP_WEIGHT / max(1, len(groups)) ** 0.5
    return tuple((key, 1.0) for key in keys) + tuple((group, share) for group in groups)


def read(file: Path | Traversable, source: str, target: str) -> Lexicon:
    """Read a lexicon: `word<TAB>word probability<TAB>word probability…`, `#` begins a remark. Raises InputError with its line."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the lexicon {file}: {error}: mend or remove it") from error
    words: dict[str, Translations] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        word, *pairs = line.split("\t")
        try:
            found = [pair.rsplit(" ", 1) for pair in pairs]
            translations = [(translation, float(probability)) for translation, probability in found]
            if not all(0 < probability < math.inf for _, probability in translations):
                raise ValueError("a probability is above 0")
            words[word] = tuple(sorted(translations, key=lambda each: -each[1]))
        except ValueError as error:
            raise InputError(f"{file}, line {number}: not a word and its translations ({error})") from error
    return Lexicon(source, target, words)


def write(lexicon: Lexicon, file: Path, remarks: str) -> None:
    """Write what `read` reads, words in order; `remarks` (where it comes from, its licence) stands above."""
    lines = [f"# {line}".rstrip() for line in remarks.splitlines()]
    for word, found in sorted(lexicon.words.items()):
        lines.append("\t".join((word, *(f"{translation} {probability:.2f}" for translation, probability in found))))
    try:
        part = file.with_suffix(".part")  # a lexicon cut short would stop every command
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror}: check free space and rights") from error


def as_read(text: str, language: str, lexicons: Lexicons) -> str:
    """The text as the embedder should read it: a gloss where the language has one (`gloss` in languages.toml), else normalised."""
    known = find(language)
    lexicon = lexicons.get((known.tag, known.gloss)) if known else None
    glossed = lexicon.gloss(text) if lexicon else ""
    return analyse.normalise(glossed or text)  # nothing sure in it: better the text itself than nothing


def read_across(text: str, language: str, lexicons: Lexicons, held: Collection[str] | None = None) -> dict[str, str]:
    """A question word for word as the embedder reads passages of other languages, by these; none that it is read as anyway.

    These are the languages of `held` (None: any) to which a lexicon leads.
    """
    known = find(language)
    if not known:
        return {}
    glosses: dict[str, str] = {}
    for other in {target for _, target in lexicons} if held is None else held:
        way = known.tag, _read_as(other, lexicons)
        if way in lexicons and way[1] != _read_as(known.tag, lexicons):
            glosses[other] = analyse.normalise(lexicons[way].gloss(text))
    return {other: gloss for other, gloss in sorted(glosses.items()) if gloss}


def _read_as(language: str, lexicons: Lexicons) -> str:
    """The language in which `as_read` gives a text."""
    gloss = getattr(find(language), "gloss", None)
    return gloss if gloss and (language, gloss) in lexicons else language


def asked(text: str, language: str, lexicons: Lexicons, held: Collection[str] | None = None) -> dict[str, float]:
    """The tokens under which to search for a question, each with its weight: its own, and those of other languages.

    These are the languages of `held` (None: any) to which a lexicon leads.
    Weights are rounded to tenths: a store searches few different weights faster than many.
    """
    known = find(language)
    weights = analyse.question(text, language)
    for source, target in lexicons:
        if known and source == known.tag and (held is None or target in held):
            for token, weight in lexicons[source, target].tokens(text).items():
                weights[token] = max(weights.get(token, 0.0), round(weight, 1))
    return {token: weight for token, weight in weights.items() if weight}


def glossing(lexicons: Lexicons) -> str:
    """Changes whenever `as_read` could give another text."""
    used = [lexicons[pair] for pair in sorted(lexicons) if pair[1] == getattr(find(pair[0]), "gloss", None)]
    said = [VERSION, *((each.source, each.target, sorted(each.words.items())) for each in used)]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def held(folder: Path) -> Lexicons:
    """The shipped lexicons, with the words of those in a folder before theirs.

    Raises InputError for a file that does not name two languages; what is damaged in one is told when it is first read.
    """
    own = _files(folder) if folder.is_dir() else {}
    theirs = _files(files(__package__) / "lexicons")
    return Shelf({pair: [each[pair] for each in (own, theirs) if pair in each] for pair in {**theirs, **own}})


@cache
def shipped() -> Lexicons:
    """The lexicons that come with the package."""
    return Shelf({pair: [file] for pair, file in _files(files(__package__) / "lexicons").items()})


class Shelf(Mapping[tuple[str, str], Lexicon]):
    """Lexicons by (source, target), each read when it is first asked for; of two files the words of the first go before."""

    def __init__(self, places: Mapping[tuple[str, str], Sequence[Path | Traversable]]) -> None:
        self._places = places
        self._read: dict[tuple[str, str], Lexicon] = {}

    def __getitem__(self, pair: tuple[str, str]) -> Lexicon:
        if pair not in self._read:
            words: dict[str, Translations] = {}
            for place in self._places[pair]:
                found = read(place, *pair).words
                words.update({word: found[word] for word in found if word not in words})
            self._read[pair] = Lexicon(*pair, words)
        return self._read[pair]

    def __contains__(self, pair: object) -> bool:
        return pair in self._places

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _files(folder: Path | Traversable) -> dict[tuple[str, str], Path | Traversable]:
    found = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".tsv") and not file.name.startswith(".") and file.is_file():
            source, _, target = file.name.removesuffix(".tsv").partition("-")
            one, two = find(source), find(target)
            if not one or not two:
                raise InputError(f"{file} does not name two languages: call it like rw-en.tsv, or remove it")
            found[one.tag, two.tag] = file
    return found
