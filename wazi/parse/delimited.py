# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""CSV and TSV -> Parsed: one table, whose delimiter is the one that parts most lines into equally many fields.

It does not know types of fields, nor comments.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

from wazi.parse import cells
from wazi.parse.cells import MAX_CELLS, Row, Value
from wazi.parse.clean import decode
from wazi.parse.writer import Writer, squeeze
from wazi.types import Parsed

DELIMITERS = ",;\t|"
LOOKED_AT = 100
"""Lines that decide on the delimiter."""


def parse(data: bytes, name: str) -> Parsed:
    """Parse a table of delimited fields; a damaged quotation makes it partial."""
    text, problem = decode(data)
    problems = [problem] if problem else []
    rows: list[Row] = []
    left = MAX_CELLS
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, fields in enumerate(reader, start=1):
            found = {column: _value(field) for column, field in enumerate(fields) if field.strip()}
            left -= len(found)
            if left < 0:
                problems.append(cells.too_many(name))
                break
            if found:
                rows.append(Row(number, found))
    except csv.Error as error:
        problems.append(f"line {reader.line_num} and those below cannot be read ({error}): check its quotation marks")
    writer = Writer()
    cells.write(writer, rows)
    return writer.parsed(problems=problems)


def _value(field: str) -> Value:
    text = squeeze(field)
    return Value(text, number=cells.looks_like_number(text))


def _delimiter(text: str) -> str:
    """The delimiter under which most rows have the most frequent number of fields, more than one."""
    lines = "\n".join(islice(text.splitlines(), LOOKED_AT))

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(io.StringIO(lines), delimiter=delimiter) if row)
        except csv.Error:
            return 0.0, 0
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return (count / widths.total(), width) if width > 1 else (0.0, 0)

    return max(DELIMITERS, key=score)
