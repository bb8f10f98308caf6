# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A desk of small honest parts: the reference store, an embedder that counts words, a generator that points at sentences."""

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from wazi import chunk, config, parse
from wazi.audit import Trail
from wazi.config import Settings
from wazi.desk import Desk, Models
from wazi.embed import embed
from wazi.ingest import as_document, screen
from wazi.languages import identify, sentences
from wazi.meter import Meter
from wazi.models.fake import FakeEmbedder, FakeGenerator
from wazi.store.memory import MemoryStore
from wazi.types import PUBLIC, Holding, Provenance, RawFile, Record

CHARTER = """# Citizens' service charter

## Fees

A market stall costs 450 shillings per day. The fee is paid at the gate before nine in the morning.

A burial permit is issued free of charge within two days.

## Opening hours

The office in Mlimani opens from eight to four on working days.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what parsers make of the sample files anew")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    overrides = {
        "embed": {"model": "fake-embedder"},
        "compose": {"model": "fake"},
        "rerank": {"evidence_floor": 0.25, "other_language_floor": 0.25},
    }
    return config.load(tmp_path / "home", overrides=overrides, environment={})


@pytest.fixture
def desk_of(settings: Settings) -> Callable[[str], Desk]:
    """An empty desk whose generator behaves as told: point, invent, refuse, stop, leak."""

    def build(behaviour: str = "point") -> Desk:
        return Desk(
            settings=settings,
            store=MemoryStore(FakeEmbedder().dimension),
            models=Models(FakeEmbedder, lambda _: FakeGenerator(behaviour)),
            audit=Trail(settings.home / "audit", keep_questions=True),
            meter=Meter(settings.meter),
        )

    return build


@pytest.fixture
def empty(desk_of: Callable[[str], Desk]) -> Desk:
    """A desk that holds nothing yet."""
    return desk_of("point")


@pytest.fixture
def desk(desk_of: Callable[[str], Desk]) -> Desk:
    """A desk that holds the charter."""
    made = desk_of("point")
    put(made, "charter.md", CHARTER)
    return made


def put(
    desk: Desk,
    name: str,
    text: str | bytes,
    *,
    labels: frozenset[str] = frozenset({PUBLIC}),
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> Record:
    """Take one document in through the steps of ingest, without a child process."""
    data = text.encode() if isinstance(text, str) else text
    provenance = Provenance(labels=labels, valid_from=valid_from, valid_until=valid_until)
    raw = RawFile(f"/office/{name}", name, data, hashlib.sha256(data).hexdigest(), provenance)
    document = screen(as_document(raw, parse.parse(raw, desk.settings.parse), "test", None, labels=labels))
    language_of = partial(identify.language, default=document.record.languages[0])
    chunks = chunk.chunk(document, desk.settings.chunk, language_of, sentences.split)
    desk.store.apply([Holding(document.record, document.text, tuple(embed(chunks, desk)), data)])
    return document.record
