# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The gate: who enters and who does not, by which figures; what a home keeps, uses and goes back to; cards and bills."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.test_models_reader import WEIGHTS, untrained
from wazi import cli
from wazi.errors import MissingPart, StoreError, UsageError
from wazi.models import NONE, PassageReader, Reading, chosen, reader_file
from wazi.models.fake import FakeEmbedder
from wazi.tune import bom, card
from wazi.tune.compare import MEASURES, Figures, SameWords, compare
from wazi.tune.gate import Policy, decide
from wazi.tune.gate_command import Trial, gate
from wazi.tune.negatives import Ranked
from wazi.tune.sets import Passage, Row

TEXT = "A stall costs 450 shillings a day. The fee is paid at the gate before nine. Traders come from four wards of the county."
OTHER = "A burial permit is free of charge. It is issued within two days by the registrar of the county."


def figures(seconds: float = 0.1, mib: float = 20.0, **values: dict[str, list[float]]) -> Figures:
    level = {tag: [50.0] * 40 for tag in ("en", "sw")}
    return Figures({measure: level | values.get(measure, {}) for measure in MEASURES}, seconds, mib)


BETTER = {"en": [60.0] * 40, "sw": [60.0] * 40}


def test_better_where_it_claims_to_be_and_worse_nowhere_is_let_in() -> None:
    made = decide(figures(reading=BETTER), figures(), Policy())
    assert made.accepted
    assert made.figures["reading"]["all"]["difference"]["low"] == pytest.approx(10)
    assert made.figures["refusal"]["sw"]["difference"]["value"] == 0


def test_one_language_that_gets_worse_keeps_it_out_whatever_the_mean() -> None:
    ours = figures(reading={"en": [90.0] * 40, "sw": [47.0] * 40})
    made = decide(ours, figures(), Policy())
    assert not made.accepted
    assert made.figures["reading"]["all"]["difference"]["low"] > 0
    assert [reason for reason in made.reasons if reason.startswith("worse: reading sw 50.0 -> 47.0")]
    assert decide(ours, figures(), Policy(tolerance=3.0)).accepted


def test_a_loss_in_one_language_that_may_be_chance_is_named_and_over_all_it_keeps_out() -> None:
    noisy = [47.0 + (40.0 if number % 2 else -40.0) for number in range(40)]
    made = decide(figures(reading=BETTER, refusal={"sw": noisy}), figures(), Policy())
    assert made.figures["refusal"]["sw"]["difference"]["high"] > 0
    assert made.accepted
    assert [each for each in made.undecided if each.startswith("perhaps worse: refusal sw 50.0 -> 47.0")]
    both = decide(figures(reading=BETTER, refusal={"en": noisy, "sw": noisy}), figures(), Policy())
    assert [each for each in both.reasons if each.startswith("worse: refusal all")]


def test_one_small_loss_among_many_comparisons_is_chance_and_a_clear_one_is_not() -> None:
    tags = [f"x{number}" for number in range(20)]
    level = {tag: [50.0] * 40 for tag in tags}
    small = [50.0 - 8.0 + (24.0 if number % 2 else -24.0) for number in range(40)]

    def of(losing: list[float]) -> Figures:
        rows = {measure: dict(level) for measure in MEASURES}
        rows["reading"] = dict.fromkeys(tags, [60.0] * 40)
        rows["refusal"]["x7"] = losing
        return Figures(rows, 0.1, 20.0)

    them = Figures({measure: dict(level) for measure in MEASURES}, 0.1, 20.0)
    made = decide(of(small), them, Policy())
    assert made.figures["refusal"]["x7"]["difference"]["high"] < 0
    assert made.accepted
    assert any(each.startswith("perhaps worse: refusal x7") for each in made.undecided)
    clear = decide(of([value - 10 for value in small]), them, Policy())
    assert any(each.startswith("worse: refusal x7") for each in clear.reasons)


def test_fewer_refusals_keep_it_out() -> None:
    made = decide(figures(reading=BETTER, refusal={"sw": [40.0] * 40}), figures(), Policy())
    assert not made.accepted
    assert any("refusal sw" in reason for reason in made.reasons)


def test_a_difference_that_may_be_chance_is_no_claim() -> None:
    noisy = {"en": [100.0, 0.0] * 20, "sw": [100.0, 4.0] * 20}
    made = decide(figures(reading=noisy), figures(), Policy())
    assert not made.accepted
    assert made.reasons[0].startswith("not better: reading all")


def test_a_claim_is_about_its_own_language_and_needs_enough_questions() -> None:
    ours = figures(reading={"sw": [60.0] * 40})
    assert decide(ours, figures(), Policy(claims=("reading:sw",))).accepted
    assert not decide(ours, figures(), Policy(claims=("reading:en",))).accepted
    few = replace(ours, values={name: {"sw": cells["sw"][:5]} for name, cells in ours.values.items()})
    them = replace(few, values={name: {"sw": [50.0] * 5} for name in MEASURES})
    made = decide(few, them, Policy(claims=("reading:sw",)))
    assert not made.accepted
    assert "too few" in made.reasons[0]
    assert made.undecided


@pytest.mark.parametrize(
    ("ours", "word"), [(figures(0.2, reading=BETTER), "slower"), (figures(0.1, 30.0, reading=BETTER), "larger")]
)
def test_cost_keeps_it_out(ours: Figures, word: str) -> None:
    made = decide(ours, figures(), Policy())
    assert not made.accepted
    assert made.reasons[0].startswith(word)


def test_beside_no_model_only_the_limit_of_seconds_holds() -> None:
    assert decide(figures(0.5, reading=BETTER), figures(0.0001, 0.0), Policy()).accepted
    assert not decide(figures(1.5, reading=BETTER), figures(0.0001, 0.0), Policy()).accepted


@pytest.mark.parametrize("claims", [("speed",), ("reading:xx",), ()])
def test_a_claim_that_cannot_be_measured_is_named(claims: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--claim"):
        decide(figures(), figures(), Policy(claims=claims))


# measuring


class Fixed:
    """Points at some words where they stand, and refuses elsewhere; or never refuses."""

    name = "fixed"

    def __init__(self, words: str, *, refuses: bool = True, floor: float = 0.0) -> None:
        self.words, self.refuses, self.floor = words, refuses, floor

    def read(self, question: str, passages: Any, parts: Any = ()) -> list[Reading]:
        found = []
        for passage in passages:
            at = passage.find(self.words)
            margin = 1.0 if at >= 0 or not self.refuses else -1.0
            found.append(Reading(max(at, 0), max(at, 0) + len(self.words), margin, 0.0, margin))
        return found

    def odds(self, reading: Reading, *, cosine: float, overlap: float | None) -> float:
        assert overlap is not None
        return reading.margin

    def answerable(self, odds: float, *, lead: float | None) -> float:
        assert lead is None
        return odds - self.floor


def asked(number: int = 0) -> Row:
    passage = Passage("p", TEXT, "d", "en", "pool")
    at = TEXT.index("450 shillings")
    return Row(f"q{number}", "s", "en", "What does a stall cost?", passage, ((at, at + 13),), ("450 shillings",))


def test_what_is_measured_is_what_a_reader_of_passages_does() -> None:
    pool = [asked().passage, Passage("o", OTHER, "e", "en", "pool")]
    ranked = {"pool": Ranked(pool, lambda text: [hash(word) for word in text.split()])}
    readers: list[PassageReader] = [Fixed("450 shillings"), Fixed("450 shillings", refuses=False), Fixed("four")]
    readers.append(Fixed("450 shillings", floor=1.0))
    sure, bold, wrong, strict = compare(readers, [asked()], ranked, [1.0] * 4, FakeEmbedder())
    assert [strict.values[name]["en"] for name in ("answering", "refusal", "telling")] == [[0.0], [100.0], [100.0]]
    assert [sure.values[measure]["en"] for measure in MEASURES] == [[100.0]] * 4
    assert bold.values["refusal"]["en"] == [0.0]
    assert bold.values["telling"]["en"] == [0.0]
    assert wrong.values["reading"]["en"] == [0.0]
    assert wrong.values["refusal"]["en"] == [50.0]  # "four" stands in the passage that lost its fact


def test_without_a_model_the_sentence_with_the_same_words_is_read() -> None:
    (found,) = SameWords().read("Where is the fee paid?", [TEXT])
    assert TEXT[found.start : found.end].startswith("The fee is paid")
    assert found.margin > 0 > SameWords().read("Who sells honey?", [TEXT])[0].margin


# what a home keeps


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in (("one", "first"), ("two", "second")):
        file = tmp_path / f"{name}.npz"
        file.write_text(text)
        chosen.add(tmp_path / "home", name, file, {chosen.DECISION: "{}"})
    return tmp_path / "home"


def test_nothing_is_in_use_before_somebody_says_so(home: Path, tmp_path: Path) -> None:
    assert chosen.reader(tmp_path / "nowhere") is None
    assert chosen.reader(home) is None


def test_use_and_one_command_back(home: Path) -> None:
    chosen.use(home, "one")
    chosen.use(home, "two")
    assert (chosen.reader(home) or home).read_text() == "second"
    chosen.use(home, NONE)
    assert chosen.reader(home) is None
    assert [chosen.rollback(home).now for _ in range(3)] == ["two", "one", NONE]
    assert chosen.reader(home) is None
    with pytest.raises(UsageError, match="nothing to go back"):
        chosen.rollback(home)
    assert [(step.did, step.name) for step in chosen.shelf(home).log][-1] == ("rollback", NONE)


def test_weights_that_were_changed_are_not_opened_and_one_can_go_back(home: Path) -> None:
    chosen.use(home, "one")
    chosen.use(home, "two")
    (home / chosen.FOLDER / "two" / chosen.WEIGHTS).write_text("forged")
    with pytest.raises(MissingPart, match="wazi models rollback"):
        chosen.reader(home)
    assert chosen.rollback(home).now == "one"
    assert chosen.reader(home)
    with pytest.raises(MissingPart, match="not what the gate let in"):
        chosen.use(home, "two")


def test_names_and_lists_that_cannot_be_used_are_named(home: Path) -> None:
    for name in ("One", "../x", "none", "decisions", "readers.json", "one"):
        with pytest.raises(UsageError):
            chosen.check_name(home, name)
    with pytest.raises(UsageError, match="one, two"):
        chosen.use(home, "three")
    (home / chosen.FOLDER / chosen.LIST).write_text("{")
    with pytest.raises(StoreError, match="backup"):
        chosen.reader(home)


# the whole gate on files of real weights at toy size


def recipe(folder: Path) -> Path:
    corpus = [
        {"_id": f"p{n}", "title": f"t{n}", "text": f"Hall {n} opens. Stall b{n} costs {n}77 coins. " + TEXT}
        for n in range(8)
    ]
    rows = []
    for n, passage in enumerate(corpus):
        at = passage["text"].index(f"{n}77")
        row = {"_id": f"q{n}", "text": f"What does b{n} cost?", "lang": "en", "answers": [f"{n}77"]}
        rows.append(row | {"answer_start": [at], "gold_id": f"p{n}"})
    (folder / "set").mkdir()
    for name, found in (("corpus", corpus), ("queries", rows)):
        (folder / "set" / f"{name}.jsonl").write_text("".join(json.dumps(each) + "\n" for each in found))
    file = folder / "recipe.toml"
    file.write_text('[[sets]]\nname = "toy"\nfolder = "set"\nlicence = "CC0-1.0"\nparts = "test"\n')
    return file


def trial(tmp_path: Path, against: str = NONE) -> Trial:
    candidate = tmp_path / "reader.npz"
    about = {
        "base": "toy",
        "seen": 3,
        "joules": 7200,
        "data": {"licences": {"toy": "CC0-1.0"}, "rows": {"train": {"toy": 9}}},
    }
    reader_file.write(replace(untrained(), card=about), candidate)
    return Trial(candidate, against, "toy-1", recipe(tmp_path), tmp_path)


def test_a_refused_candidate_leaves_its_decision_and_nothing_else(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = gate(trial(tmp_path), home, WEIGHTS, Policy(few=2), FakeEmbedder())
    assert not made["accepted"]
    assert json.loads(Path(made["kept"]).read_text()) == {
        k: v for k, v in json.loads(json.dumps(made)).items() if k != "kept"
    }
    assert chosen.shelf(home).readers == ()
    assert made["data"]["questions"] == 8
    assert made["weighed"] is False


def decided(tmp_path: Path) -> dict[str, Any]:
    """A decision in its full form, with figures of the gate."""
    one = decide(figures(reading=BETTER), figures(), Policy())
    made = {"name": "toy-1", "at": "2026-01-02T03:04:05+00:00", "candidate": {"file": "x", "sha256": "ab" * 32}}
    return made | {"against": {"name": "toy-0", "sha256": None}, "data": {"questions": 40}} | one.plain()


TRAINED = {
    "base": "multilingual-e5-small",
    "seen": 30,
    "joules": 3_600_000,
    "data": {"licences": {"ferry": "CC-BY-4.0"}, "rows": {"train": {"ferry": 12}}},
}


def test_the_bill_of_materials_is_accepted_by_the_validator(tmp_path: Path) -> None:
    json_schema = pytest.importorskip(
        "cyclonedx.validation.json", reason="cyclonedx-python-lib is not installed: pip install 'wazi[test]'"
    )
    from cyclonedx.schema import SchemaVersion

    made = bom.bill("toy-1", TRAINED, decided(tmp_path))
    validator = json_schema.JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(made)) is None
    assert validator.validate_str(json.dumps(made | {"unknown": 1})) is not None
    told = made["metadata"]["component"]["modelCard"]
    metrics = told["quantitativeAnalysis"]["performanceMetrics"]
    assert {"10.00"} == {each["value"] for each in metrics if each["type"].startswith("reading")}
    energy = told["considerations"]["environmentalConsiderations"]["energyConsumptions"][0]
    assert energy["activityEnergyCost"]["value"] == 1.0


def test_the_card_has_the_figures_the_licences_and_the_limits(tmp_path: Path) -> None:
    text = card.card("toy-1", TRAINED, decided(tmp_path))
    assert "| reading | sw | 50.0 | 60.0 | +10.0 (+10.0 to +10.0) | 40 |" in text
    assert "| ferry | CC-BY-4.0 | 12 |" in text
    for heading in ("Intended use", "Training", "Evaluation", "Cost", "Limits", "Safety"):
        assert f"## {heading}\n" in text


def test_the_commands_of_models(home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for each in ("one", "two"):
        decision = json.dumps(decided(tmp_path))
        (home / chosen.FOLDER / each / chosen.DECISION).write_text(decision)
    assert cli.main(["models", "use", "one", "--home", str(home)]) == 0
    assert cli.main(["models", "use", "two", "--home", str(home)]) == 0
    capsys.readouterr()
    assert cli.main(["models", "--home", str(home), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["readers"]
    assert [(row["name"], row["in_use"]) for row in rows] == [("one", False), ("two", True)]
    assert rows[0]["decision"]["figures"]["reading"]["sw"]["ours"] == 60.0
    assert cli.main(["models", "rollback", "--home", str(home)]) == 0
    assert "one is in use again" in capsys.readouterr().out
    assert cli.main(["models", "use", "three", "--home", str(home)]) == 2
