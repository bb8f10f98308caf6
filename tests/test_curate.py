# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A data set from feedback: what goes in, what is dropped and why, whose documents, and what its readers accept."""

import datetime as dt
import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import put
from wazi import cli
from wazi.curate import clean, write
from wazi.curate.facts import facts
from wazi.curate.feedback import read
from wazi.curate.make import Plan, curate
from wazi.desk import Desk
from wazi.errors import InputError, UsageError
from wazi.evals import make_sections
from wazi.tune import sets
from wazi.types import PUBLIC, Better, Feedback, Record

GUIDE = """# The ferry at Mwambao

## Buying a ticket early

Seats are sold at the pier from six in the morning, and at the post office on the day before.

## Lost luggage on board

Bags found after the crossing stay at the harbour master's desk for thirty days. Write to desk.keeper@ferry.example first.

## Crossing by night

Night boats leave at ten and cost 320 shillings, and a lamp must burn at the bow all the way.

## Weather and delays

When the wind is above force seven no boat leaves, and tickets stay valid for the next day.
"""
SECRET = "# Rounds of the harbour guard\n\n## Hours of the guard boat\n\nThe guard boat sails at three and at five each night.\n"
AT = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
PLAN = Plan("CC-BY-4.0", name="ferry", creator="Harbour office")


def word(record: Record, desk: Desk, quote: str, **changes: Any) -> Feedback:
    """Accepted feedback that names where `quote` stands."""
    text = desk.store.text(record.id, clean_scope(desk)) or ""
    at = text.index(quote)
    better = Better(record.id, at, at + len(quote))
    made = Feedback("f1", "a1", "What is the night fare?", "en", "wrong", "old fare", better, None, "Asha", AT)
    return replace(made, status="accepted", reviewed_by="Juma", **changes)


def clean_scope(desk: Desk) -> Any:
    from wazi import access

    return access.holdings_of(access.keeper())


def made(desk: Desk, rows: list[Feedback], out: Path, plan: Plan = PLAN, **options: Any) -> dict[str, Any]:
    return curate(rows, out, desk, plan, say=lambda _: None, **options)


def table(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_reviewed_feedback_becomes_rows_that_the_trainer_reads(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    out = tmp_path / "set"
    report = made(
        empty, [word(guide, empty, "Night boats leave at ten and cost 320 shillings", corrected="320 shillings")], out
    )
    assert report["examples"]["feedback"] == {"en": 1}
    assert report["examples"]["heading"]["en"] >= 2
    recipe = sets.recipe(out / "recipe.toml")
    rows = [row for source in recipe.sources for row in sets.load(source, out)[0]]
    (read_row,) = [row for row in rows if row.spans]
    start, end = read_row.spans[0]
    assert read_row.passage.text[start:end] == "320 shillings"
    assert read_row.passage.document == f".:{guide.id}"
    asked = {row.question: row.passage.text for row in rows if not row.spans}
    assert asked["Weather and delays"].startswith("When the wind")
    assert {source.licence for source in recipe.sources} == {"CC-BY-4.0"}
    (query,) = table(out / "queries.jsonl")
    assert query["provenance"]["feedback"] == "f1"
    passage = next(row for row in table(out / "corpus.jsonl") if row["_id"] == query["gold_id"])
    assert passage["sha256"] == hashlib.sha256(GUIDE.encode()).hexdigest()


def test_people_are_not_in_it(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    rows = [
        word(guide, empty, "cost 320 shillings", question="Call me on +254 712 345 678: what is the night fare?"),
        word(guide, empty, "desk.keeper@ferry.example", id="f2", question="Whom do I write to about a bag?"),
    ]
    report = made(empty, rows, tmp_path / "set")
    written = "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "set").iterdir())
    assert not [each for each in ("Asha", "Juma", "345 678", "desk.keeper@", "old fare") if each in written]
    assert report["dropped"]["its answer is personal data"] == 1
    assert sum(report["personal_data_removed"].values()) == 2


def test_what_is_not_reviewed_or_names_no_place_is_dropped_with_its_reason(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    good = word(guide, empty, "cost 320 shillings")
    rows = [
        good,
        replace(good, id="2", status="new"),
        replace(good, id="3", status="rejected"),
        replace(good, id="4", better=None),
        replace(good, id="5", better=Better("gone", 0, 5)),
        replace(good, id="6", better=Better(guide.id, 0, 10_000)),
        replace(good, id="7", reviewed_by=None),
        replace(good, id="8", question="what is the NIGHT fare"),
        replace(good, id="9", question="What is the fare of the night?"),
    ]
    dropped = made(empty, rows, tmp_path / "set")["dropped"]
    for reason in (
        "not reviewed yet",
        "rejected by its reviewer",
        "names no place in a document",
        "its document is not held, not in force or not open to the labels asked for",
        "its place is not inside one section",
        "accepted by nobody who is named",
        "asked before",
        "nearly asked before, on the same passage",
    ):
        assert dropped[reason] == 1, reason


def test_an_answer_said_to_be_right_teaches_what_its_receipt_quotes(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    quote = "Night boats leave at ten and cost 320 shillings"
    good = word(guide, empty, quote, verdict="right")
    place = {"document": guide.id, "start": good.better.start, "end": good.better.end}  # type: ignore[union-attr]
    quoted = {"id": "a1", "quotes": [place | {"text_sha256": hashlib.sha256(quote.encode()).hexdigest()}]}
    empty.audit.append(quoted)
    empty.audit.append({"id": "a2", "quotes": [place | {"text_sha256": "0" * 64}]})
    rows = [replace(good, better=None), replace(good, id="f2", answer="a2", better=None)]
    report = made(empty, rows, tmp_path / "set")
    assert table(tmp_path / "set" / "queries.jsonl")[0]["answers"] == [quote]
    assert report["dropped"]["its document has changed since"] == 1


def test_only_public_documents_go_in_unless_a_label_is_asked_for_by_name(empty: Desk, tmp_path: Path) -> None:
    put(empty, "guide.md", GUIDE)
    secret = put(empty, "secret.md", SECRET, labels=frozenset({"harbour"}))
    rows = [word(secret, empty, "at three and at five")]
    report = made(empty, rows, tmp_path / "public")
    assert "feedback" not in report["examples"]
    assert "guard boat" not in "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "public").iterdir())
    asked = made(empty, rows, tmp_path / "all", replace(PLAN, labels=frozenset({PUBLIC, "harbour"})))
    assert asked["examples"]["feedback"] == {"en": 1}
    with pytest.raises(UsageError, match="is no label"):
        made(empty, rows, tmp_path / "star", replace(PLAN, labels=frozenset({"*"})))


def test_items_of_a_test_stay_out(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    test = tmp_path / "test"
    test.mkdir()
    night = "Night boats leave at ten and cost 320 shillings, and a lamp must burn at the bow all the way."
    (test / "corpus.jsonl").write_text(json.dumps({"_id": "p", "text": night}) + "\n")
    (test / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "Weather, and delays?"}) + "\n")
    report = made(empty, [word(guide, empty, "cost 320 shillings")], tmp_path / "set", replace(PLAN, tests=(test,)))
    assert report["dropped"]["its passage is in a test"] >= 1
    assert report["dropped"]["its question is in a test"] == 1
    assert "feedback" not in report["examples"]
    assert not [row for row in table(tmp_path / "set" / "corpus.jsonl") if "lamp" in row["text"]]
    with pytest.raises(InputError, match="no queries"):
        clean.test_of([tmp_path / "nothing"])


def test_a_licence_that_forbids_changes_keeps_a_document_out(empty: Desk) -> None:
    record = put(empty, "guide.md", GUIDE)
    from wazi.evals import make_sections

    sections = make_sections.read(empty, clean_scope(empty))
    dropped: Counter[str] = Counter()
    for licence, stays in (("CC-BY-ND-4.0", False), ("CC-BY-4.0", True), ("All rights reserved", False), (None, True)):
        stated = [replace(each, record=replace(record, licence=licence)) for each in sections]
        assert bool(clean.permitted(stated, dropped)) is stays, licence


def test_a_folder_of_others_is_never_replaced_and_ours_only_by_force(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    rows = [word(guide, empty, "cost 320 shillings")]
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="name a new folder"):
        made(empty, rows, other, force=True)
    out = tmp_path / "set"
    first = made(empty, rows, out)
    with pytest.raises(UsageError, match="--force"):
        made(empty, rows, out)
    assert made(empty, rows, out, force=True)["files"] == first["files"]


def test_nothing_to_learn_from_is_said(empty: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no example is left"):
        made(empty, [], tmp_path / "set")


def test_a_row_of_feedback_that_cannot_be_used_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "feedback.jsonl"
    row = {
        "id": "1",
        "answer": "a",
        "question": "?",
        "language": "en",
        "verdict": "right",
        "reason": "",
        "better": None,
    }
    row |= {"corrected": None, "by": None, "at": "2026-01-02T03:04:05+00:00", "status": "new", "reviewed_by": None}
    better = row | {"better": {"document": "d", "start": 1, "end": 4}}
    file.write_text(json.dumps(row) + "\n\n" + json.dumps(better) + "\n")
    assert [each.better for each in read(file)] == [None, Better("d", 1, 4)]
    file.write_text(json.dumps(row) + "\n" + json.dumps(row | {"verdict": "meh"}) + "\n")
    with pytest.raises(InputError, match="line 2: verdict"):
        read(file)
    file.write_text("not json\n")
    with pytest.raises(InputError, match="line 1: not a JSON object"):
        read(file)


def test_the_description_is_accepted_by_the_validator_and_its_records_load(empty: Desk, tmp_path: Path) -> None:
    validator = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed: pip install 'wazi[test]'")
    guide = put(empty, "guide.md", GUIDE)
    out = tmp_path / "set"
    made(empty, [word(guide, empty, "cost 320 shillings")], out)
    dataset = validator.Dataset(jsonld=out / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings
    first = next(iter(dataset.records("queries")))
    assert first["queries/text"].decode() == "What is the night fare?"
    told = json.loads((out / "croissant.json").read_text(encoding="utf-8"))
    responsible = {name: value for name, value in told.items() if name.startswith("rai:")}
    assert len(responsible) >= 10
    assert "personal" in (out / "README.md").read_text(encoding="utf-8").lower()


def test_the_command_shows_counts_and_needs_a_licence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["curate", str(tmp_path / "x"), "--home", str(tmp_path / "home")]) == 2
    assert "--licence" in capsys.readouterr().err


def test_what_a_wrong_answer_quoted_is_a_passage_that_does_not_answer(empty: Desk, tmp_path: Path) -> None:
    guide = put(empty, "guide.md", GUIDE)
    text = empty.store.text(guide.id, clean_scope(empty)) or ""
    at, words = text.index("When the wind"), "When the wind is above force seven"
    quote = {"document": guide.id, "start": at, "end": at + len(words)}
    quote["text_sha256"] = hashlib.sha256(words.encode()).hexdigest()
    stale = quote | {"text_sha256": "0" * 64}
    sections = clean.permitted(make_sections.read(empty, clean_scope(empty)), Counter())
    row = word(guide, empty, "cost 320 shillings")
    (example,) = facts([row], sections, [{"id": "a1", "quotes": [quote]}], Counter())
    (wrong,) = example.wrong
    assert words in wrong.text
    assert example.section.id != wrong.id
    assert write.query(example, {wrong.id})["wrong_ids"] == [wrong.id]
    assert write.query(example, set())["wrong_ids"] == []
    (changed,) = facts([row], sections, [{"id": "a1", "quotes": [stale]}], Counter())
    (right,) = facts([replace(row, verdict="right")], sections, [{"id": "a1", "quotes": [quote]}], Counter())
    assert (changed.wrong, right.wrong) == ((), ())
