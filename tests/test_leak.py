# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Two worlds that differ only by documents a reader may not see are one world to that reader, whatever they ask for.

Labels of documents and readers are drawn at random; everything that HTTP gives is compared byte by byte, headers included,
but for what differs from call to call anyway: ids, times, costs. Then what the shell gives: the description for catalogues.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import drawing
import pytest
from conftest import put
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wazi import access, config, export
from wazi.audit import Trail
from wazi.config import Settings
from wazi.desk import Desk, Models
from wazi.meter import Meter
from wazi.models.fake import FakeEmbedder, FakeGenerator
from wazi.serve.app import create
from wazi.store import Store
from wazi.store.lance import LanceStore
from wazi.store.memory import MemoryStore
from wazi.testing import ANYBODY, KEEPER
from wazi.types import PUBLIC, Holding, Passage, Reader, Record, Scope

TEXTS = (
    "# Fees\n\nA market stall costs 450 shillings per day. The fee is paid at the gate.",
    "# Stalls\n\nA market stall at the harbour costs 900 shillings per week. The harbour gate opens at six.",
    "# Burials\n\nA burial permit is issued free of charge within two days. The permit names the plot.",
    "# Water\n\nThe water fee is 30 shillings per month. The fee is paid at the water office.",
    "# Vault\n\nThe vault code of the archive is 4711. The archive keeps the vault at the gate.",
    "# Zebra\n\nZebra is the name of the audit. The audit of the market stall fee found 7000 shillings missing.",
)
NAMES = ("fees.md", "stalls.md", "burials.md", "water.md", "vault.md", "audit.pdf")
QUESTIONS = (
    "What does a market stall cost per day?",
    "What is the vault code of the archive?",
    "How much is the water fee?",
    "When is a burial permit issued?",
    "Zebra?",
)
LABELS = (PUBLIC, "staff", "court", "health")
SHARED = st.frozensets(st.sampled_from(LABELS), max_size=3)
VARYING = (
    (re.compile(rb"(resp|chatcmpl|msg|file|vs|evt)_[0-9A-Za-z-]{8,}"), b"ID"),
    (re.compile(rb"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b"), b"ID"),
    (re.compile(rb'"(created|created_at|completed_at|expires_at|seconds|joules|gco2e|usd)":[0-9.e-]+'), b"NUMBER"),
    (re.compile(rb'"steps":\{(?:[^{}]|\{[^{}]*\})*\}'), b"STEPS"),
    (re.compile(rb'"(created|dateCreated)": ?"[^"]*"'), b"TIME"),
    (re.compile(rb'<p class="cost">[^<]*'), b"COST"),
)
"""Numbers and names that two calls of the same never share."""
MEASURED = re.compile(r"^(?!#)(?!.*(seconds|created|joules)).*$", re.MULTILINE)
"""The lines of the metrics that count, and do not time."""

Seen = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class World:
    """Documents as pairs of a place in `TEXTS` and labels, and the labels of who asks."""

    documents: tuple[tuple[int, frozenset[str]], ...]
    reader: frozenset[str]
    question: str

    def without_hidden(self) -> "World":
        return replace(self, documents=tuple(d for d in self.documents if d[1] & self.reader))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    places = draw(st.permutations(range(len(TEXTS))))[: draw(st.integers(1, len(TEXTS)))]
    documents = tuple((place, draw(SHARED)) for place in places)
    reader = draw(st.frozensets(st.sampled_from(LABELS), min_size=1, max_size=2))
    return World(documents, reader, draw(st.sampled_from(QUESTIONS)))


def settings_of(home: Path) -> Settings:
    overrides = {
        "embed": {"model": "fake-embedder"},
        "compose": {"model": "fake"},
        "rerank": {"evidence_floor": 0.25, "other_language_floor": 0.25},
    }
    return config.load(home, overrides=overrides, environment={})


def desk_of(home: Path, store: Store) -> Desk:
    made = settings_of(home)
    models = Models(FakeEmbedder, lambda _: FakeGenerator("point"))
    return Desk(made, store, models, Trail(home / "audit", keep_questions=True), Meter(made.meter))


@lru_cache
def holding(place: int, labels: frozenset[str]) -> Holding:
    """A document of `TEXTS` as ingest would store it, with these labels."""
    record, text, passages, original = _parsed(place)
    marked = tuple(replace(p, chunk=replace(p.chunk, labels=labels)) for p in passages)
    return Holding(replace(record, labels=labels), text, marked, original)


@lru_cache
def _parsed(place: int) -> tuple[Record, str, tuple[Passage, ...], bytes]:
    name, text = NAMES[place], TEXTS[place]
    data = drawing.made(drawing.lines(*re.split(r"\s*\n+", text[2:]))) if name.endswith("pdf") else text.encode()
    kept = _Kept(FakeEmbedder().dimension)
    put(desk_of(Path("/nowhere"), kept), name, data)
    held = kept.taken[0]
    return held.record, held.text, held.passages, data


class _Kept(MemoryStore):
    """A store that shows what it was given."""

    taken: tuple[Holding, ...] = ()

    def apply(self, holdings, *, delete=()):  # type: ignore[no-untyped-def]
        self.taken += tuple(holdings)
        super().apply(holdings, delete=delete)


def seen(response: Response) -> Seen:
    """What a client gets, without what differs from call to call."""
    headers = {name: value for name, value in response.headers.items() if name not in ("date", "content-length")}
    body = response.content
    for pattern, mark in VARYING:
        body = pattern.sub(mark, body)
    return response.status_code, headers, body


def everything(world: World, desk: Desk, opened: Iterable[int]) -> dict[str, Seen]:
    """Every way in, as the reader of the world, on a fresh server; by what was called. Documents at `opened` are asked for."""
    desk.store.apply([holding(*document) for document in world.documents])
    reader = Reader("somebody", world.reader)
    with TestClient(create(desk, lambda _: reader), base_url="http://127.0.0.1") as client:
        told = {f"ask {n}": seen(reply) for n, reply in enumerate(_asked(client, world.question))}
        told |= {address: seen(client.get(address)) for address in _addresses(opened)}
        counts = MEASURED.findall(client.get("/metrics").text)
        told["/metrics"] = (200, {}, "\n".join(counts).encode())
        told["export"] = (0, {}, _exported(desk, reader))
    return told


def _asked(client: TestClient, question: str) -> list[Response]:
    quote, chat = {"model": "quote"}, [{"role": "user", "content": question}]
    search, page = "/v1/vector_stores/documents/search", {"Accept": "text/html"}
    filters = {"type": "eq", "key": "kind", "value": "paragraph"}
    return [
        client.post("/api/ask", json=quote | {"question": question}),
        client.post("/api/ask", json={"question": "And how much?", "earlier": [question]}),
        client.post("/v1/chat/completions", json=quote | {"messages": chat}),
        client.post("/v1/chat/completions", json={"model": "fake", "messages": chat, "stream": True}),
        client.post("/v1/responses", json=quote | {"input": question}),
        client.post("/v1/responses", json=quote | {"input": question, "stream": True}),
        client.post("/v1/embeddings", json={"model": "fake-embedder", "input": question}),
        client.post(search, json={"query": question, "max_num_results": 20}),
        client.post(search, json={"query": question, "filters": filters}),
        client.post("/", data={"question": question}, headers=page),
        client.post("/widget", data={"question": question}, headers=page),
    ]


def _addresses(places: Iterable[int]) -> list[str]:
    """Lists, and by their addresses the documents at these places and one that never was."""
    ids = [holding(place, frozenset()).record.id for place in places] + ["never"]
    below = ("/documents/{}", "/documents/{}?start=3&end=9", "/documents/{}/pages/1.png", "/documents/{}/original")
    api = ("/v1/files/{}", "/v1/files/{}/content", "/v1/files?after={}")
    lists = ["/", "/v1/files", "/v1/files?limit=1&order=desc", "/v1/vector_stores", "/v1/vector_stores/documents"]
    return [*lists, "/v1/models", "/readyz", *(form.format(id) for id in ids for form in below + api)]


def _exported(desk: Desk, reader: Reader) -> bytes:
    records, then = desk.store.records(access.holdings_of(reader)), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return json.dumps([export.dcat(records, then), export.croissant(records, then)]).encode()


def compare(world: World, home: Path, store: Callable[[], Store]) -> None:
    """The property itself: the first document of either kind is opened by its address."""
    readable = {bool(labels & world.reader): place for place, labels in reversed(world.documents)}
    opened = readable.values()
    whole = everything(world, desk_of(home / "whole", store()), opened)
    visible = everything(world.without_hidden(), desk_of(home / "visible", store()), opened)
    for name, mine in whole.items():
        assert mine == visible[name], name


def in_memory() -> Store:
    return MemoryStore(FakeEmbedder().dimension)


CHECKS = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
"""Nothing is made smaller after a failure: a world is small, and a case takes a third of a second."""


@settings(CHECKS, max_examples=20, derandomize=True)
@given(world=worlds())
def test_a_readers_world_has_no_trace_of_what_they_may_not_see(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    compare(world, tmp_path_factory.mktemp("world"), in_memory)


@pytest.mark.slow
@settings(CHECKS, max_examples=1000)
@given(world=worlds())
def test_a_thousand_worlds(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    compare(world, tmp_path_factory.mktemp("world"), in_memory)


class _Open(MemoryStore):
    """A store that forgets the scope where it lists."""

    def records(self, scope: Scope) -> list[Record]:
        return super().records(KEEPER)


VISIBLE = ((0, frozenset({PUBLIC})), (1, frozenset({PUBLIC})))
VAULT = World((*VISIBLE, (4, frozenset({"court"}))), frozenset({PUBLIC}), "What is the vault code of the archive?")


def test_the_comparison_notices_a_store_that_forgets_the_scope(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        compare(VAULT, tmp_path, lambda: _Open(FakeEmbedder().dimension))


@pytest.mark.parametrize("kind", ["memory", "lance"])
def test_scores_of_words_do_not_move_by_hidden_documents(tmp_path: Path, kind: str) -> None:
    scores = []
    for hidden in (0, 9):
        home = tmp_path / str(hidden)
        dimension = FakeEmbedder().dimension
        store = (
            in_memory()
            if kind == "memory"
            else LanceStore(str(home), words_in_memory=200_000, exact_rows=20_000, dimension=dimension)
        )
        desk = desk_of(home, store)
        put(desk, "harbour.md", "# A\n\nThe harbour master keeps a lamp.")
        for n in range(hidden):
            put(desk, f"hidden{n}.md", f"# H\n\nThe harbour of town {n}.", labels=frozenset({"court"}))
        store.compact()
        scores.append(store.lexical(["harbour", "lamp"], ANYBODY, 9))
    assert [(hit.id, pytest.approx(hit.score)) for hit in scores[0]] == scores[1]
