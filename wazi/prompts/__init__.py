# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One versioned Markdown template per prompt; no prompt text in code. The newest version of a name is the one in use."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Prompt(NamedTuple):
    """A template's text and its versioned name, which goes into the receipt."""

    name: str
    text: str


@cache
def load(name: str) -> Prompt:
    """The newest version of the template called `name`. Raises KeyError for a name without a file."""
    versions = {
        int(file.name.split(".")[1][1:]): file
        for file in files(__package__).iterdir()
        if file.name.startswith(f"{name}.v") and file.name.endswith(".md")
    }
    if not versions:
        raise KeyError(f"no prompt called {name!r}")
    newest = max(versions)
    return Prompt(f"{name}.v{newest}", versions[newest].read_text(encoding="utf-8").strip())
