# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs of `wazi models` do: list, fetch, check, put a trained reader in use, go one back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wazi import wire
from wazi.desk import QUOTE
from wazi.errors import MissingPart
from wazi.models import catalogue, chosen, pull
from wazi.progress import bytes_bar

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings
    from wazi.models.catalogue import Entry

DONE, PARTLY = 0, 1

Options = argparse.Namespace


def listed(options: Options, settings: Settings, terminal: Terminal) -> int:
    """The catalogue, which of its models are here, and the readers of the home."""
    rows = [{**wire.plain(entry), "here": _is_here(entry, settings)} for entry in _entries(settings)]
    readers = chosen.listed(settings.home)
    terminal.result({"models": rows, "readers": readers})
    for row in rows:
        here = "here" if row["here"] else f"missing: wazi models pull {row['name']}"
        terminal.line(f"{row['name']:24} {row['role']:9} {row['licence']:12} {row['size'] / 2**20:6.0f} MiB  {here}")
    for row in readers:
        scored = row["decision"]["figures"]["reading"]["all"]
        told = f"reading {scored['theirs']:.1f} -> {scored['ours']:.1f} against {row['decision']['against']['name']}"
        state = "in use" if row["in_use"] else f"wazi models use {row['name']}"
        terminal.line(f"{row['name']:24} read      this home    {row['bytes'] / 2**20:6.0f} MiB  {told}; {state}")
    return DONE


def pulled(options: Options, settings: Settings, terminal: Terminal) -> int:
    """Fetch models once; the only moment at which anything is fetched."""
    hub = options.place == "hub"
    source = Path(options.place) if options.place and not hub else None
    found = []
    for name in options.names or [name for name in (settings.embed.model, settings.compose.model) if name != QUOTE]:
        entry = catalogue.find(name, settings.models_dir)
        with bytes_bar(name) as progress:
            path = pull.pull(entry, settings.models_dir, progress, source=source, hub=hub)
        found.append({"name": name, "path": str(path) if path else None})
        terminal.line(f"{name}: {f'checked, in {path}' if path else 'has no weights to fetch'}")
    terminal.result({"pulled": found})
    return DONE


def verified(options: Options, settings: Settings, terminal: Terminal) -> int:
    """Read every byte of the models that are here; exit code 1 when one is damaged."""
    checks = [pull.verify(entry, settings.models_dir) for entry in _entries(settings)]
    terminal.result({"models": [wire.plain(check) for check in checks]})
    for check in checks:
        terminal.line(f"{check.name:24} {check.status}{f': {check.detail}' if check.detail else ''}")
    return PARTLY if any(check.status == "damaged" for check in checks) else DONE


def used(options: Options, settings: Settings, terminal: Terminal) -> int:
    """Put a reader of this home in use."""
    held = chosen.use(settings.home, options.name)
    terminal.result({"used": held.now})
    terminal.line(f"{held.now} is in use; to go back: wazi models rollback")
    return DONE


def rolled_back(options: Options, settings: Settings, terminal: Terminal) -> int:
    """Put back the reader that was in use before."""
    held = chosen.rollback(settings.home)
    terminal.result({"used": held.now})
    terminal.line(f"{held.now} is in use again")
    return DONE


def _entries(settings: Settings) -> list[Entry]:
    return [entry for entry in catalogue.read(settings.models_dir).values() if not entry.testing]


def _is_here(entry: Entry, settings: Settings) -> bool:
    try:
        return entry.weightless or bool(pull.locate(entry, settings.models_dir))
    except MissingPart:
        return False
