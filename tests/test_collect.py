# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""From a source into the holding: what is taken in, remembered, deleted and logged; and the commands."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wazi import access, collect, ingest
from wazi.cli import Terminal, main
from wazi.collect_command import watch
from wazi.config import Guard, Settings, Sources
from wazi.desk import Desk
from wazi.errors import StoreError
from wazi.sources import Seen, book
from wazi.sources.fetch import Fetcher
from wazi.sources.memory import LAST_RUN, Notes, read_log
from wazi.testing.sources import Answer, Asked, Server, conditional, page
from wazi.types import About, Receipt, Record, Status

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class Office:
    """A server with a list of papers, and a home that takes them in."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.papers: dict[str, Answer] = {}
        self.server = Server(self.respond)
        self.notes = Notes(desk.settings.home)
        self.table: dict[str, Any] = {"kind": "addresses", "delay": 0}

    def respond(self, asked: Asked) -> Answer:
        return conditional(self.papers.get(asked.target, Answer(404)), asked)

    def put(self, *names: str, words: str = "costs 450 shillings") -> None:
        for name in names:
            self.papers[f"/{name}"] = page(f"A stall in market {name} {words} per day.".encode(), "text/plain")
        self.table["address"] = " ".join(self.server.address + path for path in self.papers)

    def run(self, name: str = "papers", **options: Any) -> collect.Report:
        settings = Sources(private=("127.0.0.1",))
        entry = book.entry(name, self.table, "test")
        return collect.collect(name, entry, self.desk, self.notes, Fetcher(settings, pause=lambda _: None), **options)

    def held(self) -> dict[str, Status]:
        records = self.desk.store.records(access.holdings_of(access.keeper()))
        return {record.source.rpartition("/")[2]: record.status for record in records}


@pytest.fixture
def office(empty: Desk) -> Iterator[Office]:
    made = Office(empty)
    with made.server, made.notes:
        yield made


def test_papers_come_in_once_with_their_provenance_and_a_line_in_the_log(office: Office) -> None:
    office.put("a", "b")
    office.table |= {"labels": ["clerks"], "licence": "CC0-1.0", "publisher": "County"}
    report = office.run()
    assert (report.new, report.same, report.requests, report.error) == (2, 0, 2, None)
    (record, _) = office.desk.store.records(access.holdings_of(access.keeper()))
    assert (record.labels, record.source) == (frozenset({"clerks"}), f"{office.server.address}/a")
    again = office.run()
    assert (again.new, again.changed, again.same, again.bytes) == (0, 0, 2, 0)
    first, second = read_log(office.desk.settings.home, "papers")
    assert (first["new"], second["same"], second["requests"]) == (2, 2, 2)
    assert first["lines"][0] == ["new", f"{office.server.address}/a", ""]


def test_a_dry_run_says_the_same_and_does_nothing(office: Office) -> None:
    office.put("a", "b")
    office.run()
    office.put("a", words="costs nothing")
    office.papers["/b"] = Answer(410)
    office.table["on_gone"] = "delete"
    for _ in range(2):
        report = office.run(dry_run=True)
        assert (report.changed, report.gone, report.deleted) == (1, 1, 0)
    assert set(office.held()) == {"a", "b"}
    report = office.run()
    assert (report.changed, report.gone, report.deleted) == (1, 1, 1)
    assert set(office.held()) == {"a"}


def test_what_is_gone_is_said_once_and_kept(office: Office) -> None:
    office.put("a", "b")
    office.run()
    office.papers["/b"] = Answer(404)
    assert office.run().lines == [("gone", f"{office.server.address}/b", "it answers 404")]
    assert office.run().lines == []
    assert set(office.held()) == {"a", "b"}
    office.put("b", words="is open again")
    assert office.run().changed == 1
    assert office.notes.recall("papers").seen[f"{office.server.address}/b"].gone is None


def test_what_another_source_still_has_is_not_deleted(office: Office) -> None:
    office.put("a", "b")
    office.table["on_gone"] = "delete"
    for name in ("one", "two"):
        book.add(office.desk.settings.home, name, office.table)
    office.run("one")
    office.run("two")
    office.table["address"] = f"{office.server.address}/a"
    report = office.run("one")
    assert (report.gone, report.deleted) == (1, 0)
    assert set(office.held()) == {"a", "b"}
    book.remove(office.desk.settings.home, "two")  # by hand, or another name was given to it
    office.notes.keep("one", Seen(f"{office.server.address}/b", f"{office.server.address}/b"))
    assert office.run("one").deleted == 1


class Full(Exception):
    """Stands for a kill in the middle of a run."""


def test_a_kill_loses_no_change(office: Office) -> None:
    office.put("a", "b", "c")

    def stop(receipt: object) -> None:
        raise Full

    with pytest.raises(Full):
        office.run(told=stop)
    assert set(office.held()) == {"a"}
    report = office.run()
    assert (report.same, report.new) == (1, 2)
    assert set(office.held()) == {"a", "b", "c"}


def test_a_change_that_could_not_be_stored_comes_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("a")
    office.run()
    office.put("a", words="costs 500 shillings")

    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(office.desk.store, "apply", full)
        with pytest.raises(StoreError):
            office.run()
    assert office.run().changed == 1


def test_a_document_that_was_deleted_here_is_fetched_again(office: Office) -> None:
    office.put("a", "b")
    office.run()
    (record, _) = office.desk.store.records(access.holdings_of(access.keeper()))
    office.desk.store.apply([], delete=[record.id])
    assert office.run().same == 1
    assert set(office.held()) == {"a", "b"}


def test_a_file_that_cannot_be_read_is_on_record_and_not_fetched_every_time(office: Office) -> None:
    office.put("a")
    office.papers["/b.pdf"] = page(b"%PDF-1.7 broken", "application/pdf")
    office.put("a")
    report = office.run()
    assert (report.new, report.unreadable) == (2, 1)
    assert office.held() == {"a": Status.COMPLETE, "b.pdf": Status.FAILED}
    assert office.run().bytes == 0
    office.notes.note("papers", collect.VERSION, "0.0")  # a newer release may read it
    assert office.run().bytes == len(b"%PDF-1.7 broken")


def test_again_fetches_everything_and_changes_nothing(office: Office) -> None:
    office.put("a", "b")
    office.run()
    report = office.run(again=True)
    assert (report.changed, report.bytes > 0) == (2, True)
    assert {record.versions for record in office.desk.store.records(access.holdings_of(access.keeper()))} == {1}


def test_a_source_out_of_reach_is_one_line_and_stays_due(office: Office) -> None:
    office.table |= {"kind": "web", "address": "http://127.0.0.1:9/", "every": "1h"}
    report = office.run()
    assert "127.0.0.1 does not answer" in (report.error or "")
    assert office.notes.note("papers", LAST_RUN) is None
    (logged,) = read_log(office.desk.settings.home)
    assert logged["error"] == report.error


def test_a_source_is_due_when_its_time_has_passed(office: Office) -> None:
    entry = book.entry("x", {"kind": "folder", "address": "/a", "every": "6h"}, "test")
    now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert collect.is_due(entry, office.notes, "x", now)
    office.notes.note("x", LAST_RUN, (now - dt.timedelta(hours=5, minutes=59)).isoformat())
    assert not collect.is_due(entry, office.notes, "x", now)
    assert collect.is_due(entry, office.notes, "x", now + dt.timedelta(minutes=1))
    never = book.entry("x", {"kind": "folder", "address": "/a"}, "test")
    assert not collect.is_due(never, office.notes, "x", now)
    office.notes.note("x", LAST_RUN, (now + dt.timedelta(days=9999)).isoformat())
    assert collect.is_due(entry, office.notes, "x", now), (
        "a clock that was ahead for a while must not stop it for years"
    )


def test_notes_are_kept_whole(tmp_path: Path) -> None:
    seen = Seen("a", "d", "e", "m", "s", ("x", "y"), "p", 3, "2026-03-01", "it answers 410")
    with Notes(tmp_path) as notes:
        notes.keep("one", seen)
        notes.keep("two", Seen("a", "d2"))
        notes.note("one", "mark", "here")
    with Notes(tmp_path) as notes:
        assert notes.recall("one").seen == {"a": seen}
        assert notes.recall("one").mark == "here"
        notes.forget("one")
        assert (notes.recall("one").seen, notes.recall("one").mark) == ({}, None)
        assert set(notes.recall("two").seen) == {"a"}
    (tmp_path / "sources.sqlite").write_bytes(b"no base of data" * 100)
    with pytest.raises(StoreError, match=r"sources.sqlite"):
        Notes(tmp_path)


def test_watching_takes_in_what_comes_and_ends_with_the_pause(
    empty: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    entries = {"papers": book.entry("papers", {"kind": "folder", "address": str(folder), "settle": 0}, "test")}
    rounds = []

    def pause() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            (folder / "a.txt").write_text("A stall costs 450.")
        if len(rounds) == 3:
            raise Full

    with Notes(empty.settings.home) as notes, pytest.raises(Full):
        watch(entries, empty, notes, Fetcher(Sources()), Terminal(as_json=False), pause=pause)
    assert capsys.readouterr().out.count("1 new") == 1
    assert len(read_log(empty.settings.home)) == 1
    assert len(empty.store.records(access.holdings_of(access.keeper()))) == 1


def labels(office: Office) -> dict[str, list[str]]:
    records = office.desk.store.records(access.holdings_of(access.keeper()))
    return {record.source.removeprefix(office.server.address): sorted(record.labels) for record in records}


def test_new_labels_in_the_table_hold_for_what_is_held(office: Office) -> None:
    office.put("a", "b", "c")
    office.papers["/z"] = page(packed(fee="A stall costs 450."), "application/zip")
    office.put("c")
    office.run()
    assert set(map(tuple, labels(office).values())) == {("public",)}
    office.papers |= {"/b": Answer(503), "/c": Answer(404)}  # one cannot be had now, one is gone and kept
    office.table["labels"] = ["staff"]
    office.run(dry_run=True)
    assert labels(office)["/a"] == ["public"]
    office.run()
    assert labels(office) == {path: ["staff"] for path in ("/a", "/b", "/c", "/z", "/z!/fee.txt")}
    del office.table["labels"]
    office.run()
    assert set(map(tuple, labels(office).values())) == {("staff",)}, "forgetting labels opens nothing"


def test_what_the_staff_says_leaves_public_papers_when_it_becomes_the_staff_s(office: Office, tmp_path: Path) -> None:
    office.put("a")
    old = tmp_path / "old.md"
    old.write_text("# By-law No. 4 of 2019\n\nIt takes effect on 1 May 2019.\n")
    office.papers["/a"] = page(b"By-law No. 4 of 2019 is repealed.\n\nIt takes effect on 1 July 2024.", "text/plain")
    list(ingest.ingest([str(old)], office.desk))
    office.run()
    assert [said.document is not None for said in law(office).said if said.about is About.REPEALED_BY] == [True]
    office.table["labels"] = ["staff"]
    office.run()
    assert not [said for said in law(office).said if said.about is About.REPEALED_BY]


def law(office: Office) -> Record:
    records = office.desk.store.records(access.holdings_of(access.keeper()))
    return next(record for record in records if record.source.endswith("old.md"))


def test_when_personal_data_are_to_be_masked_what_is_held_is_had_again(office: Office) -> None:
    office.put("plain")
    office.papers["/person"] = page(b"Call 0700 555 123 about stalls.", "text/plain")
    office.papers["/z"] = page(packed(person="Call 0700 555 123 about stalls."), "application/zip")
    office.put("plain")
    office.run()
    office.desk = replace(
        office.desk, settings=office.desk.settings.model_copy(update={"guard": Guard(personal_data="mask")})
    )
    report = office.run()
    assert (report.changed, report.same) == (2, 1)
    everything = access.holdings_of(access.keeper())
    texts = [office.desk.store.text(record.id, everything) or "" for record in office.desk.store.records(everything)]
    assert not [text for text in texts if "0700" in text]
    assert office.run().same == 3


def test_how_far_a_run_is_is_told(office: Office) -> None:
    told: list[collect.Progress] = []
    office.put("a", "b")
    office.run(progress=told.append)
    assert [(each.done, each.expected) for each in told] == [(0, 0), (1, 1), (2, 2)]
    told.clear()
    office.run(progress=told.append)
    assert [(each.done, each.expected) for each in told] == [(0, 2), (1, 2), (2, 2)]
    assert told[0].address == f"{office.server.address}/a"


def test_new_labels_of_one_source_leave_the_documents_of_others(office: Office) -> None:
    office.put("a", "a/b")
    both, first = office.table["address"], office.table["address"].split()[0]
    book.add(office.desk.settings.home, "two", office.table)
    office.run("two")
    office.table |= {"address": first, "labels": ["staff"]}
    office.notes.keep("one", Seen(first, first))
    office.run("one")
    assert labels(office) == {"/a": ["staff"], "/a/b": ["public"]}
    assert both != first


def test_files_with_labels_of_their_own_are_never_opened_by_the_table(empty: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.txt").write_text("A stall costs 450.")
    (folder / "documents.toml").write_text('["a.txt"]\nlabels = ["staff"]\n')
    held = []
    with Notes(empty.settings.home) as notes:
        for given in (["staff"], ["public"]):
            table = {"kind": "folder", "address": str(folder), "settle": 0, "labels": given}
            collect.collect("papers", book.entry("papers", table, "test"), empty, notes, Fetcher(Sources()))
            held += empty.store.records(access.holdings_of(access.keeper()))
    assert [record.labels for record in held] == [frozenset({"staff"})] * 2


def test_a_changed_table_asks_for_everything_once(office: Office) -> None:
    office.put("a", "b")
    office.run()
    office.table |= {"every": "1d", "on_gone": "delete"}
    assert office.run().bytes == 0
    office.table["publisher"] = "County"
    office.papers["/b"] = Answer(503)
    assert (office.run().changed, office.run().changed) == (1, 0)
    office.put("b")
    assert office.run().changed == 1, "what could not be had then is still to come"


def packed(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)
    return out.getvalue()


def test_a_kill_inside_an_archive_loses_nothing_of_it(office: Office) -> None:
    office.papers["/z"] = page(packed(one="A stall costs 450.", two="A shop costs 900."), "application/zip")
    office.put("a")

    def stop(receipt: Receipt) -> None:
        if receipt.record.source.endswith("one.txt"):
            raise Full

    with pytest.raises(Full):
        office.run(told=stop)
    assert set(office.held()) == {"z", "one.txt"}
    office.run()
    assert set(office.held()) == {"z", "one.txt", "two.txt", "a"}
    assert office.run().bytes == 0


def test_deleting_a_page_leaves_the_pages_below_it(office: Office) -> None:
    office.put("laws", "laws/1", "laws/2")
    office.table["on_gone"] = "delete"
    office.run()
    office.papers["/laws"] = Answer(410)
    assert office.run().deleted == 1
    assert set(labels(office)) == {"/laws/1", "/laws/2"}


def test_what_went_before_the_table_said_delete_goes_too(office: Office) -> None:
    office.put("a", "b")
    office.run()
    office.papers["/b"] = Answer(404)
    office.run()
    office.table["on_gone"] = "delete"
    office.papers["/b"] = Answer(503)
    assert office.run().deleted == 1
    assert set(office.held()) == {"a"}


def test_a_run_that_ends_early_claims_only_what_was_stored(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.put("a", "b")

    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(office.desk.store, "apply", full)
        with pytest.raises(StoreError):
            office.run()
    (logged,) = read_log(office.desk.settings.home)
    assert (logged["new"], logged["lines"], logged["error"]) == (0, [], "the disk is full")


class TestCommands:
    """`wazi sources` as typed."""

    @pytest.fixture
    def run(self, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
        monkeypatch.setenv("WAZI_EMBED__MODEL", "fake-embedder")
        monkeypatch.setenv("WAZI_SOURCES__PRIVATE", '["127.0.0.1"]')

        def typed(*words: str) -> tuple[int, Any, str]:
            code = main([*words, "--home", str(settings.home), "--json"])
            out, err = capsys.readouterr()
            return code, json.loads(out), err

        return typed

    def test_add_run_list_log_remove(self, run: Any, tmp_path: Path) -> None:
        (tmp_path / "papers").mkdir()
        (tmp_path / "papers" / "a.txt").write_text("A stall costs 450 shillings.")
        words = (
            "papers",
            "folder",
            str(tmp_path / "papers"),
            "--every",
            "1d",
            "--label",
            "public",
            "--set",
            "settle=0",
        )
        assert run("sources", "add", *words)[0] == 0
        code, shown, _ = run("sources", "run", "--dry-run")
        assert (code, shown["runs"][0]["new"], shown["runs"][0]["dry_run"]) == (0, 1, True)
        assert run("sources", "run", "--due")[1]["runs"][0]["new"] == 1
        assert run("sources", "run", "--due")[1]["runs"] == []
        (row,) = run("sources")[1]["sources"]
        assert (row["name"], row["documents"], row["gone"], row["every"]) == ("papers", 1, 0, "1d")
        assert row["due"] > row["last_run"]
        assert [each["new"] for each in run("sources", "log", "papers")[1]["runs"]] == [1, 1]
        assert run("sources", "remove", "papers")[1]["documents_kept"] == [str(tmp_path / "papers" / "a.txt")]
        assert run("sources")[1] == {"sources": []}
        assert len(run("documents")[1]["documents"]) == 1

    def test_wrong_use_is_one_line(self, run: Any, tmp_path: Path) -> None:
        for words in (
            ("run", "nobody"),
            ("log", "x", "-n", "many"),
            ("add", "x", "ftp", "a"),
            ("add", "x", "web", "county.example"),
            ("add", "x", "folder", "/a", "--set", "depth=3"),
            ("add", "x", "folder", "/a", "--set", "depth"),
            ("remove", "x"),
            ("watch",),
            ("watch", "--seconds", "0"),
        ):
            code, shown, err = run("sources", *words)
            assert (code, len(err.splitlines())) == (2, 1), words
            assert shown["exit_code"] == 2

    def test_one_source_out_of_reach_does_not_stop_the_others(self, run: Any, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("A stall costs 450 shillings.")
        run("sources", "add", "lost", "folder", str(tmp_path / "nowhere"))
        run("sources", "add", "here", "folder", str(tmp_path), "--set", "settle=0")  # the home in it is no source
        code, shown, err = run("sources", "run")
        assert code == 1
        assert "nowhere is no folder now" in err
        assert [each["new"] for each in shown["runs"]] == [0, 1]

    def test_a_single_address(self, run: Any) -> None:
        with Server(lambda asked: page(b"A stall costs 450 shillings.", "text/plain")) as server:
            code, shown, _ = run("ingest", f"{server.address}/fees")
            (row,) = shown["documents"]
            assert (code, row["path"], row["status"]) == (0, f"{server.address}/fees", "complete")
            assert run("ingest", f"{server.address}/fees")[1]["documents"][0]["status"] == "unchanged"
        code, shown, _ = run("ingest", "http://127.0.0.1:9/fees")
        assert (code, shown["documents"][0]["status"]) == (1, "failed")
        assert "127.0.0.1 does not answer" in shown["documents"][0]["reason"]
