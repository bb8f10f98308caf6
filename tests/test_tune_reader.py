# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Training at toy size with the real code: it learns, it can be killed and resumed, and what runs later is what was trained."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy_reader

from wazi import config
from wazi.errors import InputError, MissingPart
from wazi.models import catalogue, e5_weights, pull
from wazi.models.openvino_e5 import OpenVinoE5
from wazi.models.reader import Reader
from wazi.models.reader_inputs import Embedding
from wazi.tune import reader, windows

torch = pytest.importorskip("torch", reason="the extra `train` is not installed: pip install 'wazi[train]'")

from wazi.meter import Meter  # noqa: E402
from wazi.tune import export  # noqa: E402
from wazi.tune.loop import CHECKPOINT, LOG, Plan, Run, _schedule  # noqa: E402
from wazi.tune.network import ReaderNetwork  # noqa: E402

WEIGHTS = toy_reader.weights()
SETTINGS = config.Settings()
PLAN = Plan(steps=40, batch_tokens=600, rate=3e-3, head_rate=3e-3, log_every=10, test_every=20, seed=3)


def recipe(folder: Path) -> Path:
    """Passages that give a colour for each of some letters; the question names the letter."""
    draw = random.Random(0)
    corpus, queries = [], []
    for number in range(60):
        letters = draw.sample("bcdfghjk", 3)
        facts = [f"The stall {letter} costs {draw.randint(100, 999)} coins." for letter in letters]
        text = " ".join(facts)
        corpus.append({"_id": f"p{number}", "title": f"t{number}", "text": text, "lang": "en"})
        for letter in letters[:2]:
            price = text.split(f"stall {letter} costs ")[1].split()[0]
            begin = text.index(f"stall {letter} costs ") + len(f"stall {letter} costs ")
            asked = {"_id": f"q{number}{letter}", "text": f"What does {letter} cost?", "lang": "en"}
            queries.append(asked | {"answers": [price], "answer_start": [begin], "gold_id": f"p{number}"})
    (folder / "toy").mkdir(parents=True)
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / "toy" / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    file = folder / "recipe.toml"
    file.write_text('test = 0.2\ndev = 0.2\n[[sets]]\nname = "toy"\nfolder = "toy"\nlicence = "CC0-1.0"\n')
    return file


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in one order: the same run gives the same bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    recipe(folder)
    return folder


def prepared(data: Path, out: Path) -> Path:
    out.mkdir()
    reader.prepare(data / "recipe.toml", data, out, WEIGHTS, lambda _: None)
    return out


def run(out: Path, plan: Plan = PLAN) -> Run:
    torch.manual_seed(plan.seed)
    return Run(
        out,
        plan,
        network=ReaderNetwork(WEIGHTS, plan.dropout),
        embedding=Embedding(WEIGHTS),
        meter=Meter(SETTINGS.meter),
    )


def log(out: Path, event: str) -> list[dict[str, float]]:
    rows = [json.loads(line) for line in (out / LOG).read_text().splitlines()]
    return [row for row in rows if row["event"] == event]


def test_the_path_trains_writes_and_says_what_it_did(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    report = reader.train(out, PLAN, WEIGHTS, SETTINGS, lambda _: None)
    steps = log(out, "step")
    assert steps[-1]["span_loss"] < 0.9 * steps[0]["span_loss"]
    assert steps[-1]["seconds_left"] == 0
    assert steps[-1]["joules"] > 0
    assert [row["step"] for row in log(out, "dev")] == [20, 40]
    assert report["bytes"] == (out / "reader.npz").stat().st_size
    made = Reader(WEIGHTS, out / "reader.npz", precision="f32")
    assert made.card["seen"] == report["seen"] > 100
    assert made.card["data"]["licences"] == {"toy": "CC0-1.0"}
    rows = made.card["data"]["rows"]
    assert sum(rows["train"].values()) > sum(rows["test"].values()) > 0


def test_a_run_that_was_killed_ends_as_if_it_had_not_been(data: Path, tmp_path: Path) -> None:
    short = replace(PLAN, steps=8, log_every=5, checkpoint_seconds=0)
    whole, broken = prepared(data, tmp_path / "whole"), prepared(data, tmp_path / "broken")
    passes = [windows.load(whole / "pass0.npz")]
    one = run(whole, short)
    one.train(passes, [], lambda _: None)

    def pull_the_plug(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(broken, short).train(passes, [], pull_the_plug)
    three = run(broken, short)
    assert three.step == 4
    three.train(passes, [], lambda _: None)
    assert log(broken, "resumed") == [{"event": "resumed", "step": 4}]
    assert three.seen == one.seen
    for name, tensor in one.network.state_dict().items():
        assert torch.equal(tensor, three.network.state_dict()[name]), name


def test_another_plan_does_not_go_on_with_a_run(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    run(out).save()
    assert (out / CHECKPOINT).exists()
    with pytest.raises(InputError, match="another --out"):
        run(out, replace(PLAN, rate=1e-4))


def test_a_run_may_start_from_another_one_and_says_so(data: Path, tmp_path: Path) -> None:
    first = prepared(data, tmp_path / "first")
    report = reader.train(first, PLAN, WEIGHTS, SETTINGS, lambda _: None)
    second = prepared(data, tmp_path / "second")
    short = replace(PLAN, steps=2, log_every=1, rate=1e-6, head_rate=1e-6)
    reader.train(second, short, WEIGHTS, SETTINGS, lambda _: None, start=first / CHECKPOINT)
    assert log(second, "step")[0]["span_loss"] < 0.9 * log(first, "step")[0]["span_loss"]
    card = Reader(WEIGHTS, second / "reader.npz").card
    assert (card["start"]["seen"], card["start"]["plan"]["steps"]) == (report["seen"], PLAN.steps)
    assert Reader(WEIGHTS, first / "reader.npz").card["start"] == {}
    third = prepared(data, tmp_path / "third")
    reader.train(third, short, WEIGHTS, SETTINGS, lambda _: None, start=first / "reader.npz")
    assert log(third, "step")[0]["span_loss"] == pytest.approx(log(second, "step")[0]["span_loss"], rel=0.1)
    assert Reader(WEIGHTS, third / "reader.npz").card["start"]["seen"] == report["seen"]
    with pytest.raises(MissingPart, match="is not a trained reader"):
        reader.train(third, short, WEIGHTS, SETTINGS, lambda _: None, start=tmp_path / "nothing.npz")
    (tmp_path / "torn.pt").write_bytes(b"PK")
    for wrong in (tmp_path / "torn.pt", tmp_path / "nothing.pt"):
        with pytest.raises(InputError, match=r"cannot start from .* checkpoint.pt or the reader.npz of another run"):
            reader.train(second, short, WEIGHTS, SETTINGS, lambda _: None, start=wrong)


def test_other_steps_may_be_given_until_the_rate_falls(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    made = run(out)
    made.step = 16
    made.save()
    longer = run(out, replace(PLAN, steps=60))
    assert longer.step == 16
    longer.step = 25
    longer.save()
    with pytest.raises(InputError, match="another --out"):
        run(out, PLAN)


def test_preparation_is_kept_while_the_recipe_stays(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    before = (out / "pass0.npz").stat().st_mtime_ns
    reader.prepare(data / "recipe.toml", data, out, WEIGHTS, lambda _: None)
    assert (out / "pass0.npz").stat().st_mtime_ns == before
    other = tmp_path / "other.toml"
    other.write_text((data / "recipe.toml").read_text().replace("dev = 0.2", "dev = 0.3"))
    reader.prepare(other, data, out, WEIGHTS, lambda _: None)
    assert (out / "pass0.npz").stat().st_mtime_ns != before


def test_targets_are_the_tokens_of_the_answer(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    found = [each for each in windows.load(out / "pass0.npz") if each.begin]
    spelt = ["".join(WEIGHTS.pieces[each.pair.ids[at]] for at in range(each.begin, each.end + 1)) for each in found]
    assert len(spelt) > 30
    assert all(text.lstrip("\u2581").isdigit() for text in spelt)
    assert all(not each.begin for each in windows.load(out / "pass0.npz") if not each.relevant)


def test_the_graph_computes_what_was_trained(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    made = run(out)
    made.train([windows.load(out / "pass0.npz")], [], lambda _: None)
    from wazi.models import reader_file

    reader_file.write(export.trained(made.network, WEIGHTS, {}), out / "reader.npz")
    ready = Reader(WEIGHTS, out / "reader.npz", precision="f32")
    pairs = [each.pair for each in windows.load(out / "dev.npz")[:8]]
    ids, real, passage = Embedding(WEIGHTS).padded(pairs)
    rounded = reader_file.read(out / "reader.npz").tensors
    with torch.no_grad():
        for name, parameter in made.network.state_dict().items():
            parameter.copy_(torch.from_numpy(rounded[export._name(name)]))
        words = torch.from_numpy(Embedding(WEIGHTS).words(ids))
        expected = made.network.eval()(words, torch.from_numpy(real), torch.from_numpy(passage))
    inside = passage.astype(bool)
    inside[:, 0] = True
    found = ready._run(ready._embedding.batch(pairs))
    for ours, theirs in zip(found[:2], expected[:2], strict=True):
        assert np.abs(ours - theirs.numpy())[inside].max() < 1e-3
    assert np.abs(found[2] - expected[2].numpy()).max() < 1e-3


def test_rates_rise_stay_and_fall_to_nothing() -> None:
    plan = Plan(steps=100, warm_up=0.1, cool_down=0.5)
    rates = [_schedule(step, plan) for step in range(100)]
    assert rates[0] == 0.1
    assert rates[9:51] == [1.0] * 42
    assert 0 < rates[-1] < 0.03
    assert rates[50:] == sorted(rates[50:], reverse=True)


def test_frozen_layers_stay_as_they_are(data: Path, tmp_path: Path) -> None:
    out = prepared(data, tmp_path / "run")
    made = run(out, replace(PLAN, steps=2, frozen=1))
    before = {name: each.clone() for name, each in made.network.state_dict().items()}
    made.train([windows.load(out / "pass0.npz")], [], lambda _: None)
    for name, tensor in made.network.state_dict().items():
        assert torch.equal(tensor, before[name]) == name.startswith("emb."), name


@pytest.mark.real
def test_the_float_module_computes_what_the_encoder_does() -> None:
    try:
        path = pull.locate(catalogue.find("multilingual-e5-small"), SETTINGS.models_dir)
    except MissingPart as error:
        pytest.skip(str(error))
    weights, encoder = e5_weights.read(path), OpenVinoE5(path, "float32")
    network, embedding = ReaderNetwork(weights), Embedding(weights)
    texts = [
        "Soko linafunguliwa saa mbili asubuhi.",
        "A stall costs 450 shillings a day. " * 9,
        "시장은 오전 9시에 문을 엽니다.",
        "የልደት የምስክር ወረቀት በአምስት ቀናት ውስጥ ይሰጣል፡፡",
    ]
    for text, vector in zip(texts, encoder.passages(texts), strict=True):
        (window,) = encoder.windows(0, f"passage: {text}")
        ids = np.array([[weights.start, *window.ids, weights.end]])
        with torch.no_grad():
            kinds = torch.zeros(ids.shape, dtype=torch.long)
            states = network.emb(torch.from_numpy(embedding.words(ids)), torch.ones(ids.shape), kinds)
        mean = states[0].mean(0).numpy()
        assert mean @ vector / np.linalg.norm(mean) >= 0.9999
