# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Lines of a page in the order of the file -> in the order in which they are read.

The order of the file is kept unless it is plainly none: it goes back up the page, or it runs line by line across columns. Then
the page is cut at its gutters and gaps (XY-cut: Nagy and Seth 1984), columns from the left, or from the right where most
letters are of a right-to-left script; rows of short cells are read row by row. The numbers before the lines of a transcript
go to the end. It looks at one page only, so that the same page always gives the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from wazi.parse.glyphs import RIGHT_TO_LEFT
from wazi.parse.tables import LONGEST_CELL, Line

LEAST_LINES = 4
"""Lines beside each other that make columns."""
FILLED = 0.7
"""Share of a column's width that most lines of running text fill."""
LEAST_CHARACTERS = 15
"""Mean characters of a line of running text in a column; cells of numbers are shorter."""
LEAST_NUMBERS = 8
"""Numbers from 1 on below each other that are those of lines."""
HEAD, FOOT = 0.2, 0.85
"""Shares of the page's height outside of which a gap over the whole width parts a head or a foot from columns."""

MARGIN = 0.07
"""Share of the height at the top in which running heads stand, which many programs draw last."""


def ordered(text: str, lines: Sequence[Line], height: float) -> list[Line]:
    """The lines in reading order; those that are drawn across columns are parted into their cells."""
    lines = _numbers_parted(text, lines)
    aside = line_numbers(text, lines)
    body = [line for line in lines if line.start not in aside]
    found = _across_columns(body)
    rightwards = -1 if _is_right_to_left(text) else 1
    if _disordered(found, height, rightwards):
        upright = [line for line in found if not is_turned(line)]
        cells = [cell for line in upright for cell in line.cells or (line,)]
        found = [*_cut(cells, height, rightwards, text), *filter(is_turned, found)]
    return [*found, *(line for line in lines if line.start in aside)]


def is_turned(line: Line) -> bool:
    """Is it written upwards or downwards, as marks in the margin are?"""
    return line.end - line.start > 3 and line.y1 - line.y0 > 2 * max(line.x1 - line.x0, 1.0)


def _numbers_parted(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines with numbers that stand before them as lines of their own, if they are numbers of lines."""
    parted: list[Line] = []
    for line in lines:
        if len(line.cells) > 1 and text[line.cells[0].start : line.cells[0].end].isdecimal():
            rest = line.cells[1:]
            parted.append(line.cells[0])
            parted.append(rest[0] if len(rest) == 1 else line._replace(start=rest[0].start, x0=rest[0].x0, cells=rest))
        else:
            parted.append(line)
    return parted if line_numbers(text, parted) else list(lines)


def line_numbers(text: str, lines: Sequence[Line]) -> set[int]:
    """The starts of the numbers 1, 2, 3, ... that stand below each other before the lines of a transcript."""
    numbers = [line for line in lines if text[line.start : line.end].isdecimal() and line.end - line.start < 3]
    if len(numbers) < LEAST_NUMBERS:
        return set()
    run: list[Line] = []
    for line in numbers:
        value = int(text[line.start : line.end])
        if value == len(run) + 1 and (not run or (line.y0 > run[-1].y0 and abs(line.x1 - run[-1].x1) < line.size)):
            run.append(line)
    # Numbers of rows have a table beside them; those of lines stand in an even distance.
    steps = [below.y0 - above.y0 for above, below in pairwise(run)]
    others = [line for line in lines if line not in run]
    left = all(line.x0 >= run[0].x0 for line in others if run and run[0].y0 <= line.y0 <= run[-1].y1)
    even = bool(steps) and max(steps) - min(steps) < 0.2 * median(steps)
    cells = sum(bool(line.cells) for line in others)
    return (
        {line.start for line in run} if len(run) >= LEAST_NUMBERS and even and left and 4 * cells < len(run) else set()
    )


def _is_right_to_left(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return 2 * sum(len(run) for run in RIGHT_TO_LEFT.findall(text)) > letters > 0


def _across_columns(lines: Sequence[Line]) -> list[Line]:
    """Columns that the file draws line by line across the page, one after the other."""
    found: list[Line] = []
    run: list[Line] = []
    for line in [*lines, None]:
        if line and (not run or _same_columns(run[-1], line)):
            run.append(line)
            continue
        found += _by_columns(run)
        run = [line] if line else []
    return found


def _same_columns(above: Line, line: Line) -> bool:
    """Does the line go on in the columns of the one above: right below it, with its gaps at the same place?"""
    if not above.cells or not -0.8 * line.size < line.y0 - above.y1 < 0.9 * line.size:
        return False
    cells = line.cells or (line,)
    homes = [[i for i, c in enumerate(above.cells) if c.x0 < cell.x1 and cell.x0 < c.x1] for cell in cells]
    return all(len(home) == 1 for home in homes) and len(line.cells) in (0, len(above.cells))


def _by_columns(run: Sequence[Line]) -> list[Line]:
    whole = [line for line in run if line.cells]
    if len(whole) < LEAST_LINES or not _is_running_text(whole):
        return list(run)
    edges = [max(line.cells[index].x1 for line in whole) for index in range(len(whole[0].cells) - 1)]
    columns: list[list[Line]] = [[] for _ in whole[0].cells]
    for line in run:
        for cell in line.cells or (line,):
            columns[sum(cell.x0 >= edge - 0.5 * cell.size for edge in edges)].append(cell)
    return [cell for column in columns for cell in column]


def _is_running_text(lines: Sequence[Line]) -> bool:
    """Do the cells fill their columns, as lines of a paragraph do?"""
    for cells in zip(*(line.cells for line in lines), strict=True):
        width = max(cell.x1 for cell in cells) - min(cell.x0 for cell in cells)
        full = sum(cell.x1 - cell.x0 >= FILLED * width for cell in cells)
        letters = sum(cell.end - cell.start for cell in cells)
        if 2 * full < len(cells) or letters < LEAST_CHARACTERS * len(cells):
            return False
    return True


def _disordered(lines: Sequence[Line], height: float, rightwards: int) -> bool:
    """Does the order go back up the page, where it does not go on in the next column? Heads and feet prove nothing."""
    inside = [line for line in lines if MARGIN * height < line.y1 and line.y0 < FOOT * height and not is_turned(line)]
    ups = [(above, line) for above, line in pairwise(inside[: 1 - LEAST_LINES]) if above.y0 - line.y1 > 0.5 * line.size]
    to_the_right = [line.x0 >= above.x1 - above.size for above, line in ups]
    to_the_left = [line.x1 <= above.x0 + above.size for above, line in ups]
    return not (all(to_the_left) if rightwards < 0 or not any(to_the_right) else all(to_the_right))


def _cut(lines: Sequence[Line], height: float, rightwards: int, text: str) -> list[Line]:
    """XY-cut: heads and feet, then rows of short cells, then gutters, then gaps."""
    if len(lines) < 2:
        return list(lines)
    tops = sorted(lines, key=lambda line: line.y0)
    gaps = _gaps([(line.y0, line.y1) for line in tops])
    size = median(line.size for line in lines)
    for low, high in gaps:
        if high - low > size and (high < HEAD * height or low > FOOT * height):
            return _parts(lines, (low + high) / 2, height, rightwards, text)
    if rows := _rows(tops, rightwards, text):
        return rows
    gutters = [
        (low, high) for low, high in _gaps(sorted((line.x0, line.x1) for line in lines)) if high - low > 0.8 * size
    ]
    if gutters:
        low, high = max(gutters, key=lambda gutter: gutter[1] - gutter[0])
        middle = (low + high) / 2
        sides = [[line for line in lines if (line.x1 < middle) == left] for left in (True, False)]
        return [line for side in sides[::rightwards] for line in _cut(side, height, rightwards, text)]
    if gaps:
        low, high = max(gaps, key=lambda gap: gap[1] - gap[0])
        return _parts(lines, (low + high) / 2, height, rightwards, text)
    return sorted(lines, key=lambda line: (round(line.y1 / max(1.0, line.size)), rightwards * line.x0))


def _parts(lines: Sequence[Line], middle: float, height: float, rightwards: int, text: str) -> list[Line]:
    above = [line for line in lines if line.y1 <= middle]
    below = [line for line in lines if line.y1 > middle]
    return [*_cut(above, height, rightwards, text), *_cut(below, height, rightwards, text)]


def _gaps(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What no span covers between the first and the last; `spans` are in order of their starts."""
    found = []
    reached = spans[0][1]
    for low, high in spans[1:]:
        if low > reached:
            found.append((reached, low))
        reached = max(reached, high)
    return found


def _rows(tops: Sequence[Line], rightwards: int, text: str) -> list[Line]:
    """The lines row by row if they are the cells of a table: mostly short, three or more in most rows; else nothing."""
    rows: list[list[Line]] = []
    for line in tops:
        middle = (line.y0 + line.y1) / 2
        if rows and middle < max(other.y1 for other in rows[-1]) - 0.2 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    short = sum(line.end - line.start <= LONGEST_CELL / 2 for line in tops)
    wide = sum(len(row) for row in rows if len(row) > 2)
    words = sum(1 for line in tops if text[line.start : line.end].strip())
    if len(rows) < 3 or 4 * short < 3 * words or 3 * wide < 2 * len(tops):
        return []
    return [line for row in rows for line in sorted(row, key=lambda each: rightwards * each.x0)]
