# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Tables of PDFs: ruled and not, spanning cells, heads of several rows, rows that are quotable, and what is no table."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from wazi.config import Parse
from wazi.parse import PDF, locate, parse
from wazi.parse.glyphs import Source
from wazi.parse.lines import turning
from wazi.parse.rules import Rule, drawn, joined
from wazi.types import BlockKind, Parsed, RawFile, Table

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from tables_icdar2013 import Placed, Told, averaged, compare, relations

HEIGHT = A4[1]
Drawing = Callable[[Canvas], None]


def made(*pages: Drawing) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def parsed(data: bytes) -> Parsed:
    return parse(RawFile("a.pdf", "a.pdf", data, ""), Parse())


def words(canvas: Canvas, x: float, y: float, text: str) -> None:
    for number, line in enumerate(text.split("\n")):
        canvas.drawString(x, HEIGHT - y - 11 * number, line)


def rows(*texts: Sequence[str], x: Sequence[float], top: float = 120, step: float = 14) -> Drawing:
    """Rows of short cells, each at its place."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for number, row in enumerate(texts):
            for left, text in zip(x, row, strict=True):
                words(canvas, left, top + step * number, text)

    return draw


def ruled(xs: Sequence[float], ys: Sequence[float], gone: Sequence[tuple[str, int, int]] = ()) -> Drawing:
    """A lattice of rules; `gone` names pieces that are left out: `|` or `-`, the number of the rule, and of the piece."""

    def draw(canvas: Canvas) -> None:
        for a, x in enumerate(xs):
            for b, (y0, y1) in enumerate(pairwise(ys)):
                if ("|", a, b) not in gone:
                    canvas.line(x, HEIGHT - y0, x, HEIGHT - y1)
        for a, y in enumerate(ys):
            for b, (x0, x1) in enumerate(pairwise(xs)):
                if ("-", a, b) not in gone:
                    canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)

    return draw


def all_of(*drawings: Drawing) -> Drawing:
    def draw(canvas: Canvas) -> None:
        for drawing in drawings:
            drawing(canvas)

    return draw


def cells(result: Parsed, table: Table) -> dict[tuple[int, int, int, int], str]:
    return {(c.row, c.rows, c.column, c.columns): result.text[c.start : c.end] for c in table.cells}


def test_a_ruled_table_has_its_spanning_cells() -> None:
    xs, ys = (70, 170, 270, 370), (100, 130, 160, 190)
    gone = [("|", 2, 0), ("-", 2, 0)]  # the head goes over two columns, the first name down two rows

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for x, y, text in (
            (75, 118, "Ward"),
            (240, 118, "Stalls"),
            (75, 163, "Bondeni"),
            (175, 148, "open"),
            (275, 148, "40"),
            (175, 178, "closed"),
            (275, 178, "12"),
        ):
            words(canvas, x, y, text)

    result = parsed(made(all_of(ruled(xs, ys, gone), draw)))
    (table,) = result.tables
    assert cells(result, table) == {
        (0, 1, 0, 1): "Ward",
        (0, 1, 1, 2): "Stalls",
        (1, 2, 0, 1): "Bondeni",
        (1, 1, 1, 1): "open",
        (1, 1, 2, 1): "40",
        (2, 1, 1, 1): "closed",
        (2, 1, 2, 1): "12",
    }
    assert table.page == 1
    assert table.box is not None
    assert abs(table.box[0] - 70) < 3
    assert abs(table.box[3] - 190) < 3


def test_cells_that_are_drawn_line_by_line_across_a_row_are_one_row() -> None:
    xs, ys = (70, 190, 330, 450), (100, 120, 150, 180)

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for y, row in ((114, ("Service", "What you bring", "Fee")), (132, ("Birth within", "Notification", "Free"))):
            for x, text in zip(xs, row, strict=False):
                words(canvas, x + 4, y, text)
        for x, text in zip(xs, ("ninety days", "of the hospital"), strict=False):
            words(canvas, x + 4, 143, text)
        for x, text in zip(xs, ("Copy", "Receipt", "150"), strict=False):
            words(canvas, x + 4, 168, text)

    data = made(all_of(ruled(xs, ys), draw))
    result = parsed(data)
    found = [(block.headings, result.text[block.start : block.end].split()) for block in result.blocks]
    name = "Service What you bring Fee"
    assert found[1] == ((name,), ["Birth", "within", "ninety", "days", "Notification", "of", "the", "hospital", "Free"])
    assert found[2] == ((name,), ["Copy", "Receipt", "150"])
    cell = next(c for c in result.tables[0].cells if result.text[c.start :].startswith("Notification"))
    boxes = locate(data, PDF, 1, cell.start, cell.end)
    assert boxes
    assert all(box[0] >= 190 and box[2] <= 330 for box in boxes)


def test_a_head_of_two_rows_reaches_over_its_columns() -> None:
    x = (70, 200, 260, 340, 400)
    head = rows(("", "2019", "", "2020", ""), ("Ward", "Men", "Women", "Men", "Women"), x=x, top=110)
    body = rows(
        ("Bondeni", "1,204", "1,310", "1,250", "1,342"),
        ("Kilimani", "980", "1,022", "991", "1,040"),
        ("Pwani", "450", "433", "460", "441"),
        x=x,
        top=144,
    )

    def lines(canvas: Canvas) -> None:
        for x0, x1, y in ((66, 450, 98), (196, 300, 114), (336, 450, 114), (66, 450, 130), (66, 450, 180)):
            canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)

    result = parsed(made(all_of(head, body, lines)))
    (table,) = result.tables
    found = cells(result, table)
    assert table.head == 2
    assert found[0, 2, 0, 1] == "Ward"
    assert found[0, 1, 1, 2] == "2019"
    assert found[0, 1, 3, 2] == "2020"
    assert found[2, 1, 1, 1] == "1,204"
    assert found[4, 1, 4, 1] == "441"


def test_columns_without_rules_are_told_by_white_space() -> None:
    x = (70, 240, 330, 420)
    texts = (
        ("Market", "Stalls", "Rent", "Days"),
        ("Bondeni", "40", "450", "6"),
        ("Kilimani West", "12", "380", "5"),
        ("Pwani", "31", "6,000", "7"),
    )
    result = parsed(made(rows(*texts, x=x)))
    (table,) = result.tables
    assert [result.text[c.start : c.end] for c in table.cells] == [text for row in texts for text in row]
    assert (table.head, max(c.row for c in table.cells), max(c.column for c in table.cells)) == (1, 3, 3)


def test_a_table_that_goes_on_over_the_page_keeps_its_head() -> None:
    x = (70, 240, 330)
    names = ("Market", "Stalls", "Rent")
    first = rows(names, ("Bondeni", "40", "450"), ("Kilimani", "12", "380"), ("Pwani", "31", "600"), x=x)
    second = rows(("Mtoni", "22", "410"), ("Soko", "18", "395"), ("Ziwani", "9", "300"), x=x, top=80)
    result = parsed(made(first, second))
    assert [table.head for table in result.tables] == [1, 0]
    assert {block.headings for block in result.blocks[1:]} == {("Market Stalls Rent",)}


PERMITS = (60, 200, 330)
NAMES = ("Permit", "Time", "Office")
LAST = rows(NAMES, ("Fencing", "7 days", "Counter 2"), ("Business", "3 days from the", "Counter 4"), x=PERMITS, top=700)


@pytest.mark.parametrize(
    "following",
    [
        all_of(
            rows(("payment of the fee", "or 5"), x=PERMITS[1:], top=60),
            rows(("Stall", "1 day", "Counter 1"), x=PERMITS, top=80),
        ),
        all_of(
            ruled((55, 190, 320, 480), (50, 66, 82, 98)),
            rows(NAMES, x=PERMITS, top=62),
            rows(("payment of the fee",), x=PERMITS[1:2], top=78),
            rows(("Stall", "1 day", "Counter 1"), x=PERMITS, top=94),
        ),
    ],
    ids=["plain", "head again"],
)
def test_the_rest_of_a_row_beyond_the_page_has_the_name_of_its_row(following: Drawing) -> None:
    result = parsed(made(LAST, following))
    paths = {
        result.text[b.start : b.end].split()[0]: b.headings for b in result.blocks if b.kind is BlockKind.TABLE_ROW
    }
    assert paths["payment"] == ("Permit Time Office", "Business")
    assert paths["Stall"] == paths["Business"] == ("Permit Time Office",)


def test_a_table_with_an_empty_corner_on_the_next_page_is_another_one() -> None:
    corner = rows(("Women", "Men"), x=PERMITS[1:], top=60)
    result = parsed(made(LAST, all_of(corner, rows(("Clerks", "12", "9"), ("Drivers", "1", "14"), x=PERMITS, top=74))))
    assert [b.headings for b in result.blocks if b.page == 2][1:] == [("Women Men",), ("Women Men",)]


def test_two_columns_of_text_are_no_table() -> None:
    left = (
        "The market opens at six in the",
        "morning and closes at six in the",
        "evening on every day but Sunday,",
    ) * 3
    right = ("Each keeper of a stall pays the", "rent before noon and keeps the", "receipt until the month is over") * 3
    result = parsed(made(rows(*zip(left, right, strict=True), x=(70, 320), step=11)))
    assert result.tables == ()


def test_bars_of_a_chart_are_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.1, 0.4, 0.8)
        for number, height in enumerate((120, 80, 40, 20)):
            canvas.rect(100 + 60 * number, 300, 40, height, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        for number, text in enumerate(("often", "weekly", "seldom", "never")):
            canvas.drawString(100 + 60 * number, 285, text)

    assert parsed(made(draw)).tables == ()


def test_rules_are_found_as_lines_as_thin_areas_and_as_edges() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(70, 700, 300, 700)
        canvas.rect(70, 650, 230, 0.5, stroke=0, fill=1)
        canvas.setFillColorRGB(0.8, 0.9, 1)
        canvas.rect(70, 500, 230, 60, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.rect(70, 300, 230, 60, stroke=0, fill=1)

    page = pdfium.PdfDocument(made(draw))[0]
    found = drawn(page, turning(page))
    assert [round(HEIGHT - rule.at) for rule in found.ruled.across] == [700, 650]
    assert [round(HEIGHT - rule.at) for rule in found.edged.across] == [700, 650, 560, 500]
    assert Source(page.get_textpage()).text == ""


def test_pieces_of_a_rule_are_one() -> None:
    assert joined([Rule(10, 50, 80), Rule(10.4, 0, 49.5), Rule(10, 90, 99)]) == [Rule(10, 0, 80), Rule(10, 90, 99)]


def test_the_measure_counts_neighbours_and_the_places_between_them() -> None:
    # A  B        A|B and C|D across with one empty place, A|C and B|D down
    # C  .  D     D stands in the third column, B in the second
    table = [Placed("a", 0, 0, 0, 0), Placed("B", 0, 0, 1, 1), Placed("c ", 1, 1, 0, 0), Placed("d", 1, 1, 2, 2)]
    assert dict(relations(table)) == {("A", "B", "across", 0): 1, ("C", "D", "across", 1): 1, ("A", "C", "down", 0): 1}


def test_a_spanning_cell_is_a_neighbour_once() -> None:
    table = [Placed("Sum", 0, 0, 0, 1), Placed("1", 1, 1, 0, 0), Placed("2", 1, 1, 1, 1), Placed("3", 0, 1, 2, 2)]
    assert dict(relations(table)) == {
        ("SUM", "1", "down", 0): 1,
        ("SUM", "2", "down", 0): 1,
        ("SUM", "3", "across", 0): 1,
        ("1", "2", "across", 0): 1,
        ("2", "3", "across", 0): 1,
    }


def test_a_table_that_is_not_there_costs_precision() -> None:
    truth = [Told(1, [Placed("a", 0, 0, 0, 0), Placed("b", 0, 0, 1, 1)])]
    wrong = Told(2, [Placed("x", 0, 0, 0, 0), Placed("y", 0, 0, 1, 1)])
    score = compare("one", [*truth, wrong], truth)
    assert (score.precision, score.recall) == (0.5, 1.0)
    assert averaged([compare("one", truth, truth)])["f1"] == 1.0
    assert compare("none", [], truth).precision == 0.0


def test_a_sign_that_stands_alone_in_a_cell_is_a_cell() -> None:
    x = (75, 175, 275)
    body = rows(("Market", "Stalls", "Rent"), ("Bondeni", "…", "450"), ("Pwani", "31", "..."), x=x, top=113, step=20)
    result = parsed(made(all_of(ruled((70, 170, 270, 370), (100, 120, 140, 160)), body)))
    (table,) = result.tables
    assert cells(result, table)[1, 1, 1, 1] == "…"
    assert cells(result, table)[2, 1, 2, 1] == "..."


def test_rows_between_rules_that_only_go_down_are_told_by_white_space() -> None:
    x = (75, 215, 355)
    texts = (
        ("Permit", "What you bring", "Where"),
        ("Stall\nin the hall", "One photograph\nand the form", "Main office"),
        ("Stall outside", "The form", "By post\nor in person"),
        ("Cart", "Letter of the\nward", "Main office"),
    )
    lines = ruled((70, 210, 350, 490), (90, 112, 230))
    result = parsed(made(all_of(lines, rows(*texts, x=x, top=104, step=36))))
    (table,) = result.tables
    found = cells(result, table)
    assert [found[row, 1, 0, 1].split() for row in (1, 2, 3)] == [
        ["Stall", "in", "the", "hall"],
        ["Stall", "outside"],
        ["Cart"],
    ]
    assert found[2, 1, 2, 1].split() == ["By", "post", "or", "in", "person"]


def test_the_shade_of_a_head_does_not_end_its_table() -> None:
    x = (75, 240, 330)

    def shades(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.85, 0.88, 0.95)
        for left, right in ((70, 235), (235, 325), (325, 420)):
            canvas.rect(left, HEIGHT - 141, right - left, 14, stroke=0, fill=1)
            canvas.rect(left, HEIGHT - 127, right - left, 14, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)

    texts = (
        ("Market", "Stalls", "Rent"),
        ("of the county", "open", "a month"),
        ("Bondeni", "40", "450"),
        ("Kilimani", "12", "380"),
        ("Pwani", "31", "600"),
    )
    result = parsed(made(all_of(shades, rows(*texts, x=x, top=123))))
    (table,) = result.tables
    assert "Pwani" in cells(result, table).values()


def test_a_name_in_the_middle_goes_over_all_columns() -> None:
    x = (70, 240, 330, 420)
    head = rows(("Market", "Stalls", "Rent", "Days"), ("Bondeni", "40", "450", "6"), x=x)
    body = rows(("Kilimani", "12", "380", "5"), ("Pwani", "31", "600", "7"), x=x, top=162)
    name = rows(("Coast",), x=(244,), top=148)
    result = parsed(made(all_of(head, name, body)))
    (table,) = result.tables
    assert cells(result, table)[2, 1, 0, 4] == "Coast"


def test_text_beside_a_table_is_not_in_it() -> None:
    side = (
        ("The markets of the county open at six",),
        ("in the morning, on every day of the",),
        ("year but the first, and the keepers of",),
        ("the stalls pay their rent before noon",),
        ("on the first working day of the month.",),
        ("Receipts are kept.",),
    )
    x = (300, 420, 480)
    texts = (("Market", "Stalls", "Rent"), ("Bondeni", "40", "450"), ("Kilimani", "12", "380"), ("Pwani", "31", "600"))
    result = parsed(made(all_of(rows(*side, x=(60,), step=11), rows(*texts, x=x, top=127))))
    (table,) = result.tables
    assert sorted(cells(result, table).values()) == sorted(text for row in texts for text in row)


def test_rules_below_each_row_keep_wrapped_rows_and_names_of_groups_in_the_table() -> None:
    x = (75, 300, 400)
    top = rows(("Service", "Asked", "Given"), ("Coast", "", ""), x=x, top=112, step=16)
    wrapped = rows(("Households with a tap and a", "", ""), ("meter in the yard", "", ""), x=x, top=143, step=11)
    figures = rows(("", "1,204", "980"), x=x, top=148.5)
    last = rows(("Street lights", "77", "12"), ("Buses", "31", "30"), x=x, top=172, step=16)

    def rules(canvas: Canvas) -> None:
        for y in (100, 116, 132, 160, 176, 192):
            canvas.line(70, HEIGHT - y, 450, HEIGHT - y)

    result = parsed(made(all_of(top, wrapped, figures, last, rules)))
    (table,) = result.tables
    found = cells(result, table)
    assert found[2, 1, 0, 1].split() == ["Households", "with", "a", "tap", "and", "a", "meter", "in", "the", "yard"]
    assert (found[2, 1, 1, 1], found[4, 1, 2, 1]) == ("1,204", "30")


def test_a_cell_reaches_as_far_as_no_rule_ends_it() -> None:
    x = (75, 200, 330)
    texts = (("Region", "Market", "Stalls"), ("Coast", "Pwani", "40"), ("", "Soko", "12"), ("Lake", "Ziwani", "9"))
    body = rows(*texts, x=x, top=112, step=16)

    def rules(canvas: Canvas) -> None:
        for x0, y in ((70, 100), (70, 116), (195, 132), (70, 148), (70, 164)):
            canvas.line(x0, HEIGHT - y, 400, HEIGHT - y)

    result = parsed(made(all_of(body, rules)))
    (table,) = result.tables
    assert cells(result, table)[1, 2, 0, 1] == "Coast"
