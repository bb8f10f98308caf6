# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Text of a Markdown block -> the text a person reads: no marks of emphasis and code, links as their words and address.

Marks that do not belong together stay: an underscore in a word, a star after a number, a product. Struck-out text keeps
its marks, or it would read as if it held. It does not know blocks, nor nested brackets in links.
"""

from __future__ import annotations

import html
import re

CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+|[\w.+-]+@[\w.-]+)>")
IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]]*\])")
LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?:\s+[\"'(][^\n]*?[\"')])?\s*\)")
REFERENCE = re.compile(r"(?<!!)\[([^\[\]]+)\]\[([^\[\]]*)\]")
DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]]+)\]:[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(].*[\"')])?[ \t]*$", re.M)
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()]+")
BREAK = re.compile(r"<br\s*/?>(?:\n)?|(?:  +|\\)(?=\n)", re.I)
TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|p|div|span|center|sub|sup|small|kbd|code|font|img|details|summary)\b[^<>]*>", re.I
)
STRONG = re.compile(r"(?<!\d)(\*\*|(?<!\w)__)(?=\S)(.+?)(?<=\S)\1(?!\*)(?:(?<=\*)|(?!\w))", re.S)
EMPHASIS = re.compile(r"(?<![\w*])(\*)(?![\s*])(.+?)(?<![\s*])\*(?![\w*])|(?<!\w)(_)(?=\S)(.+?)(?<=\S)_(?!\w)", re.S)
HELD = re.compile("\x00(\\d+)\x00")


class Inline:
    """Reads the blocks of one document, whose link definitions it knows."""

    def __init__(self, source: str) -> None:
        self._addresses = {_key(name): address for name, address in DEFINITION.findall(source)}

    def read(self, text: str) -> str:
        """The text without its marks; what code, escapes and addresses hold is left alone."""
        held: list[str] = []

        def hold(words: str) -> str:
            held.append(words)
            return f"\x00{len(held) - 1}\x00"

        def link(words: str, address: str) -> str:
            shown = address.removeprefix("mailto:")
            away = address.startswith(("http://", "https://", "mailto:")) and words.strip() not in {shown, address}
            return f"{words} ({hold(shown)})" if away else words

        text = CODE.sub(lambda match: hold(match[2].strip() or match[2]), text)
        text = ESCAPED.sub(lambda match: hold(match[1]), text)
        text = DEFINITION.sub("", text)
        text = AUTOLINK.sub(lambda match: hold(match[1].removeprefix("mailto:")), text)
        text = IMAGE.sub(lambda match: match[1], text)
        text = LINK.sub(lambda match: link(match[1], match[2]), text)
        text = REFERENCE.sub(lambda match: link(match[1], self._addresses.get(_key(match[2] or match[1]), "")), text)
        text = ADDRESS.sub(lambda match: hold(match[0]), text)
        text = TAG.sub("", BREAK.sub("\n", text))
        for _ in range(2):  # emphasis inside emphasis
            text = STRONG.sub(lambda match: match[2], text)
            text = EMPHASIS.sub(lambda match: match[2] or match[4], text)
        text = html.unescape(text)
        while HELD.search(text):
            text = HELD.sub(lambda match: held[int(match[1])], text)
        return text


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
