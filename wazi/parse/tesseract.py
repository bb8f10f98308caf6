# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Tesseract: which languages it can read here, what to install for others, and one picture -> words in lines.

The engine comes with the wheel `tesserocr` (the extra `ocr`), the data of a language with a package of the system. This module
knows pixels only: no pages, points or documents. An engine of Tesseract is not for two threads at once: each `Engine` has its
own for every set of languages, opened at first use and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from os import devnull
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wazi import languages
from wazi.config import tessdata_prefix
from wazi.errors import MissingPart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

PLACES = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
"""Where Debian, Fedora, a build by hand and Homebrew put the data; the folder that `TESSDATA_PREFIX` names goes first."""

_TRAINED = """
afr amh ara asm aze bel ben bod bos bre bul cat ceb ces cos cym dan deu div dzo ell eng epo est eus fao fas fil fin fra
fry gla gle glg guj hat heb hin hrv hun hye iku ind isl ita jav jpn kan kat kaz khm kir kmr kor lao lat lav lit ltz mal
mar mkd mlt mon mri msa mya nep nld nor oci ori pan pol por pus que ron rus san sin slk slv snd spa sqi srp sun swa swe
syr tam tat tel tgk tha tir ton tur uig ukr urd uzb vie yid yor
"""
TRAINED = frozenset(_TRAINED.split())
"""Languages that Debian has a package of data for: `tesseract-ocr-` and this name."""
NAMED_OTHERWISE = {"zh": "chi_sim", "ku": "kmr", "tl": "fil"}
STAND_INS = {"Latn": "eng", "Cyrl": "rus", "Arab": "ara", "Deva": "hin", "Beng": "ben", "Ethi": "amh", "Tibt": "bod"}
"""What a language without data of its own is read with, by its script: the letters are the same, the words are not."""
SCRIPTS = {
    "Latin": "Latn",
    "Cyrillic": "Cyrl",
    "Arabic": "Arab",
    "Devanagari": "Deva",
    "Bengali": "Beng",
    "Ethiopic": "Ethi",
    "Han": "Hans",
    "Japanese": "Jpan",
    "Hangul": "Kore",
    "Korean": "Kore",
    "Greek": "Grek",
    "Hebrew": "Hebr",
    "Armenian": "Armn",
    "Georgian": "Geor",
    "Thai": "Thai",
    "Khmer": "Khmr",
    "Lao": "Laoo",
    "Myanmar": "Mymr",
    "Tamil": "Taml",
    "Telugu": "Telu",
    "Kannada": "Knda",
    "Malayalam": "Mlym",
    "Sinhala": "Sinh",
    "Gujarati": "Gujr",
    "Gurmukhi": "Guru",
    "Oriya": "Orya",
    "Tibetan": "Tibt",
}
"""ISO 15924 codes of the names of scripts that Tesseract tells apart."""
INSTALL = "pip install 'wazi[ocr]' and apt install tesseract-ocr-eng tesseract-ocr-osd"
ENGINE_MISSING = f"OCR is not installed: {INSTALL}"
OTSU, SAUVOLA = "0", "2"
"""How ink is told from paper: for the whole page; and place by place, where that finds no word (grey paper on white)."""
INVERTED = "0.5"
"""Confidence of a line below which it is read again as white on black (the engine's own: 0.7; no difference in speed was seen)."""
SURE = 2.0
"""Tesseract's margin above which its word on the orientation counts."""


class Spot(NamedTuple):
    """A word: its text, whether a blank stands before it, its box in pixels, and Tesseract's confidence, 0 to 1."""

    text: str
    blank: bool
    box: tuple[int, int, int, int]
    confidence: float


class Row(NamedTuple):
    """A line of words in reading order, and the height of its letters from foot to top in pixels."""

    spots: tuple[Spot, ...]
    height: float


def code(tag: str) -> str | None:
    """Tesseract's name of a language, None if there is no data for it anywhere."""
    known = languages.find(tag)
    if known is None:
        return tag if tag in TRAINED else None
    if known.tag in NAMED_OTHERWISE:
        return NAMED_OTHERWISE[known.tag]
    return next((name for name in sorted({known.tag, *known.aliases}) if name in TRAINED), None)


def package(name: str) -> str:
    """The Debian package that brings the data called `name`."""
    return "tesseract-ocr-" + name.replace("_", "-")


@cache
def data() -> tuple[Path, frozenset[str]] | None:
    """The folder of data and the names of the languages in it, None without engine or data; looked up once a process."""
    try:
        _library()
    except ImportError:
        return None
    # The library's own search reads every folder below the working one where no prefix is set: from `/` it does not end.
    named = tessdata_prefix()
    folders = [named, named / "tessdata"] if named else []
    for place in PLACES:
        top, _, rest = place.partition("/*")
        folders += sorted(Path(top).glob("*" + rest), reverse=True) if rest else [Path(place)]
    for folder in folders:
        names = frozenset(file.stem for file in folder.glob("*.traineddata"))
        if names - {"osd"}:
            return folder, names
    return None


def _library() -> Any:
    import tesserocr

    return tesserocr


class Engine:
    """Reads pictures. Not for use by two threads at once; close it after use."""

    def __init__(self) -> None:
        found = data()
        if found is None:
            raise MissingPart(ENGINE_MISSING)
        self._folder, self.names = found
        self._opened: dict[str, Any] = {}

    def read(self, pixels: Pixels, names: Sequence[str], *, dpi: int, seconds: float) -> list[Row] | None:
        """The lines of a grey picture in reading order; None when it took longer than `seconds`."""
        library = _library()
        api = self._open("+".join(names), library.PSM.AUTO)
        rows: list[Row] = []
        for threshold in (OTSU, SAUVOLA):
            api.SetVariable("thresholding_method", threshold)
            self._show(api, pixels, dpi)
            if not api.Recognize(max(1, int(seconds * 1000))):
                return None
            rows = list(_rows(api.GetIterator(), library.RIL))
            api.Clear()
            if rows:
                break
        return rows

    def orientation(self, pixels: Pixels, *, dpi: int) -> tuple[int, str] | None:
        """Degrees by which the picture must be turned to the left to stand upright, and its script (ISO 15924, or empty).

        None when that cannot be told: too few letters, or no data for it (`tesseract-ocr-osd`).
        """
        if "osd" not in self.names:
            return None
        api = self._open("osd", _library().PSM.OSD_ONLY)
        self._show(api, pixels, dpi)
        told = api.DetectOrientationScript()
        api.Clear()
        if not told or told["orient_conf"] < SURE:
            return None
        return int(told["orient_deg"]), SCRIPTS.get(told["script_name"], "")

    def close(self) -> None:
        """Give the memory back."""
        for api in self._opened.values():
            api.End()
        self._opened.clear()

    def _open(self, names: str, mode: int) -> Any:
        if names not in self._opened:
            api = _library().PyTessBaseAPI(path=str(self._folder), lang=names, psm=mode)
            api.SetVariable("debug_file", devnull)
            api.SetVariable("invert_threshold", INVERTED)
            self._opened[names] = api
        return self._opened[names]

    @staticmethod
    def _show(api: Any, pixels: Pixels, dpi: int) -> None:
        height, width = pixels.shape
        api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
        api.SetSourceResolution(dpi)


def _rows(found: Any, level: Any) -> Iterator[Row]:
    """What the iterator of a recognised picture holds; pictures and specks, which have no text, are left out."""
    spots: list[Spot] = []
    height = 0.0
    if found is None or found.Empty(level.WORD):
        return
    while True:
        text = found.GetUTF8Text(level.WORD).strip()
        if text:
            blank = not spots or bool(found.BlanksBeforeWord())
            spots.append(Spot(text, blank, found.BoundingBox(level.WORD), found.Confidence(level.WORD) / 100))
            height = found.RowAttributes()["row_height"]
        if found.IsAtFinalElement(level.TEXTLINE, level.WORD):
            if spots:
                yield Row(tuple(spots), height)
            spots = []
        if not found.Next(level.WORD):
            return
