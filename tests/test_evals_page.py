# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The results page: complete without results, honest about bars and tolerances, with the numbers that the reports hold."""

import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
NESTED = """title = "A town's market"
command = ["true"]
unit = "x 100"
group = "same"

[scores.first]
path = "metrics/recall@10/value"
expected = 90.0
tolerance = 0.5
bar = 92.0

[scores.second]
path = "rows/1"
bar = 3.0
better = "lower"
"""
FLAT = 'title = "Old"\ncommand = ["true"]\nunit = "s"\nscore = "seconds"\nexpected = 1.0\ntolerance = 0.1\n'


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))

    def module(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield module
    for name in ("experiments", "page", "plots", "cross_lingual_sentences"):
        sys.modules.pop(name, None)


def interval(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 1, "high": value + 1}


def test_the_page_is_complete_without_any_result(bench: Any, tmp_path: Path) -> None:
    found = bench("experiments").read(results=tmp_path)
    page = bench("page").page(found, tmp_path)
    for experiment in found:
        for score in experiment.scores:
            row = next(line for line in page.splitlines() if experiment.title in line and (score.name in line))
            assert "| not run |" in row
    assert [
        heading for heading in ("XQuAD", "gazette", "AfriQA", "TICO-19", "SIB-200", "doubling") if heading not in page
    ] == []
    assert all(alt for alt in re.findall(r"!\[(.*?)\]", page))


def test_every_path_of_an_experiment_of_evals_retrieve_can_be_in_its_report(bench: Any) -> None:
    """A slip in a path would stay unseen until an hour-long run is over."""
    known = re.compile(
        r"(by_direction/\w+-\w+/)?(same_language/beside/own_corpus/difference/)?(metrics/)?"
        r"(ndcg@10|recall@1|recall@10|recall@100|mrr@10)/value"
    )
    wrong = [
        (experiment.name, score.path)
        for experiment in bench("experiments").read()
        if "evals" in experiment.command and "retrieve" in experiment.command
        for score in experiment.scores
        if not known.fullmatch(score.path)
    ]
    assert wrong == []


def test_one_run_gives_several_scores_each_with_its_state_and_bar(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "market.toml").write_text(NESTED)
    report = {"metrics": {"recall@10": interval(90.2)}, "rows": [1, 2]}
    (tmp_path / "market.json").write_text(json.dumps({"state": "run", "report": report}))
    (experiment,) = bench("experiments").read(results=tmp_path, folder=tmp_path)
    first, second = experiment.scores
    assert (first.value, first.interval) == (90.2, (89.2, 91.2))
    assert (first.state("run"), first.met()) == ("as expected", "not met")
    assert (second.value, second.interval, second.state("run"), second.met()) == (2, None, "measured", "met")
    shown = bench("page").scores_table([experiment])
    assert "| 90.2 (89.2 to 91.2) | ≥ 92 | not met | 90 ± 0.5 | as expected |" in shown
    assert "| 2 | ≤ 3 | met |" in shown


def test_a_score_at_the_top_is_still_read_also_from_results_of_old(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "old.toml").write_text(FLAT)
    (tmp_path / "old.json").write_text('{"state": "as expected", "score": 1.4}')
    (experiment,) = bench("experiments").read(results=tmp_path, folder=tmp_path)
    assert experiment.scores[0].state("") == "outside tolerance"


def test_a_name_that_is_not_known_in_an_experiment_is_an_error(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "slip.toml").write_text(NESTED.replace("bar = 92.0", "bat = 92.0"))
    with pytest.raises(SystemExit, match=r"slip.toml: unknown \['bat'\]"):
        bench("experiments").read(results=tmp_path, folder=tmp_path)


def test_directions_are_worst_first_and_a_language_pushed_down_shows(bench: Any, tmp_path: Path) -> None:
    def part(value: float) -> dict[str, Any]:
        metrics = {name: interval(value) for name in ("recall@10", "recall@1", "mrr@10")}
        return {"n": 5, "metrics": metrics, "beside": {kind: {"metrics": metrics} for kind in ("lexical", "dense")}}

    lost = {"own_corpus": {**part(90), "difference": {"recall@10": interval(-7.5)}}}
    parts = {
        "rw-rw": part(90),
        "rw-en": part(40),
        "rw-mixed": part(88) | {"same_language": part(82.5) | {"beside": lost}},
    }
    experiments = bench("experiments")
    gazette = experiments.Experiment("g", "g", [], "", "across", [], result={"report": {"by_direction": parts}})
    shown = bench("page").gazette(gazette, tmp_path)
    assert shown.index("rw→en") < shown.index("rw→rw")
    assert "| rw | 90.0 (89.0 to 91.0) | 88.0 (87.0 to 89.0) | 82.5 (81.5 to 83.5) | -7.5 (-8.5 to -6.5) |" in shown


def test_the_plots_are_drawn_the_same_each_time(bench: Any, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `bench`")
    plots = bench("plots")
    systems = {"wazi": {"en": 98.0, "hi": 97.0}, "other": {"en": 97.0, "hi": 85.0}}
    assert plots.xquad(systems, ("en", "hi"), tmp_path / "a.svg")
    assert plots.xquad(systems, ("en", "hi"), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert not plots.languages([], tmp_path / "none.svg")


def test_sentences_are_found_in_both_directions_worst_first(bench: Any, tmp_path: Path) -> None:
    script = bench("cross_lingual_sentences")
    spoken = {
        "en": {"1": "clinic nine", "2": "water seven", "3": "school three"},
        "fr": {"1": "clinic nine", "2": "eau sept", "3": "school three"},
        "lg": {"1": "ddwaliro", "2": "amazzi", "3": "ssomero"},
    }
    script.write(tmp_path, spoken, ["1", "3"])
    assert (tmp_path / "qrels.tsv").read_text() == "1\t1\t1\n3\t3\t1\n"
    assert len((tmp_path / "corpus_fr.jsonl").read_text().splitlines()) == 3
    assert len((tmp_path / "queries_fr.jsonl").read_text().splitlines()) == 2
    rows = [{"language": "b", "recall@1": interval(50)}, {"language": "a", "recall@1": interval(20)}]
    assert [row["language"] for row in script.worst_first(rows)] == ["a", "b"]


def test_the_languages_that_the_encoder_has_seen(bench: Any) -> None:
    seen = bench("cross_lingual_sentences").seen
    assert all(seen(tag) for tag in ("swh_Latn", "sw", "pt-BR", "es-LA", "amh_Ethi", "zho_Hant", "gaz_Latn"))
    assert not any(seen(tag) for tag in ("kin_Latn", "lg", "zu", "zul_Latn", "yor_Latn", "arb_Latn"))
