# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""PDF: text and offsets, blocks and headings, columns, running headers, boxes, scans and bad files."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence

import pypdfium2 as pdfium
import pytest
from drawing import HEIGHT, PARAGRAPH, Drawing, all_of, inside, letters, lines, made, parsed, seen, unicode_map, written
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from wazi.errors import InputError
from wazi.parse import PDF, locate, ocr
from wazi.types import Box


def test_pages_blocks_and_headings() -> None:
    first = all_of(
        lines("Market by-law", size=20, font="Helvetica-Bold"),
        lines("1. Fees", top=110, font="Helvetica-Bold"),
        lines(*PARAGRAPH, top=130),
        lines("(a) carts pay half;", "(b) baskets are free.", top=165),
        lines("2. Hours", top=220, font="Helvetica-Bold"),
    )
    result = parsed(made(first, lines("From six to six.")))
    law = "Market by-law"
    assert seen(result) == [
        ("heading", (), law),
        ("heading", (law,), "1. Fees"),
        ("paragraph", (law, "1. Fees"), "\n".join(PARAGRAPH)),
        ("list_item", (law, "1. Fees"), "(a) carts pay half;"),
        ("list_item", (law, "1. Fees"), "(b) baskets are free."),
        ("heading", (law,), "2. Hours"),
        ("paragraph", (law, "2. Hours"), "From six to six."),
    ]
    assert [block.page for block in result.blocks] == [1] * 6 + [2]
    one, two = result.pages
    assert (one.number, one.start, result.text[one.end], two.start) == (1, 0, "\f", one.end + 1)
    assert two.end == len(result.text)
    assert (one.width, one.height) == pytest.approx(A4, abs=0.1)
    x0, y0, x1, y1 = result.blocks[2].box or (0, 0, 0, 0)
    assert x0 == pytest.approx(72, abs=2)
    assert 110 < y0 < 125
    assert 140 < y1 < 155
    assert x1 > 200


def test_units_of_a_law_nest_without_any_style() -> None:
    result = parsed(
        made(
            all_of(
                lines("CHAPTER ONE: GENERAL", top=72),
                lines("Article 1: Purpose", top=100),
                lines(*PARAGRAPH, top=128),
                lines("PART 2: STALLS", top=180),
                lines("Article 2: Fees", top=208),
                lines(*PARAGRAPH, top=236),
                lines("CHAPTER II: END", top=290),
                lines(*PARAGRAPH, top=318),
            )
        )
    )
    chapter = "CHAPTER ONE: GENERAL"
    assert [path for kind, path, _ in seen(result) if kind == "paragraph"] == [
        (chapter, "Article 1: Purpose"),
        (chapter, "PART 2: STALLS", "Article 2: Fees"),
        ("CHAPTER II: END",),
    ]


def test_a_heading_on_the_line_of_its_text_is_in_the_path_and_stays_in_the_text() -> None:
    result = parsed(made(lines("26. Right to information: Every citizen may ask", "for any record of the county.")))
    ((kind, path, text),) = seen(result)
    assert (kind, path) == ("list_item", ("26. Right to information",))
    assert text.startswith("26. Right")


def test_running_headers_are_kept_once_and_page_numbers_never() -> None:
    def page(number: int) -> Drawing:
        return all_of(
            lines(f"County Gazette {number + 6}", top=30, font="Helvetica-Bold"),
            lines(f"Stall rule number {number} of the market,", "which everyone keeps.", top=200),
            lines(str(number), top=820),
        )

    result = parsed(made(*(page(number) for number in range(1, 6))))
    texts = [text for _, _, text in seen(result)]
    assert [text for text in texts if "Gazette" in text] == ["County Gazette 7"]
    assert sum(text.startswith("Stall rule") for text in texts) == 5
    assert len(texts) == 6
    assert {kind for kind, _, _ in seen(result)[1:]} == {"paragraph"}


def test_columns_in_three_languages_stay_apart_and_keep_their_own_headings() -> None:
    columns = ("Ingingo ya", "Article", "Artikel")

    def page(number: int) -> Drawing:
        return all_of(
            *(
                all_of(
                    lines(f"{word} {number}: title {word}", x=40 + 180 * at, top=300, size=9, font="Helvetica-Bold"),
                    lines(f"{word} text {number}", "and goes on", x=40 + 180 * at, top=320, size=9),
                )
                for at, word in enumerate(columns)
            )
        )

    def rest(canvas: Canvas) -> None:
        for at, word in enumerate(columns):
            lines(f"rest of {word}", x=40 + 180 * at, top=300, size=9)(canvas)

    result = parsed(made(page(1), page(2), rest))
    for word in columns:
        for _, path, text in seen(result):
            if text.startswith((f"{word} text", f"rest of {word}")):
                assert len(path) == 1
                assert path[0].startswith(word)
    assert sum(text.endswith("and goes on") and text.count("\n") == 1 for _, _, text in seen(result)) == 6


def table(*rows: Sequence[str], x: tuple[int, ...] = (72, 220, 400), top: float = 130, bold: bool = False) -> Drawing:
    """Rows of cells, cell by cell as programs write them; a line end in a cell wraps it. The first row may be bold."""

    def draw(canvas: Canvas) -> None:
        y = top
        for number, row in enumerate(rows):
            font = "Helvetica-Bold" if bold and number == 0 else "Helvetica"
            for left, cell in zip(x, row, strict=True):
                lines(*cell.split("\n"), x=left, top=y, size=9, font=font)(canvas)
            y += 10.8 * max(cell.count("\n") + 1 for cell in row) + 6

    return draw


HEAD = ("Service", "What you bring", "Fee")
FEES = (
    ("Birth within\n90 days", "Notification of\nthe hospital", "Free"),
    ("Birth later", "A sworn\nstatement", "500 a\nchild"),
    ("Copy", "Receipt", "150"),
)


def test_a_row_of_a_table_is_one_block_under_the_names_of_its_columns() -> None:
    data = made(
        all_of(lines(*PARAGRAPH, top=72), table(HEAD, *FEES, bold=True), lines("Ask at the hall.", top=260)),
        all_of(table(HEAD, *FEES, top=72, bold=True)),
        all_of(table(*FEES, top=72)),
    )
    result = parsed(data)
    names = ("Service What you bring Fee",)
    rows = [
        ("table_row", names, "Birth within\n90 days\nNotification of\nthe hospital\nFree"),
        ("table_row", names, "Birth later A sworn\nstatement\n500 a\nchild"),
        ("table_row", names, "Copy Receipt 150"),
    ]
    assert seen(result) == [
        ("paragraph", (), "\n".join(PARAGRAPH)),
        ("heading", (), names[0]),
        *rows,
        ("paragraph", (), "Ask at the hall."),
        ("heading", (), names[0]),
        *rows,
        *rows,
    ]
    block = result.blocks[3]
    assert block.box is not None
    assert block.box[0] < 73
    assert block.box[2] > 415


def test_rows_of_single_lines_are_told_by_their_gaps() -> None:
    fees = ("Open stall", "each day", "450"), ("Lock-up stall", "each month", "6,000"), ("Hawker", "each day", "50")
    result = parsed(made(table(*fees)))
    assert [(kind, text) for kind, _, text in seen(result)] == [("table_row", " ".join(row)) for row in fees]


def test_a_first_row_of_plain_names_is_kept_and_is_in_the_path_of_the_others() -> None:
    result = parsed(made(table(HEAD, *FEES)))
    name = " ".join(HEAD)
    assert [(kind, path) for kind, path, _ in seen(result)] == [("table_row", ()), *[("table_row", (name,))] * 3]


def test_a_table_written_from_right_to_left_has_rows() -> None:
    rows = (("one\nmore", "two\nmore", "three\nmore"),) * 3
    result = parsed(made(table(*rows, x=(400, 220, 72))))
    assert [(kind, text) for kind, _, text in seen(result)] == [("table_row", "\n".join(row)) for row in rows]


def test_running_headers_are_not_in_rows() -> None:
    def page(number: int) -> Drawing:
        return all_of(
            lines("County Hall", x=72, top=30, size=9),
            lines(f"Page {number}", x=400, top=30, size=9),
            table(*FEES, top=200),
        )

    result = parsed(made(*(page(number) for number in range(1, 6))))
    rows = [text for kind, _, text in seen(result) if kind == "table_row"]
    assert len(rows) == 15
    assert not [text for text in rows if "County" in text or "Page" in text]


def test_the_same_words_in_languages_side_by_side_are_never_one_row() -> None:
    notice = (
        ("Bondeni: Monday", "Bondeni : lundi", "Bondeni: Jumatatu"),
        ("Ziwani: Tuesday,\n8 a.m.", "Ziwani : mardi,\n8 h", "Ziwani: Jumanne,\nsaa 2"),
        ("Majani: Friday", "Majani : vendredi", "Majani: Ijumaa"),
    )
    result = parsed(made(table(*notice, x=(72, 200, 330))))
    assert [(kind, text) for kind, _, text in seen(result)] == [("paragraph", cell) for row in notice for cell in row]


def test_long_cells_are_columns_of_text() -> None:
    column = "\n".join(["words that go on and on in a column"] * 4)
    result = parsed(made(table((column,) * 2, (column,) * 2, x=(72, 300))))
    assert [kind for kind, _, _ in seen(result)] == ["paragraph"] * 4


def test_a_justified_line_and_a_marked_item_are_not_rows() -> None:
    def justified(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for number, words in enumerate((("THE", "COUNTY", "MARKETS"), ("ESTABLISHING", "A", "COUNCIL"))):
            space = (400 - sum(canvas.stringWidth(word) for word in words)) / 2
            x = 72.0
            for word in words:
                canvas.drawString(x, HEIGHT - 90 - 10.8 * number, word)
                x += canvas.stringWidth(word) + space

    items = table(("(a)", "carts pay half;"), ("(b)", "baskets are free."), x=(72, 110), top=200)
    result = parsed(made(all_of(justified, items, lines(*PARAGRAPH, top=300, size=9))))
    assert not [text for kind, _, text in seen(result) if kind == "table_row"]


def test_text_is_what_stands_in_the_boxes() -> None:
    data = made(lines("cover"), all_of(lines("Fees", font="Helvetica-Bold", size=16), lines(*PARAGRAPH, top=130)))
    result = parsed(data)
    page = result.pages[1]
    for quote in ("20 shillings\na day and", "Fees", "noon.", "T"):
        start = result.text.index(quote) - page.start
        boxes = locate(data, PDF, 2, start, start + len(quote))
        assert boxes is not None
        assert len(boxes) == len(quote.split("\n"))
        assert letters(inside(data, 2, boxes)) == letters(quote)


def test_boxes_are_of_the_page_as_it_is_shown() -> None:
    def spot(rotation: int, crop: tuple[float, float, float, float] | None) -> tuple[Box, Box, float, float]:
        with pdfium.PdfDocument(made(lines("Mark here", x=100, top=50))) as document:
            page = document[0]
            if crop:
                page.set_cropbox(*crop)
            page.set_rotation(rotation)
            buffer = io.BytesIO()
            document.save(buffer)
        result = parsed(buffer.getvalue())
        boxes = locate(buffer.getvalue(), PDF, 1, 0, 4)
        assert boxes is not None
        assert result.blocks[0].box is not None
        return boxes[0], result.blocks[0].box, result.pages[0].width, result.pages[0].height

    upright, block, width, height = spot(0, None)
    assert upright[0] == pytest.approx(100, abs=2)
    assert upright[3] == pytest.approx(50, abs=2)
    assert (width, height) == pytest.approx(A4, abs=0.1)
    x0, y0, x1, y1 = upright
    right, block, turned_width, _ = spot(90, None)
    assert turned_width == pytest.approx(height, abs=0.1)
    assert right == pytest.approx((height - y1, x0, height - y0, x1), abs=0.1)
    assert block[0] <= right[0] <= right[2] <= block[2]
    assert spot(180, None)[0] == pytest.approx((width - x1, height - y1, width - x0, height - y0), abs=0.1)
    assert spot(270, None)[0] == pytest.approx((y0, width - x1, y1, width - x0), abs=0.1)
    cropped, _, width, _ = spot(0, (60, 400, 500, HEIGHT - 20))
    assert width == pytest.approx(440, abs=0.1)
    assert cropped == pytest.approx((x0 - 60, y0 - 20, x1 - 60, y1 - 20), abs=0.1)


def test_characters_beyond_16_bits_controls_and_bidi_keep_offsets_exact() -> None:
    mapping = unicode_map(A="\U0001d504", B="\x00", C="\u202e", D="ffi", E="\x07")
    data = written(b"BT /F1 12 Tf 20 300 Td (xABCDEy fee) Tj 0 -20 Td (second line) Tj ET", mapping)
    result = parsed(data)
    assert "\U0001d504" in result.text
    assert not set(result.text) & set("\x00\x07\u202e\r")
    for quote in ("y fee", "second", "line", "\U0001d504"):
        start = result.text.index(quote)
        boxes = locate(data, PDF, 1, start, start + len(quote))
        assert boxes is not None
        assert letters(inside(data, 1, boxes)) == letters(quote)


def test_a_hyphen_at_the_end_of_a_line_is_a_hyphen() -> None:
    data = made(lines("The rule holds for every non-", "governmental body of the county."))
    result = parsed(data)
    assert "non-governmental" in result.text
    assert [text for _, _, text in seen(result)] == [result.text]
    start = result.text.index("non-")
    boxes = locate(data, PDF, 1, start, start + len("non-governmental"))
    assert boxes is not None
    assert len(boxes) == 2
    assert boxes[0][3] < boxes[1][3]


@pytest.mark.parametrize(("page", "start", "end"), [(0, 0, 1), (2, 0, 1), (1, 0, 99), (1, 3, 3), (1, -1, 2)])
def test_a_place_that_does_not_exist_is_an_error(page: int, start: int, end: int) -> None:
    with pytest.raises(InputError, match="there is no"):
        locate(made(lines("words")), PDF, page, start, end)


def picture(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (8, 8), 128)), 50, 50, 400, 600)


def test_scanned_pages_are_named_and_blank_pages_are_not() -> None:
    def blank(canvas: Canvas) -> None:
        canvas.line(1, 1, 5, 5)

    result = parsed(made(lines("text"), picture, picture, blank, picture))
    lacking, nothing = ocr.missing(), "no words were found in the picture"
    assert result.problems == (
        f"pages 2-3, 5 of 5: no text layer (a scan): {lacking}" if lacking else f"pages 2-3, 5: {nothing}",
    )
    assert result.text.strip("\f") == "text"
    result = parsed(made(picture))
    assert (result.text, result.blocks, len(result.pages)) == ("", (), 1)
    assert result.problems == (f"page 1 of 1: no text layer (a scan): {lacking}" if lacking else f"page 1: {nothing}",)


def test_the_title_is_the_documents_own() -> None:
    for title, expected in (("Market  by-law", "Market by-law"), ("ActiveReports Document", None), ("fees.pdf", None)):
        buffer = io.BytesIO()
        canvas = Canvas(buffer)
        canvas.setTitle(title)
        canvas.drawString(72, 72, "x")
        canvas.save()
        assert parsed(buffer.getvalue()).title == expected


def no_pages() -> bytes:
    document = pdfium.PdfDocument.new()
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (made(lines("x"), encrypt=StandardEncryption("secret", canPrint=0)), "encrypted with a password"),
        (no_pages(), "has no pages"),
        (made(lines("x"))[:120], "truncated"),
        (b"%PDF-1.4\nnothing here\n%%EOF\n", "damaged"),
    ],
)
def test_a_bad_pdf_is_named_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=rf"a\.pdf .*{message}") as caught:
        parsed(data)
    assert "\n" not in str(caught.value)


def test_a_pdf_that_ends_early_but_opens_is_partial() -> None:
    whole = made(lines("first words"), lines("second words"))
    result = parsed(whole[: whole.rindex(b"xref")])
    assert "first words" in result.text
    assert "ends early" in result.problems[0]


def test_threads_do_not_disturb_each_other() -> None:
    data = made(*(lines(f"words of page {number}") for number in range(8)))
    wrong: list[int] = []

    def work(page: int) -> None:
        for _ in range(5):
            boxes = locate(data, PDF, page, 0, 5)
            if boxes is None or boxes[0][0] != pytest.approx(72, abs=2):
                wrong.append(page)

    threads = [threading.Thread(target=work, args=(page,)) for page in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_page_that_fails_is_named_and_the_others_go_in() -> None:
    whole = written(b"BT /F1 12 Tf 20 300 Td (the page that is there) Tj ET")
    data = whole.replace(b"Kids[3 0 R]/Count 1", b"Kids[9 0 R 3 0 R]/Count 2")
    result = parsed(data)
    assert [text for _, _, text in seen(result)] == ["the page that is there"]
    assert result.blocks[0].page == 2
    assert len(result.pages) == 2
    assert [problem for problem in result.problems if problem.startswith("page 1 is damaged")]
    start = result.blocks[0].start - result.pages[1].start
    assert locate(data, PDF, 2, start, start + 3)
