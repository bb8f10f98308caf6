# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What people said about answers, as staff reviewed it: from the home's own state and from JSON Lines. It does not judge.

One object a line with the fields of `Feedback`; `better` is an object of document, start and end, or null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from wazi.errors import InputError
from wazi.evals.rows import lines
from wazi.state import feedback
from wazi.state.database import FILE, open_state
from wazi.types import Feedback

PAGE = 1000
"""Rows that are read at once."""

_ROW = TypeAdapter(Feedback)


def accepted(home: Path, url: str, labels: frozenset[str]) -> Iterator[Feedback]:
    """What staff of this home accepted, of answers that were done with these labels at most. Raises StoreError, MissingPart."""
    if not url and not (home / FILE).exists():
        return
    with closing(open_state(home, url)) as state:
        after = 0
        while rows := feedback.queue(state, labels, status="accepted", limit=PAGE, after=after):
            yield from rows
            after += len(rows)


def read(file: Path) -> list[Feedback]:
    """Every row of an export. Raises InputError with the line that cannot be used."""
    return [_parsed(line, f"{file} line {number}") for number, line in lines(file)]


def _parsed(line: str, place: str) -> Feedback:
    try:
        row: Mapping[str, Any] = json.loads(line)
        return _ROW.validate_python(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the row"
        raise InputError(f"{place}: {where}: {first['msg']}: see docs/curate.md for the fields") from error
    except ValueError as error:
        raise InputError(f"{place}: not a JSON object: see docs/curate.md for the fields") from error
