# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A lexicon between two languages of an office, learned from its own texts.

Parallel texts are the held documents that are versions of one another, and files of pairs. It does not evaluate what it learned:
`wazi evals make` and `wazi evals retrieve` do.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import access
from wazi.desk import LEXICONS, Desk, open_desk
from wazi.errors import InputError, UsageError
from wazi.evals import make_sections, make_versions
from wazi.languages import align, find
from wazi.languages.lexicon import write

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings

LEAST_PAIRS = 50
"""Fewer parallel texts teach chance."""


def lexicon(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """`wazi tune lexicon`: learn it, say where it is and what to do next."""
    with open_desk(settings) as desk:
        made = learn_lexicon(options.pair, options.files, desk)
    terminal.result(made)
    for each in made["lexicons"]:
        terminal.line(f"{each['file']}: {each['words']} words from {made['pairs']} parallel texts")
    terminal.line("type `wazi ingest` again for your documents: if it glosses for the embedder they are embedded anew")
    return 0


def learn_lexicon(pair: str, files: Sequence[str], desk: Desk) -> dict[str, Any]:
    """Learn `pair` ("rw-en") and its reverse into the home; with no `files`, from the held versions of documents.

    A line of a file is a JSON object with a text under each of the two tags. Returns {pairs, lexicons: [{file, words}]}.
    Raises UsageError for languages that are not known, InputError for files that cannot be read or too few texts.
    """
    source, target = _languages(pair)
    texts = list(dict.fromkeys(_from_files(files, source, target) if files else _from_home(desk, source, target)))
    if len(texts) < LEAST_PAIRS:
        told = f"{len(texts)} parallel texts in {source} and {target}, at least {LEAST_PAIRS} are needed"
        raise InputError(f"{told}: ingest documents in both languages, or name files of pairs (docs/languages.md)")
    there, back = align.learn(texts, source, target)
    if not there.words or not back.words:
        raise InputError(f"no word of {source} and {target} goes with another in these {len(texts)} texts: name more")
    folder = desk.settings.home / LEXICONS
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for learned in (there, back):
        file = folder / f"{learned.source}-{learned.target}.tsv"
        write(
            learned,
            file,
            f"{learned.source} -> {learned.target}, learned from {len(texts)} parallel texts of this home",
        )
        made.append({"file": str(file), "words": len(learned.words)})
    return {"pairs": len(texts), "lexicons": made}


def _languages(pair: str) -> tuple[str, str]:
    names = pair.split("-")
    rows = [find(name) for name in names]
    if len(names) != 2 or not all(rows) or rows[0] == rows[1]:
        raise UsageError(f"{pair!r} does not name two languages: type two tags like rw-en")
    return rows[0].tag, rows[1].tag  # type: ignore[union-attr]


def _from_home(desk: Desk, source: str, target: str) -> Iterator[tuple[str, str]]:
    sections = make_sections.read(desk, access.holdings_of(access.keeper()))
    kept, _ = make_versions.align(sections, Counter())
    for pair in kept:
        texts = {section.language: section for section in pair}
        if {source, target} <= texts.keys():
            one, two = texts[source], texts[target]
            yield one.text, two.text
            if one.heading and two.heading:
                yield one.heading.words, two.heading.words


def _from_files(files: Sequence[str], source: str, target: str) -> Iterator[tuple[str, str]]:
    for name in files:
        try:
            lines = Path(name).read_text(encoding="utf-8").split("\n")
        except (OSError, ValueError) as error:
            raise InputError(f"cannot read {name}: {error}") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                pair = row[source], row[target]
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{name}, line {number}: not a JSON object with {source!r} and {target!r}") from error
            if not all(isinstance(text, str) for text in pair):
                raise InputError(f"{name}, line {number}: {source!r} and {target!r} are not both text")
            yield pair
