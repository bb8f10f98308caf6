# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""An office's own colour stays legible, and its logo is what it says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi.config import Web
from wazi.errors import SettingError
from wazi.serve.web_brand import DARK, LIGHT, LOGO_BYTES, brand, contrast, legible


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format), st.sampled_from([LIGHT, DARK, "#ffffff", "#15191c"]))
def test_every_colour_is_legible(colour: str, paper: str) -> None:
    assert contrast(legible(colour, paper), paper) >= 4.5


def test_a_legible_colour_stays_as_it_is() -> None:
    assert legible("#0b5c46", LIGHT) == "#0b5c46"
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_button_is_legible_too() -> None:
    assert contrast(legible("#ffff00", LIGHT), "#ffffff") >= 4.5
    assert contrast(legible("#000066", DARK), "#15191c") >= 4.5


def test_a_logo_is_read_or_its_fault_told(tmp_path: Path) -> None:
    good = tmp_path / "logo.svg"
    good.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert brand(Web(logo=str(good))).logo == (good.read_bytes(), "image/svg+xml")
    assert brand(Web()).logo is None
    large = tmp_path / "large.png"
    large.write_bytes(b"x" * (LOGO_BYTES + 1))
    for path, told in [
        (tmp_path / "none.png", "cannot be read"),
        (tmp_path / "a.gif", "no SVG or PNG"),
        (large, "smaller"),
    ]:
        with pytest.raises(SettingError, match=told):
            brand(Web(logo=str(path)))


@pytest.mark.parametrize("colour", ["red", "#fff", "#0b5c4g", "#0b5c46;}"])
def test_a_colour_that_is_none_stops_the_start(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        Web(colour=colour)


@pytest.mark.parametrize("site", ["county.example", "https://a.example; script-src *", "https://a.example/x", "*"])
def test_a_site_that_is_none_stops_the_start(site: str) -> None:
    with pytest.raises(ValueError, match="embed"):
        Web(embed=(site,))
