# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Which language is a text in? A hint: what the asker or the keeper of a document says wins, and is asked for elsewhere.

The script decides first; among the languages of one script py3langid and the function words of `languages.toml` do. It does
not know languages that are not in that file, and of a text in several languages it names one.
"""

from __future__ import annotations

import threading
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from wazi.languages import find, known

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

SAMPLE = 300
"""Characters looked at: enough for 999 of 1,000 law articles, and the time is proportional to it."""

WORDS = 3.0
"""Weight of the share of function words against py3langid's probability, of 0, 0.5, 1, 2, 3, 4 and 5 the best on questions."""

WORDS_ALONE = 5.0
"""The same for languages that py3langid does not know."""

HOME = 0.1
"""Evidence that the default has before the text is read."""

ENOUGH = 0.3
"""Evidence below which a text in the script of the default is taken to be in the default."""

_PUNCTUATION = ".,;:?!()[]\"'\u00ab\u00bb\u201c\u201d\u061f\u060c\u0964\u1362\u1363\u1367"

_loading = threading.Lock()

_RANGES = {
    "Latn": ((0x41, 0x24F), (0x250, 0x2AF), (0x1E00, 0x1EFF)),
    "Grek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrl": ((0x400, 0x52F),),
    "Armn": ((0x530, 0x58F),),
    "Hebr": ((0x590, 0x5FF),),
    "Arab": ((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    "Deva": ((0x900, 0x97F),),
    "Beng": ((0x980, 0x9FF),),
    "Guru": ((0xA00, 0xA7F),),
    "Gujr": ((0xA80, 0xAFF),),
    "Orya": ((0xB00, 0xB7F),),
    "Taml": ((0xB80, 0xBFF),),
    "Telu": ((0xC00, 0xC7F),),
    "Knda": ((0xC80, 0xCFF),),
    "Mlym": ((0xD00, 0xD7F),),
    "Sinh": ((0xD80, 0xDFF),),
    "Thai": ((0xE00, 0xE7F),),
    "Laoo": ((0xE80, 0xEFF),),
    "Tibt": ((0xF00, 0xFFF),),
    "Mymr": ((0x1000, 0x109F),),
    "Geor": ((0x10A0, 0x10FF),),
    "Kore": ((0x1100, 0x11FF), (0xAC00, 0xD7AF)),
    "Ethi": ((0x1200, 0x139F),),
    "Khmr": ((0x1780, 0x17FF),),
    "Jpan": ((0x3040, 0x30FF),),
    "Hans": ((0x4E00, 0x9FFF),),
}
_SCRIPTS = {block: name for name, ranges in _RANGES.items() for a, b in ranges for block in range(a >> 4, (b >> 4) + 1)}


def language(text: str, default: str = "en") -> str:
    """The tag of the language of `text`, or `default` where the text is too short or too odd to tell. Thread-safe."""
    sample = text[:SAMPLE]
    script = _script(sample)
    if script is None:
        return default
    candidates = _written_in(script)
    if len(candidates) < 2:
        return candidates[0] if candidates else default
    return _among(candidates, sample, default)


def _script(sample: str) -> str | None:
    if sample.isascii():
        return "Latn" if any(map(str.isalpha, sample)) else None
    counts = Counter(_SCRIPTS.get(ord(letter) >> 4) for letter in sample if letter.isalpha())
    counts.pop(None, None)
    script = counts.most_common(1)[0][0] if counts else None
    return "Jpan" if script == "Hans" and counts["Jpan"] else script


@cache
def _written_in(script: str) -> tuple[str, ...]:
    return tuple(tag for tag, row in known().items() if row.script == script)


def _among(candidates: tuple[str, ...], sample: str, default: str) -> str:
    """The candidate with the most evidence: py3langid's probability and the share of its function words.

    Weak evidence in the script of `default` means `default`; in another script the best is still better than that.
    """
    base = find(default)
    home = base.tag if base and base.tag in candidates else None
    chances = _chances(sample, candidates)
    words = [
        word.strip(_PUNCTUATION) for word in sample.casefold().replace("\u2019", "'").replace("\u1361", " ").split()
    ]
    shared = Counter(tag for word in words for tag in _function_words().get(word, ()))
    evidence = {}
    for tag in candidates:
        weight = WORDS if tag in chances else WORDS_ALONE
        evidence[tag] = chances.get(tag, 0.0) + weight * shared[tag] / max(4, len(words))
    if home:
        evidence[home] += HOME
    best = max(candidates, key=lambda tag: evidence[tag])
    return best if evidence[best] >= ENOUGH or home is None else home


@cache
def _function_words() -> dict[str, tuple[str, ...]]:
    """Each function word and the languages it belongs to."""
    owners: dict[str, tuple[str, ...]] = {}
    for tag, row in known().items():
        for word in row.function_words:
            owners[word] = (*owners.get(word, ()), tag)
    return owners


def _chances(sample: str, candidates: tuple[str, ...]) -> dict[str, float]:
    """py3langid's probabilities among the candidates; empty when it knows fewer than two of them."""
    found = {tag: chance for tag, chance in _identifier().rank(sample.lower()) if tag in candidates}
    total = sum(found.values())
    return {tag: chance / total for tag, chance in found.items()} if len(found) > 1 and total else {}


def _identifier() -> LanguageIdentifier:
    """Loaded on first use (about 1 s); reading it from several threads is safe, as nothing in it changes after that."""
    with _loading:
        return _load()


@cache
def _load() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
