# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The one door to the network: whom it reaches, how politely it asks, and what it says when it cannot."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from email.utils import format_datetime

import httpx
import pytest

from wazi import sources
from wazi.config import Sources
from wazi.errors import InputError
from wazi.sources import Changed, Failed, Memory, Same, Seen, book
from wazi.sources.fetch import Fetcher, Reply, now
from wazi.sources.reach import Unreachable, is_public
from wazi.testing.sources import SETTINGS, Answer, Asked, Server, conditional, page, remember
from wazi.types import Provenance

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class Talk:
    """A server whose answers come from a list, one a request; the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [page(b"words", "text/plain")]
        self.server = Server(self.respond)
        self.pauses: list[float] = []

    def respond(self, asked: Asked) -> Answer:
        return conditional(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0], asked)

    def fetcher(self, settings: Sources = SETTINGS, **options: Callable[[str, int], list[str]]) -> Fetcher:
        return Fetcher(settings, pause=self.pauses.append, **options)


@pytest.fixture
def talk() -> Iterator[Talk]:
    made = Talk()
    with made.server:
        yield made


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),
        ("2002:0a00:0001::", False),
        ("fec0::1", False),
    ],
)
def test_which_addresses_are_of_the_open_internet(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "127.1", "[::ffff:127.0.0.1]"]
)
def test_this_computer_is_closed_however_it_is_written(talk: Talk, host: str) -> None:
    port = talk.server.address.rpartition(":")[2]
    with pytest.raises(InputError, match=r"private network, which is closed: add .* to \[sources\] private"):
        talk.fetcher(Sources()).get(f"http://{host}:{port}/")
    assert talk.server.asked == []


def test_a_name_is_judged_by_every_address_it_resolves_to(talk: Talk) -> None:
    port = talk.server.address.rpartition(":")[2]
    for found in (["10.0.0.7"], ["8.8.8.8", "127.0.0.1"], ["::ffff:192.168.0.1"]):
        fetcher = talk.fetcher(Sources(), resolve=lambda host, port, found=found: found)
        with pytest.raises(InputError, match=r"county.example is inside a private network"):
            fetcher.get(f"http://county.example:{port}/")
    assert talk.server.asked == []


def test_the_connection_goes_to_the_address_that_was_judged(talk: Talk) -> None:
    """A name that resolves to something else the second time gains nothing: it is resolved once."""
    port = talk.server.address.rpartition(":")[2]
    for opened in (("county.example",), ("127.0.0.0/8",)):
        resolved: list[str] = []

        def resolve(host: str, port: int, resolved: list[str] = resolved) -> list[str]:
            resolved.append(host)
            return ["127.0.0.1"]

        reply = talk.fetcher(Sources(private=opened), resolve=resolve).get(f"http://county.example:{port}/")
        assert (reply.data, resolved) == (b"words", ["county.example"])
        assert talk.server.asked[-1].headers["host"] == f"county.example:{port}"


def test_a_redirect_inside_is_closed_too(talk: Talk) -> None:
    port = talk.server.address.rpartition(":")[2]
    talk.answers = [Answer(302, headers={"Location": "http://169.254.169.254/latest/meta-data"})]
    resolve = lambda host, port: ["127.0.0.1"]  # noqa: E731
    with pytest.raises(InputError, match=r"169.254.169.254 is inside a private network"):
        talk.fetcher(Sources(private=("county.example",)), resolve=resolve).get(f"http://county.example:{port}/")


def test_a_circle_of_redirects_ends(talk: Talk) -> None:
    talk.answers = [Answer(302, headers={"Location": "/a"}), Answer(302, headers={"Location": "/"})]
    with pytest.raises(InputError, match="in a circle"):
        talk.fetcher().get(f"{talk.server.address}/")
    talk.answers = [Answer(302, headers={"Location": f"/{number}"}) for number in range(30)]
    with pytest.raises(InputError, match="in a circle"):
        talk.fetcher().get(f"{talk.server.address}/")


@pytest.mark.parametrize(
    ("said", "wait"),
    [("7", 7.0), ("\xb2", 2.0), (format_datetime(now(), usegmt=True), 0.0), ("soon", 2.0), (None, 2.0)],
)
def test_patience_is_given_as_asked(talk: Talk, said: str | None, wait: float) -> None:
    talk.answers = [Answer(429, headers={"Retry-After": said} if said else {}), page(b"words", "text/plain")]
    assert talk.fetcher().get(f"{talk.server.address}/").data == b"words"
    assert talk.pauses == [wait]


def test_too_much_patience_is_not_given(talk: Talk) -> None:
    talk.answers = [Answer(503, headers={"Retry-After": "86400"})]
    with pytest.raises(InputError, match="come back in 86400 seconds"):
        talk.fetcher().get(f"{talk.server.address}/")
    assert len(talk.server.asked) == 1


def test_requests_to_one_host_are_paced(talk: Talk) -> None:
    fetcher = talk.fetcher()
    fetcher.slow_down(talk.server.address, 5)
    for _ in range(3):
        fetcher.get(f"{talk.server.address}/")
    assert len(talk.pauses) == 2
    assert all(0 < pause <= 5 for pause in talk.pauses)


def test_a_bomb_in_gzip_is_cut_off(talk: Talk) -> None:
    import gzip

    bomb = Answer(200, gzip.compress(b"0" * 50_000_000), {"Content-Type": "text/plain", "Content-Encoding": "gzip"})
    talk.answers = [bomb]
    with pytest.raises(InputError, match="more than 1 MiB"):
        talk.fetcher(Sources(private=("127.0.0.1",), max_mib=1)).get(f"{talk.server.address}/")


def test_offline_is_said_in_one_line() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise Unreachable(f"{host} cannot be found (no network): check the network")

    with pytest.raises(Unreachable, match=r"county.example cannot be found"):
        Fetcher(Sources(), pause=lambda _: None, resolve=nobody).get("https://county.example/")
    with pytest.raises(Unreachable, match=r"127.0.0.1 does not answer"):
        Fetcher(SETTINGS, pause=lambda _: None).get("http://127.0.0.1:9/")


def test_a_host_that_has_gone_silent_is_left_alone() -> None:
    tried: list[str] = []

    def nobody(host: str, port: int) -> list[str]:
        tried.append(host)
        raise Unreachable(f"{host} cannot be found")

    fetcher = Fetcher(Sources(), pause=lambda _: None, resolve=nobody)
    for number in range(20):
        with pytest.raises(Unreachable):
            fetcher.get(f"https://county.example/{number}")
    assert len(tried) == 15
    with pytest.raises(Unreachable):
        fetcher.get("https://other.example/")
    assert tried.count("other.example") == 3


def test_no_proxy_of_the_environment_is_used(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert talk.fetcher().get(f"{talk.server.address}/").data == b"words"


def test_a_proxy_of_the_settings_is_used_for_everything(talk: Talk) -> None:
    fetcher = talk.fetcher(Sources(proxy=talk.server.address))
    assert fetcher.get("http://county.example/act").data == b"words"
    assert talk.server.asked[0].target == "http://county.example/act"
    for host in ("169.254.169.254", "2852039166", "0xa9.254.0251.254", "169.254.169.254.", "127.1", "[::1]"):
        with pytest.raises(InputError, match="private network"):
            fetcher.get(f"http://{host}/")
    assert len(talk.server.asked) == 1


def test_the_server_is_told_who_asks(talk: Talk) -> None:
    talk.fetcher(Sources(private=("127.0.0.1",), contact="data@county.example")).get(f"{talk.server.address}/")
    assert talk.server.asked[0].headers["user-agent"].endswith("(+data@county.example)")


def test_a_password_is_not_carried_to_another_server(talk: Talk) -> None:
    with Server(lambda asked: page(b"there", "text/plain")) as other:
        talk.answers = [Answer(302, headers={"Location": f"{other.address}/"})]
        talk.fetcher().get(f"{talk.server.address}/", headers={"Authorization": "secret"})
        assert "authorization" not in other.asked[0].headers
        assert talk.server.asked[0].headers["authorization"] == "secret"


def test_one_address_is_found_and_read_for_ingest(talk: Talk) -> None:
    (place,) = sources.find([f"{talk.server.address}/fees"], SETTINGS, Provenance(language="en"))
    assert talk.server.asked == []
    raw = sources.read(place, SETTINGS)
    assert (raw.source, raw.name, raw.data) == (f"{talk.server.address}/fees", "fees.txt", b"words")
    assert (raw.provenance.language, raw.provenance.address) == ("en", f"{talk.server.address}/fees")
    talk.answers = [Answer(404)]
    with pytest.raises(InputError, match="answers 404: check the address"):
        sources.read(place, SETTINGS)
    with pytest.raises(InputError, match="no address of http"):
        sources.find(["ftp://county.example/a.pdf"], SETTINGS, Provenance())


def test_a_list_of_which_nothing_can_be_had_says_that_the_network_is_missing() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise Unreachable(f"{host} cannot be found")

    entry = book.entry("forms", {"kind": "addresses", "address": "https://a.example/1 https://b.example/2"}, "test")
    source = sources.open_source(entry, Fetcher(Sources(), pause=lambda _: None, resolve=nobody), Sources())
    events = []
    with pytest.raises(Unreachable, match="none of the addresses"):
        events.extend(source.changes(Memory({"https://a.example/1": Seen("https://a.example/1")})))
    assert all(isinstance(event, Failed) for event in events)


def test_a_name_in_another_script_is_resolved_as_the_network_writes_it() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["10.0.0.1"]

    with pytest.raises(InputError):
        Fetcher(Sources(), resolve=resolve).get("https://bücher.example/")
    assert asked == ["xn--bcher-kva.example"]
    assert httpx.URL("https://bücher.example/").host == "bücher.example"


def test_304_counts_only_as_an_answer_to_a_condition(talk: Talk) -> None:
    talk.answers = [Answer(304)]
    for seen in (None, Seen("x"), Seen("x", etag='"1"', gone="it answers 404"), Seen("x", etag='"é"')):
        with pytest.raises(InputError, match="answers 304, although nothing of it is known"):
            talk.fetcher().get(f"{talk.server.address}/", seen)
    assert talk.fetcher().get(f"{talk.server.address}/", Seen("x", etag='"1"')).status == 304


@pytest.mark.parametrize("charset", ["undefined", "unicode_escape", "utf\0-8", "idna", "base64"])
def test_a_charset_that_makes_no_text_leaves_the_bytes_as_they_are(charset: str) -> None:
    data = b"x \xff \\ud800"
    assert Reply("http://a.example/", 200, {"content-type": f"text/html; charset={charset}"}, data).text_bytes() == data


def test_a_landing_page_that_stays_hides_no_new_file(talk: Talk) -> None:
    """The page's own date is older than that of the file it names: it must not be asked whether it changed since then."""
    base, old, new = talk.server.address, "Mon, 02 Mar 2026 10:00:00 GMT", "Tue, 03 Mar 2026 10:00:00 GMT"
    file = {"body": b"%PDF-1.7 one", "date": old}
    body = f"<html><head><meta name='citation_pdf_url' content='{base}/act.pdf'></head></html>".encode()

    def respond(asked: Asked) -> Answer:
        landing = asked.target == "/act"
        date = old if landing else str(file["date"])
        if asked.headers.get("if-modified-since", "") >= date:
            return Answer(304)
        answer = page(body, etag=False) if landing else page(file["body"], "application/pdf", etag=False)  # type: ignore[arg-type]
        return Answer(200, answer.body, {**answer.headers, "Last-Modified": date})

    talk.server.respond = respond
    entry = book.entry("acts", {"kind": "addresses", "address": f"{base}/act", "delay": 0}, "test")
    source = sources.open_source(entry, talk.fetcher(), SETTINGS)
    memory = remember(source.changes(Memory()), Memory())
    assert [type(event) for event in source.changes(memory)] == [Same]
    file |= {"body": b"%PDF-1.7 two", "date": new}
    (event,) = source.changes(memory)
    assert isinstance(event, Changed)
    assert event.place.data == b"%PDF-1.7 two"
