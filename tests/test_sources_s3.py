# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A bucket of a real S3 server on this computer, and the signature against one that Amazon publishes and one of its library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wazi import sources
from wazi.config import Sources
from wazi.errors import InputError, SettingError
from wazi.sources import Changed, Event, Failed, LeftOut, Memory, Same, book
from wazi.sources.fetch import Fetcher
from wazi.sources.s3 import Key, signed
from wazi.testing.sources import SETTINGS, Answer, Asked, Server, SourceConformance, page, remember

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
CREDENTIALS = 'access_key_id = "office"\nsecret_access_key = "not/a+real=secret"\n'
KEEPER = {"Authorization": "AWS4-HMAC-SHA256 Credential=office/20260301/us-east-1/s3/aws4_request, Signature=0"}
"""The server does not check signatures: those are compared with another implementation below."""


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    threaded = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    server = threaded.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    server.stop()


class Bucket:
    """A fresh bucket; written to with plain requests, read through the source."""

    settings = SETTINGS

    def __init__(self, server: str, folder: Path) -> None:
        self.server, self.address = server, f"{server}/{folder.name}"
        self.options: dict[str, Any] = {}
        (folder / "key.toml").write_text(CREDENTIALS)
        self.table = {"kind": "s3", "address": f"s3://{folder.name}/law/", "credentials": str(folder / "key.toml")}
        httpx.put(self.address, headers=KEEPER, trust_env=False).raise_for_status()

    def source(self) -> sources.Source:
        entry = book.entry("papers", {**self.table, "endpoint": self.server, **self.options}, "test")
        return sources.open_source(entry, Fetcher(SETTINGS, pause=lambda _: None), SETTINGS)

    def write(self, key: str, text: str) -> None:
        httpx.put(f"{self.address}/{key}", content=text.encode(), headers=KEEPER, trust_env=False).raise_for_status()

    def put(self, name: str, text: str) -> None:
        self.write(f"law/{name}.txt", text)

    def remove(self, name: str) -> None:
        httpx.delete(f"{self.address}/law/{name}.txt", headers=KEEPER, trust_env=False).raise_for_status()

    def vanish(self) -> None:
        self.server = "http://127.0.0.1:9"


@pytest.fixture
def bucket(moto: str, tmp_path_factory: pytest.TempPathFactory) -> Bucket:
    return Bucket(moto, tmp_path_factory.mktemp("bucket-"))


class TestS3(SourceConformance):
    @pytest.fixture
    def world(self, bucket: Bucket) -> Bucket:
        return bucket


def test_only_the_prefix_and_only_documents(bucket: Bucket) -> None:
    bucket.put("a", "A stall costs 450.")
    bucket.write("law/deep/mwongozo wa ada +1 (ñ).md", "# Ada")
    bucket.write("law/deep/", "")
    bucket.write("law/.hidden", "no")
    bucket.write("other/b.txt", "no")
    found = {each.place.name: each.place for each in bucket.source().changes(Memory()) if isinstance(each, Changed)}
    assert sorted(found) == ["a.txt", "mwongozo wa ada +1 (ñ).md"]
    assert found["mwongozo wa ada +1 (ñ).md"].data == b"# Ada"
    name = bucket.address.rpartition("/")[2]
    assert found["a.txt"].source == found["a.txt"].provenance.address == f"s3://{name}/law/a.txt"


def test_an_unchanged_object_is_not_read_again(bucket: Bucket) -> None:
    for number in range(5):
        bucket.put(f"{number}", "words" * number)
    memory = remember(bucket.source().changes(Memory()), Memory())
    behind = bucket.server
    with Server(lambda asked: forward(behind, asked)) as between:
        bucket.server = between.address
        events = list(bucket.source().changes(memory))
    assert [type(event) for event in events] == [Same] * 4  # the empty one is none
    assert len(between.asked) == 1


def forward(server: str, asked: Asked) -> Answer:
    reply = httpx.get(server + asked.target, headers=KEEPER, trust_env=False)
    return Answer(reply.status_code, reply.content, {"Content-Type": reply.headers["content-type"]})


def test_a_long_list_comes_in_parts() -> None:
    def respond(asked: Asked) -> Answer:
        if "list-type=2" not in asked.target:
            return page(b"words", "text/plain")
        second = "continuation-token=to%2Fken%2B1" in asked.target
        more = "" if second else "<NextContinuationToken>to/ken+1</NextContinuationToken>"
        item = f"<Contents><Key>{'b' if second else 'a'}.txt</Key><ETag>x</ETag><Size>5</Size></Contents>"
        return page(f'<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{item}{more}</R>'.encode(), "text/xml")

    with Server(respond) as server:
        events = listed(server.address)
    assert [event.place.name for event in events if isinstance(event, Changed)] == ["a.txt", "b.txt"]


def listed(endpoint: str, settings: Sources = SETTINGS, **options: Any) -> list[Event]:
    table = {"kind": "s3", "address": "s3://papers", "endpoint": endpoint, **options}
    fetcher = Fetcher(settings, pause=lambda _: None)
    return list(sources.open_source(book.entry("papers", table, "test"), fetcher, settings).changes(Memory()))


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if "list-type=2" not in asked.target:
            return Answer(403)
        sizes = {"a.txt": 5, "huge.txt": 5 * 2**20}
        items = (
            f"<Contents><Key>{key}</Key><ETag>x</ETag><Size>{size}</Size></Contents>" for key, size in sizes.items()
        )
        return page(f"<R>{''.join(items)}</R>".encode(), "text/xml")

    with Server(respond) as server:
        events = listed(server.address, Sources(private=("127.0.0.1",), max_mib=1))
    assert [(type(event), event.address) for event in events if isinstance(event, Failed | LeftOut)] == [
        (Failed, "s3://papers/a.txt"),
        (LeftOut, "s3://papers/huge.txt"),
    ]
    with (
        Server(lambda _: Answer(403)) as server,
        pytest.raises(InputError, match=r"s3://papers cannot be listed \(it answers 403\): check name and credentials"),
    ):
        listed(server.address)
    (tmp_path / "key.toml").write_text('access_key_id = "x"\n')
    with pytest.raises(SettingError, match="access_key_id and secret_access_key must both"):
        listed("http://127.0.0.1:9", credentials=str(tmp_path / "key.toml"))


def test_the_signature_is_the_one_of_amazons_library() -> None:
    auth = pytest.importorskip("botocore.auth", reason="botocore is not installed")
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    moment = dt.datetime(2026, 3, 1, 10, 20, 30, tzinfo=dt.UTC)
    for address, token in (
        ("https://s3.eu-west-1.amazonaws.com/papers?list-type=2&prefix=law%2Fa%20b", ""),
        ("http://127.0.0.1:9000/papers/law/mwongozo%20wa%20ada%20%2B1%20%28%C3%B1%29.md", "session"),
    ):
        ours = signed(address, Key("office", "not/a+real=secret", token), "eu-west-1", moment)
        request = AWSRequest(
            "GET", address, headers={name: ours[name] for name in ("x-amz-content-sha256", "x-amz-date")}
        )
        request.context["timestamp"] = ours["x-amz-date"]
        signer = auth.S3SigV4Auth(Credentials("office", "not/a+real=secret", token or None), "s3", "eu-west-1")
        if token:
            request.headers["x-amz-security-token"] = token
        text = signer.string_to_sign(request, signer.canonical_request(request))
        assert signer.signature(text, request) == ours["Authorization"].rpartition("Signature=")[2]


def test_a_key_does_not_show_its_secret() -> None:
    assert "not/a+real" not in repr(Key("office", "not/a+real=secret"))


@pytest.mark.parametrize(
    ("listing", "message"),
    [
        ("<Contents><Key>a.txt</Key><Size>much</Size></Contents>", "gives the size 'much'"),
        ("<NextContinuationToken>t</NextContinuationToken>", "without end"),
    ],
)
def test_a_server_that_lists_nonsense_is_told(listing: str, message: str) -> None:
    with Server(lambda _: page(f"<L><!-- x -->{listing}</L>".encode(), "text/xml")) as server:
        table = {"kind": "s3", "address": "s3://papers", "endpoint": server.address}
        source = sources.open_source(book.entry("x", table, "test"), Fetcher(SETTINGS, pause=lambda _: None), SETTINGS)
        with pytest.raises(InputError, match=message):
            list(source.changes(Memory()))
