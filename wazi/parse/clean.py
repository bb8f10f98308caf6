# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Raw characters -> the characters that are stored, and back to where each came from; bytes -> characters.

Control characters become blanks, bidi controls are dropped (they reorder what a reader sees), line ends become `\\n`.
Nothing is normalised: offsets refer to this text, and analysis normalises on its own.
"""

from __future__ import annotations

import codecs
import re

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
HYPHEN_MARK = "\ufffe"
"""What pdfium writes for a hyphen at the end of a line, instead of the hyphen and the line end."""

_LINE_ENDS = "\r\u2028\u2029"
_CONTROLS = f"\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufeff\uffff\ud800-\udfff{_LINE_ENDS}{HYPHEN_MARK}"
_REPLACED = re.compile(f"[{_CONTROLS}]")
_SPECIAL = re.compile(f"[{_CONTROLS}{BIDI}]")
_DROPPED = re.compile(f"\r(?=\n)|[{BIDI}]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CONTROL_BYTES = bytes(code for code in range(0x20) if code not in b"\t\n\f\r\x1b\x08\x0b\x1a")


def clean(text: str) -> str:
    """The characters as they are stored."""
    if _SPECIAL.search(text) is None:
        return text
    return _REPLACED.sub(_replacement, _DROPPED.sub("", text))


def _replacement(match: re.Match[str]) -> str:
    char = match[0]
    if char in _LINE_ENDS:
        return "\n"
    if char == HYPHEN_MARK:
        return "-"
    return "\ufffd" if "\ud800" <= char <= "\udfff" else " "


def dropped(text: str) -> list[int]:
    """The indexes, ascending, of the characters that `clean` drops; it replaces all others one by one."""
    return [match.start() for match in _DROPPED.finditer(text)]


def kept(text: str) -> list[int]:
    """For every character of `clean(text)`, its index in `text`."""
    gone = set(dropped(text))
    return [index for index in range(len(text)) if index not in gone]


def bom_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark names, None without one."""
    return next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)


def is_text(data: bytes) -> bool:
    """Is this text in UTF-16 with a mark, in UTF-8, or in an 8-bit encoding?

    More than one control byte in 500 is taken for binary; a NUL is tolerated only in valid UTF-8.
    """
    if bom_encoding(data) in {"utf-16"}:
        return len(data) % 2 == 0
    controls = len(data) - len(data.translate(None, CONTROL_BYTES))
    if controls * 500 > len(data) + 2000:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"\x00" not in data
    return True


def decode(data: bytes) -> tuple[str, str | None]:
    """The cleaned text of bytes and, if the encoding had to be guessed, the problem to state."""
    encoding = bom_encoding(data) or "utf-8"
    try:
        return clean(data.decode(encoding)), None
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            return clean(data.decode(encoding, "replace")), f"not valid {encoding}: unreadable characters replaced"
        problem = f"not UTF-8 (byte {error.start}): read as cp1252, accents may be wrong; save it as UTF-8"
        return clean(data.decode("cp1252", "replace")), problem
