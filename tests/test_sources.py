# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Files and folders: what is listed, refused, described, and what changed; the table of sources."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from wazi import sources
from wazi.config import Sources
from wazi.errors import InputError, SettingError
from wazi.sources import Changed, Failed, Gone, Memory, Same, book
from wazi.sources.fetch import Fetcher
from wazi.testing.sources import SourceConformance, remember
from wazi.types import Kind, Provenance

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


BOOK = """
["by-law.txt"]
title = "By-law 12"
language = "sw"
labels = ["staff", "legal"]
valid_from = 2024-01-01
valid_until = 2026-12-31
address = "https://county.example/by-law"
licence = "CC-BY-4.0"
publisher = "County"
jurisdiction = "KE"
kind = "regulation"
"""


def test_documents_toml_describes_and_the_command_line_fills_in(tmp_path: Path) -> None:
    (tmp_path / "by-law.txt").write_text("x")
    (tmp_path / "other.txt").write_text("x")
    (tmp_path / "documents.toml").write_text(BOOK)
    default = Provenance(title="T", language="fr", labels=frozenset({"clerks"}))
    described, other = find(tmp_path, default=default)
    day = dt.date
    assert described.provenance == Provenance(
        title="By-law 12",
        language="sw",
        labels=frozenset({"staff", "legal"}),
        valid_from=day(2024, 1, 1),
        valid_until=day(2026, 12, 31),
        address="https://county.example/by-law",
        licence="CC-BY-4.0",
        publisher="County",
        jurisdiction="KE",
        kind=Kind.REGULATION,
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
        ('["a.txt"]\nkind = "poem"', "a.txt: kind = 'poem' is not one of act, regulation"),
        ('["a.txt"]\naddress = "www.county.example"', "a.txt: address"),
        ('["a.txt"]\nlicence = ""', "a.txt: licence"),
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


class Folder:
    """A folder of documents; `settle` is off unless a test says otherwise."""

    settings = SETTINGS

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = 1_700_000_000

    def source(self, **options: object) -> sources.Source:
        table = {"kind": "folder", "address": str(self.path), "settle": 0, **options}
        return sources.open_source(book.entry("papers", table, "test"), Fetcher(SETTINGS), SETTINGS)

    def put(self, name: str, text: str) -> None:
        file = self.path / f"{name}.txt"
        file.write_text(text)
        self.clock += 1
        os.utime(file, (self.clock, self.clock))

    def remove(self, name: str) -> None:
        (self.path / f"{name}.txt").unlink()

    def vanish(self) -> None:
        shutil.rmtree(self.path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "papers").mkdir()
    return Folder(tmp_path / "papers")


class TestFolder(SourceConformance):
    @pytest.fixture
    def world(self, folder: Folder) -> Folder:
        return folder


def test_a_file_that_may_still_be_copied_waits(folder: Folder) -> None:
    file = folder.path / "a.txt"
    file.write_text("half")
    assert list(folder.source(settle=60).changes(Memory())) == []
    os.utime(file, (time.time() - 61, time.time() - 61))
    assert [type(event) for event in folder.source(settle=60).changes(Memory())] == [Changed]


def test_a_new_description_counts_as_a_change(folder: Folder) -> None:
    folder.put("a", "words")
    memory = remember(folder.source().changes(Memory()), Memory())
    (folder.path / "documents.toml").write_text('["a.txt"]\nlabels = ["staff", "legal"]\n')
    (event,) = folder.source().changes(memory)
    assert isinstance(event, Changed)
    assert event.place.provenance.labels == {"staff", "legal"}
    assert [type(each) for each in folder.source().changes(remember([event], memory))] == [Same]


def test_a_folder_that_cannot_be_read_loses_nothing(folder: Folder) -> None:
    (folder.path / "b").mkdir()
    folder.put("a", "words")
    folder.put("b/c", "words")
    memory = remember(folder.source().changes(Memory()), Memory())
    shutil.rmtree(folder.path / "b")
    (folder.path / "b").symlink_to("nowhere")
    events = list(folder.source().changes(memory))
    assert [type(event) for event in events] == [Same, Failed]
    assert not [event for event in events if isinstance(event, Gone)]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('kind = "ftp"', r"\[x\] kind = 'ftp': choose one of folder, addresses, web"),
        ('kind = "folder"', r"\[x\] address: Field required"),
        ('kind = "folder"\naddress = "/a"\ndepth = 3', r"\[x\] depth is no option of folder: choose among address"),
        ('kind = "web"\naddress = "county.example"', r"begins with https://"),
        ('kind = "web"\naddress = "https://a.example"\nevery = "daily"', r"\[x\] every = 'daily': .*like 6h"),
        ('kind = "web"\naddress = "https://a.example"\nlabels = ["*"]', r"\[x\] labels"),
        ('kind = "web"\naddress = "https://a.example"\nlanguage = "Swahili!"', r"\[x\] language"),
        ('kind = "web"\naddress = "https://a.example"\non_gone = "burn"', r"\[x\] on_gone = 'burn'"),
        ('kind = "web"\naddress = "https://a.example"\nhosts = ["https://b.example"]', r"names of hosts, like"),
        ('kind = "s3"\naddress = "papers"', r"write s3://bucket"),
    ],
)
def test_a_bad_table_stops_with_its_name_and_option(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "sources.toml").write_text(f"[x]\n{table}\n")
    with pytest.raises(SettingError, match=message) as caught:
        book.read(tmp_path)
    assert "\n" not in str(caught.value)


def test_the_table_of_sources_is_added_to_and_cut_from_without_loss(tmp_path: Path) -> None:
    written = '# ours\n[a]\nkind = "folder"\naddress = "/a"\n\n# the second\n[b]\nkind = "folder"\naddress = "/b"\n'
    (tmp_path / "sources.toml").write_text(written)
    made = book.add(tmp_path, "c", {"kind": "web", "address": "https://c.example", "labels": ["x"], "sitemap": False})
    assert made == book.read(tmp_path)["c"]
    with pytest.raises(InputError, match="there is a source called 'c'"):
        book.add(tmp_path, "c", {"kind": "folder", "address": "/c"})
    with pytest.raises(SettingError, match="cannot be called"):
        book.add(tmp_path, "C d", {"kind": "folder", "address": "/c"})
    book.remove(tmp_path, "c")
    book.remove(tmp_path, "a")
    assert list(book.read(tmp_path)) == ["b"]
    assert (tmp_path / "sources.toml").read_text().startswith("# ours\n[b]")
    with pytest.raises(InputError, match="no source called 'a'"):
        book.remove(tmp_path, "a")


def test_an_empty_folder_may_be_a_disk_that_is_not_mounted(folder: Folder) -> None:
    assert list(folder.source().changes(Memory())) == []
    folder.put("a", "words")
    memory = remember(folder.source().changes(Memory()), Memory())
    folder.remove("a")
    with pytest.raises(InputError, match="is empty now: mount the disk"):
        list(folder.source().changes(memory))


@pytest.mark.parametrize("table", [{"settle": float("inf")}, {"publisher": "a\x7fb"}, {"publisher": "\udcff"}])
def test_what_cannot_be_written_leaves_the_table_of_sources_as_it_was(tmp_path: Path, table: dict[str, object]) -> None:
    book.add(tmp_path, "a", {"kind": "folder", "address": "/a"})
    with pytest.raises(SettingError, match="cannot be written as TOML"):
        book.add(tmp_path, "b", {"kind": "folder", "address": "/b", **table})
    assert list(book.read(tmp_path)) == ["a"]


@pytest.mark.parametrize(
    "written",
    [
        'a = {kind = "folder", address = "/a"}\n',
        'a.kind = "folder"\na.address = "/a"\n',
        '[a]\nkind = "folder"\naddress = "/a"\npublisher = """\n[b]\n"""\n',
    ],
)
def test_a_source_that_cannot_be_cut_out_is_not_said_to_be_removed(tmp_path: Path, written: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(written)
    with pytest.raises(SettingError, match="cut it out by hand"):
        book.remove(tmp_path, "a")
    assert file.read_text() == written
