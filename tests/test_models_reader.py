# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The reader at run time: places of tokens in the text, windows, the file of 8-bit weights, and the best span."""

from pathlib import Path

import numpy as np
import pytest
import toy_reader
from toy_reader import untrained

from wazi import config, models
from wazi.errors import MissingPart
from wazi.models import chosen, reader_file, reader_graph, reader_inputs
from wazi.models.e5_graph import processor
from wazi.models.e5_pieces import Cutter, Pieces
from wazi.models.e5_weights import Weights
from wazi.models.reader import LONGEST_ANSWER, NOWHERE, Reader
from wazi.models.reader_file import Trained
from wazi.models.reader_inputs import LONGEST_QUESTION, MARKS, STRIDE, WINDOW

WEIGHTS = toy_reader.weights()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    file = tmp_path_factory.mktemp("reader") / "reader.npz"
    reader_file.write(untrained(), file)
    return Reader(WEIGHTS, file, precision="f32")


# places of tokens


def vocabulary(pieces: list[str], replacements: dict[int, str] | None = None) -> Weights:
    scores = np.array([0.0, *(-1.0 for _ in pieces)], np.float32)
    return Weights(64, 0, 2, 512, 1e-12, 1, 2, 0, ["<unk>", *pieces], scores, replacements or {}, {})


def shown(cutter: Cutter, text: str) -> list[str]:
    found = cutter.pieces(text)
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


def test_every_token_has_its_characters() -> None:
    cutter = Cutter(vocabulary(["\u2581", "a", "b", "\u2581a"]))
    assert shown(cutter, " ab \n a") == ["a", "b", "a"]
    assert cutter.pieces(" ab a").ids == cutter.ids("ab a")
    assert cutter.pieces("").ids == []


def test_a_character_of_no_piece_is_one_token_in_its_place() -> None:
    assert shown(Cutter(vocabulary(["\u2581", "a"])), "a\u4e00\u4e01a") == ["", "a", "\u4e00", "\u4e01", "a"]


def test_characters_that_are_composed_or_expanded_keep_their_places() -> None:
    cutter = Cutter(vocabulary(["\u2581", "\u00e9", "a", "f", "i", "\u00b0", "C"]))
    assert shown(cutter, "ae\u0301a") == ["", "a", "e\u0301", "a"]
    assert shown(cutter, "a\ufb01a")[1:] == ["a", "\ufb01", "", "a"]  # one character, two pieces
    assert shown(cutter, "a\u00b4a")[-1] == "a"  # becomes a blank and an accent


def test_the_ethiopic_word_space_parts_words() -> None:
    cutter = Cutter(vocabulary(["\u2581", "\u2581a", "a"]))
    assert cutter.pieces("a\u1361a").ids == cutter.pieces("a a").ids
    assert shown(cutter, "a\u1361a") == ["a", "a"]


# windows


def pieces(count: int) -> Pieces:
    return Pieces(list(range(5, 5 + count)), list(range(count)), list(range(1, count + 1)))


def test_a_pair_is_marked_as_the_model_was_trained() -> None:
    (pair,) = reader_inputs.windows([10, 11], pieces(3), WEIGHTS)
    assert pair.ids == [0, 10, 11, 2, 2, 5, 6, 7, 2]
    assert pair.ids[pair.first : -1] == [5, 6, 7]


@pytest.mark.parametrize("count", [0, 1, 200, 249, 250, 251, 400, 1000])
def test_windows_overlap_and_leave_nothing_out(count: int) -> None:
    passage = pieces(count)
    found = list(reader_inputs.windows([10, 11], passage, WEIGHTS))
    seen: list[int] = []
    for pair in found:
        assert len(pair.ids) <= WINDOW
        inside = pair.ids[pair.first : -1]
        assert inside == passage.ids[pair.begin : pair.begin + len(inside)]
        assert not seen or len(seen) - pair.begin == STRIDE
        seen = seen[: pair.begin] + inside
    assert seen == passage.ids
    assert len(found) == (1 if count <= WINDOW - MARKS - 2 else -(-(count - STRIDE) // (WINDOW - MARKS - 2 - STRIDE)))


def test_a_long_question_keeps_its_end() -> None:
    (pair,) = reader_inputs.windows(list(range(10, 500)), pieces(3), WEIGHTS)
    assert pair.ids[1 : pair.first - 2] == list(range(500 - LONGEST_QUESTION, 500))


# the file


def test_matrices_come_back_within_half_a_level(tmp_path: Path) -> None:
    made = untrained()
    reader_file.write(made, tmp_path / "r.npz")
    found = reader_file.read(tmp_path / "r.npz")
    assert found.tensors.keys() == made.tensors.keys()
    for name, tensor in made.tensors.items():
        level = np.abs(tensor).max(axis=-1, keepdims=True) / 127
        assert np.all(np.abs(found.tensors[name] - tensor) <= level * 0.501), name
    assert np.array_equal(found.tensors["l0.q.b"], made.tensors["l0.q.b"])
    assert found.card == {"seen": 3}
    assert not list(tmp_path.glob("*.part*"))


def test_another_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "no.npz").write_bytes(b"PK\x03\x04 nothing")
    np.savez(tmp_path / "other.npz", about=np.frombuffer(b'{"format": "x"}', np.uint8))
    for name in ("no.npz", "other.npz", "none.npz"):
        with pytest.raises(MissingPart, match=r"is not a trained reader .* `wazi tune reader`"):
            reader_file.read(tmp_path / name)
    reader_file.write(Trained(32, 1, 2, 1e-12, untrained().tensors, {}), tmp_path / "small.npz")
    with pytest.raises(MissingPart, match="another encoder"):
        Reader(WEIGHTS, tmp_path / "small.npz")


# reading


def test_a_reading_is_a_stretch_of_its_passage_whatever_stands_beside_it(reader: Reader) -> None:
    passages = ["A stall costs 450 shillings.", "", "Rain falls in April. " * 40, "x"]
    found = reader.read("What does a stall cost?", passages)
    for passage, one in zip(passages, found, strict=True):
        assert 0 <= one.start <= one.end <= len(passage)
        alone = reader.read("What does a stall cost?", [passage])[0]
        assert (alone.start, alone.end) == (one.start, one.end)
        assert alone.relevance == pytest.approx(one.relevance, abs=1e-3)
    assert found[0].end > found[0].start
    assert found[1].score == -np.inf
    assert reader.read("What?", []) == []


def test_the_best_span_is_the_best_of_all_that_are_allowed(reader: Reader) -> None:
    text = "stall costs 450 a day and is paid at the gate before nine"
    cut = reader._cutter.pieces(text)
    (pair,) = reader_inputs.windows(reader._cutter.ids("cost?"), cut, WEIGHTS)
    begin, end, _ = reader._run(reader._embedding.batch([pair]))
    last = len(pair.ids) - 1
    every = [
        (float(begin[0, a] + end[0, b]), a, b)
        for a in range(pair.first, last)
        for b in range(a, min(last, a + LONGEST_ANSWER))
    ]
    score, at, to = max(every)
    (found,) = reader.read("cost?", [text])
    assert found.score == pytest.approx(score, abs=1e-4)
    assert (found.start, found.end) == (cut.starts[at - pair.first], cut.ends[to - pair.first])
    assert found.no_answer == pytest.approx(float(begin[0, 0] + end[0, 0]), abs=1e-4)
    assert found.margin == pytest.approx(found.score - found.no_answer)


def test_parts_have_the_best_spans_inside_them(reader: Reader) -> None:
    text = "stall costs 450 a day. " + "Rain falls in April. " * 40 + "Pay at the gate."
    cuts = [(0, 22), (text.index("Pay"), len(text)), (1, 2), (0, len(text))]
    (found,) = reader.read("cost?", [text], [cuts])
    for (start, end), part in zip(cuts, found.parts, strict=True):
        assert part == NOWHERE or start <= part.start < part.end <= end
    assert found.parts[2] == NOWHERE, "no token lies inside a part of a word"
    whole = found.parts[3]
    assert (whole.start, whole.end) == (found.start, found.end), "the whole passage is a part like any other"
    assert whole.margin == pytest.approx(found.margin, abs=1e-4)
    assert max(part.margin for part in found.parts[:2]) <= whole.margin
    (alone,) = reader.read("cost?", [text])
    assert alone == found._replace(parts=())


@pytest.mark.real
def test_the_reader_of_the_package_reads() -> None:
    settings = config.load("unused", overrides={"rerank": {"reader": "wazi-reader-2"}}, environment={})
    shipped = models.open_reader(settings)
    assert shipped
    passages = [
        "The market opens at six. A stall costs 450 shillings per day. Traders sweep their place.",
        "Rain falls in April and in November. The river floods the lower road.",
    ]
    cost = "What does a stall cost per day?"
    found = shipped.read(cost, passages)
    assert "450" in passages[0][found[0].start : found[0].end]
    odds = [shipped.odds(each, cosine=0.85, overlap=0.5) for each in found]
    assert odds[0] > odds[1] + 1


@pytest.mark.real
def test_the_reader_that_a_home_has_in_use_is_the_one_that_answers(tmp_path: Path) -> None:
    settings = config.load(tmp_path, environment={})
    first = models.open_reader(settings)
    assert first
    assert first.name == models.SHIPPED, "nobody has chosen"
    other = config.load(tmp_path, overrides={"embed": {"model": "fake-embedder"}}, environment={})
    assert models.open_reader(other) is None, "it reads with its own encoder"
    shipped = Path(models.__file__).parent / "weights" / "wazi-reader-2.npz"
    chosen.add(tmp_path, "office-1", shipped, {})
    again = models.open_reader(settings)
    assert again
    assert again.name == models.SHIPPED, "let in is not in use"
    chosen.use(tmp_path, "office-1")
    opened = models.open_reader(settings)
    assert opened
    assert opened.name == "office-1"
    off = config.load(tmp_path, overrides={"rerank": {"reader": "none"}}, environment={})
    assert models.open_reader(off) is None
    weights = tmp_path / "models" / "office-1" / "reader.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(MissingPart, match="not what the gate let in"):
        models.open_reader(settings)
    chosen.rollback(tmp_path)
    before = models.open_reader(settings)
    assert before
    assert before.name == models.SHIPPED
    chosen.use(tmp_path, "none")
    assert models.open_reader(settings) is None, "somebody has chosen none"


@pytest.mark.parametrize(
    ("flags", "precision"),
    [(set(), "f32"), ({"avx2", "avx_vnni"}, "f32"), ({"avx512_bf16"}, "bf16"), ({"amx_bf16", "amx_int8"}, "bf16")],
)
def test_the_processor_decides_the_precision(flags: set[str], precision: str) -> None:
    assert reader_graph.suited(flags) == precision


@pytest.mark.skipif(reader_graph.suited(processor()) == "f32", reason="a processor without bfloat16")
def test_in_bfloat16_it_reads_nearly_the_same(reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "reader.npz"
    reader_file.write(untrained(), file)
    texts = ["the fee is paid at the gate", "gate"]
    near = Reader(WEIGHTS, file, precision="bf16").read("the gate", texts)
    for one, other in zip(reader.read("the gate", texts), near, strict=True):
        assert other.margin == pytest.approx(one.margin, abs=0.3)
        assert other.relevance == pytest.approx(one.relevance, abs=0.3)
        assert other != one
