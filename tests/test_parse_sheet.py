# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sheets: numbers as they are shown, heads, merged and hidden cells, formulas, delimited text."""

from __future__ import annotations

import pytest
from formats import MAIN, OFFICE, relations, zipped

from wazi.config import Parse
from wazi.parse import parse
from wazi.parse.shown import BUILT_IN, shown
from wazi.types import Parsed, RawFile


def book(sheet: str, styles: str = "") -> Parsed:
    names = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
    members = {
        "xl/workbook.xml": f'<workbook {names}><sheets><sheet name="Sheet1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "sheet.xml"), ("styles", "styles.xml")),
        "xl/sheet.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }
    return parse(RawFile("/a.xlsx", "a.xlsx", zipped(members), ""), Parse())


def cells(*rows: str, sheet: str = "") -> str:
    """Rows written as `Ward | 20`: numbers and words."""
    written = ""
    for number, row in enumerate(rows, start=1):
        values = "".join(
            f"<c><v>{text}</v></c>" if text.isdigit() else f'<c t="inlineStr"><is><t>{text}</t></is></c>'
            for text in row.split(" | ")
        )
        written += f'<row r="{number}">{values}</row>' if row else ""
    return f"<sheetData>{written}</sheetData>{sheet}"


def delimited(text: str | bytes, name: str = "a.csv") -> Parsed:
    data = text.encode() if isinstance(text, str) else text
    return parse(RawFile(f"/{name}", name, data, ""), Parse())


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1450, "#,##0.00", "1,450.00"),
        (-5.5, "0.0;(0.0)", "(5.5)"),
        (-1450, "#,##0;[Red]-#,##0", "-1,450"),
        (0, '0;-0;"nil"', "nil"),
        (0.165, "0.0%", "16.5%"),
        (1.005, "0.00", "1.01"),
        (1234.5, '"KES" #,##0.00', "KES 1,234.50"),
        (1234.5, "[$KES-409] #,##0.00", "KES 1,234.50"),
        (1234567.891, "#,##0.0,", "1,234.6"),
        (712345678, "0000 000 000", "0712 345 678"),
        (12, "00000", "00012"),
        (1e9, "0.00E+00", "1.00E+09"),
        (0.1 + 0.2, "General", "0.3"),
        (254712345678, "General", "254712345678"),
        (0.5, "# ?/?", "0.5"),
        (7, '"No. "0', "No. 7"),
        (5, "0.##", "5"),
        (45474, "dd/mm/yyyy", "01/07/2024"),
        (45474.395833333336, "d mmmm yyyy h:mm", "1 July 2024 9:30"),
        (45474, BUILT_IN[14], "2024-07-01"),
        (45474, "dddd, d mmm yy", "Monday, 1 Jul 24"),
        (0.5, "h:mm AM/PM", "12:00 PM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (-1, "yyyy-mm-dd", "-1"),
        (3, "", "3"),
    ],
)
def test_a_number_is_read_as_it_is_shown(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_dates_counted_from_1904() -> None:
    assert shown(44012, "yyyy-mm-dd", from_1904=True) == "2024-07-01"


def test_blank_rows_part_tables_and_a_row_of_its_own_is_their_heading() -> None:
    result = book(cells("Fees", "Stall | Fee", "Open | 20", "", "Carts", "Cart | Fee", "Hand | 5"))
    rows = [(b.headings, result.text[b.start : b.end]) for b in result.blocks if b.kind.value == "table_row"]
    assert rows == [(("Fees", "Stall | Fee"), "Open | 20"), (("Carts", "Cart | Fee"), "Hand | 5")]
    assert [table.head for table in result.tables] == [1, 1]


def test_a_merged_head_takes_two_rows() -> None:
    merged = '<mergeCells><mergeCell ref="B1:C1"/></mergeCells>'
    row = '<row r="1"><c t="inlineStr"><is><t>Ward</t></is></c><c t="inlineStr"><is><t>Fee</t></is></c></row>'
    sheet = cells("x | x", "Name | 2023 | 2024", "Mlimani | 20 | 30", sheet=merged)
    result = book(sheet.replace(sheet[sheet.index("<row") : sheet.index("</row>") + 6], row))
    assert result.blocks[-1].headings == ("Ward | Fee", "Name | 2023 | 2024")
    assert [(c.column, c.columns) for c in result.tables[0].cells if c.row == 0] == [(0, 1), (1, 2)]


def test_hidden_rows_and_columns_are_left_out_and_said() -> None:
    hidden = cells("Stall | Fee | Note", "Open | 20 | old", "Shut | 30 | old").replace(
        '<row r="3">', '<row r="3" hidden="1">'
    )
    result = book(f'<cols><col min="3" max="3" hidden="1"/></cols>{hidden}')
    assert result.text == "Stall | Fee\nOpen | 20"
    assert "hidden" in result.problems[0]


def test_a_formula_without_its_value_is_said() -> None:
    result = book('<sheetData><row r="1"><c><v>1</v></c><c><f>A1+1</f></c><c t="b"><v>1</v></c></row></sheetData>')
    assert (result.text, result.problems) == (
        "1 | TRUE",
        ("1 formulas have no stored value: open the file and save it",),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised(delimiter: str) -> None:
    lines = (("Stall", "Fee"), ("Open, by day", "20"), ("Roofed; locked", "30"))
    result = delimited("\n".join(delimiter.join(f'"{field}"' for field in line) for line in lines))
    assert result.text == "Stall | Fee\nOpen, by day | 20\nRoofed; locked | 30"
    assert [b.headings for b in result.blocks] == [(), ("Stall | Fee",), ("Stall | Fee",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_a_table(encoding: str) -> None:
    result = delimited("Marché;Prix\nChâteau;20\n".encode(encoding))
    assert result.text == "Marché | Prix\nChâteau | 20"
    assert bool(result.problems) == (encoding == "cp1252")


def test_numbers_alone_name_no_columns_but_years_do() -> None:
    assert delimited("1,2\n3,4\n").tables[0].head == 0
    assert delimited("Ward,2023,2024\nMlimani,5,6\n").tables[0].head == 1
