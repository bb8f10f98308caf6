# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a file is taken for, the text formats, HTML, and the characters that are stored."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.config import Parse
from wazi.errors import InputError
from wazi.parse import DOCX, HTML, MARKDOWN, PDF, PLAIN, kinds, locate, media_type, parse
from wazi.parse.clean import BIDI, clean, kept
from wazi.parse.kinds import OLE
from wazi.parse.writer import Slot, Writer
from wazi.types import BlockKind, Parsed, RawFile

SETTINGS = Parse()


def raw(name: str, data: bytes) -> RawFile:
    return RawFile(f"/docs/{name}", name, data, "")


def parsed(name: str, data: str | bytes, settings: Parse = SETTINGS) -> Parsed:
    return parse(raw(name, data.encode() if isinstance(data, str) else data), settings)


def seen(result: Parsed) -> list[tuple[str, tuple[str, ...], str]]:
    """Kind, path and text of every block; spans must be trimmed and in order."""
    ends = 0
    for block in result.blocks:
        assert ends <= block.start < block.end <= len(result.text)
        assert result.text[block.start : block.end].strip() == result.text[block.start : block.end]
        ends = block.end
    return [(b.kind.value, b.headings, result.text[b.start : b.end]) for b in result.blocks]


def archive(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for member in members:
            file.writestr(member, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("fees.txt", b"%PDF-1.4 ...", PDF),
        ("fees.pdf", b"A fee of 20.", PLAIN),
        ("fees.html", archive("word/document.xml"), DOCX),
        ("fees.md", b"# Fees", MARKDOWN),
        ("fees.txt", b"# Fees", PLAIN),
        ("fees.txt", b"\xef\xbb\xbf <!-- x --><!DOCTYPE html><p>x", HTML),
        ("fees", b"<?xml version='1.0'?>\n<html><body>x", HTML),
        ("fees.htm", b"<p>A fee</p>", HTML),
        ("fees.html", b"2 < 3", PLAIN),
        ("fees.txt", "\ufeffAda".encode("utf-16-le"), PLAIN),
        ("fees.txt", "ሰላም ለዓለም".encode(), PLAIN),
        ("fees.txt", "prix à payer".encode("cp1252"), PLAIN),
        ("fees.txt", b"PK is short for public keeper", PLAIN),
        ("fees.docx", archive("xl/workbook.xml"), kinds.XLSX),
        ("fees.zip", archive("ppt/presentation.xml"), kinds.PPTX),
        ("fees.docx", archive("fees.txt"), kinds.ZIP),
        ("fees.csv", b"a,b\n1,2\n", kinds.CSV),
        ("fees.txt", b"a,b\n1,2\n", PLAIN),
        ("fees.csv", b"<html><body>x", HTML),
        ("fees.txt", b"<?xml version='1.0'?><an:akomaNtoso xmlns:an='x'/>", kinds.AKOMA_NTOSO),
        ("about.txt", b"An <akomaNtoso> element is the root.", PLAIN),
        ("memo.txt", b"From: the clerk\nTo: all wards\n\nThe fee is 20.", PLAIN),
        ("memo.eml", b"From: the clerk\nTo: all wards\n\nThe fee is 20.", kinds.MAIL),
        ("memo.txt", b"MIME-Version: 1.0\r\nFrom: a@b.example\r\n\r\nThe fee is 20.", kinds.MAIL),
        ("plan.txt", b"\x89PNG\r\n\x1a\n1234", kinds.PNG),
        ("plan.pdf", b"\xff\xd8\xff\xe0 JFIF", kinds.JPEG),
        ("plan", b"II*\x00\x08\x00", kinds.TIFF),
    ],
)
def test_the_content_decides_what_a_file_is(name: str, data: bytes, expected: str) -> None:
    assert media_type(raw(name, data)) == expected


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", b"", "a.pdf is empty"),
        ("a.txt", b" \n\t", "a.txt is empty"),
        ("a.txt", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40, "a.txt is binary, not text"),
        ("a.txt", b"caf\xe9\x00", "a.txt is binary"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "an old Office file.*save it as .docx"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted with a password",
        ),
        ("a.xlsb", archive("xl/workbook.bin"), "a binary Excel workbook.*save it as .xlsx"),
        ("a.epub", archive("META-INF/container.xml"), "an electronic book"),
        ("a.msg", OLE + "__substg1.0_".encode("utf-16-le"), "an Outlook message.*save it as .eml"),
        ("a.docx", archive("word/document.xml")[:-30], "damaged or truncated"),
        ("a.rtf", b"{\\rtf1 words}", "an RTF file"),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line(name: str, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse(raw(name, data), SETTINGS)
    assert "\n" not in str(caught.value)


@given(st.text(st.characters(codec=None) | st.sampled_from("\r\n\f\x00\ufffe\u2028" + BIDI)))
def test_clean_text_has_no_controls_and_maps_back(text: str) -> None:
    stored, places = clean(text), kept(text)
    assert len(stored) == len(places)
    assert clean(stored) == stored
    stored.encode("utf-8")
    assert not any(char in BIDI or (char < " " and char not in "\n\t\f") for char in stored)
    for char, place in zip(stored, places, strict=True):
        assert char == text[place] or clean(text[place]) == char


def test_control_and_bidi_characters_do_not_reach_the_stored_text() -> None:
    result = parsed("a.txt", "Fee\x00 is\u202e 02\u202c now\u200f.\r\n\r\nEnd\x07")
    assert result.text == "Fee  is 02 now\u200f.\n\nEnd "
    assert seen(result) == [("paragraph", (), "Fee  is 02 now\u200f."), ("paragraph", (), "End")]


def test_encodings_of_plain_text() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        result = parsed("a.txt", "Ñandú\n\nعربي".encode(encoding))
        assert (result.text, result.problems) == ("Ñandú\n\nعربي", ())
    result = parsed("a.txt", "prix à payer".encode("cp1252"))
    assert result.text == "prix à payer"
    assert "cp1252" in result.problems[0]


def test_text_beyond_the_limit_is_left_out_and_said() -> None:
    result = parsed("a.txt", "word " * 300 + "\n\nlast", Parse(max_characters=1000))
    assert len(result.text) == 1000
    assert [(b.start, b.end) for b in result.blocks] == [(0, 1000)]
    assert "max_characters" in result.problems[0]


MARKDOWN_TEXT = """---
title: Not this one
---
# Service **charter** #

Opening hours are
*nine* to __five__.<!-- not
seen -->
## Fees
| Service | Fee |
|---------|----:|
| **Permit**  | 20 \\| 30 |
| Copy | |

- first, by [post](https://post.example/a_b)
  goes on
* second
1. one

```
# not a heading <!-- kept -->

**code**
```
> Quoted
> words
## Fees by post ###
Item | Fee
--- | ---
Letter | 2

Contact
=======
Call us.

***

Hours
-----
Nine.
"""


def test_markdown_is_stored_as_a_person_reads_it_and_knows_its_parts() -> None:
    result = parsed("a.md", MARKDOWN_TEXT)
    assert result.title == "Service charter"
    top, fees, post = ("Service charter",), ("Service charter", "Fees"), ("Service charter", "Fees by post")
    assert seen(result) == [
        ("heading", (), "Service charter"),
        ("paragraph", top, "Opening hours are\nnine to five."),
        ("heading", top, "Fees"),
        ("heading", fees, "Service | Fee"),
        ("table_row", (*fees, "Service | Fee"), "Permit | 20 | 30"),
        ("table_row", (*fees, "Service | Fee"), "Copy"),
        ("list_item", fees, "- first, by post (https://post.example/a_b)\n  goes on"),
        ("list_item", fees, "* second"),
        ("list_item", fees, "1. one"),
        ("paragraph", fees, "# not a heading <!-- kept -->\n\n**code**"),
        ("paragraph", fees, "Quoted\nwords"),
        ("heading", top, "Fees by post"),
        ("heading", post, "Item | Fee"),
        ("table_row", (*post, "Item | Fee"), "Letter | 2"),
        ("heading", (), "Contact"),
        ("paragraph", ("Contact",), "Call us."),
        ("heading", ("Contact",), "Hours"),
        ("paragraph", ("Contact", "Hours"), "Nine."),
    ]
    assert "Service | Fee\nPermit" in result.text
    assert "goes on\n* second\n1. one" in result.text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**Chanjo zote.** Bure", "Chanjo zote. Bure"),
        ("***both*** and **bold *in* it**, **M**inistry", "both and bold in it, Ministry"),
        ("_Form A_ in snake_case_name and Form_B", "Form A in snake_case_name and Form_B"),
        ("5 * 3 * 2, 5*3*2 and 2**3**4", "5 * 3 * 2, 5*3*2 and 2**3**4"),
        ("500* a year, 200* a month", "500* a year, 200* a month"),
        ("`a_b` and ``x`y`` and `**`", "a_b and x`y and **"),
        ("[a](https://b.example/c_d_(e)) [n](x.md) [b](mailto:c@d.example)", "a (https://b.example/c_d_(e)) n b (c@d.example)"),
        ("[see][Law], [law][] and [1] [ ]", "see (https://law.example/_1_), law (https://law.example/_1_) and [1] [ ]"),
        ("![a plan](plan.png) <https://e.example/_f_> https://g.example/_h_", "a plan https://e.example/_f_ https://g.example/_h_"),
        ("a &amp; b <b>c</b><br>d \\*e\\*", "a & b c\nd *e*"),
        ("~~300~~ 450, 2 < 3 > 1", "~~300~~ 450, 2 < 3 > 1"),
    ],
)  # fmt: skip
def test_marks_are_taken_out_and_signs_stay(written: str, read: str) -> None:
    assert parsed("a.md", f"{written}\n\n[law]: https://law.example/_1_\n").text == read


def test_front_matter_names_a_document_without_a_heading_and_a_rule_is_not_front_matter() -> None:
    result = parsed("a.md", '---\ntitle: "Fees 2025"\ntags:\n  - a\n---\nTwenty.')
    assert (result.title, result.text) == ("Fees 2025", "Twenty.")
    assert parsed("a.md", "---\n\nTwenty.\n\n---\n").text == "Twenty."


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Market  by-law", "Market by-law"),
        ("Document of 1963", "Document of 1963"),
        ("New Pages Library Act", "New Pages Library Act"),
        ("Microsoft Word - x.doc", None),
        ("ActiveReports Document", None),
        ("untitled", None),
        ("Untitled Document 2", None),
        ("fees.pdf", None),
        ("Document1", None),
        ("12-3", None),
    ],
)
def test_what_a_program_left_is_not_a_title(stated: str, title: str | None) -> None:
    assert parsed("a.html", f"<html><head><title>{stated}</title></head><body><p>x</p></body></html>").title == title


PAGE = """<!DOCTYPE html><html lang="sw" dir="ltr"><head><title> Ada  za
huduma </title><style>p{}</style></head><body>
<nav>Home</nav><header>County</header><h1>Ada</h1><p>Bei ni <b>20</b>.<br>Lipa   leo.</p>
<p hidden>no</p><div style="display: none">no</div>after<script>no()</script> <ul><li>one<ul><li>two</li></ul><li>three</ul>
<h2>Fees</h2><table><tr><th>Service<th>Fee</tr><tr><td>Permit<td><p>20</p></tr></table>
<table><tr><td>Next</td></tr></table>
<table><tr><td><h2>Layout</h2><p>Left</p><td><p>Right</p></tr></table>
<p>a&#x202e;b</p><pre>two
lines</pre><p></p></body></html>"""


def test_html_gives_the_visible_text_with_its_parts() -> None:
    result = parsed("a.html", PAGE)
    assert (result.title, result.language, result.problems, result.pages) == ("Ada za huduma", "sw", (), ())
    fees, layout = ("Ada", "Fees"), ("Ada", "Layout")
    assert seen(result) == [
        ("paragraph", (), "County"),
        ("heading", (), "Ada"),
        ("paragraph", ("Ada",), "Bei ni 20.\nLipa leo."),
        ("paragraph", ("Ada",), "after"),
        ("list_item", ("Ada",), "one"),
        ("list_item", ("Ada",), "two"),
        ("list_item", ("Ada",), "three"),
        ("heading", ("Ada",), "Fees"),
        ("heading", fees, "Service | Fee"),
        ("table_row", (*fees, "Service | Fee"), "Permit | 20"),
        ("table_row", fees, "Next"),
        ("heading", ("Ada",), "Layout"),
        ("paragraph", layout, "Left"),
        ("paragraph", layout, "Right"),
        ("paragraph", layout, "ab"),
        ("paragraph", layout, "two\nlines"),
    ]
    assert "Service | Fee\nPermit | 20\n\nNext" in result.text
    assert "one\ntwo\nthree" in result.text


SLOTS = st.builds(Slot, st.sampled_from(["", "fee", "a  stall"]), st.integers(1, 4), st.integers(1, 3))


@given(st.lists(st.lists(SLOTS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_cells_lie_where_their_spans_leave_room(rows: list[list[Slot]]) -> None:
    writer = Writer()
    writer.table()
    for row in rows:
        writer.row([slot._replace(text=f"x{slot.text}") for slot in row])
    result = writer.parsed()
    taken: set[tuple[int, int]] = set()
    for cell, slot in zip(result.tables[0].cells, (slot for row in rows for slot in row), strict=True):
        assert (cell.rows, cell.columns) == (slot.rows, slot.columns)
        assert result.text[cell.start : cell.end] == " ".join(f"x{slot.text}".split())
        taken_by_it = {(cell.row, cell.column + n) for n in range(cell.columns)}
        assert (cell.row, cell.column) not in taken
        taken |= {(cell.row + down, cell.column) for down in range(cell.rows)} | taken_by_it


SITE = """<html><body><div id="cookie-consent"><p>We use cookies.</p></div><div class="site-header">County</div>
<ul class="main-menu"><li>Home</ul>{open}<h1>Dogs</h1><div class="share-links">Share</div><p>A dog needs a licence, which is
given within a week to any person who asks for it at the ward office.</p><p class="menu">Not a menu: <a href="/x">forms</a></p>
<article><footer>By the clerk</footer></article>{close}<div class="related">Cats</div><footer>Kijani</footer></body></html>"""


@pytest.mark.parametrize(
    ("opened", "closed", "around"),
    [("<main>", "</main>", []), ("<div role='main'>", "</div>", []), ("<div>", "</div>", ["County"])],
)
def test_what_belongs_to_the_site_is_no_content(opened: str, closed: str, around: list[str]) -> None:
    texts = [text for _, _, text in seen(parsed("a.html", SITE.format(open=opened, close=closed)))]
    assert texts[: len(around)] == around
    assert [text.split()[0] for text in texts[len(around) :]] == ["Dogs", "A", "Not", "By"]


def test_classes_that_would_take_most_of_the_text_away_are_not_believed() -> None:
    text = "The fee for a stall is 20 shillings a day. " * 5
    page = f"<html><body><div class='menu'><p>{text}</p></div><p>Ask the clerk.</p></body></html>"
    assert text.strip() in parsed("a.html", page).text


@pytest.mark.parametrize(("end", "cut"), [("</p", True), ("<a href='x", True), ("</p>\n", False), (" 3 < 4", False)])
def test_a_page_that_ends_inside_a_tag_is_partial(end: str, cut: bool) -> None:
    assert bool(parsed("a.html", f"<html><body><p>The fee is 20.{end}").problems) == cut


def test_parts_of_a_law_on_a_portal_are_nested() -> None:
    page = """<html><body><main><section class="akn-chapter"><h2>Chapter I</h2><section class="akn-article"><h2>Article 1</h2>
    <span class="akn-p">Words.</span></section></section></main></body></html>"""
    assert seen(parsed("a.html", page))[-1] == ("paragraph", ("Chapter I", "Article 1"), "Words.")


def test_the_first_row_of_a_table_names_the_columns_if_it_can() -> None:
    def rows(*written: str) -> list[tuple[str, tuple[str, ...]]]:
        page = "<html><body><table>" + "".join(f"<tr>{row}</tr>" for row in written) + "</table></body></html>"
        return [(kind, path) for kind, path, _ in seen(parsed("a.html", page))]

    assert rows("<td>Service<td>Fee", "<td>Permit<td>20") == [("table_row", ()), ("table_row", ("Service | Fee",))]
    assert rows("<td>Permit<td>20", "<td>Copy<td>30") == [("table_row", ()), ("table_row", ())]
    assert rows("<th>Office<td>Room 4", "<th>Fee<td>20") == [("table_row", ()), ("table_row", ())]


@pytest.mark.parametrize(
    ("head", "encoding", "problem"),
    [
        ("<meta charset=iso-8859-1>", "cp1252", False),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">', "windows-1256", False),
        ("", "utf-8", False),
        ("<meta charset=nonsense>", "utf-8", False),
        ("<meta charset=utf-8>", "cp1252", True),
        ("<meta charset=utf-8>", "utf-16", False),
    ],
)
def test_the_encoding_of_a_page(head: str, encoding: str, problem: bool) -> None:
    words = "رسوم" if encoding == "windows-1256" else "été"
    result = parsed("a.html", f"<html><head>{head}</head><body><p>{words}</p></body></html>".encode(encoding))
    assert result.text == words
    assert bool(result.problems) == problem


def test_deep_nesting_is_read_or_said() -> None:
    result = parsed("a.html", "<html><body>" + "<div>" * 5000 + "deep" + "</div>" * 5000 + "<p>after</p>")
    assert ("deep" in result.text and "after" in result.text) or result.problems


def test_a_law_portal_page_keeps_items_apart() -> None:
    page = (
        '<html><body><span class="akn-p">The missions are:</span><span class="akn-item"><span class="akn-num">1°</span>'
        '<span class="akn-p">to train;</span></span><span class="akn-item"><span class="akn-num">2°</span>'
        '<span class="akn-p">to advise.</span></span></body></html>'
    )
    assert [text for _, _, text in seen(parsed("a.html", page))] == [
        "The missions are:",
        "1° to train;",
        "2° to advise.",
    ]


def test_formats_without_pages_have_no_boxes() -> None:
    assert locate(b"# x", MARKDOWN, 1, 0, 1) is None
    assert all(block.kind in BlockKind and block.page is None for block in parsed("a.md", MARKDOWN_TEXT).blocks)
