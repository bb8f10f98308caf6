# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Word documents: order, headings, lists, tables, what is hidden in them, and bad containers."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from wazi.config import Parse
from wazi.errors import InputError
from wazi.parse import parse
from wazi.types import Parsed, RawFile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parsed(data: bytes) -> Parsed:
    return parse(RawFile("/docs/a.docx", "a.docx", data, ""), Parse())


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def seen(result: Parsed) -> list[tuple[str, tuple[str, ...], str]]:
    return [(b.kind.value, b.headings, result.text[b.start : b.end]) for b in result.blocks]


def test_document_order_headings_lists_and_tables() -> None:
    document = docx.Document()
    document.core_properties.title = "By-law  12"
    document.core_properties.language = "en"
    document.add_heading("Market by-law", 0)
    document.add_heading("Fees", 1)
    document.add_paragraph("Fees are due\tdaily.")
    document.add_paragraph("stalls", style="List Bullet")
    document.add_paragraph("carts", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip((c for row in table.rows for c in row.cells), ["Stall", "Fee", "Small", "20"], strict=True):
        cell.text = words
    document.add_heading("Hours", 1)
    document.add_paragraph("Six to six.")
    result = parsed(saved(document))
    fees = ("Market by-law", "Fees")
    assert (result.title, result.language, result.pages, result.problems) == ("By-law 12", "en", (), ())
    assert [(kind, text) for kind, _, text in seen(result)] == [
        ("heading", "Market by-law"),
        ("heading", "Fees"),
        ("paragraph", "Fees are due\tdaily."),
        ("list_item", "stalls"),
        ("list_item", "1. carts"),
        ("table_row", "Stall | Fee"),
        ("table_row", "Small | 20"),
        ("heading", "Hours"),
        ("paragraph", "Six to six."),
    ]
    assert seen(result)[2][1] == fees
    assert seen(result)[-1][1] == ("Market by-law", "Hours")
    assert "Stall | Fee\nSmall | 20\n\nHours" in result.text
    assert [path for kind, path, _ in seen(result) if kind == "table_row"] == [fees, (*fees, "Stall | Fee")]


@pytest.mark.parametrize("sure", ["bold", "repeated", ""])
def test_a_bold_or_repeated_first_row_is_a_heading_of_the_others(sure: str) -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip((c for row in table.rows for c in row.cells), ["Stall", "Fee", "Small", "20"], strict=True):
        cell.text = words
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True if sure == "bold" else None
    if sure == "repeated":
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {W}/>"))
    kind = "heading" if sure else "table_row"
    assert seen(parsed(saved(document))) == [(kind, (), "Stall | Fee"), ("table_row", ("Stall | Fee",), "Small | 20")]


def test_inserted_text_is_read_and_deleted_text_is_not() -> None:
    document = docx.Document()
    body = document.element.body
    body.insert(
        0,
        parse_xml(
            f"<w:p {W}><w:r><w:t>Pay </w:t></w:r><w:del><w:r><w:delText>10</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>20</w:t></w:r></w:ins><w:r><w:noBreakHyphen/><w:t>x</w:t><w:br/><w:t>y</w:t></w:r></w:p>"
        ),
    )
    body.insert(1, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Held</w:t></w:r></w:p></w:sdtContent></w:sdt>"))
    assert parsed(saved(document)).text == "Pay 20-x\ny\n\nHeld"


def numbered(*paragraphs: tuple[int, str]) -> bytes:
    """A document whose only list has levels `Part I`, `1.` counted through, and `(a)`."""
    document = docx.Document()
    levels = (("upperRoman", "Part %1"), ("decimal", "%2."), ("lowerLetter", "(%3)"))
    rules = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (kind, text) in enumerate(levels)
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="77">{rules}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {W} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in paragraphs:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'))
    return saved(document)


def test_numbers_that_word_writes_by_itself_are_read() -> None:
    data = numbered(
        (0, "Fees"), (1, "Stalls"), (2, "open"), (2, "roofed"), (1, "Carts"), (2, "hand"), (0, "Fines"), (1, "Late")
    )
    assert parsed(data).text.split("\n") == [
        "Part I Fees", "1. Stalls", "(a) open", "(b) roofed", "2. Carts", "(a) hand", "Part II Fines", "1. Late",
    ]  # fmt: skip


def test_a_note_stands_below_the_paragraph_that_refers_to_it() -> None:
    document = docx.Document()
    body = document.element.body
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body.insert(0, parse_xml(f"<w:p {W}><w:r><w:t>A fee of 20</w:t></w:r>{reference}<w:r><w:t>.</w:t></w:r></w:p>"))
    body.insert(1, parse_xml(f"<w:p {W}><w:r><w:t>Next.</w:t></w:r></w:p>"))
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>From July.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert parsed(saved(document)).text == "A fee of 20.\n\nFrom July.\n\nNext."


def test_deleted_rows_are_left_out_and_merged_cells_have_their_spans() -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=2)
    for cell, words in zip((c for row in table.rows for c in row.cells), ["Ward", "Fee", *"A1-2B3"], strict=True):
        cell.text = words
    table.cell(2, 0).text = ""
    table.cell(1, 0).merge(table.cell(2, 0))
    table.rows[3]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {W} w:id="1" w:author="a"/>'))
    result = parsed(saved(document))
    assert result.text == "Ward | Fee\nA | 1\nA | 2"
    cells = [(c.row, c.column, c.rows, result.text[c.start : c.end]) for c in result.tables[0].cells]
    assert cells == [(0, 0, 1, "Ward"), (0, 1, 1, "Fee"), (1, 0, 2, "A"), (1, 1, 1, "1"), (2, 1, 1, "2")]


def test_a_zip_bomb_is_refused_by_its_size() -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/document.xml", "w") as member,
    ):
        for _ in range(520):
            member.write(bytes(2**20))
    assert len(buffer.getvalue()) < 5 * 2**20
    with pytest.raises(InputError, match="unpacks to 520 MiB"):
        parsed(buffer.getvalue())


@pytest.mark.parametrize("xml", ["", "<w:document", f"<w:document {W}><w:body><w:p/></w:body></w:document>"])
def test_a_damaged_document_is_named(xml: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", xml)
    with pytest.raises(InputError, match=r"a\.docx is a damaged Word document"):
        parsed(buffer.getvalue())
