# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A number in a sheet and its format code -> the characters that a spreadsheet shows.

Follows the number formats of ECMA-376 part 1, 18.8.30 and 18.8.31. Where a program shows a date in the order of its user's
country, the ISO order is written, and whole numbers are written in full where a narrow column would round them. It does not
know fractions and conditions, which are read as plain numbers, nor month names in other languages than English.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "yyyy-mm-dd",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Codes that a file names by number only."""
GENERAL = "General"

TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?:h+|m+|s+)\]|\[[^\]]*\]|AM/PM|A/P|General|E[+-]0+|y+|m+|d+|h+|s+|.', re.I | re.S
)
CURRENCY = re.compile(r"\[\$([^-\]]+)")
DIGITS = frozenset("0#?")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EPOCH = dt.datetime(1899, 12, 30)
EPOCH_1904 = dt.datetime(1904, 1, 1)
LAST_SERIAL = 2_958_465
"""31 December 9999."""
FULL_DIGITS = 15
"""Significant digits of a number in a sheet."""


class Piece(NamedTuple):
    """A token of a code: literal characters, or a mark to be filled."""

    text: str
    literal: bool


def shown(value: float, code: str, *, from_1904: bool = False) -> str:
    """The characters of a number; those of the number alone where the code cannot be followed."""
    if code == GENERAL:
        return _plain(value)
    sections = _sections(code)
    negative = value < 0 and len(sections) > 1
    zero = value == 0 and len(sections) > 2
    pieces = sections[2] if zero else sections[1] if negative else sections[0]
    marks = [piece.text.lower() for piece in pieces if not piece.literal]
    if any(mark[0] in "ymdhs[" for mark in marks if mark != "general"):
        return _date(value, pieces, from_1904=from_1904)
    if any(piece.literal and piece.text == "/" for piece in pieces):
        return _plain(value)
    if "@" in marks or "general" in marks:
        return "".join(p.text if p.literal else _plain(abs(value) if negative else value) for p in pieces if _kept(p))
    return _number(abs(value) if negative else value, pieces)


def _kept(piece: Piece) -> bool:
    return piece.literal or piece.text.lower() in {"general", "@"}


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[Piece, ...], ...]:
    sections: list[list[Piece]] = [[]]
    for token in TOKEN.findall(code):
        if token == ";":
            sections.append([])
        elif (piece := _piece(token)) is not None:
            sections[-1].append(piece)
    if not sections[0]:
        sections[0].append(Piece(GENERAL, literal=False))
    return tuple(map(tuple, sections))


def _piece(token: str) -> Piece | None:
    """None for what shows nothing: colours, conditions, fillers."""
    first = token[0]
    if first == '"':
        return Piece(token[1:-1], literal=True)
    if first == "\\":
        return Piece(token[1:], literal=True)
    if first == "_":
        return Piece(" ", literal=True)
    if first == "*":
        return None
    if first == "[" and len(token) > 1:
        if token[1:-1].lower() in {"h", "hh", "m", "mm", "s", "ss"}:
            return Piece(token, literal=False)
        money = CURRENCY.match(token)
        return Piece(money[1], literal=True) if money else None
    marks = token.lower() in {"general", "am/pm", "a/p"} or first in "0#?.,%@" or first.lower() in "ymdhs"
    return Piece(token, literal=not (marks or (first in "Ee" and len(token) > 1)))


def _plain(value: float) -> str:
    if value == int(value) and abs(value) < 10**FULL_DIGITS:
        return str(int(value))
    text = f"{value:.11g}"
    return text.replace("e", "E")


def _number(value: float, pieces: tuple[Piece, ...]) -> str:
    marks = "".join(piece.text for piece in pieces if not piece.literal and piece.text[0] not in "Ee")
    if not DIGITS & set(marks):
        return "".join(piece.text for piece in pieces).strip()
    power = next((piece.text for piece in pieces if not piece.literal and piece.text[0] in "Ee"), None)
    before, _, after = marks.replace("%", "").partition(".")
    places = sum(mark in DIGITS for mark in after)
    if power is not None:
        return f"{value:.{places}E}"
    digits = marks.replace("%", "")
    scale = len(digits) - len(digits.rstrip(","))
    try:
        exact = Decimal(repr(value)) * 100 ** marks.count("%") / 1000**scale
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    except InvalidOperation:
        return _plain(value)
    whole, _, part = f"{abs(exact):f}".partition(".")
    grouped = "," in before.rstrip(",")
    least = sum(mark == "0" for mark in after)
    part = part[:least] + part[least:].rstrip("0")
    text = _filled(pieces, "" if whole == "0" and "0" not in before else whole, part, grouped=grouped)
    return ("-" + text if exact < 0 else text).strip()


def _filled(pieces: tuple[Piece, ...], whole: str, part: str, *, grouped: bool) -> str:
    """The digits in the places of the code, the whole ones from the right."""
    point = next((i for i, p in enumerate(pieces) if not p.literal and p.text == "."), len(pieces))
    places = [i for i in range(point) if not pieces[i].literal and pieces[i].text in DIGITS]
    out = [piece.text if piece.literal or piece.text == "%" else "" for piece in pieces]
    rest = whole.rjust(sum(pieces[i].text == "0" for i in places), "0")
    if grouped and rest:
        rest, places = f"{int(rest):,}" if len(rest) <= len(whole) else rest, places[-1:]
    for index in reversed(places):
        last = index == places[0]
        out[index], rest = (rest, "") if last else (rest[-1:], rest[:-1])
    if point < len(pieces) and part:
        fills = [i for i in range(point, len(pieces)) if not pieces[i].literal and pieces[i].text in DIGITS]
        out[point] = "."
        for count, index in enumerate(fills):
            out[index] = part[count : count + 1]
    return "".join(out)


def _date(value: float, pieces: tuple[Piece, ...], *, from_1904: bool) -> str:
    if not 0 <= value <= LAST_SERIAL:
        return _plain(value)
    epoch = EPOCH_1904 if from_1904 else EPOCH + dt.timedelta(days=1 if value < 60 else 0)
    # Binary fractions of a day: to the nearest millisecond, or 9:30 would become 9:29.
    moment = epoch + dt.timedelta(milliseconds=round(value * 86_400_000))
    half_day = any(not p.literal and p.text.lower() in {"am/pm", "a/p"} for p in pieces)
    fraction = "".join(p.text for p in pieces if not p.literal and p.text in ".0")
    if "." not in fraction:
        moment = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    out = []
    for index, piece in enumerate(pieces):
        mark = piece.text.lower()
        if piece.literal or mark[0] not in "ymdhsa[":
            out.append(f"{moment.microsecond // 1000:03}"[:1] if mark == "0" and not piece.literal else piece.text)
        elif mark[0] == "[":
            out.append(_elapsed(value, mark))
        elif mark[0] == "m" and len(mark) < 3 and _is_minute(pieces, index):
            out.append(f"{moment.minute:0{len(mark)}}")
        else:
            out.append(_part(moment, mark, half_day=half_day))
    return "".join(out).strip()


def _elapsed(value: float, mark: str) -> str:
    seconds = round(value * 86_400)
    return str(seconds // {"h": 3600, "m": 60, "s": 1}[mark[1]])


def _is_minute(pieces: tuple[Piece, ...], index: int) -> bool:
    """An m is a minute right after hours and right before seconds."""
    letters = [(i, p.text.lower().lstrip("[")[0]) for i, p in enumerate(pieces) if not p.literal]
    letters = [(i, letter) for i, letter in letters if letter in "ymdhs"]
    at = next(place for place, (i, _) in enumerate(letters) if i == index)
    before = letters[at - 1][1] if at else ""
    after = letters[at + 1][1] if at + 1 < len(letters) else ""
    return before == "h" or after == "s"


def _part(moment: dt.datetime, mark: str, *, half_day: bool) -> str:
    size, kind = len(mark), mark[0]
    if kind == "y":
        return f"{moment.year % 100:02}" if size < 3 else str(moment.year)
    if kind == "m":
        name = MONTHS[moment.month - 1]
        return f"{moment.month:0{size}}" if size < 3 else name[:3] if size == 3 else name[:1] if size == 5 else name
    if kind == "d":
        name = DAYS[moment.weekday()]
        return f"{moment.day:0{size}}" if size < 3 else name[:3] if size == 3 else name
    if kind == "a":
        return ("AM" if moment.hour < 12 else "PM")[: 1 if mark == "a/p" else 2]
    if kind == "h":
        return f"{((moment.hour - 1) % 12 + 1) if half_day else moment.hour:0{min(size, 2)}}"
    return f"{moment.second:0{min(size, 2)}}"
