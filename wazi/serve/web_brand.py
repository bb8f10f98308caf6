# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The office's own name, colour and logo, from the settings. A colour is made legible on light and on dark paper here.

It does not know where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wazi.config import Web
from wazi.errors import SettingError

LIGHT, DARK = "#f1f4f2", "#20262a"
"""The paper of boxes in the style sheet: the background with the least contrast to links and buttons."""
LEGIBLE = 4.6
"""WCAG 2.2 asks for 4.5 (success criterion 1.4.3); the rest is for rounding."""
STEPS = 50
LOGOS = {".svg": "image/svg+xml", ".png": "image/png"}
LOGO_BYTES = 60_000
"""A larger logo would not leave room for the page in what a slow line loads in a few seconds."""


@dataclass(frozen=True, slots=True)
class Brand:
    """What every page shows of the office. `logo` is a file with its media type, None for the mark of the house."""

    name: str
    contact: str
    css: str
    logo: tuple[bytes, str] | None


def brand(web: Web) -> Brand:
    """Raises SettingError when the logo cannot be read, is no SVG or PNG, or is too large."""
    light, dark = legible(web.colour, LIGHT), legible(web.colour, DARK)
    css = f":root{{--accent:{light}}}@media (prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}\n"
    return Brand(web.name, web.contact, css, _logo(web.logo) if web.logo else None)


def _logo(name: str) -> tuple[bytes, str]:
    path = Path(name).expanduser()
    kind = LOGOS.get(path.suffix.lower())
    if kind is None:
        raise SettingError(f"[web] logo {name} is no SVG or PNG file: save it as one of these")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingError(f"[web] logo {name} cannot be read ({error.strerror}): correct the path") from error
    if len(data) > LOGO_BYTES:
        raise SettingError(f"[web] logo {name} has {len(data)} bytes: make it smaller, at most {LOGO_BYTES}")
    return data, kind


def legible(colour: str, paper: str) -> str:
    """`colour`, as much nearer to black or white as it takes to be read on `paper` (both `#rrggbb`)."""
    goal = 0 if luminance(paper) > 0.5 else 255
    channels = _channels(colour)
    for step in range(STEPS + 1):
        mixed = [round(channel + (goal - channel) * step / STEPS) for channel in channels]
        found = "#" + "".join(f"{channel:02x}" for channel in mixed)
        if contrast(found, paper) >= LEGIBLE:
            break
    return found


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
