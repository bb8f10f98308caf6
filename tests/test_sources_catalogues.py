# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Catalogues over real servers on this computer that answer as CKAN's action API and OAI-PMH 2.0 are published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from wazi import sources
from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Mark, Memory, Same, book
from wazi.sources.fetch import Fetcher
from wazi.testing.sources import SETTINGS, Answer, Asked, Server, SourceConformance, conditional, page, remember

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class Catalogue:
    """What both have in common: files with addresses, a clock that ticks at each change, and the server."""

    settings = SETTINGS
    kind = ""
    path = ""

    def __init__(self) -> None:
        self.files: dict[str, Answer] = {}
        self.ticks = 0
        self.options: dict[str, Any] = {}
        self.server = Server(self.respond)

    def respond(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.target)
        if parts.path.startswith("/files/"):
            return conditional(self.files.get(parts.path.removeprefix("/files/"), Answer(404)), asked)
        return self.api(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})

    def api(self, path: str, query: dict[str, str]) -> Answer:
        raise NotImplementedError

    def tick(self) -> str:
        self.ticks += 1
        return f"2026-03-01T10:{self.ticks // 60:02}:{self.ticks % 60:02}"

    def source(self) -> sources.Source:
        address = self.server.address + self.path
        entry = book.entry("x", {"kind": self.kind, "address": address, "delay": 0, **self.options}, "test")
        return sources.open_source(entry, Fetcher(SETTINGS, pause=lambda _: None), SETTINGS)

    def vanish(self) -> None:
        self.server.__exit__(None, None, None)

    def run(self, memory: Memory | None = None) -> list[Event]:
        self.server.asked.clear()
        return list(self.source().changes(memory or Memory()))

    def downloads(self) -> list[str]:
        return [each.target for each in self.server.asked if each.target.startswith("/files/")]


class Ckan(Catalogue):
    """Data sets with one resource each, unless `datasets` is changed by hand."""

    kind = "ckan"

    def __init__(self) -> None:
        super().__init__()
        self.datasets: dict[str, dict[str, Any]] = {}

    def api(self, path: str, query: dict[str, str]) -> Answer:
        action = path.removeprefix("/api/3/action/")
        active = {name: each for name, each in self.datasets.items() if each["state"] == "active"}
        if action == "package_list":
            return self.told(sorted(active))
        if action == "package_show":
            found = self.datasets.get(query["id"])
            return (
                self.told(found) if found else Answer(404, b'{"success": false}', {"Content-Type": "application/json"})
            )
        assert action == "package_search"
        since = query.get("fq", "").partition("metadata_modified:[")[2].partition("Z TO *]")[0]
        assert query["sort"] == "metadata_modified asc, id asc"
        found = sorted((each for each in active.values() if each["metadata_modified"] >= since), key=_modified)
        if 'organization:"health"' in query.get("fq", ""):
            found = [each for each in found if each["organization"]["name"] == "health"]
        start, rows = int(query["start"]), min(2, int(query["rows"]))  # a server may give fewer than asked for
        return self.told({"count": len(found), "results": found[start : start + rows]})

    def told(self, result: Any) -> Answer:
        return page(json.dumps({"help": "", "success": True, "result": result}).encode(), "application/json")

    def put(self, name: str, text: str) -> None:
        self.files[f"{name}.txt"] = page(text.encode(), "text/plain")
        resource = {"id": f"r-{name}", "name": f"{name}, full text", "format": "TXT"}
        self.datasets[name] = {
            "id": f"d-{name}",
            "name": name,
            "title": f"Data set {name}",
            "state": "active",
            "license_id": "cc-by",
            "license_title": "Creative Commons Attribution",
            "organization": {"name": "health", "title": "Department of Health"},
            "metadata_modified": f"{self.tick()}.123456",
            "resources": [{**resource, "url": f"{self.server.address}/files/{name}.txt"}],
        }

    def remove(self, name: str) -> None:
        self.datasets[name] |= {"state": "deleted", "metadata_modified": self.tick()}


def _modified(dataset: dict[str, Any]) -> tuple[str, str]:
    return dataset["metadata_modified"], dataset["id"]


class Oai(Catalogue):
    """Records in Dublin Core, two a page, with resumption tokens that hold where the list is."""

    kind, path = "oai_pmh", "/oai"

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, tuple[str, dict[str, str] | None]] = {}
        self.expire = 0

    def api(self, path: str, query: dict[str, str]) -> Answer:
        if path != "/oai":
            return Answer(404)
        moment = f"<responseDate>{self.tick()}Z</responseDate>"
        inner = self.identify() if query["verb"] == "Identify" else self.listed(query)
        body = f'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">{moment}{inner}</OAI-PMH>'
        return page(body.encode(), "text/xml")

    def identify(self) -> str:
        return (
            "<Identify><repositoryName>Library</repositoryName><protocolVersion>2.0</protocolVersion>"
            "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
        )

    def listed(self, query: dict[str, str]) -> str:
        if token := query.get("resumptionToken"):
            assert set(query) == {"verb", "resumptionToken"}
            since, start = token.split("|")
            if self.expire:
                self.expire -= 1
                return '<error code="badResumptionToken">expired</error>'
        else:
            assert query["metadataPrefix"] == "oai_dc"
            since, start = query.get("from", ""), "0"
        first = int(start)
        found = sorted((stamp, name) for name, (stamp, _) in self.records.items() if stamp >= since)
        if not found:
            return '<error code="noRecordsMatch"/>'
        more = f"{since}|{first + 2}" if len(found) > first + 2 else ""
        records = "".join(self.record(name) for _, name in found[first : first + 2])
        return f"<ListRecords>{records}<resumptionToken>{more}</resumptionToken></ListRecords>"

    def record(self, name: str) -> str:
        stamp, fields = self.records[name]
        deleted = ' status="deleted"' if fields is None else ""
        header = f"<header{deleted}><identifier>oai:library:{name}</identifier><datestamp>{stamp}</datestamp></header>"
        if fields is None:
            return f"<record>{header}</record>"
        inner = "".join(f"<dc:{key.strip()}>{escape(value)}</dc:{key.strip()}>" for key, value in fields.items())
        spaces = (
            'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        )
        return f"<record>{header}<metadata><oai_dc:dc {spaces}>{inner}</oai_dc:dc></metadata></record>"

    def put(self, name: str, text: str) -> None:
        self.files[f"{name}.txt"] = page(text.encode(), "text/plain")
        fields = {"title": f"Paper {name}", "rights": "CC0-1.0", "publisher": "County Library", "language": "en"}
        fields |= {"identifier": f"{self.server.address}/files/{name}.txt", "identifier ": f"ISBN {name}"}
        self.records[name] = (f"{self.tick()}Z", fields)

    def remove(self, name: str) -> None:
        self.records[name] = (f"{self.tick()}Z", None)


@pytest.fixture
def ckan() -> Iterator[Ckan]:
    made = Ckan()
    with made.server:
        yield made


@pytest.fixture
def oai() -> Iterator[Oai]:
    made = Oai()
    with made.server:
        yield made


class TestCkan(SourceConformance):
    @pytest.fixture
    def world(self, ckan: Ckan) -> Ckan:
        return ckan


class TestOaiPmh(SourceConformance):
    @pytest.fixture
    def world(self, oai: Oai) -> Oai:
        return oai


def filled(catalogue: Any, names: str = "abcde") -> Any:
    for name in names:
        catalogue.put(name, f"The office says {name}.")
    return catalogue


def places(events: list[Event]) -> dict[str, sources.Place]:
    return {each.place.name: each.place for each in events if isinstance(each, Changed)}


def kinds(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_ckan_gives_licence_publisher_and_title(ckan: Ckan) -> None:
    found = places(filled(ckan).run())
    assert sorted(found) == [f"{name}.txt" for name in "abcde"]
    given = found["a.txt"].provenance
    assert (given.title, given.licence, given.publisher) == (
        "Data set a: a, full text",
        "cc-by",
        "Department of Health",
    )
    assert given.address == f"{ckan.server.address}/files/a.txt"


@pytest.mark.parametrize("name", ["ckan", "oai"])
def test_the_second_time_only_what_changed_is_listed_and_fetched(name: str, request: pytest.FixtureRequest) -> None:
    catalogue = filled(request.getfixturevalue(name))
    memory = remember(catalogue.run(), Memory())
    catalogue.tick()
    catalogue.put("b", "The office says b, again.")
    catalogue.put("f", "The office says f.")
    events = catalogue.run(memory)
    assert sorted(places(events)) == ["b.txt", "f.txt"]
    # The last data set before the mark is listed again, and answered with 304.
    assert set(catalogue.downloads()) - {"/files/e.txt"} == {"/files/b.txt", "/files/f.txt"}
    (mark,) = kinds(events, Mark)
    assert mark.text > (memory.mark or "")


@pytest.mark.parametrize("name", ["ckan", "oai"])
def test_a_file_that_cannot_be_had_now_is_reported_and_the_rest_comes(
    name: str, request: pytest.FixtureRequest
) -> None:
    catalogue = filled(request.getfixturevalue(name))
    catalogue.files["b.txt"] = Answer(503)
    catalogue.files["c.txt"] = Answer(404)
    events = catalogue.run()
    assert sorted(places(events)) == ["a.txt", "d.txt", "e.txt"]
    assert [each.address.rpartition("/")[2] for each in kinds(events, Failed)] == ["b.txt"]
    assert [each.reason for each in kinds(events, LeftOut)] == ["it answers 404"]


def test_ckan_resources_that_leave_a_data_set_are_gone(ckan: Ckan) -> None:
    memory = remember(filled(ckan).run(), Memory())
    ckan.datasets["b"] |= {"resources": [], "metadata_modified": ckan.tick()}
    del ckan.datasets["c"]
    gone = {each.seen.address.rpartition("/")[2]: each.reason for each in kinds(ckan.run(memory), Gone)}
    assert gone == {"b.txt": "data set b no longer has it", "c.txt": "data set c answers 404"}


def test_ckan_filters(ckan: Ckan) -> None:
    filled(ckan, "abc")
    ckan.datasets["b"]["organization"] = {"name": "roads", "title": "Roads"}
    ckan.datasets["c"]["resources"][0]["format"] = "SHP"
    ckan.options = {"organisation": "health", "formats": ["txt", "PDF"]}
    events = ckan.run()
    assert list(places(events)) == ["a.txt"]
    assert "format SHP is not among" in kinds(events, LeftOut)[0].reason


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("ckan", b"<html>a page</html>"),
        ("ckan", b'{"success": false, "error": {"message": "no"}}'),
        ("ckan", b"[]"),
        ("oai_pmh", b"<html>a page"),
        ("oai_pmh", b"<html/>"),
        ("oai_pmh", b'<OAI-PMH><error code="badVerb">no</error></OAI-PMH>'),
        ("oai_pmh", b'<!DOCTYPE a [<!ENTITY x "y">]><OAI-PMH>&x;</OAI-PMH>'),
    ],
)
def test_what_is_no_catalogue_is_told_in_one_line(kind: str, body: bytes) -> None:
    with Server(lambda _: page(body, "text/plain")) as server:
        entry = book.entry("x", {"kind": kind, "address": server.address, "delay": 0}, "test")
        with pytest.raises(InputError, match=r"check (the|that)") as caught:
            list(sources.open_source(entry, Fetcher(SETTINGS, pause=lambda _: None), SETTINGS).changes(Memory()))
        assert "\n" not in str(caught.value)


def test_oai_gives_the_fields_of_dublin_core(oai: Oai) -> None:
    given = places(filled(oai, "a").run())["a.txt"].provenance
    assert (given.title, given.licence, given.publisher, given.language) == (
        "Paper a",
        "CC0-1.0",
        "County Library",
        "en",
    )


def test_oai_begins_anew_when_a_token_expires_and_gives_up_in_the_end(oai: Oai) -> None:
    filled(oai).expire = 1
    events = oai.run()
    assert len(places(events)) == 5
    assert len(oai.downloads()) == 5
    oai.expire = 9
    with pytest.raises(InputError, match="expired again and again"):
        oai.run()


def test_oai_follows_a_landing_page_to_its_file(oai: Oai) -> None:
    filled(oai, "a")
    link = f"<html><head><meta name='citation_pdf_url' content='{oai.server.address}/files/real.pdf'></head></html>"
    oai.files |= {"a.txt": page(link.encode()), "real.pdf": page(b"%PDF-1.7", "application/pdf")}
    events = oai.run()
    assert places(events)["real.pdf"].data == b"%PDF-1.7"
    again = oai.run(remember(events, Memory()))
    assert (len(kinds(again, Same)), places(again)) == (1, {})


def test_oai_leaves_out_a_record_without_a_file_and_says_so(oai: Oai) -> None:
    oai.records["x"] = (f"{oai.tick()}Z", {"title": "Only words", "identifier": "ISBN 1"})
    (event,) = kinds(oai.run(), LeftOut)
    assert (event.address, event.reason) == ("oai:library:x", "its record names no address of a file")


def test_a_deleted_record_that_was_never_held_is_nothing(oai: Oai) -> None:
    filled(oai, "a").remove("a")
    assert [type(event) for event in oai.run()] == [Mark]


@pytest.mark.parametrize(
    "result",
    [
        [],
        "x",
        None,
        {"count": "x", "results": [{}]},
        {"count": 1, "results": ["a"]},
        {"count": 1, "results": [{"name": "a", "resources": {"url": "/f.pdf"}}]},
        {"count": 1, "results": [{"name": "a", "organization": "x", "resources": [{"url": "/f.pdf"}]}]},
    ],
)
def test_what_only_looks_like_ckan_is_told_in_one_line(result: Any) -> None:
    body = json.dumps({"success": True, "result": result}).encode()
    with Server(lambda _: page(body, "application/json")) as server:
        entry = book.entry("x", {"kind": "ckan", "address": server.address, "delay": 0}, "test")
        source = sources.open_source(entry, Fetcher(SETTINGS, pause=lambda _: None), SETTINGS)
        with pytest.raises(InputError, match="check that it is a catalogue of CKAN"):
            list(source.changes(Memory()))


def test_oai_lists_that_go_in_a_circle_end() -> None:
    body = (
        "<OAI-PMH><granularity>YYYY-MM-DD</granularity><responseDate>2026-03-01</responseDate>"
        "<ListRecords><resumptionToken>t</resumptionToken></ListRecords></OAI-PMH>"
    )
    with Server(lambda _: page(body.encode(), "text/xml")) as server:
        entry = book.entry("x", {"kind": "oai_pmh", "address": server.address, "delay": 0}, "test")
        source = sources.open_source(entry, Fetcher(SETTINGS, pause=lambda _: None), SETTINGS)
        with pytest.raises(InputError, match="without end"):
            list(source.changes(Memory()))
