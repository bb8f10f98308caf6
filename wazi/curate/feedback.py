# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What people said about answers, as staff reviewed it; read from JSON Lines. It does not judge.

One object a line with the fields of `Feedback`; `better` is an object of document, start and end, or null.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from wazi.errors import InputError
from wazi.evals.rows import lines


@dataclass(frozen=True, slots=True)
class Better:
    """Where it is told better: characters `[start:end)` of a document's stored text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's word on an answer. `answer` is the id of its receipt, `corrected` what the answer should have said."""

    id: str
    answer: str
    question: str
    language: str
    verdict: Literal["right", "wrong", "partly"]
    reason: str
    better: Better | None
    corrected: str | None
    by: str | None
    at: dt.datetime
    status: Literal["new", "accepted", "rejected"] = "new"
    reviewed_by: str | None = None


_ROW = TypeAdapter(Feedback)


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
