# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""XLSX -> Parsed: every sheet a heading with its tables, the cells as a spreadsheet shows them (stored values of formulas).

Hidden sheets, rows and columns are left out, and that is said. It does not know charts, comments, text boxes and pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from wazi.errors import InputError
from wazi.parse import cells, tree
from wazi.parse.cells import MAX_CELLS, Merge, Row, Value
from wazi.parse.package import Package
from wazi.parse.shown import BUILT_IN, GENERAL, shown
from wazi.parse.writer import Writer, squeeze, stated_title
from wazi.types import Parsed

WORKBOOK = "xl/workbook.xml"
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
UNNAMED = re.compile(r"(?:sheet|feuil|feuille|hoja|tabelle|folha|foglio|blad|laha|planilha)\s*\d*", re.I)
ESCAPED = re.compile(r"_x([0-9A-F]{4})_")
MAX_MERGES = 20_000
MAX_ROWS = 1_048_576
KEPT_STRING = 32_767
"""Characters of a cell, by the format."""


class Style(NamedTuple):
    """How a cell is shown."""

    code: str = GENERAL
    bold: bool = False


def parse(data: bytes, name: str) -> Parsed:
    """Parse a workbook. Raises InputError for a damaged, encrypted or dangerously large container."""
    return _Book(Package(data, name, "spreadsheet"), name).read()


class _Book:
    """A workbook under way: what its sheets share, and what was left out of them."""

    def __init__(self, package: Package, name: str) -> None:
        self._package, self._name = package, name
        self._root = package.xml(WORKBOOK)
        self._relations = package.relations(WORKBOOK)
        parts = dict(self._relations.values())
        self._strings = list(_strings(package.xml(parts["sharedStrings"]))) if "sharedStrings" in parts else []
        self._styles = _styles(package.xml(parts["styles"])) if "styles" in parts else []
        properties = tree.child(self._root, "workbookPr")
        self._from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self._left = MAX_CELLS
        self._unknown = 0
        self._problems: list[str] = []

    def read(self) -> Parsed:
        """All visible sheets."""
        writer = Writer()
        sheets = list(tree.within(self._root, "sheet"))
        for sheet in sheets:
            title, part = sheet.get("name", ""), self._relations.get(tree.attribute(sheet, "id"))
            if sheet.get("state", "visible") != "visible":
                self._problems.append(f"sheet {title!r} is hidden and was left out: show it and save")
            elif part is None or part[0] != "worksheet":
                self._problems.append(f"sheet {title!r} is no table and was not read")
            else:
                if len(sheets) > 1 or not UNNAMED.fullmatch(title):
                    writer.heading(squeeze(title), 1)
                rows, merges = self._sheet(part[1], title)
                cells.write(writer, rows, merges)
        if self._unknown:
            self._problems.append(f"{self._unknown} formulas have no stored value: open the file and save it")
        if self._left < 0:
            self._problems.append(cells.too_many(self._name))
        return writer.parsed(title=_title(self._package), problems=self._problems)

    def _sheet(self, member: str, title: str) -> tuple[list[Row], list[Merge]]:
        """The rows of a sheet that have something in them, and its merged cells."""
        rows: list[Row] = []
        merges: list[Merge] = []
        hidden_columns: set[int] = set()
        hidden_rows = last = 0
        for element in self._elements(member):
            kind = tree.local(element)
            if kind == "row":
                last = min(tree.number(element, "r", last + 1), MAX_ROWS)
                found = self._row(element, hidden_columns) if self._left >= 0 else {}
                if found and element.get("hidden") in {"1", "true"}:
                    hidden_rows += 1
                elif found:
                    rows.append(Row(last, found))
            elif kind == "col" and element.get("hidden") in {"1", "true"}:
                low, high = tree.number(element, "min", 1), tree.number(element, "max", 1)
                hidden_columns.update(range(low, min(high, 16_384) + 1))
            elif kind == "mergeCell" and len(merges) < MAX_MERGES:
                merges.extend(_merge(element.get("ref", "")))
        if hidden_rows or (hidden_columns and rows):
            what = f"{hidden_rows} rows" if hidden_rows else "columns"
            self._problems.append(f"sheet {title!r} has hidden {what}, which were left out: show them and save")
        return sorted(rows, key=lambda row: row.number), merges

    def _elements(self, member: str) -> Iterator[etree._Element]:
        """Rows, columns and merged ranges, each freed once it was looked at."""
        data = self._package.read(member)
        tree.refuse_entities(data, self._name)
        walk = etree.iterparse(
            io.BytesIO(data),
            tag=("{*}row", "{*}col", "{*}mergeCell"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
        )
        try:
            for _, element in walk:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError as error:
            raise InputError(
                f"{self._name} is a damaged spreadsheet ({member}: {str(error).splitlines()[0][:100]}): save it again"
            ) from error

    def _row(self, element: etree._Element, hidden: set[int]) -> dict[int, Value]:
        found: dict[int, Value] = {}
        column = 0
        for cell in tree.children(element, "c"):
            place = REFERENCE.match(cell.get("r", ""))
            column = _column(place[1]) if place else column + 1
            value = self._value(cell)
            if value.text and column not in hidden:
                self._left -= 1
                if self._left < 0:
                    break
                found[column] = value
        return found

    def _value(self, cell: etree._Element) -> Value:
        kind = cell.get("t", "n")
        style_id = tree.number(cell, "s", 0)
        style = self._styles[style_id] if 0 <= style_id < len(self._styles) else Style()
        if kind == "inlineStr":
            held = tree.child(cell, "is")
            return Value(_runs(held) if held is not None else "", bold=style.bold)
        stored = tree.child(cell, "v")
        text = (stored.text or "") if stored is not None else ""
        if not text and kind == "n" and tree.child(cell, "f") is not None:
            self._unknown += 1
        if kind == "s":
            index = int(text) if text.isdecimal() else -1
            if 0 <= index < len(self._strings):
                return Value(self._strings[index], bold=style.bold)
            raise InputError(f"{self._name} is a damaged spreadsheet (it lacks text {text[:20]!r}): save it again")
        if kind == "b":
            return Value({"1": "TRUE", "0": "FALSE"}.get(text, text))
        if kind == "n" and text:
            return self._number(text, style)
        return Value(squeeze(text)[:KEPT_STRING], bold=style.bold)

    def _number(self, text: str, style: Style) -> Value:
        try:
            value = float(text)
        except ValueError:
            return Value(squeeze(text)[:KEPT_STRING], bold=style.bold)
        if not -1e300 < value < 1e300:
            return Value(squeeze(text), number=True, bold=style.bold)
        return Value(shown(value, style.code, from_1904=self._from_1904), number=True, bold=style.bold)


def _strings(root: etree._Element) -> Iterator[str]:
    return (_runs(each) for each in tree.children(root, "si"))


def _runs(element: etree._Element) -> str:
    """The text of a cell without its reading aids."""
    pieces = []
    for child in element:
        if tree.local(child) == "t":
            pieces.append(child.text or "")
        elif tree.local(child) == "r":
            pieces.extend(text.text or "" for text in tree.children(child, "t"))
    return squeeze(ESCAPED.sub(lambda match: chr(int(match[1], 16)), "".join(pieces)))[:KEPT_STRING]


def _styles(root: etree._Element) -> list[Style]:
    codes = {
        tree.number(each, "numFmtId", -1): each.get("formatCode", GENERAL)
        for each in tree.children(tree.child(root, "numFmts"), "numFmt")
    }
    codes = {**BUILT_IN, **codes}
    bold = [_is_bold(font) for font in tree.children(tree.child(root, "fonts"), "font")]
    styles = []
    for each in tree.children(tree.child(root, "cellXfs"), "xf"):
        font = tree.number(each, "fontId", 0)
        code = codes.get(tree.number(each, "numFmtId", 0), GENERAL)
        styles.append(Style(code, bold=0 <= font < len(bold) and bold[font]))
    return styles


def _is_bold(font: etree._Element) -> bool:
    mark = tree.child(font, "b")
    return mark is not None and mark.get("val", "1") not in {"0", "false"}


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _merge(reference: str) -> Iterator[Merge]:
    first, _, last = reference.partition(":")
    low, high = REFERENCE.fullmatch(first), REFERENCE.fullmatch(last)
    if low and high:
        yield int(low[2]), _column(low[1]), int(high[2]), _column(high[1])


def _title(package: Package) -> str | None:
    if "docProps/core.xml" not in package:
        return None
    found = tree.child(package.xml("docProps/core.xml"), "title")
    return stated_title(found.text or "") if found is not None else None
