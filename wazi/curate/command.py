# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi curate` reads from its options and tells a person."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from wazi.curate.feedback import accepted, read
from wazi.curate.make import Plan, curate
from wazi.desk import open_desk
from wazi.types import PUBLIC

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings


def run(options: argparse.Namespace, settings: Settings, day: dt.date | None, terminal: Terminal) -> int:
    """A data set from feedback and what is held. Raises UsageError, InputError, StoreError."""
    out = Path(options.out)
    labels = frozenset({PUBLIC, *(options.labels or ())})
    given = [row for file in options.feedback or () for row in read(Path(file))]
    kept = accepted(settings.home, settings.state.url.get_secret_value(), labels)
    rows = list({row.id: row for row in (*kept, *given)}.values())
    plan = Plan(
        licence=options.licence,
        name=options.name or out.absolute().name,
        creator=options.creator or "not stated",
        labels=labels,
        tests=tuple(map(Path, options.tests or ())),
        per_kind=options.per_kind,
        seed=options.seed,
        on=day,
    )
    with open_desk(settings) as desk:
        made = curate(rows, out, desk, plan, say=terminal.say, force=options.force)
    terminal.result(made)
    terminal.line(f"{out}: {made['with_answer']} questions with an answer, {sum(made['passages'].values())} passages")
    for origin, cells in made["examples"].items():
        told = ", ".join(f"{tag} {count}" for tag, count in cells.items())
        terminal.line(f"  {origin:9} {sum(cells.values()):5}: {told}")
    for kind, times in made["personal_data_removed"].items():
        terminal.line(f"  blacked out {times:5}: {kind}")
    for reason, times in made["dropped"].items():
        terminal.line(f"  dropped {times:5}: {reason}")
    terminal.line(f"read {out}/README.md, then type: {made['next']}")
    return 0
