# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Rankings in trec_eval's format, `question Q0 passage rank score tag`, to be compared with those of other systems."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from wazi.errors import InputError
from wazi.evals.metrics import ranking
from wazi.evals.rows import lines

Run = Mapping[str, Mapping[str, float]]
TAG = "wazi"


def write(file: Path, run: Run) -> None:
    """Write whole or not at all; equal scores stand in the order in which trec_eval reads them. Raises InputError."""
    rows = [
        f"{question} Q0 {passage} {rank} {found[passage]!r} {TAG}\n"
        for question, found in run.items()
        for rank, passage in enumerate(ranking(found, len(found)), start=1)
    ]
    part = file.with_name(file.name + ".part")
    try:
        part.write_text("".join(rows), encoding="utf-8")
        os.replace(part, file)
    except OSError as error:
        raise InputError(f"cannot write the run to {file}: {error.strerror}: choose another --run") from error


def read(file: Path) -> dict[str, dict[str, float]]:
    """Scores by question and passage; the ranks are those of the scores, as in trec_eval. Raises InputError."""
    run: dict[str, dict[str, float]] = {}
    for number, line in lines(file):
        cells = line.split()
        if len(cells) != 6:
            raise InputError(f"{file} line {number} has {len(cells)} columns, not question Q0 passage rank score tag")
        try:
            score = float(cells[4])
        except ValueError:
            score = math.nan
        if math.isnan(score):
            raise InputError(f"{file} line {number}: score = {cells[4]!r} is not a number: correct it")
        found = run.setdefault(cells[0], {})
        if cells[2] in found:
            raise InputError(f"{file} line {number} ranks {cells[2]!r} a second time for {cells[0]!r}: keep one row")
        found[cells[2]] = score
    if not run:
        raise InputError(f"{file} is empty: give a run of trec_eval's format")
    return run


def check(file: Path, ids: Iterable[str]) -> None:
    """Can a run over these ids be written to `file`? Raises InputError, before the work rather than after it."""
    blank = next((each for each in ids if len(each.split()) != 1), None)
    if blank is not None:
        raise InputError(f"the id {blank!r} has a blank, which a run file cannot hold: leave out --run and --baseline")
    if not file.parent.is_dir():
        raise InputError(f"no folder {file.parent} to write the run in: make it, or choose another --run")


def named(file: Path, direction: str) -> Path:
    """`run.trec` -> `run.rw-en.trec`, one file a direction; the file itself where there is one direction only."""
    return file.with_name(f"{file.stem}.{direction}{file.suffix}") if direction else file
