# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Crawling a small site that a real server on this computer serves: what is asked for, what is not, what is taken in."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from wazi import parse, sources
from wazi.config import Parse, Sources
from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Memory, Same, book, sitemap
from wazi.sources.fetch import Fetcher
from wazi.sources.links import file_name, normal, read_page
from wazi.testing.sources import SETTINGS, Answer, Asked, Server, SourceConformance, conditional, page, remember

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
pytest.importorskip("protego", reason="protego is not installed")


def html(body: str, head: str = "") -> Answer:
    return page(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode())


class Site:
    """Paths and what each answers; `source` crawls it from its front page."""

    settings = SETTINGS

    def __init__(self) -> None:
        self.paths: dict[str, Answer | Callable[[Asked], Answer]] = {}
        self.server = Server(self.respond)
        self.pauses: list[float] = []
        self.options: dict[str, Any] = {}

    def respond(self, asked: Asked) -> Answer:
        found = self.paths.get(asked.target, Answer(404))
        return conditional(found(asked) if callable(found) else found, asked)

    def source(self) -> sources.Source:
        table = {"kind": "web", "address": self.server.address, "delay": 0, **self.options}
        fetcher = Fetcher(self.settings, pause=self.pauses.append)
        return sources.open_source(book.entry("site", table, "test"), fetcher, self.settings)

    def put(self, name: str, text: str) -> None:
        self.paths[f"/{name}"] = html(f"<p>{text}</p>")
        self._front()

    def remove(self, name: str) -> None:
        self.paths[f"/{name}"] = Answer(410)
        self._front()

    def _front(self) -> None:
        there = [path for path, answer in self.paths.items() if path != "/" and answer != Answer(410)]
        self.paths["/"] = html(
            "".join(f'<a href="{path}">x</a>' for path in there), '<meta name="robots" content="noindex">'
        )

    def vanish(self) -> None:
        self.server.__exit__(None, None, None)

    def crawl(self, memory: Memory | None = None) -> list[Event]:
        return list(self.source().changes(memory or Memory()))

    def asked(self) -> list[str]:
        targets = [each.target for each in self.server.asked]
        self.server.asked.clear()
        return [target for target in targets if target not in ("/robots.txt", "/sitemap.xml")]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    with made.server:
        yield made


def taken(events: list[Event]) -> dict[str, sources.Place]:
    places = (event.place for event in events if isinstance(event, Changed))
    return {"/" + place.source.split("/", 3)[3]: place for place in places}


def left_out(events: list[Event]) -> dict[str, str]:
    return {"/" + each.address.split("/", 3)[3]: each.reason for each in events if isinstance(each, LeftOut)}


class TestConformance(SourceConformance):
    @pytest.fixture
    def world(self, site: Site) -> Site:
        return site


def test_follows_links_of_the_same_site_only(site: Site) -> None:
    site.paths["/"] = html(
        '<a href="a.html#top">A</a> <a href="/a.html">A</a> <a href="http://elsewhere.example/">no</a>'
        '<a href="mailto:x@y.example">no</a> <a href="http://u:p@127.0.0.1/x">no</a><a href="?utm_source=mail">self</a>'
    )
    site.paths["/a.html"] = html("<p>A stall costs 450.</p><a href='b'>B</a>", "<base href='/deep/'>")
    site.paths["/deep/b"] = page(b"Plain words.", "text/plain")
    events = site.crawl()
    assert list(taken(events)) == ["/", "/a.html", "/deep/b"]
    assert site.asked() == ["/", "/a.html", "/deep/b"]
    place = taken(events)["/deep/b"]
    assert (place.name, place.data) == ("b.txt", b"Plain words.")
    assert place.provenance.address == f"{site.server.address}/deep/b"
    assert place.provenance.fetched
    assert place.provenance.fetched.tzinfo


def test_the_second_time_only_what_changed_is_fetched(site: Site) -> None:
    for number in range(30):
        site.paths[f"/{number}"] = html(f"<p>Notice {number}.</p><a href='/{number + 1}'>next</a>")
    site.options = {"depth": 40}
    site.paths["/"] = html("<a href='/0'>first</a>")
    memory = remember(site.crawl(), Memory())
    site.server.asked.clear()
    site.server.sent = 0
    site.paths["/7"] = html("<p>Notice 7, changed.</p><a href='/8'>next</a><a href='/new'>new</a>")
    site.paths["/new"] = html("<p>A new notice.</p>")
    events = site.crawl(memory)
    assert list(taken(events)) == ["/7", "/new"]
    assert sum(isinstance(event, Same) for event in events) == 30
    bodies = sum(len(site.paths[path].body) for path in ("/7", "/new"))  # type: ignore[union-attr]
    assert site.server.sent == bodies  # robots.txt and sitemap.xml answer 404 without a body


def test_without_etags_the_bytes_tell(site: Site) -> None:
    site.paths["/"] = page(b"<html><body>A stall costs 450.</body></html>", etag=False)
    first = site.crawl()
    (event,) = site.crawl(remember(first, Memory()))
    assert isinstance(event, Same)
    assert event.fetched


def test_robots_are_obeyed_with_wildcards_and_the_longest_rule(site: Site) -> None:
    site.paths["/robots.txt"] = page(
        b"User-agent: *\nDisallow: /admin/\nAllow: /admin/help\nDisallow: /*.csv$\nCrawl-delay: 3\n", "text/plain"
    )
    site.paths["/"] = html(
        "<a href='/admin/x'>1</a><a href='/admin/help'>2</a><a href='/t.csv'>3</a><a href='/t.csv?a'>4</a>"
    )
    for path in ("/admin/x", "/admin/help", "/t.csv", "/t.csv?a"):
        site.paths[path] = html(f"<p>{path}</p>")
    events = site.crawl()
    assert list(taken(events)) == ["/", "/admin/help", "/t.csv?a"]
    assert left_out(events) == dict.fromkeys(["/admin/x", "/t.csv"], "robots.txt does not allow it")
    assert site.asked() == ["/", "/admin/help", "/t.csv?a"]
    assert len([pause for pause in site.pauses if 0 < pause <= 3]) == 4  # sitemap.xml, and the three pages


def test_a_robots_file_that_cannot_be_had_closes_the_site(site: Site) -> None:
    site.paths["/"] = html("<p>words</p>")
    site.paths["/robots.txt"] = Answer(500)
    with pytest.raises(InputError, match=r"robots.txt cannot be had"):
        site.crawl()
    assert site.asked() == []


def test_sitemaps_index_gzip_and_text(site: Site) -> None:
    base = site.server.address
    site.paths["/robots.txt"] = page(f"Sitemap: {base}/index.xml".encode(), "text/plain")
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    index = (
        f"<sitemapindex {space}><sitemap><loc>{base}/a.xml.gz</loc></sitemap><sitemap><loc>{base}/b.txt</loc></sitemap>"
    )
    site.paths["/index.xml"] = page(
        f"{index}<sitemap><loc>{base}/index.xml</loc></sitemap></sitemapindex>".encode(), "text/xml"
    )
    urls = f"<urlset {space}><url><loc> {base}/one?a=1&amp;b=2 </loc></url><url><loc>http://other.example/</loc></url></urlset>"
    site.paths["/a.xml.gz"] = page(gzip.compress(urls.encode()), "application/gzip")
    site.paths["/b.txt"] = page(f"{base}/two\n".encode(), "text/plain")
    site.paths["/"] = html("<p>Front.</p>")
    site.paths["/one?a=1&b=2"] = html("<p>One.</p>")
    site.paths["/two"] = html("<p>Two.</p>")
    assert set(taken(site.crawl())) == {"/", "/one?a=1&b=2", "/two"}


def test_a_trusted_sitemap_saves_the_request(site: Site) -> None:
    site.options = {"trust_sitemap": True}
    url = f"<url><loc>{site.server.address}/a</loc><lastmod>2020-01-01</lastmod></url>"
    site.paths |= {"/sitemap.xml": page(f"<urlset>{url}</urlset>".encode(), "text/xml")}
    site.paths |= {"/": html("<a href='/a'>a</a>"), "/a": html("<p>A.</p><a href='/b'>b</a>"), "/b": html("<p>B.</p>")}
    memory = remember(site.crawl(), Memory())
    site.asked()
    events = site.crawl(memory)
    assert site.asked() == ["/", "/b"]
    assert sum(isinstance(event, Same) for event in events) == 3


def test_a_trap_of_endless_links_ends_and_says_so(site: Site) -> None:
    def month(asked: Asked) -> Answer:
        number = int(asked.target.partition("=")[2] or 0)
        return html(f"<p>Month {number}</p><a href='/calendar?m={number + 1}'>next</a>")

    site.paths = {f"/calendar?m={number}": month for number in range(1000)}
    site.paths["/"] = html("<a href='/calendar?m=0'>calendar</a>")
    site.options = {"depth": 5}
    assert len(taken(site.crawl())) == 6
    site.options = {"depth": 100, "pages": 20}
    events = site.crawl()
    assert len(taken(events)) == 20
    (reason,) = left_out(events).values()
    assert "the limit is pages = 20" in reason


def test_loops_of_links_and_redirects_end(site: Site) -> None:
    site.paths["/"] = html("<a href='/a'>a</a><a href='/r1'>r</a><a href='/away'>x</a>")
    site.paths["/a"] = html("<a href='/'>home</a><a href='/a'>me</a>")
    site.paths["/r1"] = Answer(302, headers={"Location": "/r2"})
    site.paths["/r2"] = Answer(301, headers={"Location": "/r1"})
    site.paths["/away"] = Answer(302, headers={"Location": "http://169.254.169.254/latest"})
    events = site.crawl()
    assert list(taken(events)) == ["/", "/a"]
    assert "which is not of this site" in left_out(events)["/away"]


def test_a_page_that_moved_is_gone_and_taken_in_at_its_new_address(site: Site) -> None:
    site.paths |= {"/": html("<a href='/old'>x</a>"), "/old": html("<p>Fees.</p>")}
    memory = remember(site.crawl(), Memory())
    site.paths |= {"/old": Answer(301, headers={"Location": "/fees"}), "/fees": html("<p>Fees 2.</p>")}
    events = site.crawl(memory)
    (gone,) = [event for event in events if isinstance(event, Gone)]
    assert (gone.seen.address, "moved to" in gone.reason) == (f"{site.server.address}/old", True)
    assert list(taken(events)) == ["/fees"]


def test_a_canonical_address_stands_for_its_copies(site: Site) -> None:
    head = "<link rel='canonical' href='/fees'>"
    site.paths |= {"/": html("<a href='/fees?print=1'>x</a>"), "/fees?print=1": html("<p>Fees, to print.</p>", head)}
    site.paths["/fees"] = html("<p>Fees.</p>", head)
    first = site.crawl()
    assert list(taken(first)) == ["/", "/fees"]
    assert not taken(site.crawl(remember(first, Memory())))


def test_two_pages_that_call_each_other_canonical_lose_nothing(site: Site) -> None:
    site.paths |= {"/": html("<a href='/a'>x</a>"), "/a": html("<p>A.</p>", "<link rel=canonical href='/b'>")}
    site.paths["/b"] = html("<p>B.</p>", "<link rel=canonical href='/a'>")
    assert list(taken(site.crawl())) == ["/", "/b"]


def test_the_same_bytes_at_two_addresses_go_in_once(site: Site) -> None:
    same = html("<p>Same.</p>")
    site.paths |= {"/": html("<a href='/a?s=1'>x</a><a href='/a?s=2'>x</a>"), "/a?s=1": same, "/a?s=2": same}
    first = site.crawl()
    assert list(taken(first)) == ["/", "/a?s=1"]
    assert not taken(site.crawl(remember(first, Memory())))


def test_what_asks_not_to_be_indexed_is_read_for_its_links_only(site: Site) -> None:
    site.paths["/"] = html("<a href='/a'>x</a>", "<meta name='ROBOTS' content='noindex'>")
    site.paths["/a"] = replace(
        html("<a href='/b'>x</a>"), headers={"Content-Type": "text/html", "X-Robots-Tag": "none, nofollow"}
    )
    site.paths["/b"] = html("<p>unseen</p>")
    assert list(taken(site.crawl())) == ["/a"]


def test_only_documents_are_downloaded(site: Site) -> None:
    site.paths["/"] = html(
        "<a href='/film.mp4'>1</a><a href='/act'>2</a><a href='/get?id=3'>3</a><a href='/dead'>4</a>"
    )
    site.paths["/film.mp4"] = page(b"x" * 100_000, "video/mp4")
    site.paths["/act"] = page(b"%PDF-1.7", "application/pdf")
    site.paths["/get?id=3"] = page(b"x", "application/octet-stream")
    events = site.crawl()
    assert taken(events)["/act"].name == "act.pdf"
    assert left_out(events) == {
        "/film.mp4": "it is video/mp4: not among the types taken in",
        "/get?id=3": "it is application/octet-stream: not among the types taken in",
        "/dead": "it answers 404",
    }


def test_a_slow_a_huge_and_a_broken_page_are_reported_and_the_rest_goes_in(site: Site) -> None:
    site.settings = Sources(private=("127.0.0.1",), seconds=0.8, max_mib=1)
    site.paths["/"] = html("<a href='/slow'>1</a><a href='/huge'>2</a><a href='/ill'>3</a><a href='/good'>4</a>")
    site.paths["/slow"] = lambda _: time.sleep(2.5) or html("late")  # type: ignore[func-returns-value]
    site.paths["/huge"] = page(b"x" * (2**20 + 1), "text/plain")
    site.paths["/ill"] = Answer(503)
    site.paths["/good"] = html("<p>Good.</p>")
    events = site.crawl()
    reasons = {event.address.rpartition("/")[2]: event.reason for event in events if isinstance(event, Failed)}
    assert list(taken(events)) == ["/", "/good"]
    assert "does not answer in time" in reasons["slow"]
    assert "more than 1 MiB" in reasons["huge"]
    assert "answers 503" in reasons["ill"]


@pytest.mark.parametrize(
    ("data", "header", "words"),
    [
        ("<p>Taxe foncière</p>".encode("latin-1"), "text/html; charset=iso-8859-1", "Taxe foncière"),
        ("<p>Taxe foncière</p>".encode(), "text/html; charset=iso-8859-1", "Taxe foncière"),  # the server is wrong
        ("<p>Налог на землю</p>".encode("cp1251"), "text/html; charset=windows-1251", "Налог на землю"),
        ("<p>Налог на землю</p>".encode(), "text/html", "Налог на землю"),
        ("<p>x Налог</p>".encode(), "text/html; charset=nonsense", "x Налог"),
    ],
)
def test_the_charset_of_the_header_counts_where_the_bytes_do_not_tell(
    site: Site, data: bytes, header: str, words: str
) -> None:
    site.paths["/"] = page(b"<!doctype html><html><body>" + data + b"</body></html>", header)
    raw = sources.read(taken(site.crawl())["/"], SETTINGS)
    assert words in parse.parse(raw, Parse()).text


def test_skipped_addresses_are_named(site: Site) -> None:
    site.options = {"skip": ["*/archive/*"]}
    site.paths |= {"/": html("<a href='/archive/x'>x</a>"), "/archive/x": html("<p>old</p>")}
    assert left_out(site.crawl()) == {"/archive/x": "`skip` names it"}


def test_a_page_no_longer_linked_is_asked_for_and_kept(site: Site) -> None:
    site.paths |= {"/": html("<a href='/a'>x</a>"), "/a": html("<p>A.</p>")}
    memory = remember(site.crawl(), Memory())
    site.paths["/"] = html("<p>No links any more.</p>")
    events = site.crawl(memory)
    assert not [event for event in events if isinstance(event, Gone)]
    assert [event.seen.address for event in events if isinstance(event, Same)] == [f"{site.server.address}/a"]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("HTTP://County.Example:80/a/../b?x=1#top", "http://county.example/b?x=1"),
        ("https://county.example", "https://county.example/"),
        ("https://county.example/?utm_source=x&id=3&fbclid=y", "https://county.example/?id=3"),
        ("javascript:void(0)", None),
        ("ftp://county.example/", None),
        ("http://user:secret@county.example/", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://county.example:99999/", None),
        ("http://county.example/" + "a/" * 2000, None),
    ],
)
def test_an_address_is_written_one_way(address: str, wanted: str | None) -> None:
    assert normal(address) == wanted


def test_names_and_pages_of_odd_input() -> None:
    assert file_name("https://a.example/", "text/html") == "a.example.html"
    assert file_name("https://a.example/By%20law.PDF?x", "application/pdf") == "By law.PDF"
    assert file_name("https://a.example/x.php", "text/html") == "x.php.html"
    for data in (b"", b"\x00", b"<", b"<a href=", b"<base href='http://['><a href='http://[::1'>x</a>"):
        assert read_page(data, "https://a.example/").links == ()


@pytest.mark.parametrize(
    "data", [b"", b"<", b"\x1f\x8bnot gzip", b"<urlset><url><loc>nonsense</loc></url></urlset>", b"\xff\xfe"]
)
def test_a_damaged_sitemap_lists_nothing(data: bytes) -> None:
    assert sitemap.read(data).pages == {}


def test_a_sitemap_bomb_is_cut_off() -> None:
    lines = b"https://a.example/x\n" * 50_000 + b"https://a.example/beyond\n" + b" " * sitemap.LARGEST
    assert list(sitemap.read(gzip.compress(lines, 1)).pages) == ["https://a.example/x"]
    entity = b'<!DOCTYPE u [<!ENTITY a "https://a.example/"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    assert sitemap.read(entity + b"<urlset><url><loc>&a;&f;</loc></url></urlset>").pages == {}


def test_a_canonical_address_that_gives_nothing_loses_no_page(site: Site) -> None:
    site.paths |= {"/": html("<a href='/a'>x</a><a href='/n'>x</a>"), "/a": html("<p>A.</p>")}
    memory = remember(site.crawl(), Memory())
    site.paths["/a"] = html("<p>A 2.</p>", "<link rel=canonical href='/gone'>")
    site.paths["/n"] = html("<p>N.</p>", "<link rel=canonical href='/chain'>")
    site.paths["/chain"] = html("<p>N.</p>", "<link rel=canonical href='/gone'>")
    events = site.crawl(memory)
    assert list(taken(events)) == ["/a", "/chain"]
    assert not [event for event in events if isinstance(event, Gone)]
    addresses = [event.address if isinstance(event, LeftOut | Failed) else event.seen.address for event in events]  # type: ignore[union-attr]
    assert len(addresses) == len(set(addresses))


def test_a_canonical_address_that_leads_back_or_on_gives_one_document(site: Site) -> None:
    site.paths |= {"/": html("<a href='/a'>x</a><a href='/b'>x</a>")}
    site.paths["/a"] = html("<p>A.</p>", "<link rel=canonical href='/a/'>")
    site.paths["/a/"] = Answer(301, headers={"Location": "/a"})
    site.paths["/b"] = html("<p>B, to print.</p>", "<link rel=canonical href='/b/'>")
    site.paths["/b/"] = Answer(302, headers={"Location": "/deed"})
    site.paths["/deed"] = html("<p>B.</p>")
    assert sorted(taken(site.crawl())) == ["/", "/a", "/deed"]


def test_a_canonical_address_that_is_down_for_a_while_makes_no_copy(site: Site) -> None:
    copy = html("<p>Fees.</p>", "<link rel=canonical href='/fees'>")
    site.paths |= {"/": html("<a href='/copy'>x</a>"), "/copy": copy, "/fees": html("<p>Fees!</p>")}
    memory = remember(site.crawl(), Memory())
    site.paths |= {"/fees": Answer(503), "/copy": html("<p>Fees 2.</p>", "<link rel=canonical href='/fees'>")}
    assert taken(site.crawl(memory)) == {}


def test_a_link_that_is_no_address_does_not_end_the_crawl(site: Site) -> None:
    site.paths |= {"/": html("<a href='http://x:99999/'>x</a><a href='/a'>x</a>"), "/a": html("<p>A.</p>")}
    assert list(taken(site.crawl())) == ["/", "/a"]
