# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The whole path at toy size with the real code: feedback, data set, training, gate, in use, rolled back."""

import json
import random
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import put
from tests.test_models_reader import WEIGHTS
from wazi import access
from wazi.curate.feedback import accepted
from wazi.curate.make import Plan as CuratePlan
from wazi.curate.make import curate
from wazi.desk import Desk
from wazi.models import NONE, chosen
from wazi.models.fake import FakeEmbedder
from wazi.models.reader import Reader
from wazi.state import State, feedback, open_state
from wazi.tune import reader
from wazi.tune.gate import Policy
from wazi.tune.gate_command import Trial, gate

torch = pytest.importorskip("torch", reason="the extra `train` is not installed: pip install 'wazi[train]'")

from wazi.tune.loop import Plan  # noqa: E402
from wazi.types import PUBLIC, Better  # noqa: E402

PLAN = Plan(steps=120, batch_tokens=600, rate=3e-3, head_rate=3e-3, log_every=20, test_every=120, seed=3)
POLICY = Policy(claims=("reading",), tolerance=100, slower=10, few=4, most_seconds=60)


def halls(desk: Desk, state: State) -> None:
    """Documents of three prices each, and what readers said: where the price of two of them stands, accepted by staff."""
    draw = random.Random(0)
    public = frozenset({PUBLIC})
    for number in range(90):
        letters = draw.sample("bcdfghjk", 3)
        text = " ".join(f"The stall {letter} costs {draw.randint(100, 999)} coins." for letter in letters)
        record = put(desk, f"hall{number}.md", f"# Hall {number}\n\n## Prices of the hall {number}\n\n{text}\n")
        held = desk.store.text(record.id, access.holdings_of(access.keeper())) or ""
        for letter in letters[:2]:
            at = held.index(f"stall {letter} costs ") + len(f"stall {letter} costs ")
            asked = f"What does {letter} cost in {number}?"
            told = feedback.keep(state, answer="a", question=asked, language="en", verdict="wrong", labels=public)
            better = Better(record.id, at, at + 3)
            feedback.review(state, told.id, public, status="accepted", by="y", better=better)


def test_from_feedback_to_a_reader_in_use_and_back(empty: Desk, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    home, data, out = tmp_path / "home", tmp_path / "data", tmp_path / "run"
    with closing(open_state(empty.settings.home)) as state:
        halls(empty, state)
        feedback.keep(
            state, answer="a", question="Is it true?", language="en", verdict="wrong", labels=frozenset({PUBLIC})
        )
    said = list(accepted(empty.settings.home, "", frozenset({PUBLIC})))
    assert len(said) == 180, "what nobody accepted is not read"
    made = curate(said, data, empty, CuratePlan("CC0-1.0", name="halls", per_kind=0), say=lambda _: None)
    assert made["with_answer"] == 180
    out.mkdir()
    reader.prepare(data / "recipe.toml", data, out, WEIGHTS, lambda _: None)
    reader.train(out, PLAN, WEIGHTS, empty.settings, lambda _: None)
    early = tmp_path / "early"
    early.mkdir()
    reader.prepare(data / "recipe.toml", data, early, WEIGHTS, lambda _: None)
    reader.train(early, replace(PLAN, steps=1), WEIGHTS, empty.settings, lambda _: None)
    by_chance = early / reader.FILE

    trial = Trial(out / reader.FILE, str(by_chance), "halls-1", data / "recipe.toml", data)
    first = gate(trial, home, WEIGHTS, POLICY, FakeEmbedder())
    assert first["accepted"], (first["reasons"], first["cost"])
    assert chosen.reader(home) is None, "the gate puts nothing in use"
    chosen.use(home, "halls-1")
    used = chosen.reader(home)
    assert used is not None
    assert Reader(WEIGHTS, used).card["data"]["licences"] == {"halls read": "CC0-1.0"}
    for paper in ("README.md", "mlbom.cdx.json", "decision.json"):
        assert (used.parent / paper).stat().st_size > 500
    assert "CC0-1.0" in (used.parent / "README.md").read_text()

    worse = gate(
        replace(trial, candidate=by_chance, against="halls-1", name="chance"), home, WEIGHTS, POLICY, FakeEmbedder()
    )
    assert not worse["accepted"]
    assert worse["reasons"][0].startswith("not better: reading all")
    assert [each.name for each in chosen.shelf(home).readers] == ["halls-1"]
    kept = sorted((home / chosen.FOLDER / "decisions").iterdir())
    assert {json.loads(file.read_text())["accepted"] for file in kept} == {True, False}

    assert chosen.rollback(home).now == NONE
    assert chosen.reader(home) is None
