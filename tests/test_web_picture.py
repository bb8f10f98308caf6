# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures of pages: what is drawn is what the page shows, within limits."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wazi.errors import InputError
from wazi.parse import PDF
from wazi.serve.web_picture import PIXELS, Picture, Pictures, drawn, drawn_apart, png

CHARTER = (Path(__file__).parent.parent / "samples" / "service-charter.pdf").read_bytes()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("wide", [7, 8])
def test_greys_come_back_in_sixteen_steps(wide: int) -> None:
    pixels = np.linspace(0, 255, 5 * wide).astype(np.uint8).reshape(5, wide)
    back = np.asarray(decoded(png(pixels[:, :, None].repeat(3, axis=2))).convert("L"), dtype=int)
    assert back.shape == (5, wide)
    assert np.abs(back - pixels).max() <= 9


def test_colours_come_back_in_six_steps_a_channel() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (9, 11, 3)).astype(np.uint8)
    back = np.asarray(decoded(png(pixels)).convert("RGB"), dtype=int)
    assert np.abs(back - pixels).max() <= 26


def test_a_page_is_drawn_in_its_own_size_and_small() -> None:
    found = drawn_apart(CHARTER, PDF, 1, 60)
    assert (round(found.width), round(found.height)) == (595, 842)
    image = decoded(found.png)
    assert abs(image.width / image.height - found.width / found.height) < 0.01
    assert image.width * image.height <= PIXELS * 1.01
    assert len(found.png) < 150_000
    assert np.asarray(image.convert("L")).min() < 60, "the page is blank"


@pytest.mark.parametrize(
    ("data", "page", "told"),
    [(CHARTER, 6, "no page 6"), (CHARTER, 0, "no page 0"), (b"%PDF-1.7 rubbish", 1, "cannot be drawn")],
)
def test_what_cannot_be_drawn_is_told(data: bytes, page: int, told: str) -> None:
    with pytest.raises(InputError, match=told):
        drawn(data, PDF, page)
    with pytest.raises(InputError, match=told):
        drawn_apart(data, PDF, page, 60)


def test_a_page_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(InputError, match=r"took longer than 0\.01 s"):
        drawn_apart(CHARTER, PDF, 1, 0.01)


def test_a_format_without_pages_is_not_drawn() -> None:
    with pytest.raises(InputError, match="text/html"):
        drawn_apart(b"<p>", "text/html", 1, 1)


def test_a_scan_is_drawn_in_points() -> None:
    sheet = Image.new("L", (1240, 1754), 255)
    sheet.paste(0, (100, 100, 600, 150))
    file = io.BytesIO()
    sheet.save(file, "PNG", dpi=(150, 150))
    found = drawn(file.getvalue(), "image/png", 1)
    assert (round(found.width), round(found.height)) == (595, 842)
    image = decoded(found.png).convert("L")
    scale = image.width / found.width
    assert image.getpixel((int(100 / 150 * 72 * scale) + 5, int(100 / 150 * 72 * scale) + 5)) == 0


def test_the_last_used_are_kept_up_to_a_size() -> None:
    pictures = Pictures(most=250)
    for number in (1, 2, 3):
        pictures._keep(("a", number), Picture(b"x" * 100, 1, 1))
    assert [pictures._find(("a", number)) is not None for number in (1, 2, 3)] == [False, True, True]
    pictures._find(("a", 2))
    pictures._keep(("a", 4), Picture(b"x" * 100, 1, 1))
    assert [pictures._find(("a", number)) is not None for number in (2, 3, 4)] == [True, False, True]


def test_a_kept_page_is_not_read_again() -> None:
    pictures = Pictures()
    first = pictures.get("hash", 1, PDF, lambda: CHARTER)
    assert pictures.get("hash", 1, PDF, lambda: None) is first
    with pytest.raises(InputError, match="not kept"):
        pictures.get("other", 1, PDF, lambda: None)
