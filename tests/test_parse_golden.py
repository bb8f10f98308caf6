# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One small file of every format against what it was read as before; `pytest --rewrite-golden` writes that anew."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from formats import FORMATS
from pydantic import TypeAdapter

from wazi.chunk import chunk
from wazi.config import ChunkSettings, Parse
from wazi.parse import PARSERS, locate, media_type, parse
from wazi.parse.kinds import PDF
from wazi.types import Document, Parsed, RawFile, Record, Status

GOLDEN = Path(__file__).parent / "golden"
SHAPE = TypeAdapter(Parsed)
IMAGES = "image"
"""Read by tests of its own."""


def file(name: str) -> RawFile:
    return RawFile(f"/docs/{name}", name, FORMATS[name](), "")


def read(name: str) -> Parsed:
    return parse(file(name), Parse())


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_read_as_it_was(name: str, request: pytest.FixtureRequest) -> None:
    result = json.dumps(SHAPE.dump_python(read(name), mode="json"), ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{name}.json"
    if request.config.getoption("--rewrite-golden"):
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(result, encoding="utf-8")
    assert json.loads(result) == json.loads(golden.read_text(encoding="utf-8"))


def test_the_switch_that_rewrites_golden_files_is_off(request: pytest.FixtureRequest) -> None:
    assert not request.config.getoption("--rewrite-golden"), (
        "golden files were rewritten: read the diff, run again without"
    )


def test_every_parser_and_nothing_else_has_a_golden_file() -> None:
    from wazi.parse import PART_OF

    assert {PART_OF[media_type(file(name))] for name in FORMATS} == set(PARSERS) - {IMAGES}
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.json" for name in FORMATS}


@pytest.mark.parametrize("name", FORMATS)
def test_blocks_cells_and_pages_are_spans_of_the_text(name: str) -> None:
    result = read(name)
    assert all(0 <= block.start < block.end <= len(result.text) for block in result.blocks)
    assert "".join(result.text.split()) == "".join("".join(result.text[b.start : b.end].split()) for b in result.blocks)
    rows = {(b.start, b.end) for b in result.blocks}
    for table in result.tables:
        for cell in table.cells:
            assert any(start <= cell.start <= cell.end <= end for start, end in rows)
            words = result.text[cell.start : cell.end]
            assert words == words.strip()
            assert " | " not in words
    for page in result.pages:
        held = [block for block in result.blocks if block.page == page.number]
        assert all(page.start <= block.start < block.end <= page.end for block in held)


def quoted(name: str, words: str) -> tuple[RawFile, Parsed, int, int | None]:
    """A file, what was read of it, and where words stand in the text and on which page of the chunk that holds them."""
    raw, result = file(name), read(name)
    start = result.text.index(words)
    record = Record("d", name, raw.source, "", media_type(raw), Status.COMPLETE)
    chunks = chunk(Document(record, result.text, result.blocks), ChunkSettings(), lambda _: "en", lambda text, _: [])
    pages = [each.page for each in chunks if each.start <= start and start + len(words) <= each.end]
    assert len(pages) == 1
    return raw, result, start, pages[0]


def test_a_quote_of_a_pdf_opens_at_its_page_and_box() -> None:
    words = "A permit to fell a tree costs 200 shillings."
    raw, result, start, page = quoted("paper.pdf", words)
    assert page == 2
    offset = start - result.pages[1].start
    boxes = locate(raw.data, PDF, 2, offset, offset + len(words))
    assert boxes is not None
    x0, y0, x1, y1 = boxes[0]
    height = result.pages[1].height
    with pdfium.PdfDocument(raw.data) as document:
        inside = document[1].get_textpage().get_text_bounded(x0 - 1, height - y1 - 1, x1 + 1, height - y0 + 1)
    assert " ".join(inside.split()) == words


def test_a_quote_of_a_presentation_opens_at_its_slide() -> None:
    raw, result, start, page = quoted("slides.pptx", "Mlimani road | 12 km")
    assert page == 2
    assert result.pages[1].start <= start < result.pages[1].end
    assert (result.pages[1].width, result.pages[1].height) == (720, 540)
    assert locate(raw.data, media_type(raw), 2, 0, 4) is None
    assert result.text[result.pages[2].start : result.pages[2].end] == ""
