# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmark of words alone scores as the reference store does."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from wazi.languages import analyse
from wazi.store.memory import MemoryStore
from wazi.types import EVERYTHING, Chunk, Holding, Passage, Record, Scope, Status

FILE = Path(__file__).parent.parent / "benchmarks" / "lexical.py"
TEXTS = [
    "Article 12. A stall in the market costs Frw 5,000 a month.",
    "The clerk keeps the register of stalls and markets, as article 13 says.",
    "Fees are due on 12 March 2024.",
    "",
]


@pytest.fixture(scope="module")
def lexical() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lexical", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lexical"] = module
    spec.loader.exec_module(module)
    return module


def test_its_scores_are_those_of_the_reference_store(lexical: ModuleType) -> None:
    tokens = [analyse.tokens(text, "en") for text in TEXTS]
    asked = analyse.question("What does a market stall cost under art. 12?", "en")
    chunks = [Chunk(str(at), "d", text, 0, len(text), None, (), "en") for at, text in enumerate(TEXTS)]
    vector = np.array([1.0, 0.0], np.float32)
    passages = tuple(Passage(chunk, found, vector) for chunk, found in zip(chunks, tokens, strict=True))
    store = MemoryStore(2)
    store.apply([Holding(Record("d", "d", "d", "0", "text/plain", Status.COMPLETE), "", passages)])
    held = dict(store.lexical(asked, Scope(frozenset({EVERYTHING})), 10))
    scores = lexical.Index(tokens).scores(asked)
    assert scores[0] > scores[1] > 0
    assert [held.get(str(at), 0.0) for at in range(len(TEXTS))] == pytest.approx(scores.tolist())


def test_a_question_is_in_one_half_for_ever(lexical: ModuleType) -> None:
    halves = [lexical.half(f"q{number}") for number in range(200)]
    assert halves == [lexical.half(f"q{number}") for number in range(200)]
    assert 70 < halves.count("tune") < 130


def test_a_folder_is_scored_by_language(lexical: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "amqa"
    folder.mkdir()
    rows = [{"_id": f"p{at}", "title": "", "text": text, "lang": "en"} for at, text in enumerate(TEXTS)]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "section 12", "lang": "en"}))
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tp0\t1\n")
    (row,), count, _ = lexical.measure(lexical.read(tmp_path, "amqa", "am"))
    assert (row["language"], row["questions"], row["recall@10"]["value"]) == ("en", 1, 100.0)
    assert count > 0
