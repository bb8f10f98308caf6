# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The model card of a reader: what it is for, what it learned from, what was measured. Every figure is of the run or the gate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MEANING = {
    "reading": "F1 of the words pointed at with the known answer",
    "answering": "passages that answer and are not refused",
    "refusal": "passages that do not answer and are refused",
    "telling": "the right passage above those that do not answer",
}


def licences(trained: Mapping[str, Any]) -> dict[str, str]:
    """Licence by data set, as the run wrote it down."""
    told: Mapping[str, str] = trained.get("data", {}).get("licences", {})
    return {name: licence or "not stated" for name, licence in told.items()}


def languages(decision: Mapping[str, Any]) -> list[str]:
    """The languages that were measured."""
    return sorted(tag for tag in decision["figures"]["reading"] if tag != "all")


def card(name: str, trained: Mapping[str, Any], decision: Mapping[str, Any]) -> str:
    """The card as Markdown with a head for catalogues; `trained` is what the run wrote into the weights."""
    head = {
        "language": languages(decision),
        "license": "other",
        "license_name": "see the licences of the data sets below",
        "pipeline_tag": "question-answering",
        "base_model": trained.get("base", "not stated"),
        "datasets": list(licences(trained)),
    }
    cost = decision["cost"]
    return "\n".join(
        [
            "---",
            *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()),
            "---",
            f"\n# {name}\n",
            "Reads a question and a passage together: where the answer stands, whether it is there, how relevant the passage is.\n",
            "## Intended use\n",
            "Inside wazi, to choose and mark quotes from the documents of an office. It writes no text. Not for decisions about "
            "persons, and not without showing the passage.\n",
            "## Training\n",
            f"From {trained.get('base', 'not stated')}, {trained.get('seen', 0)} windows seen in "
            f"{trained.get('seconds', 0)} seconds, about {trained.get('joules', 0)} joules, plan "
            f"`{json.dumps(trained.get('plan', {}))}`.\n",
            "| data set | licence | rows |",
            "|---|---|---|",
            *_sets(trained),
            "\n## Evaluation\n",
            f"On questions held back by document, beside {decision['against']['name']}, in points of 100 with the 95 % interval "
            f"of the paired difference. The gate {'let it in' if decision['accepted'] else 'refused it'} on {decision['at']}.\n",
            "| measure | language | before | after | difference | questions |",
            "|---|---|---|---|---|---|",
            *_rows(decision),
            f"\n{'. '.join(f'`{key}`: {told}' for key, told in MEANING.items())}.\n",
            "## Cost\n",
            f"{cost['seconds']['ours']:.4f} processor seconds a pair (before: {cost['seconds']['theirs']:.4f}), "
            f"{cost['mib']['ours']:.1f} MiB of weights besides the encoder's.\n",
            "## Limits\n",
            "Measured only in the languages above. It points at one stretch: an answer in several places is found in part. "
            "It takes a document at its word. "
            + (f"Too few questions to tell: {', '.join(decision['undecided'])}." if decision["undecided"] else ""),
            "\n## Safety\n",
            "`refusal` above is the safety measure: a passage that lacks the fact has to be refused. Nothing else was tested.\n",
        ]
    )


def _sets(trained: Mapping[str, Any]) -> list[str]:
    rows: Mapping[str, int] = trained.get("data", {}).get("rows", {}).get("train", {})
    return [f"| {name} | {licence} | {rows.get(name, 0)} |" for name, licence in licences(trained).items()]


def _rows(decision: Mapping[str, Any]) -> list[str]:
    made = []
    for measure, cells in decision["figures"].items():
        for tag, cell in cells.items():
            spread = cell["difference"]
            told = f"{spread['value']:+.1f} ({spread['low']:+.1f} to {spread['high']:+.1f})"
            made.append(f"| {measure} | {tag} | {cell['theirs']:.1f} | {cell['ours']:.1f} | {told} | {cell['n']} |")
    return made
