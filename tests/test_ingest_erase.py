# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Replaced and deleted: no answer, hit, count, cache or suggestion, and not one byte in any file of the home.

Backups are files of their own, outside the home: what they hold is theirs (`docs/documents.md`).
"""

import gzip
import io
import json
import random
import string
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import docx
import lance
import pytest
from lance.file import LanceFileReader

from wazi import access, ask, config
from wazi.desk import Desk, open_desk
from wazi.documents import delete
from wazi.ingest import ingest
from wazi.retrieve import retrieve
from wazi.types import Reader
from wazi.understand import understand

ALL = access.holdings_of(access.keeper())
READER = Reader("anybody", frozenset({"public"}), "en")


class Silent:
    """A terminal that shows nothing."""

    as_json = False

    def line(self, text: str = "") -> None:
        """Nothing."""

    def result(self, value: object) -> None:
        """Nothing."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    overrides = {"embed": {"model": "fake-embedder"}, "rerank": {"evidence_floor": 0.25}}
    with open_desk(config.load(home, overrides=overrides, environment={})) as made:
        yield made


def secret(seed: int) -> str:
    """A word that occurs nowhere else and that no engine can shorten: 24 random letters."""
    return "".join(random.Random(seed).choices(string.ascii_lowercase, k=24))


def as_docx(text: str) -> bytes:
    """A file whose words are compressed in it."""
    made, file = docx.Document(), io.BytesIO()
    for line in text.split("\n"):
        made.add_paragraph(line)
    made.save(file)
    return file.getvalue()


def found(home: Path, words: list[str], original: bytes = b"") -> dict[str, set[str]]:
    """Which of the words, or which pieces of a file, are in which file below `home`, however it is packed."""
    pieces = [original[at : at + 24] for at in range(0, len(original) - 24, 512)]
    hits: dict[str, set[str]] = {}
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        packed = path.read_bytes()
        texts = b"\0".join([packed, *unpacked(path, packed)])
        seen = {word for word in words for code in ("utf-8", "utf-16-le") if word.encode(code) in texts}
        seen |= {"piece of the original" for piece in pieces if piece in texts}
        if seen:
            hits[str(path.relative_to(home))] = seen
    return hits


def unpacked(path: Path, packed: bytes) -> Iterator[bytes]:
    """What a file holds once opened: values of a table or an index and the members of those that are archives, or a stream."""
    if path.suffix in (".lance", ".idx"):
        for row in LanceFileReader(str(path)).read_all().to_table().to_pylist():
            for value in map(as_bytes, row.values()):
                yield value
                yield from members(value)
    for open_ in (gzip.decompress, zlib.decompress):
        try:
            yield open_(packed)
        except (OSError, zlib.error, EOFError):
            continue


def members(value: bytes) -> list[bytes]:
    if not value.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(value)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else repr(value).encode()


def rows_of(home: Path) -> str:
    """Every row of every commit that can still be opened."""
    shown: list[str] = []
    for name in ("passages", "originals"):
        place = str(home / "store" / f"{name}.lance")
        versions = [each["version"] for each in lance.dataset(place).versions()]
        shown += [repr(lance.dataset(place, version=version).to_table().to_pylist()) for version in versions]
    return "".join(shown)


def taken_in(desk: Desk, *paths: Path) -> dict[str, str]:
    """The ids by file name."""
    return {Path(each.record.source).name: each.record.id for each in ingest([str(path) for path in paths], desk)}


@pytest.mark.parametrize("warm", [False, True])
def test_nothing_is_left_of_what_was_replaced_or_deleted(desk: Desk, home: Path, tmp_path: Path, warm: bool) -> None:
    office = tmp_path / "office"
    office.mkdir()
    person, old, new, named = (secret(seed) for seed in range(4))
    letter = as_docx(f"Act No. 3 of 2024\nIt comes into force on 1 July 2024.\nThe officer {person} keeps the seal.\n"
                     f"The County ({named}) By-law, 2019 is repealed.")  # fmt: skip
    (office / "letter.docx").write_bytes(letter)
    (office / "page.md").write_text(
        f"# Seal\n\nThe County ({named}) By-law, 2019.\n\nThe seal {old} is kept in the safe.\n"
    )
    (office / "other.md").write_text("The market opens at eight.\n")
    ids = taken_in(desk, office)
    if warm:
        desk.store.warm()
    asked = "Which officer keeps the seal in the safe?"
    assert person in str(ask.answer(asked, READER, desk, model="quote"))
    # The search sees through compression: what is held is found by it.
    assert {word for words in found(home, [person, old]).values() for word in words} == {person, old}
    assert "piece of the original" in {word for words in found(home, [], letter).values() for word in words}

    first = (office / "page.md").read_bytes()
    (office / "page.md").write_text(f"# Seal\n\nThe seal {new} is kept in the vault.\n")
    taken_in(desk, office)
    delete([ids["letter.docx"]], desk, Silent())  # type: ignore[arg-type]  # a terminal in what matters here

    answer = ask.answer(asked, READER, desk, model="quote")
    assert not {person, old} & set(json.dumps(str(answer)).replace('"', " ").split())
    for word in (person, old, asked):
        query = understand(word, desk, language="en")
        hits = retrieve(query, access.filter_for(READER), desk)
        assert {hit.chunk.document for hit in hits} <= {ids["page.md"], ids["other.md"]}
        assert not [hit for hit in hits if person in hit.chunk.text or old in hit.chunk.text]
        assert desk.store.lexical([word], ALL, 9) == [] or word == asked
    assert desk.store.stats()["documents"] == len(desk.store.records(ALL)) == 2
    assert (desk.store.text(ids["letter.docx"], ALL), desk.store.original(ids["letter.docx"], ALL)) == (None, None)
    assert found(home, [person, old, named], letter) == {}
    assert found(home, [], first) == {}
    rows = rows_of(home)
    assert not [word for word in (person, old, named) if word in rows]
    assert found(home, [new])  # what replaced it is there


def test_a_run_killed_before_it_tidied_is_made_good_by_the_next(desk: Desk, home: Path, tmp_path: Path) -> None:
    page, word = tmp_path / "page.md", secret(9)
    page.write_text(f"The seal {word} is kept in the safe.\n")
    taken_in(desk, page)
    page.write_text("The seal is kept in the vault.\n")
    run = ingest([str(page)], desk)
    next(run)
    run.close()  # as a kill does: the new version is stored and nothing was tidied
    assert found(home, [word])
    taken_in(desk, page)
    assert found(home, [word]) == {}


@pytest.mark.slow
def test_nothing_is_left_of_half_of_three_hundred(desk: Desk, home: Path, tmp_path: Path) -> None:
    office = tmp_path / "office"
    office.mkdir()
    words = {f"{number:04}.md": secret(1000 + number) for number in range(300)}
    for name, word in words.items():
        (office / name).write_text(f"# Paper {name}\n\nThe seal {word} is kept in the safe of this office.\n" * 5)
    ids = taken_in(desk, office)
    gone = [name for number, name in enumerate(words) if number % 2]
    delete([ids[name] for name in gone], desk, Silent())  # type: ignore[arg-type]
    replaced = [name for number, name in enumerate(words) if number % 4 == 0]
    for name in replaced:
        (office / name).write_text("The seal is kept in the vault.\n")
    for name in gone:
        (office / name).unlink()
    taken_in(desk, office)
    lost = {words[name] for name in (*gone, *replaced)}
    everything = b"".join(
        b"\0".join([packed, *unpacked(path, packed)])
        for path in home.rglob("*")
        if path.is_file() and (packed := path.read_bytes())
    )
    assert [word for word in lost if word.encode() in everything] == []
    kept = set(words.values()) - lost
    assert [word for word in kept if word.encode() not in everything] == []
