# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What is opened once from the settings and passed to every step: store, models, audit, meter.

Nothing is global: tests build a `Desk` from their own parts. A model is opened at its first use.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from wazi import models, registry, store
from wazi.audit import Trail
from wazi.config import Settings
from wazi.errors import StoreError
from wazi.languages import lexicon
from wazi.languages.lexicon import Lexicons
from wazi.meter import Meter
from wazi.models.recent import Recent, remembering

if TYPE_CHECKING:
    from wazi.models import Embedder, Generator, PassageReader
    from wazi.store import Store
    from wazi.types import Cards, Vector

LEXICONS = "lexicons"
"""Folder of the home for lexicons of its own, which go before the shipped ones."""

QUOTE = "quote"
"""The name that stands for no generator at all."""


class Models:
    """The models of a desk, each opened once, at its first use, whichever thread asks first."""

    def __init__(
        self,
        open_embedder: Callable[[], Embedder],
        open_generator: Callable[[str], Generator],
        open_reader: Callable[[], PassageReader | None] = lambda: None,
    ) -> None:
        self._open_embedder = open_embedder
        self._open_generator = open_generator
        self._open_reader = open_reader
        self._reader: tuple[PassageReader | None] | None = None
        self._embedder: Embedder | None = None
        self._generators: dict[str, Generator] = {}
        self._sentences: Recent[Vector] = Recent()
        self._questions: Recent[Vector] = Recent()
        self._lock = threading.Lock()

    @property
    def embedder(self) -> Embedder:
        """The embedder of the settings. Raises MissingPart if its weights are not here."""
        with self._lock:
            if self._embedder is None:
                self._embedder = self._open_embedder()
            return self._embedder

    def sense(self, sentences: Sequence[str]) -> Vector:
        """The vectors of sentences of documents, one a row. Raises MissingPart."""
        if not sentences:
            return self.embedder.passages(sentences)
        return np.stack(self._sentences.get(sentences, lambda new: self.embedder.passages([sentences[n] for n in new])))

    def question(self, text: str) -> Vector:
        """The vector of a question. Raises MissingPart."""
        return self._questions.get([text], lambda _: [self.embedder.query(text)])[0]

    @property
    def reader(self) -> PassageReader | None:
        """The reader of the settings, None for none. Raises MissingPart if its weights are not here."""
        with self._lock:
            if self._reader is None:
                self._reader = (self._open_reader(),)
            return self._reader[0]

    def names(self, generator: str) -> dict[str, str]:
        """What an answer was made with, by role; a reader only where one is in use."""
        reader = {"read": self.reader.name} if self.reader else {}
        return {"embed": self.embedder.name, **reader, "generate": generator}

    def generator(self, name: str) -> Generator:
        """The generator called `name`. Raises MissingPart if its weights are not here."""
        with self._lock:
            if name not in self._generators:
                self._generators[name] = self._open_generator(name)
            return self._generators[name]


@dataclass(frozen=True, slots=True)
class Desk:
    """The tools of every step."""

    settings: Settings
    store: Store
    models: Models
    audit: Trail
    meter: Meter
    lexicons: Lexicons = field(default_factory=lexicon.shipped)
    cards: Cards | None = None
    """Answers that staff have reviewed; None where nobody keeps any."""

    def fresh(self) -> Desk:
        """The same desk with a meter of its own: one for each answer or ingest."""
        return replace(self, meter=Meter(self.settings.meter))

    def check_embedder(self) -> None:
        """Vectors of two embedders must never meet in one search. Raises StoreError."""
        held, used = self.store.note("embed"), self.models.embedder.version
        if held and held != used and self.store.stats()["chunks"]:
            raise StoreError(
                f"this home was embedded with {held!r}, not {used!r}: use that embedder, or ingest into a new --home"
            )

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()


def open_desk(settings: Settings) -> Desk:
    """Open everything the settings name. Raises StoreError, SettingError; models are opened later."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"cannot use the home {settings.home}: {error.strerror}: choose another with --home"
        ) from error
    return Desk(
        settings=settings,
        store=open_store(settings),
        models=Models(
            lambda: models.open_embedder(settings),
            lambda name: models.open_generator(settings, name),
            lambda: remembering(models.open_reader(settings)),
        ),
        audit=trail_of(settings),
        meter=Meter(settings.meter),
        lexicons=lexicon.held(settings.home / LEXICONS),
    )


def trail_of(settings: Settings) -> Trail:
    """The receipts of the home."""
    kept = settings.audit
    return Trail(settings.home / "audit", keep_questions=kept.keep_questions, keep_days=kept.keep_days)


def open_store(settings: Settings) -> Store:
    """The store that the settings name."""
    dimension = models.dimension(settings)
    if settings.store.kind == "memory":
        memory: Store = registry.load("store", "memory", store.PARTS)(dimension)
        return memory
    uri = settings.store.uri or str(settings.home / "store")
    kind = registry.load("store", "lance", store.PARTS)
    sizes = {"exact_rows": settings.store.exact_rows, "words_in_memory": settings.store.words_in_memory}
    lance: Store = kind(uri, dimension=dimension, **sizes)
    return lance
