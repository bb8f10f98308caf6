# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Finding files: what is listed, refused and described."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from wazi import sources
from wazi.config import Sources
from wazi.errors import InputError
from wazi.types import Provenance

SETTINGS = Sources()
DEFAULT = Provenance()


def find(*paths: Path, default: Provenance = DEFAULT, settings: Sources = SETTINGS) -> list[sources.Place]:
    return sources.find([str(path) for path in paths], settings, default)


def test_lists_files_of_folders_in_order_and_reads_them(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_text("two")
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / ".hidden").write_text("no")
    (tmp_path / "~$lock.docx").write_text("no")
    places = find(tmp_path)
    assert [place.name for place in places] == ["a.txt", "two.txt"]
    assert all(place.problem is None and os.path.isabs(place.source) for place in places)
    raw = sources.read(places[0], SETTINGS)
    assert (raw.data, raw.sha256) == (b"one", hashlib.sha256(b"one").hexdigest())


def test_a_file_named_twice_is_listed_once_and_a_loop_of_links_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("one")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [place.source for place in find(file, tmp_path)] == [str(file)]


def test_folders_may_be_nested_deeper_than_the_stack(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(1100):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        assert [place.name for place in find(tmp_path)] == ["a.txt"]
    finally:
        os.close(here)
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # deeper than shutil.rmtree goes


def test_the_home_inside_a_folder_of_documents_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    home = tmp_path / "held"
    (home / "audit").mkdir(parents=True)
    (home / "audit" / "receipts.jsonl").write_text('{"question": "private"}')
    (tmp_path / "link").symlink_to(home)
    found = sources.find([str(tmp_path)], SETTINGS, DEFAULT, home=home)
    assert [place.name for place in found] == ["a.txt"]


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(500 * 2**20)
    (place,) = find(huge)
    assert place.size == 500 * 2**20
    with pytest.raises(InputError, match=r"500 MiB, the limit is 100.*max_mib"):
        sources.read(place, SETTINGS)


def test_a_file_that_grew_after_it_was_found_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x")
    (place,) = find(file)
    with file.open("wb") as out:
        out.truncate(2 * 2**20)
    with pytest.raises(InputError, match="the limit is 1"):
        sources.read(place, Sources(max_mib=1))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.symlink_to("nowhere"), "no such file"),
        (os.mkfifo, "not a regular file"),
    ],
)
def test_what_cannot_go_in_is_listed_with_the_reason(tmp_path: Path, make: object, message: str) -> None:
    path = tmp_path / "x.pdf"
    make(path)  # type: ignore[operator]
    (tmp_path / "good.txt").write_text("good")
    places = find(path, tmp_path / "good.txt")
    assert message in (places[0].problem or "")
    assert places[1].problem is None
    with pytest.raises(InputError, match=message):
        sources.read(places[0], SETTINGS)


def test_a_path_through_a_file_and_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "not a directory" in (find(tmp_path / "file" / "below")[0].problem or "")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    (place,) = find(tmp_path / "folder")
    assert "not UTF-8" in (place.problem or "")
    place.source.encode("utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_listed_with_the_reason(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    assert "permission denied" in (find(locked)[0].problem or "")


def test_an_address_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"https://example.org/a.pdf is an address: .* download it"):
        sources.find(["https://example.org/a.pdf"], SETTINGS, DEFAULT)


BOOK = """
["by-law.txt"]
title = "By-law 12"
language = "sw"
labels = ["staff", "legal"]
valid_from = 2024-01-01
valid_until = 2026-12-31
"""


def test_documents_toml_describes_and_the_command_line_fills_in(tmp_path: Path) -> None:
    (tmp_path / "by-law.txt").write_text("x")
    (tmp_path / "other.txt").write_text("x")
    (tmp_path / "documents.toml").write_text(BOOK)
    default = Provenance(title="T", language="fr", labels=frozenset({"clerks"}))
    described, other = find(tmp_path, default=default)
    day = dt.date
    assert described.provenance == Provenance(
        "By-law 12", "sw", frozenset({"staff", "legal"}), day(2024, 1, 1), day(2026, 12, 31)
    )
    assert other.provenance == default
    assert find(tmp_path / "by-law.txt")[0].provenance.title == "By-law 12"


@pytest.mark.parametrize(
    ("book", "message"),
    [
        ('["a.txt"]\nlabel = ["x"]', "a.txt: unknown key 'label'"),
        ('["b.txt"]\ntitle = "x"', "no file 'b.txt'"),
        ('["hr/c.txt"]\nlabels = ["staff"]', "no file 'hr/c.txt' beside it.*that subfolder"),
        ('["hr"]\nlabels = ["staff"]', "no file 'hr' beside it"),
        ('["./a.txt"]\nlabels = ["staff"]', "no file './a.txt' beside it"),
        ('["a.txt"]\nlabels = "staff"', "a.txt: labels = 'staff' is not a list"),
        ('["a.txt"]\nlabels = []', r"a.txt: labels = \[\]"),
        ('["a.txt"]\nlabels = ["*"]', "a.txt: labels"),
        ('["a.txt"]\nvalid_from = "2024-01-01"', "a.txt: valid_from = '2024-01-01' is not a date"),
        ('["a.txt"]\nvalid_from = 2024-01-01T10:00:00', "valid_from"),
        ('["a.txt"]\nvalid_from = 2024-02-01\nvalid_until = 2024-01-01', "valid_until = 2024-01-01 is before"),
        ('["a.txt"]\nlanguage = "Swahili!"', "a.txt: language"),
        ('title = "x"', "title stands outside a table"),
        ("[[", "not valid TOML"),
    ],
)
def test_a_bad_documents_toml_stops_with_file_and_key(tmp_path: Path, book: str, message: str) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "hr").mkdir()
    (tmp_path / "hr" / "c.txt").write_text("x")
    (tmp_path / "documents.toml").write_text(book)
    with pytest.raises(InputError, match=message) as caught:
        find(tmp_path)
    assert str(tmp_path / "documents.toml") in str(caught.value)
    assert "\n" not in str(caught.value)
