# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The catalogue, the factories and the fakes."""

import itertools
import json
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import pytest

from wazi import config, models
from wazi.config import Settings
from wazi.desk import QUOTE, Models
from wazi.errors import MissingPart, SettingError
from wazi.models import Reading, catalogue
from wazi.models.fake import Behaviour, FakeEmbedder, FakeGenerator, FakeReader
from wazi.models.recent import Recent, RecentReader
from wazi.types import Usage

MESSAGES = [
    {"role": "system", "content": "Only point. The secret word is heron."},
    {
        "role": "user",
        "content": "[1] The market opens at seven.\n[2] A stall costs 40 shillings a day.\n"
        "Question: an old one\nQuestion: What does a stall cost?",
    },
]


def settings(tmp_path: Path, **compose: str) -> Settings:
    values = {"embed": {"model": "fake-embedder"}, "compose": {"model": "fake"} | compose}
    made = config.load(tmp_path, overrides=values, environment={"WAZI_MODELS": str(tmp_path / "models")})
    made.models_dir.mkdir(exist_ok=True)
    return made


def collect(pieces: Generator[str, None, Usage]) -> tuple[str, Usage]:
    text = ""
    while True:
        try:
            text += next(pieces)
        except StopIteration as stop:
            return text, stop.value


def said(behaviour: Behaviour, max_tokens: int = 100) -> str:
    return collect(FakeGenerator(behaviour).generate(MESSAGES, schema=None, max_tokens=max_tokens))[0]


# the catalogue


def test_every_entry_has_a_runtime_a_licence_and_a_checksum_for_its_weights() -> None:
    for entry in catalogue.read().values():
        assert entry.runtime in models.RUNTIMES
        assert entry.licence
        assert (entry.dimension > 0) == (entry.role == "embed")
        assert entry.role != "read" or catalogue.find(entry.base).role == "embed"
        if not entry.weightless:
            assert len(entry.sha256) == 64
            assert entry.size > 0
            assert entry.places.installed or entry.places.registry


def test_the_parts_of_a_model_add_up_to_it() -> None:
    entry = catalogue.find("qwen2.5-coder-1.5b")
    assert sum(part.bytes for part in entry.places.registry) == entry.size
    assert len({part.file for part in entry.places.registry}) == 22
    assert entry.writes == ()


def test_the_models_the_settings_name_by_default_are_in_the_catalogue() -> None:
    defaults = Settings()
    assert catalogue.find(defaults.embed.model).role == "embed"
    assert defaults.compose.model == QUOTE or catalogue.find(defaults.compose.model).role == "generate"


def test_a_local_catalogue_adds_a_model(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text(
        '[[model]]\nname = "ours"\nrole = "generate"\nruntime = "openvino"\nlicence = "MIT"\npath = "ours.gguf"\n'
        'writes = ["sw"]\n'
    )
    entry = catalogue.find("ours", tmp_path)
    assert entry.places.path == tmp_path / "ours.gguf"
    assert entry.writes == ("sw",)
    assert not entry.weightless


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[model]]\nname = "fake"\nrole = "generate"\nruntime = "fake"\nlicence = "MIT"\n', "already a model"),
        ('[[model]]\nname = "x"\nrole = "cook"\nruntime = "fake"\nlicence = "MIT"\n', "role"),
        ("[[model]\n", "cannot read"),
    ],
)
def test_a_bad_local_catalogue_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "catalogue.toml").write_text(text)
    with pytest.raises(SettingError, match=words) as caught:
        catalogue.read(tmp_path)
    assert "\n" not in str(caught.value)


def test_an_unknown_model_names_those_there_are_but_no_fakes() -> None:
    with pytest.raises(SettingError, match=r"qwen2\.5-coder-1\.5b") as caught:
        catalogue.find("gpt")
    assert "fake" not in str(caught.value)


# the factories


def test_importing_the_drawer_loads_no_heavy_library() -> None:
    code = "import sys, wazi.models; print([m for m in ('numpy', 'openvino', 'httpx') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_the_settings_choose_the_models(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert models.open_embedder(chosen).name == "fake-embedder"
    assert models.dimension(chosen) == FakeEmbedder.dimension
    assert models.open_generator(chosen).name == "fake"


def test_a_model_whose_weights_are_not_here_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(MissingPart, match=r"type `wazi models pull qwen2\.5-coder-1\.5b`"):
        models.open_generator(settings(tmp_path), "qwen2.5-coder-1.5b")


def test_a_generator_cannot_embed(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot generate"):
        models.open_generator(settings(tmp_path), "fake-embedder")


def test_an_endpoint_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="url"):
        models.open_generator(settings(tmp_path), "endpoint")
    made = models.open_generator(settings(tmp_path, url="http://127.0.0.1:9/v1", endpoint_model="big"), "endpoint")
    assert made.name == "big"
    assert made.writes == frozenset()


# the fakes


def test_the_fake_points_at_the_sentence_that_shares_most_words() -> None:
    assert json.loads(said("point")) == {"answerable": True, "sentences": [2]}


def test_the_fake_says_when_nothing_is_shared() -> None:
    messages = [{"role": "user", "content": "[1] The market opens.\nQuestion: Wapi ofisi?"}]
    text, usage = collect(FakeGenerator().generate(messages, schema=None, max_tokens=100))
    assert json.loads(text) == {"answerable": False, "sentences": []}
    assert usage.tokens_in == 7


def test_the_fake_misbehaves_as_told() -> None:
    invented = json.loads(said("invent"))["answer"]
    assert "7431" in invented
    assert invented not in MESSAGES[1]["content"]
    assert json.loads(said("refuse"))["answerable"] is False
    assert said("leak") == MESSAGES[0]["content"]
    with pytest.raises(ValueError):
        json.loads(said("stop"))
    with pytest.raises(ValueError):
        json.loads(said("point", max_tokens=2))


def test_a_stalled_fake_says_nothing_and_gives_up() -> None:
    stalled = FakeGenerator("stall", patience=0.05).generate(MESSAGES, schema=None, max_tokens=9)
    assert "".join(itertools.islice(stalled, 2)) == ""
    with pytest.raises(MissingPart, match=r"said nothing for 0\.05 seconds"):
        list(stalled)


def test_the_fake_embedder_is_the_same_in_every_process_and_near_where_words_are_shared() -> None:
    embedder = FakeEmbedder()
    near, far, empty = embedder.passages(["the stall costs money", "wazi ofisi leo", ""])
    query = embedder.query("stall costs")
    assert query @ near > query @ far
    assert np.linalg.norm([near, far, empty], axis=1) == pytest.approx([1, 1, 1])
    assert embedder.passages([]).shape == (0, 384)
    code = "from wazi.models.fake import FakeEmbedder as E; print(E().query('stall costs').nonzero()[0].tolist())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(other) == query.nonzero()[0].tolist()


class CountingEmbedder(FakeEmbedder):
    """Notes what it was given to embed."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        self.given += texts
        return super().passages(texts)


def test_a_sentence_is_embedded_once_while_it_is_remembered() -> None:
    counting = CountingEmbedder()
    kept = Models(lambda: counting, lambda _: FakeGenerator())
    plain = FakeEmbedder().passages(["one", "two", "one"])
    np.testing.assert_array_equal(kept.sense(["one", "two", "one"]), plain)
    counting.given.clear()
    np.testing.assert_array_equal(kept.sense(["two", "three"]), FakeEmbedder().passages(["two", "three"]))
    assert counting.given == ["three"]
    assert kept.sense([]).shape[0] == 0


def test_a_question_is_embedded_once_and_as_a_question() -> None:
    asked: list[str] = []

    class Asked(FakeEmbedder):
        def query(self, text: str) -> np.ndarray:
            asked.append(text)
            return super().query(text)

    kept = Models(Asked, lambda _: FakeGenerator())
    for _ in range(2):
        np.testing.assert_array_equal(kept.question("what rain"), FakeEmbedder().query("what rain"))
    assert asked == ["what rain"]


def test_what_was_unused_for_longest_is_forgotten_first() -> None:
    made: list[int] = []

    def make(new: list[int]) -> list[int]:
        made.extend(new)
        return new

    recent: Recent[int] = Recent(most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        recent.get([text], make)
    assert len(made) == 4  # a, b, c, and b again
    assert recent.get([], make) == []
    assert recent.get(["x", "y", "z"], make) == [0, 1, 2]  # more at once than are held


class CountingReader(FakeReader):
    """Notes what it was given to read."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str]] = []

    def read(
        self, question: str, passages: Sequence[str], parts: Sequence[Sequence[tuple[int, int]]] = ()
    ) -> list[Reading]:
        self.given += [(question, passage) for passage in passages]
        return super().read(question, passages, parts)


def test_a_passage_is_read_once_with_a_question_while_it_is_remembered() -> None:
    counting, texts = CountingReader(), ["The fee is 5.", "Rain falls.", "Ask at the desk."]
    recent = RecentReader(counting, most=2)
    plain = FakeReader().read("the fee", texts, [[(0, 3)]] * 3)
    assert recent.read("the fee", texts[:1], [[(0, 3)]]) == plain[:1]
    assert recent.read("the fee", texts, [[(0, 3)]] * 3) == plain
    assert [text for _, text in counting.given] == texts
    recent.read("the fee", texts[2:], [[(0, 3)]])
    assert len(counting.given) == 3  # the last ones are still there
    recent.read("the fee", texts[2:], [[(4, 7)]])
    recent.read("what rain", texts[2:], [[(0, 3)]])
    recent.read("the fee", texts[:1], [[(0, 3)]])
    assert len(counting.given) == 6  # other parts, another question, and one that was forgotten
