# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One small file of every format that is read, made from words written for this project: the same bytes at every call.

The offices, fees and people in them are fictional; telephone numbers hold the group `555`, which is set aside for fiction.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import SMTP

import docx
from docx.oxml import parse_xml
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
OPEN = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "draw", "meta")
)
DAY = (2024, 7, 1, 9, 0, 0)


def zipped(members: Mapping[str, str | bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file whose members have a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type = compress
            archive.writestr(info, data)
    return buffer.getvalue()


def anew(data: bytes) -> bytes:
    """A ZIP file with the dates of its members fixed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})


def relations(*kinds_and_targets: tuple[str, str]) -> str:
    """The relations of an Office part, with the ids r1, r2, …"""
    rows = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(kinds_and_targets, start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{rows}</Relationships>'


# --- texts ---


def markdown() -> bytes:
    """A leaflet."""
    return b"""# Lake water

## Wells

- Boil the water for one minute.
- Keep it covered.

| Well | Last test |
|------|-----------|
| Mlimani | 3 May 2024 |
"""


def plain() -> bytes:
    """A note."""
    return b"Boats leave Ziwani at six.\n\nLife jackets are free: ask at the landing.\n"


def page() -> bytes:
    """A page with the furniture of a site, and a table whose cells span."""
    return b"""<!DOCTYPE html><html lang="en"><head><title>Dog licences</title></head><body>
<div class="cookie-banner"><p>We use cookies.</p></div><header role="banner"><p>County site</p></header>
<nav><a href="/">Home</a></nav><main><div class="breadcrumb">Home / Dogs</div><h1>Dog licences</h1>
<p>Every dog older than three months needs a licence.</p>
<table><tr><th rowspan="2">Dog</th><th colspan="2">Fee</th></tr><tr><th>New</th><th>Again</th></tr>
<tr><td rowspan="2">Guard dog</td><td>300</td><td>150</td></tr><tr><td colspan="2">free after ten years</td></tr></table>
</main><footer><p>Kijani County</p></footer></body></html>"""


def comma_separated() -> bytes:
    """A list of wells with a title above it."""
    return b"""Wells and their tests;;
Well;Depth (m);Tested
"Mlimani; north";12,5;2024-05-03
Ziwani;9,0;2024-05-04
"""


def tab_separated() -> bytes:
    """Names without numbers."""
    return b"Ward\tOffice\nMlimani\tOld court\nZiwani\tFish landing\n"


def law() -> bytes:
    """A by-law in Akoma Ntoso."""
    return b"""<?xml version="1.0" encoding="UTF-8"?>
<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="by-law"><meta><identification source="#clerk">
<FRBRWork><FRBRdate date="2024-06-03" name="Enactment"/></FRBRWork>
<FRBRExpression><FRBRdate date="2024-07-01" name="In-force"/><FRBRlanguage language="eng"/></FRBRExpression>
</identification></meta>
<preface><longTitle><p>By-law 9 of 2024 on <docTitle>the keeping of dogs</docTitle></p></longTitle></preface>
<preamble><p>The county assembly makes this by-law.</p></preamble>
<body><part eId="part_1"><num>Part I</num><heading>Licences</heading>
<section><num>1.</num><heading>Who needs one</heading>
<subsection><num>(1)</num><intro><p>A licence is needed by</p></intro>
<paragraph><num>(a)</num><content><p>a person who keeps a dog;<authorialNote marker="1"><p>A dog of three months or more.</p>
</authorialNote></p></content></paragraph>
<paragraph><num>(b)</num><content><p>a breeder.</p></content></paragraph></subsection>
<subsection><num>(2)</num><content><p>It costs 300 shillings a year.</p></content></subsection></section></part></body>
<attachments><attachment><heading>Schedule: forms</heading><doc name="schedule"><mainBody><p>Form D1.</p></mainBody></doc>
</attachment></attachments></act></akomaNtoso>
"""


# --- Office ---


def word() -> bytes:
    """Numbered headings and items, merged cells, a footnote, tracked changes, a text box."""
    document = docx.Document()
    document.core_properties.title = "Rules of the library"
    document.core_properties.language = "en"
    document.core_properties.created = document.core_properties.modified = dt.datetime(*DAY)
    document.add_heading("Rules of the library", 0)
    document.add_heading("Members", 1)
    body = document.element.body
    changed = f"""<w:p {W}><w:r><w:t xml:space="preserve">Membership costs </w:t></w:r><w:del w:id="1" w:author="a"><w:r>
<w:delText>100</w:delText></w:r></w:del><w:ins w:id="2" w:author="a"><w:r><w:t>120</w:t></w:r></w:ins><w:r>
<w:t xml:space="preserve"> shillings a year.</w:t></w:r></w:p>"""
    body.insert(len(body) - 1, parse_xml(changed))
    document.add_paragraph("Show your card.", style="List Number")
    document.add_paragraph("Speak softly.", style="List Number")
    document.add_heading("Fines", 1)
    table = document.add_table(rows=3, cols=3)
    rows = (("Book", "Fine", ""), ("Novel", "5", "a day"), ("", "50", "a month"))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {W}/>"))
    buffer = io.BytesIO()
    document.save(buffer)
    return anew(buffer.getvalue())


def presentation() -> bytes:
    """Three slides: a list with notes, a table, a hidden one."""

    def shape(kind: str, *lines: str) -> str:
        words = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
        place = f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>'
        return f"<p:sp><p:nvSpPr>{place}</p:nvSpPr><p:txBody>{words}</p:txBody></p:sp>"

    def slide(kind: str, *shapes: str, show: str = "") -> str:
        names = f'xmlns:p="{PRESENTATION}" xmlns:a="{DRAWING}"'
        return f"<p:{kind} {names}{show}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:{kind}>"

    def row(*texts: str) -> str:
        cells = "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:txBody></a:tc>" for t in texts)
        return f"<a:tr>{cells}</a:tr>"

    table = f"""<p:graphicFrame><p:nvGraphicFramePr/><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/>
{row("Road", "Length")}{row("Mlimani road", "12 km")}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"""
    slides = {
        1: slide(
            "sld", shape("body", "Three roads are tarred.", "Two bridges are rebuilt."), shape("title", "Road works")
        ),
        2: slide("sld", shape("title", "Length of roads"), table, shape("sldNum", "2")),
        3: slide("sld", shape("title", "Draft"), show=' show="0"'),
    }
    ids = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in slides)
    return zipped(
        {
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{PRESENTATION}" xmlns:r="{OFFICE}"><p:sldIdLst>{ids}'
            '</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>',
            "ppt/_rels/presentation.xml.rels": relations(*(("slide", f"slides/slide{n}.xml") for n in slides)),
            **{f"ppt/slides/slide{number}.xml": xml for number, xml in slides.items()},
            "ppt/slides/_rels/slide1.xml.rels": relations(("notesSlide", "../notesSlides/notesSlide1.xml")),
            "ppt/notesSlides/notesSlide1.xml": slide("notes", shape("body", "Thank the ward office of Mlimani.")),
        }
    )


def workbook() -> bytes:
    """A sheet with a title, a merged head, formats, a formula and merged rows, and a hidden sheet."""
    strings = ("Fees of the market", "Stall", "Fee (KES)", "Share", "Since", "Open stall", "Cart", "Ward", "Mlimani")
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    rows = """<row r="1"><c r="A1" t="s"><v>0</v></c></row>
<row r="2"><c r="A2" t="s"><v>7</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c><c r="D2" t="s"><v>3</v></c>
<c r="E2" t="s"><v>4</v></c></row>
<row r="3"><c r="A3" t="s"><v>8</v></c><c r="B3" t="s"><v>5</v></c><c r="C3" s="1"><v>1450</v></c><c r="D3" s="2"><v>0.165</v></c>
<c r="E3" s="3"><v>45474</v></c></row>
<row r="4"><c r="B4" t="s"><v>6</v></c><c r="C4" s="1"><f>C3/2</f><v>725</v></c><c r="D4" s="2"><v>0.08</v></c>
<c r="E4" s="3"><v>45505</v></c></row>
<row r="6"><c r="A6" t="inlineStr"><is><t>Paid at the gate before nine.</t></is></c></row>"""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData>{{}}</worksheet>'
    merged = '<mergeCells count="2"><mergeCell ref="A1:E1"/><mergeCell ref="A3:A4"/></mergeCells>'
    styles = f"""<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00"/></numFmts>
<fonts><font/></fonts><cellXfs><xf numFmtId="0" fontId="0"/><xf numFmtId="164" fontId="0"/><xf numFmtId="10" fontId="0"/>
<xf numFmtId="15" fontId="0"/></cellXfs></styleSheet>"""
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Market" sheetId="1" r:id="r1"/><sheet name="Old" sheetId="2" state="hidden" r:id="r2"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/sheet1.xml"),
                ("worksheet", "worksheets/sheet2.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
            "xl/styles.xml": styles,
            "xl/worksheets/sheet1.xml": sheet.format(rows, merged),
            "xl/worksheets/sheet2.xml": sheet.format('<row r="1"><c r="A1"><v>400</v></c></row>', ""),
        }
    )


# --- OpenDocument ---

ROWS = """<table:table-header-rows><table:table-row><table:table-cell><text:p>Hall</text:p></table:table-cell>
<table:table-cell><text:p>Rent</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>Old court</text:p></table:table-cell>
<table:table-cell office:value-type="float"><text:p>2,000 a day</text:p></table:table-cell></table:table-row>
<table:table-row><table:covered-table-cell/><table:table-cell><text:p>500 an hour</text:p></table:table-cell></table:table-row>"""


def _open_document(kind: str, body: str) -> bytes:
    meta = f"""<office:document-meta {OPEN} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>
<dc:title>Hire of halls</dc:title><dc:language>en-KE</dc:language></office:meta></office:document-meta>"""
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {OPEN}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
            "</office:document-content>",
            "meta.xml": meta,
        }
    )


def open_text() -> bytes:
    """Headings, a list, a note, a tracked deletion, a table."""
    return _open_document(
        "text",
        f"""<text:tracked-changes><text:changed-region><text:deletion><text:p>Old words.</text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Hire of halls</text:h><text:p>Ask<text:s text:c="2"/>early<text:note><text:note-citation>1
</text:note-citation><text:note-body><text:p>Two weeks before.</text:p></text:note-body></text:note>.</text:p>
<text:list><text:list-item><text:p>Bring the form.</text:p></text:list-item><text:list-item><text:p>Pay at the desk.</text:p>
</text:list-item></text:list><text:h text:outline-level="2">Rents</text:h><table:table>{ROWS}</table:table>""",
    )


def open_sheet() -> bytes:
    """A sheet whose cells hold what was shown, with repeated blank rows."""
    return _open_document("spreadsheet", f'<table:table table:name="Halls">{ROWS}<table:table-row '
        'table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        "</table:table>")  # fmt: skip


# --- holders, paged ---


def mail() -> bytes:
    """A message in two forms, with an attachment."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Registrar <registrar@kijani.example>"
    message["To"] = "wards@kijani.example"
    message["Date"] = "Mon, 01 Jul 2024 09:00:00 +0300"
    message["Subject"] = "Births: new fee für Abschriften"
    message["MIME-Version"] = "1.0"
    message.set_content("A copy of a certificate costs 50 shillings.\n\nCall (020) 555 0104.\n")
    message.add_alternative("<p>A copy of a certificate costs <b>50</b> shillings.</p>", subtype="html")
    message.add_attachment(plain(), maintype="text", subtype="plain", filename="boats.txt")
    message.set_boundary("==outer==")
    next(message.iter_parts()).set_boundary("==inner==")
    return message.as_bytes()


def archive() -> bytes:
    """Two documents, an archive within, and what a system leaves."""
    return zipped(
        {
            "leaflets/water.md": markdown(),
            "boats.txt": plain(),
            "more.zip": zipped({"boats.txt": plain()}),
            "__MACOSX/._boats.txt": b"\x00\x05\x16\x07",
        }
    )


def paper() -> bytes:
    """Two pages."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setTitle("Care of trees")
    for heading, lines in (
        ("Planting", ("Plant in the long rains.", "Water every evening for a month.")),
        ("Felling", ("A permit to fell a tree costs 200 shillings.", "It is valid for thirty days.")),
    ):
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(72, 760, heading)
        canvas.setFont("Helvetica", 11)
        for number, line in enumerate(lines):
            canvas.drawString(72, 720 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {
    "paper.pdf": paper,
    "word.docx": word,
    "text.odt": open_text,
    "sheet.xlsx": workbook,
    "sheet.ods": open_sheet,
    "wells.csv": comma_separated,
    "wards.tsv": tab_separated,
    "slides.pptx": presentation,
    "page.html": page,
    "leaflet.md": markdown,
    "note.txt": plain,
    "mail.eml": mail,
    "archive.zip": archive,
    "law.xml": law,
}
"""Name of the file -> its bytes."""
