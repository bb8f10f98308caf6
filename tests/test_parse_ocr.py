# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Scans, pages whose text layer lies, and picture files are read by the real engine, with the places of their words."""

import io
import zlib
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from drawing import HEIGHT
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from wazi import access, ingest
from wazi.cite import cite
from wazi.config import Parse
from wazi.desk import Desk
from wazi.errors import InputError
from wazi.parse import PDF, image, locate, ocr, parse, pdf, tesseract
from wazi.parse.wanted import Wanted
from wazi.retrieve import retrieve
from wazi.types import Draft, DraftClaim, RawFile, Span, Status
from wazi.understand import understand

HEADING = "Article 4: Market fees"
WORDS = (
    "A market stall costs 450 shillings a day, and the fee is paid",
    "at the county office of trade before eight in the morning.",
    "Who sells without a receipt pays a fine of 1,200 shillings.",
)

GARBAGE = "Zxt bqrktx xxcdd zrxxx frvr tvndrt sxjddjngx pjr dqj cx xkj zrvnxj rffjzj"

needs_engine = pytest.mark.skipif(ocr.missing() is not None, reason=f"{ocr.missing()}")


def drawn(garbage: str = "", picture: Image.Image | None = None) -> bytes:
    """A PDF of one page: with the words as text, or with their picture and `garbage` as its invisible text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0)
    if picture is not None:
        canvas.drawImage(ImageReader(picture), 0, 0, *canvas._pagesize)
        text = canvas.beginText(72, HEIGHT - 90)
        text.setTextRenderMode(3)
        text.setFont("Helvetica", 12)
        for _ in WORDS if garbage else ():
            text.textLine(garbage)
        canvas.drawText(text)
    else:
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(72, HEIGHT - 90, HEADING)
        canvas.setFont("Helvetica", 12)
        for index, words in enumerate(WORDS):
            canvas.drawString(72, HEIGHT - 120 - 16 * index, words)
    canvas.save()
    return buffer.getvalue()


def photographed(turns: int = 0) -> Image.Image:
    """The page as a scanner sees it, at 150 dots an inch, lying on its side after `turns`."""
    page = pdfium.PdfDocument(drawn())[0]
    return Image.fromarray(np.rot90(page.render(scale=150 / 72, grayscale=True).to_numpy(), turns).copy())


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.real
@needs_engine
def test_a_scan_is_read_with_its_words_in_their_places() -> None:
    result = pdf.parse(drawn(picture=photographed()), "scan.pdf")
    assert result.problems == ()
    assert [result.text[block.start : block.end] for block in result.blocks] == [HEADING, "\n".join(WORDS)]
    original = pdf.parse(drawn(), "text.pdf")
    for word in result.words:
        text = result.text[word.start : word.end]
        assert text.strip() == text
        start = original.text.index(text)
        [box] = locate(drawn(), PDF, 1, start, start + len(text)) or ()
        if result.text.count(text) == 1:
            middle = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
            assert box[0] < middle[0] < box[2]
            assert box[1] < middle[1] < box[3]
        assert word.confidence > 0.6


@pytest.mark.real
@needs_engine
def test_a_text_layer_that_is_no_language_gives_way_to_the_picture() -> None:
    result = pdf.parse(drawn(GARBAGE, photographed()), "bad.pdf")
    assert result.problems == ()
    assert WORDS[0] in result.text
    assert "xxcdd" not in result.text


def test_a_bad_text_layer_is_said_where_its_picture_says_no_better() -> None:
    result = pdf.parse(drawn(GARBAGE, Image.new("L", (200, 200), 255)), "bad.pdf")
    assert "xxcdd" in result.text
    assert any("page 1 of 1: the text layer is no language (words without vowels)" in each for each in result.problems)


@pytest.mark.real
@needs_engine
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_picture_files_are_read(kind: str) -> None:
    data = saved(photographed().convert("RGB"), kind, dpi=(150, 150))
    result = parse(RawFile("/a", f"a.{kind}", data, ""), Parse())
    assert [result.text[block.start : block.end] for block in result.blocks] == [HEADING, "\n".join(WORDS)]
    assert (result.pages[0].width, result.pages[0].height) == pytest.approx((595, 842), abs=1)


@pytest.mark.real
@needs_engine
def test_every_picture_of_a_tiff_is_a_page_and_one_on_its_side_is_turned() -> None:
    more = [Image.new("L", (300, 300), 255), photographed(1)]
    result = image.parse(saved(photographed(), "TIFF", save_all=True, append_images=more, dpi=(150, 150)), "a.tiff")
    texts = [result.text[page.start : page.end] for page in result.pages]
    assert texts[1] == ""
    assert texts[0] == texts[2] == "\n".join((HEADING, *WORDS))
    page = result.pages[2]
    assert all(0 <= word.box[0] < word.box[2] <= page.width for word in result.words if word.page == 3)
    assert all(word.box[3] - word.box[1] > 5 for word in result.words if word.page == 3)


@pytest.mark.real
@needs_engine
def test_what_could_not_be_read_in_time_or_is_unsure_is_said() -> None:
    data = saved(photographed(), "TIFF", save_all=True, append_images=[photographed()], dpi=(150, 150))
    result = image.parse(data, "a.tiff", Wanted(("en",), seconds=0.0))
    assert result.problems == ("pages 1-2: a scan that was not read in time: split the file or raise [parse] seconds",)
    noise = np.random.default_rng(7).normal(0, 80, np.asarray(photographed()).shape)
    poor = Image.fromarray(np.clip(np.asarray(photographed()) + noise, 0, 255).astype(np.uint8))
    result = image.parse(saved(poor.resize((620, 877)), "PNG", dpi=(75, 75)), "poor.png", Wanted(("am",)))
    assert any("tesseract-ocr-amh" in problem or "page 1" in problem for problem in result.problems)


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_size() -> None:
    with pytest.raises(InputError, match="9100 x 9100 pixels"):
        image.parse(saved(Image.new("1", (9100, 9100)), "PNG"), "map.png")
    with pytest.raises(InputError, match="too large"):
        image.parse(huge(), "bomb.png")


def huge() -> bytes:
    """The head of a PNG that says it has 30,000 x 30,000 pixels."""
    head = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\r"
        + head
        + zlib.crc32(head).to_bytes(4, "big")
        + b"\x00\x00\x00\x40IDAT"
        + bytes(68)
    )


@pytest.mark.parametrize("cut", [9, 40, 200])
def test_damaged_pictures_are_errors(cut: int) -> None:
    with pytest.raises(InputError):
        image.parse(saved(Image.new("RGB", (400, 400), "red"), "JPEG")[:cut], "a.jpg")


@pytest.mark.real
@needs_engine
def test_a_quote_from_a_scan_shows_the_words_on_the_scan(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(drawn(picture=photographed()))
    [receipt] = ingest.ingest([str(tmp_path / "scan.pdf")], desk)
    assert receipt.status is Status.COMPLETE
    scope = access.holdings_of(access.keeper())
    text = desk.store.text(receipt.record.id, scope) or ""
    start = text.index("A market stall")
    found = retrieve(understand("market stall", desk, language="en"), scope, desk)
    hit = next(hit for hit in found if hit.chunk.document == receipt.record.id)
    chunk = hit.chunk
    span = Span(chunk.id, start, start + len("A market stall costs"))
    [claim] = cite(Draft((DraftClaim("x", (span,), True),), "fake"), [hit], scope, desk, locate=locate)
    [box] = claim.quotes[0].boxes or ()
    assert (round(box[0] / 10), round(box[1] / 10)) == (7, 11)
    assert claim.quotes[0].text == "A market stall costs"


@needs_engine
def test_data_are_where_they_belong_and_never_below_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (tmp_path / "xxa.traineddata").touch()
    (below / "xxb.traineddata").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    monkeypatch.setattr(tesseract, "PLACES", ())
    assert tesseract.data.__wrapped__() is None
    monkeypatch.setenv("TESSDATA_PREFIX", str(below))
    assert tesseract.data.__wrapped__() == (below, frozenset({"xxb"}))
