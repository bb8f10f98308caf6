# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Damaged and hostile files of every format end as complete, partial or failed with a reason, and the next file goes in.

Every mutation is drawn from a seed, so a failure can be repeated by its name.
"""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest
from formats import FORMATS, MAIN, OFFICE, relations, zipped

from wazi.config import Parse
from wazi.errors import InputError
from wazi.parse.kinds import OLE
from wazi.parse.worker import SafeParser
from wazi.types import Parsed, RawFile

SETTINGS = Parse(seconds=30, memory_mib=1024)
CONTAINERS = (".docx", ".odt", ".xlsx", ".ods", ".pptx", ".zip")
EVERY_SEED = range(12)
FAST_SEEDS = range(2)
FUZZ_RUNS = 150
"""Of each parser."""
GOOD = RawFile("/docs/good.md", "good.md", b"# Fees\n\nA permit costs 20.", "")
Mutation = Callable[[bytes, random.Random], bytes]


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(max(1, len(data) - 1)) + 1]


def flipped(data: bytes, chance: random.Random) -> bytes:
    mutated = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        mutated[chance.randrange(len(mutated))] ^= 1 << chance.randrange(8)
    return bytes(mutated)


def cut_out(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randrange(1, 64) :]


def zeroed(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    size = min(chance.randrange(1, 200), len(data) - start)
    return data[:start] + bytes(size) + data[start + size :]


def doubled(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start : start + 300] + data[start:]


MUTATIONS: tuple[Mutation, ...] = (truncated, flipped, cut_out, zeroed, doubled)


def mutated(seeds: range) -> Iterator[tuple[str, str, int]]:
    """Format, mutation and seed of every damaged file; two of the mutations take turns for each seed."""
    for name in FORMATS:
        for seed in seeds:
            for turn in (0, 1):
                yield name, MUTATIONS[(2 * seed + turn) % len(MUTATIONS)].__name__, seed


def end(parser: SafeParser, raw: RawFile) -> Parsed | str:
    """What became of a file: what was read of it, or the reason why nothing was."""
    began = time.monotonic()
    try:
        result = parser.parse(raw)
    except InputError as error:
        reason = str(error)
        assert len(reason) > 20
        assert "\n" not in reason
        assert "a way the parser does not know" not in reason, reason
        return reason
    finally:
        assert time.monotonic() - began < SETTINGS.seconds + 5
    assert all(0 <= block.start <= block.end <= len(result.text) for block in result.blocks)
    assert all(problem.strip() for problem in result.problems)
    return result


def check_no_silent_loss(name: str, ended: Parsed | str, whole: Parsed) -> None:
    """A container states the sum of each part, so what is complete must be all that was there."""
    if isinstance(ended, Parsed) and name.endswith(CONTAINERS) and set(ended.problems) <= set(whole.problems):
        assert ended.text == whole.text


def check(seeds: range) -> int:
    count = 0
    with SafeParser(SETTINGS) as parser:
        whole = {name: parser.parse(RawFile(f"/docs/{name}", name, made(), "")) for name, made in FORMATS.items()}
        for name, mutation, seed in mutated(seeds):
            chance = random.Random(f"{name} {mutation} {seed}")
            data = next(m for m in MUTATIONS if m.__name__ == mutation)(FORMATS[name](), chance)
            ended = end(parser, RawFile(f"/docs/{name}", name, data, ""))
            check_no_silent_loss(name, ended, whole[name])
            count += 1
        assert parser.parse(GOOD).title == "Fees"
    return count


def test_damaged_files_end_with_a_reason() -> None:
    assert check(FAST_SEEDS) >= 40


@pytest.mark.slow
def test_many_damaged_files_end_with_a_reason() -> None:
    assert check(EVERY_SEED) >= 200


# --- hostile on purpose ---

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY file SYSTEM "file:///etc/hostname">]>'
DEEP = 100_000
CONTENT_OF = {
    ".docx": "word/document.xml",
    ".odt": "content.xml",
    ".ods": "content.xml",
    ".xlsx": "xl/worksheets/sheet1.xml",
    ".pptx": "ppt/slides/slide1.xml",
}


def with_member(name: str, change: Callable[[str], str]) -> bytes:
    """A container, or plain XML, with its content changed."""
    data = FORMATS[name]()
    member = CONTENT_OF.get(name[name.index(".") :])
    if member is None:
        return change(data.decode()).encode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    members[member] = change(members[member].decode()).encode()
    return zipped(members)


def with_entities(xml: str) -> str:
    """A document type with entities that grow without end, used in the text; one would read a file."""
    body = re.sub(r"<\?xml[^>]*>", "", xml)
    return BOMB + re.sub(r"(<(?:w:t|text:p|a:t|p|v|t)(?: [^>]*)?>)", r"\1&l9;&file;", body, count=1)


def recursive(xml: str) -> str:
    return re.sub(r"(<(?:w:body|office:text|office:spreadsheet|sheetData|p:spTree|body)>)",
                  lambda match: match[1] + "<x>" * DEEP + "</x>" * DEEP, xml, count=1)  # fmt: skip


def matryoshka(depth: int) -> bytes:
    data = b"A permit costs 20."
    for _ in range(depth):
        data = zipped({"inner.zip" if data.startswith(b"PK") else "fee.txt": data})
    return data


def grown() -> bytes:
    """A small archive of 20 MiB of zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.txt", "w") as member:
        for _ in range(20):
            member.write(bytes(2**20))
    return buffer.getvalue()


def encrypted(name: str) -> bytes:
    """The container with the mark of encryption on each member."""
    data = bytearray(FORMATS[name]())
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(start)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(start, at + 4)
    return bytes(data)


def wide_sheet(rows: int, columns: int) -> bytes:
    cells = "".join(f"<row>{'<c><v>7</v></c>' * columns}</row>" for _ in range(rows))
    return one_sheet(f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>')


def one_sheet(xml: str) -> bytes:
    names = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
    return zipped(
        {
            "xl/workbook.xml": f'<workbook {names}><sheets><sheet name="A" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "sheet.xml")),
            "xl/sheet.xml": xml,
        }
    )


def far_cells() -> bytes:
    """Cells on a diagonal: a grid that held them all would have 2 * 10**8 places."""
    rows = "".join(
        f'<row r="{n * 60}"><c r="{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{n * 60}"><v>{n}</v></c></row>'
        for n in range(1, 600)
    )
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return one_sheet(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{merged}</worksheet>')


def wrong_xref() -> bytes:
    return re.sub(rb"startxref\n\d+", b"startxref\n7", FORMATS["paper.pdf"]())


def spanning_page() -> bytes:
    """Cells that claim to cover a billion places."""
    cell = '<td rowspan="1000000000" colspan="1000000000">fee</td>'
    return f"<html><body><table>{f'<tr>{cell * 20}</tr>' * 50}</table></body></html>".encode()


def many_parts() -> bytes:
    """A message in a message in a message."""
    data = b"Subject: fee\n\nA permit costs 20.\n"
    for number in range(120):
        data = (
            f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode() + data
        )
    return data


OLD_OFFICE = OLE + bytes(600)
LOCKED_OFFICE = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
REFUSED: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    *((name, "declares XML entities", lambda name=name: with_member(name, with_entities))
      for name in ("word.docx", "text.odt", "sheet.ods", "sheet.xlsx", "slides.pptx", "law.xml")),
    *((name, "damaged|nested|XML", lambda name=name: with_member(name, recursive))
      for name in ("word.docx", "text.odt", "sheet.ods", "sheet.xlsx", "slides.pptx", "law.xml")),
    *((f"a{suffix}", "is empty", lambda size=size: bytes(size))
      for suffix in (".pdf", ".docx", ".xlsx", ".csv", ".html", ".eml", ".zip", ".xml", ".png") for size in (0, 4096)),
    *((name, "password", lambda name=name: encrypted(name)) for name in FORMATS if name.endswith(CONTAINERS)),
    *((f"a{suffix}", "password", lambda: LOCKED_OFFICE) for suffix in (".docx", ".xlsx", ".pptx")),
    *((f"a{suffix}", "old Office file", lambda: OLD_OFFICE) for suffix in (".doc", ".xls", ".docx")),
    ("bomb.zip", "grows more than", grown),
    ("bomb.docx", "grows more than", grown),
)  # fmt: skip
READ: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("nested.zip", "archive within", lambda: matryoshka(5)),
    ("far.xlsx", "", far_cells),
    ("spans.html", "", spanning_page),
    ("deep.html", "", lambda: b"<html><body>" + b"<div>" * DEEP + b"fee 20"),
    ("xref.pdf", "", wrong_xref),
    ("quote.csv", "", lambda: b'a,"b\n' * 5_000),
    *((f"wrong-{name}.{other}", "", FORMATS[name])
      for name in FORMATS for other in ("pdf", "docx") if not name.endswith((other, "csv", "tsv", "md"))),
)  # fmt: skip


def test_hostile_files_are_refused_with_the_reason() -> None:
    assert len(REFUSED) > 35
    with SafeParser(SETTINGS) as parser:
        for name, reason, made in REFUSED:
            ended = end(parser, RawFile(f"/docs/{name}", name, made(), ""))
            assert isinstance(ended, str), (name, ended)
            assert re.search(reason, ended), (name, ended)
        assert parser.parse(GOOD).title == "Fees"


def test_awkward_files_are_read_as_far_as_it_goes() -> None:
    with SafeParser(SETTINGS) as parser:
        for name, problem, made in READ:
            ended = end(parser, RawFile(f"/docs/{name}", name, made(), ""))
            assert isinstance(ended, Parsed), (name, ended)
            assert ended.text.strip() or ended.problems
            assert re.search(problem, "; ".join(ended.problems)), (name, ended.problems)


def test_a_message_in_messages_ends() -> None:
    with SafeParser(SETTINGS) as parser:
        end(parser, RawFile("/docs/a.eml", "a.eml", many_parts(), ""))
        assert parser.parse(GOOD).title == "Fees"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "made"), [("a.xlsx", lambda: wide_sheet(2_100, 100)), ("a.csv", lambda: b"a,b,c,d\n" * 60_000)]
)
def test_cells_beyond_the_limit_are_left_out_and_said(name: str, made: Callable[[], bytes]) -> None:
    with SafeParser(Parse(seconds=120, memory_mib=1024)) as parser:
        result = parser.parse(RawFile(f"/docs/{name}", name, made(), ""))
    assert result.problems == (f"cells of {name} beyond 200000 were left out: split the file",)
    assert len(result.tables[0].cells) > 190_000


@pytest.mark.slow
def test_a_sheet_of_100_000_cells_takes_bounded_time() -> None:
    with SafeParser(Parse(seconds=60, memory_mib=1024)) as parser:
        result = parser.parse(RawFile("/docs/a.xlsx", "a.xlsx", wide_sheet(1_000, 100), ""))
    assert result.problems == ()
    assert len(result.tables[0].cells) == 100_000


# --- fuzz: damage inside the container, where its parser looks ---


def fuzzed(name: str, chance: random.Random) -> bytes:
    """The file with mutated members, or mutated itself if it has none."""
    data = FORMATS[name]()
    if not name.endswith(CONTAINERS):
        for _ in range(chance.randrange(1, 4)):
            data = chance.choice(MUTATIONS)(data, chance) or b"x"
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    for _ in range(chance.randrange(1, 3)):
        member = chance.choice(sorted(members))
        members[member] = tweaked(members[member], chance)
    if chance.random() < 0.1:
        del members[chance.choice(sorted(members))]
    return zipped(members, compress=zipfile.ZIP_STORED)


def tweaked(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, or XML that is well formed and means something else: a number, a name or an element changed."""
    pick = chance.random()
    if pick < 0.3 and data:
        return chance.choice(MUTATIONS)(data, chance)
    places = list(re.finditer(rb'"[^"<>]*"' if pick < 0.7 else rb">[^<>]+<" if pick < 0.85 else rb"<[a-z:]+", data))
    if not places:
        return data
    place = chance.choice(places)
    odd = chance.choice(
        (b"", b"-1", b"99999999999999999999", b"0", b"nan", b"1e400", b"r1", b"\xc3\xa9", b"A1:ZZZ9999999", b"true")
    )
    new = {34: b'"' + odd + b'"', 62: b">" + odd + b"<", 60: b"<odd"}[place[0][0]]
    return data[: place.start()] + new + data[place.end() :]


def fuzz(name: str, runs: int) -> None:
    with SafeParser(SETTINGS) as parser:
        for seed in range(runs):
            end(parser, RawFile(f"/docs/{name}", name, fuzzed(name, random.Random(f"{name} {seed}")), ""))
        assert parser.parse(GOOD).title == "Fees"


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_fuzzed_files_of_a_format_end_with_a_reason(name: str) -> None:
    fuzz(name, FUZZ_RUNS)
