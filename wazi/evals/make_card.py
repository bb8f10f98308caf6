# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The data card of an own benchmark: what is in it, whence, what was left out, and the office's scores beside published ones.

Scores are those of `retrieve.json` and `refuse.json` in the folder; a cell without one says that it was not run. Published
scores are of other questions on other texts: they say what is usual, not who is better.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wazi.evals.make_labels import KINDS

NOT_RUN = "not run"
RESULTS = ("retrieve.json", "refuse.json")

TOO_FEW = 20
"""Questions below which a bootstrap interval says nothing."""

PUBLISHED = {
    "T1": (
        "find, same language",
        "recall@10 / nDCG@10",
        "recall@10 of BM25: law sections of four countries 65-80, Rwandan gazettes 78-82, French service sheets 96; nDCG@10 on "
        "XQuAD, mean of five languages: Cohere v3 96.3, voyage-3 96.6, OpenAI large 93.1",
        "90 / 96",
    ),
    "T2": (
        "find across languages",
        "recall@10",
        "BM25 on Rwandan gazettes: Kinyarwanda to English 2, French to English 17",
        "60",
    ),
    "T5": (
        "know what is not there",
        "refused when removed / refused although there",
        "none; wazi's first release on eight sets 56 / 5",
        "90 / 5",
    ),
}
"""Task, measure, published figures and the bar, in percent. Sources: docs/own-benchmark.md."""

_MEANING = {
    "heading": "a heading asks for the text under it",
    "faq": "a question asks for its answer",
    "version": "a heading in one language asks for the section in another (`en-fr`: asked in English, found in French)",
}


def card(out: Path, report: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]) -> str:
    """The card as Markdown."""
    name = out.absolute().name
    return "\n".join(
        [
            f"# {name}: questions with known answers from our own documents\n",
            f"Made by `wazi evals make` for the reader `{report['reader']}`, with the documents in force on "
            f"{report['on'] or 'any day'} (seed {report['seed']}). No model was used: every label is a fact of the documents' own "
            "layout.\n",
            "## What is in it\n",
            *table(("kind", "questions", "what it is"), _kinds(report)),
            f"\n{sum(report['passages'].values())} passages of {report['documents']} documents, by language: "
            f"{_told(report['passages'])}.\n",
            "## Scores\n",
            *table(("task", "measure", "direction", "ours (95 % interval)", "published elsewhere", "bar"), scores(out)),
            "\nOther texts and other questions stand behind the published figures: they are no ranking. Each label names one known "
            "answer, so recall is a lower bound. To fill the table:\n",
            *(f"    {line}" for line in commands(name)),
            *_across(name, report),
            "\n## What was left out\n",
            *table(("kind", "reason", "times"), _reasons(report)),
            f"\nDocuments left out: {_told(report['documents_left_out']) or 'none'}.\n",
            "## Rights and sources\n",
            "The passages are the documents' own words; this folder may go where the documents may go. "
            "Every row names its document, the SHA-256 of the original file, the page, and the characters of the stored text.\n",
            *table(("document", "title", "languages", "questions", "sha256"), _sources(sources)),
            "",
        ]
    )


def _across(name: str, report: Mapping[str, Any]) -> list[str]:
    pairs = sorted({"-".join(sorted(direction.split("-"))) for direction in report["questions"]["version"]})
    if not pairs:
        return []
    return [
        "\nThe table has one index of all languages, as readers have it. Published sets have one corpus a language; for that:\n",
        *(f"    wazi evals retrieve {name}/across/{pair}" for pair in pairs),
    ]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of a Markdown table."""
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in (head, *rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return [lines[0], f"|{'---|' * len(head)}", *lines[1:]]


def commands(name: str) -> list[str]:
    """What to type next, in order."""
    return [
        f"wazi evals retrieve {name} --json > {name}/retrieve.json",
        f"wazi evals refuse {name} --json > {name}/refuse.json",
        f"wazi evals make {name}",
    ]


def scores(out: Path) -> list[tuple[str, ...]]:
    """Rows of task, measure, direction, our score, published scores and bar."""
    found, refused = (_result(out / name) for name in RESULTS)
    directions: Mapping[str, Any] = found.get("by_direction", {})
    rows: list[tuple[str, ...]] = []
    for task, chosen in (
        ("T1", [name for name in directions if _same(name)]),
        ("T2", [name for name in directions if not _same(name)]),
    ):
        told, measure, published, bar = PUBLISHED[task]
        cells = [(name, _score(directions[name], measure.split(" / "))) for name in chosen] or [("", NOT_RUN)]
        rows += [(f"{task} {told}", measure, name, cell, published, bar) for name, cell in cells]
    told, measure, published, bar = PUBLISHED["T5"]
    rows.append((f"T5 {told}", measure, "all", _refusal(refused), published, bar))
    return rows


def _result(file: Path) -> Mapping[str, Any]:
    """A result that was written to the folder; nothing where there is none or it is not whole."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and "metrics" in found else {}


def _same(direction: str) -> bool:
    asked, _, found = direction.partition("-")
    return asked == found


def _score(part: Mapping[str, Any], measures: Sequence[str]) -> str:
    shown = " / ".join(_interval(part["metrics"][measure.lower()]) for measure in measures)
    return f"{shown}, {_questions(part['n'])}"


def _questions(count: int) -> str:
    return f"{count} questions{': too few to tell' if count < TOO_FEW else ''}"


def _refusal(result: Mapping[str, Any]) -> str:
    if not result:
        return NOT_RUN
    both = [_interval(result["metrics"][name]) for name in ("refusal_recall", "false_refusal")]
    return f"{' / '.join(both)}, {_questions(result['n'])}"


def _interval(value: Mapping[str, float]) -> str:
    return f"{value['value']:.1f} ({value['low']:.1f} to {value['high']:.1f})"


def _kinds(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(kind, _told(report["questions"][kind]) or "none", _MEANING[kind]) for kind in KINDS]


def _reasons(report: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    return [(kind, reason, times) for kind in KINDS for reason, times in report["left_out"][kind].items()]


def _sources(sources: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (each["id"], each["title"], ", ".join(each["languages"]), each["questions"], each["sha256"][:16])
        for each in sources
    ]


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
