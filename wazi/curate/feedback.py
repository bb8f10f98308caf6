# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What people said about answers, as staff reviewed it; read from JSON Lines. It does not judge.

One object a line with the fields of `Feedback`; `better` is an object of document, start and end, or null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from wazi.errors import InputError
from wazi.evals.rows import lines
from wazi.types import Feedback

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
