# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Personal data in a text: where it stands, how much there is of each kind, and the text with it blacked out.

The rules are data (`pii.toml`), checked by validators where a number has a check digit. Names are taken only where a label, a
title or the heading of a list says that one stands there. It does not know whose data it is: a number that an office publishes
as its own looks like any other, which is why the default is to report. Values never leave this module but by the text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from wazi.types import Block, BlockKind, Parsed, Record

VERSION = "2"
"""Raise it when the same text gives other findings, so that the next ingest looks again."""

MASKED = "masked"
"""The flag of a document that is held blacked out, without its original."""

BLACK = "\u2588"
AROUND = 60
"""Characters before a number in which the words must stand that make it a personal one."""

_NAME = re.compile(
    r"\s{0,3}((?:[^\W\d_a-z][\w'\u2019.-]{0,30})(?:[ \u00a0]{1,2}(?:(?:de|da|van|von|bin|binti|el|al|ole|wa|ya)[ ])?"
    r"[^\W\d_a-z][\w'\u2019.-]{0,30}){0,4})"
)
_BLANKS, _DASHES = "\u00a0\u2007\u2009\u202f", "\u2010\u2011\u2012\u2013"
_DATE = re.compile(r"\d{1,2}([./ -])\d{1,2}\1(?:19|20)\d{2}|(?:19|20)\d{2}([./ -])\d{1,2}\2\d{1,2}")
_LISTED = re.compile(r"(?:[^\W\d_a-z][\w'\u2019-]{1,30}[ \u00a0]){1,4}[^\W\d_a-z][\w'\u2019-]{1,30}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at `text[start:end]`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `pii.toml`."""

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    near: tuple[str, ...]


def find(text: str, blocks: Sequence[Block] = ()) -> list[Finding]:
    """The personal data of a text, in order, no two overlapping. `blocks` tell which lines are a list and under what heading."""
    plain = _plain(text)
    flat = plain.lower() if len(plain.lower()) == len(plain) else plain
    found: list[Finding] = []
    taken = bytearray(len(text))
    for each in [*_by_rules(plain, flat), *_names(plain, flat, blocks)]:
        if not any(taken[each.start : each.end]):
            taken[each.start : each.end] = b"\1" * (each.end - each.start)
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def counts(found: Sequence[Finding]) -> dict[str, int]:
    """How many of each kind."""
    return dict(sorted(Counter(each.kind for each in found).items()))


def masked(text: str, found: Sequence[Finding]) -> str:
    """The text with every finding blacked out, character for character: no place moves."""
    parts, at = [], 0
    for each in found:
        hidden = (char if char.isspace() else BLACK for char in text[each.start : each.end])
        parts += [text[at : each.start], *hidden]
        at = each.end
    return "".join((*parts, text[at:]))


def hidden(words: str) -> str:
    """Some words with the personal data that shows in them alone blacked out."""
    return masked(words, find(words))


def shown(record: Record) -> bool:
    """Whether what is held of a document may show personal data: some were found, or nobody looked yet."""
    return MASKED not in record.flags and (bool(record.personal) or not record.history)


def hide(parsed: Parsed, found: Sequence[Finding]) -> Parsed:
    """The parsed file with every finding blacked out wherever its words are kept: text, headings and title."""
    values = {parsed.text[each.start : each.end] for each in found}
    sizes = sorted({len(value) for value in values}, reverse=True)

    @cache
    def clean(words: str) -> str:
        words = hidden(words)
        return masked(words, list(_repeated(words, values, sizes)))

    blocks = tuple(replace(block, headings=tuple(map(clean, block.headings))) for block in parsed.blocks)
    title = clean(parsed.title) if parsed.title else None
    return replace(parsed, text=masked(parsed.text, found), blocks=blocks, title=title)


def _repeated(words: str, values: Set[str], sizes: Sequence[int]) -> Iterator[Finding]:
    """Where one of the values stands in other words, the longest of those that begin at one place."""
    at = 0
    while at < len(words):
        size = next((size for size in sizes if words[at : at + size] in values), 0)
        if size:
            yield Finding("", at, at + size)
        at += size or 1


def _by_rules(plain: str, flat: str) -> Iterator[Finding]:
    for rule in _rules():
        if rule.near and not any(word in flat for word in rule.near):
            continue
        for match in rule.pattern.finditer(plain):
            before = flat[max(0, match.start() - AROUND) : match.start()]
            if rule.near and not any(word in before for word in rule.near):
                continue
            if rule.check(match[0]):
                yield Finding(rule.kind, match.start(), match.end())


def _names(plain: str, flat: str, blocks: Sequence[Block]) -> Iterator[Finding]:
    for label in _labels().finditer(flat):
        match = None if label[0].isalpha() and _is_upper(plain, label) else _NAME.match(plain, label.end())
        if match and (end := _name_end(match[1])) > 1:
            yield Finding("name", match.start(1), match.start(1) + end)
    for start, end in _listed(plain, flat, blocks):
        for match in _LISTED.finditer(plain, start, end):
            if not {word.lower() for word in match[0].split()} & _words("not_names"):
                yield Finding("name", match.start(), match.end())


def _is_upper(plain: str, label: re.Match[str]) -> bool:
    """MS and DR are titles only where they are not written in capitals."""
    return plain[label.start() : label.end()].isupper()


def _name_end(words: str) -> int:
    """How much of some capitalised words is a name: up to the first that cannot be in one."""
    end = 0
    for match in re.finditer(r"\S+", words):
        if match[0].lower().strip(".") in _words("not_names"):
            break
        end = match.end()
    return len(words[:end].rstrip(".,"))


def _listed(plain: str, flat: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The items and rows that stand under a heading, or behind a line, that says that names follow."""
    said = False
    for block in blocks:
        item = block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
        if not item:
            said = any(word in flat[block.start : block.end] for word in _words("lists"))
        under = bool(block.headings) and any(word in block.headings[-1].lower() for word in _words("lists"))
        if item and (said or under):
            yield block.start, block.end


def _plain(text: str) -> str:
    """The text with the digits of every script as 0-9 and every blank as one; no place moves."""
    odd = {char for char in set(text) if not char.isascii() and (char.isdecimal() or char in _BLANKS + _DASHES)}
    table = {
        ord(char): str(unicodedata.decimal(char)) if char.isdecimal() else " " if char in _BLANKS else "-"
        for char in odd
    }
    return text.translate(table) if table else text


@cache
def _rules() -> tuple[Rule, ...]:
    rows = _data()["rule"]
    return tuple(
        Rule(row["kind"], re.compile(row["pattern"]), CHECKS[row.get("check", "any")], tuple(row.get("near", ())))
        for row in rows
    )


@cache
def _labels() -> re.Pattern[str]:
    after = sorted(_words("after"), key=len, reverse=True)
    return re.compile(rf"(?<![\w'\u2019.])(?:{'|'.join(map(re.escape, after))})(?!\w)")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_data()["names"][name])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "pii.toml").read_text(encoding="utf-8"))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def luhn(text: str) -> bool:
    """ISO/IEC 7812: the check digit of payment cards, 12 to 19 digits of which not all are the same."""
    digits = [int(char) for char in reversed(_digits(text))]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 12 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[::2]) + doubled) % 10 == 0


def mod97(text: str) -> bool:
    """ISO 13616: the check digits of an IBAN, 15 to 34 characters."""
    plain = "".join(text.split()).upper()
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def nir(text: str) -> bool:
    """The key of the French number of inscription, with Corsica's letters."""
    plain = "".join(text.split()).replace("2A", "19").replace("2B", "18")
    return len(plain) == 15 and plain.isdecimal() and 97 - int(plain[:13]) % 97 == int(plain[13:])


def dni(text: str) -> bool:
    """The letter of the Spanish DNI and NIE."""
    plain = text.replace("-", "")
    number = plain[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == plain[-1]


def verhoeff(text: str) -> bool:
    """Verhoeff's check digit (1969), over the dihedral group of the pentagon: India's Aadhaar."""
    turn = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    total = 0
    for at, char in enumerate(reversed(_digits(text))):
        digit = int(char)
        for _ in range(at % 8):
            digit = turn[digit]
        total = _product(total, digit)
    return total == 0


def _product(a: int, b: int) -> int:
    """In the dihedral group: 0-4 are turns, 5-9 reflections."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def born(text: str) -> bool:
    """A South African number: a possible date of birth in front, Luhn's digit at the end."""
    plain = _digits(text)
    return 1 <= int(plain[2:4]) <= 12 and 1 <= int(plain[4:6]) <= 31 and luhn(plain)


def phone(text: str) -> bool:
    """Nine to twelve digits, as many national numbers with their leading zero have."""
    return 9 <= len(_digits(text)) <= 12


def abroad(text: str) -> bool:
    """Nine to seventeen digits: two zeros, and at most fifteen (E.164)."""
    return 9 <= len(_digits(text)) <= 17


def digits(text: str) -> bool:
    """Six to fifteen digits (E.164 has at most fifteen) that are no date."""
    return 6 <= len(_digits(text)) <= 15 and not _DATE.fullmatch(text.strip())


CHECKS: dict[str, Callable[[str], bool]] = {
    "any": bool,
    **{check.__name__: check for check in (luhn, mod97, nir, dni, verhoeff, born, phone, abroad, digits)},
}
"""The validators that a rule may name."""
