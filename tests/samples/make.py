# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Set the PDF and DOCX files of the fictional county from the texts in `source/`: `python tests/samples/make.py [FOLDER]`.

A second run with the same library and font versions gives the same bytes: dates, ids and noise are fixed.
The Markdown and HTML files of `samples/` are written by hand and not touched. Bengali and Arabic appear only there:
this script does not know how to shape scripts.

A source text is paragraphs between blank lines; the first characters say what each is: `#` title, `##` and `###`
headings, `@` centred line, `- ` bullet, `(a)` item; a table is a line `|:` with the column widths in millimetres and
then `|` rows, the first of them the header.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = Path(__file__).parent
SOURCE = HERE / "source"
FONTS = Path("/usr/share/fonts/truetype/noto")
COUNTY = "County Government of Kijani"
DOCX_DAY = dt.datetime(2024, 6, 3, 9, 0)

Kind = Literal["title", "heading1", "heading2", "centred", "bullet", "item", "paragraph", "table"]
LEADS: tuple[tuple[str, Kind], ...] = (
    (r"### +", "heading2"),
    (r"## +", "heading1"),
    (r"# +", "title"),
    (r"@ +", "centred"),
    (r"- +", "bullet"),
    (r"(?=\([a-z]\) )", "item"),
    (r"", "paragraph"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph or table of a source text; `rows` and `widths` (millimetres) only for a table."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()


def pieces(source: str) -> Iterator[Piece]:
    """Read a source text."""
    for paragraph in re.split(r"\n\s*\n", (SOURCE / source).read_text(encoding="utf-8").strip()):
        lines = paragraph.splitlines()
        if lines[0].startswith("|:"):
            widths = tuple(float(width) for width in lines[0][2:].split())
            yield Piece("table", rows=tuple(_cells(line, len(widths)) for line in lines[1:]), widths=widths)
        else:
            yield from map(_piece, lines)


def _cells(line: str, count: int) -> tuple[str, ...]:
    cells = tuple(cell.strip() for cell in line[1:].split("|"))
    if len(cells) != count:
        raise SystemExit(f"a row has {len(cells)} cells instead of {count}: {line!r}: mend it in {SOURCE}")
    return cells


def _piece(line: str) -> Piece:
    for lead, kind in LEADS:
        if match := re.match(lead, line):
            return Piece(kind, line[match.end() :])
    raise AssertionError("the last lead matches every line")


def font_file(name: str) -> str:
    """The path of a Noto font, or an error that names the Debian package."""
    path = FONTS / f"{name}.ttf"
    if not path.exists():
        raise SystemExit(f"no font {path}: type apt-get install fonts-noto-core, then run tests/samples/make.py again")
    return str(path)


# --- PDF ---


def styles() -> dict[str, ParagraphStyle]:
    """The paragraph styles by kind of piece; registers the fonts, which are embedded as subsets."""
    for font in ("NotoSans-Regular", "NotoSans-Bold"):
        pdfmetrics.registerFont(TTFont(font, font_file(font)))
    body = ParagraphStyle("paragraph", fontName="NotoSans-Regular", fontSize=10.5, leading=14.5, spaceAfter=6)
    bold = ParagraphStyle("bold", parent=body, fontName="NotoSans-Bold", keepWithNext=1)
    return {
        "paragraph": body,
        "bullet": ParagraphStyle("bullet", parent=body, leftIndent=12, bulletIndent=2, spaceAfter=2),
        "title": ParagraphStyle("title", parent=bold, fontSize=22, leading=28, alignment=TA_CENTER, spaceBefore=30),
        "centred": ParagraphStyle("centred", parent=body, alignment=TA_CENTER),
        "heading1": ParagraphStyle("heading1", parent=bold, fontSize=14, leading=18, spaceBefore=12, spaceAfter=5),
        "heading2": ParagraphStyle(
            "heading2", parent=bold, keepWithNext=0, fontSize=11, leading=15, spaceBefore=7, spaceAfter=4
        ),
        "cell": ParagraphStyle("cell", parent=body, fontSize=9, leading=11.5, spaceAfter=0),
        "head": ParagraphStyle("head", parent=bold, fontSize=9, leading=11.5, spaceAfter=0),
    }


def charter(target: Path) -> None:
    """The service charter: A4, running header, page numbers, ruled tables whose header repeats on the next page."""
    style = styles()
    story: list[Flowable] = []
    for piece in pieces("service-charter.txt"):
        if piece.kind == "table":
            story += [_ruled(piece, style), Spacer(1, 4 * mm)]
        else:
            bullet = "•" if piece.kind == "bullet" else None
            story.append(Paragraph(_escape(piece.text), style[piece.kind], bulletText=bullet))
    document = SimpleDocTemplate(
        str(target),
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=24 * mm,
        bottomMargin=22 * mm,
        invariant=1,
        title="Citizens' Service Charter",
        author=COUNTY,
        lang="en",
    )
    document.build(story, onFirstPage=_furniture, onLaterPages=_furniture)


def _ruled(piece: Piece, style: dict[str, ParagraphStyle]) -> Table:
    rows = [
        [Paragraph(_escape(cell), style["head" if number == 0 else "cell"]) for cell in row]
        for number, row in enumerate(piece.rows)
    ]
    look = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dfeadf")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return Table(rows, colWidths=[width * mm for width in piece.widths], repeatRows=1, style=TableStyle(look))


def _furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont("NotoSans-Regular", 7.5)
    width, height = A4
    canvas.drawString(22 * mm, height - 14 * mm, COUNTY)
    canvas.drawRightString(width - 22 * mm, height - 14 * mm, "Citizens' Service Charter")
    canvas.line(22 * mm, 16 * mm, width - 22 * mm, 16 * mm)
    canvas.drawString(22 * mm, 11 * mm, "Customer Care Desk (020) 555 0100 – www.kijani.example")
    canvas.drawRightString(width - 22 * mm, 11 * mm, f"Page {document.page}")
    canvas.restoreState()


def notice(target: Path) -> None:
    """The trilingual notice: one page, three columns; the languages alternate in the content stream."""
    style = styles()
    small = {
        "title": ParagraphStyle("nt", parent=style["title"], fontSize=14, leading=19, spaceBefore=0, spaceAfter=0),
        "heading1": ParagraphStyle(
            "nh", parent=style["heading1"], fontSize=12, leading=15, spaceBefore=0, spaceAfter=0
        ),
        "paragraph": ParagraphStyle("np", parent=style["paragraph"], fontSize=10, leading=13.5, spaceAfter=0),
    }
    cells = [Paragraph(_escape(piece.text), small[piece.kind]) for piece in pieces("notice-water-trilingual.txt")]
    rows = [cells[start : start + 3] for start in range(0, len(cells), 3)]
    look = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEAFTER", (0, 0), (1, -1), 0.4, colors.grey)]
    table = Table(rows, colWidths=[60 * mm] * 3, style=TableStyle(look))
    document = SimpleDocTemplate(
        str(target),
        pagesize=A4,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=18 * mm,
        bottomMargin=15 * mm,
        invariant=1,
        title="Public notice: water supply",
        author=COUNTY,
    )
    document.build([table])


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def scan(target: Path) -> None:
    """The scanned circular: a picture of a typed page, turned by one degree, noisy and grey; no text layer."""
    width, height = 1240, 1754  # A4 at 150 dots an inch
    page = Image.new("L", (width, height), 226)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(font_file("NotoSerif-Regular"), 27)
    text = (SOURCE / "scanned-circular.txt").read_text(encoding="utf-8")
    draw.multiline_text((150, 150), text, font=font, fill=52, spacing=16)
    draw.ellipse((760, 1290, 1010, 1540), outline=120, width=5)
    draw.text((808, 1396), "RECEIVED", font=font, fill=120)
    page = page.rotate(1, resample=Image.Resampling.BICUBIC, fillcolor=205)
    grain = Image.frombytes("L", (width, height), random.Random(14).randbytes(width * height))
    page = Image.blend(page, grain, 0.13)
    stored = io.BytesIO()
    page.save(stored, "JPEG", quality=55, dpi=(150, 150))
    canvas = Canvas(str(target), pagesize=A4, invariant=1)
    canvas.setTitle("Circular 14-2016")
    canvas.drawImage(ImageReader(stored), 0, 0, *A4)
    canvas.showPage()
    canvas.save()


# --- DOCX ---

DOCX_STYLES = {"title": "Title", "heading1": "Heading 1", "heading2": "Heading 2", "bullet": "List Bullet"}


def word(source: str, target: Path) -> None:
    """A DOCX of a source text with real heading styles, ruled tables and a page number field in the footer."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(11)
    title = ""
    for piece in pieces(source):
        if piece.kind == "table":
            _word_table(document, piece)
            continue
        paragraph = document.add_paragraph(piece.text, style=DOCX_STYLES.get(piece.kind))
        if piece.kind == "title":
            title = piece.text
        elif piece.kind == "centred":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif piece.kind == "item":
            paragraph.paragraph_format.left_indent = Mm(12)
    _word_footer(document, title)
    facts = document.core_properties
    facts.title, facts.author, facts.comments, facts.language = title, COUNTY, "", "en"
    facts.created = facts.modified = DOCX_DAY
    stored = io.BytesIO()
    document.save(stored)
    target.write_bytes(_same_every_time(stored.getvalue()))


def _word_table(document: Any, piece: Piece) -> None:
    table = document.add_table(rows=0, cols=len(piece.widths), style="Table Grid")
    table.autofit = False
    for number, row in enumerate(piece.rows):
        for cell, text, width in zip(table.add_row().cells, row, piece.widths, strict=True):
            cell.width = Mm(width)
            cell.paragraphs[0].add_run(text).bold = number == 0
    document.add_paragraph()


def _word_footer(document: Any, title: str) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.text = f"{title}\t\t"
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _same_every_time(data: bytes) -> bytes:
    """Write the zip again with one fixed time on every entry."""
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, DOCX_DAY.timetuple()[:6]), old.read(name), zipfile.ZIP_DEFLATED)
    return stored.getvalue()


def make(folder: Path) -> None:
    """Write every PDF and DOCX into the folder, replacing older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    charter(folder / "service-charter.pdf")
    notice(folder / "notice-water-trilingual.pdf")
    scan(folder / "scanned-circular.pdf")
    for source in sorted([*SOURCE.glob("by-law-*.txt"), *SOURCE.glob("form-*.txt")]):
        word(source.name, folder / f"{source.stem}.docx")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "samples")
