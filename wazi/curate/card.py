# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The data card of a curated set, as Markdown with a head for data catalogues. Every figure is that of the manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MEANING = {
    "feedback": "asked by a reader, its place reviewed by staff",
    "heading": "a heading asks for the text under it",
    "faq": "a question of a document asks for its answer",
    "version": "a heading in one language asks for the section in another",
}


def card(about: Mapping[str, Any]) -> str:
    """The card; `about` is the manifest."""
    languages = sorted({tag for cells in about["examples"].values() for tag in cells})
    head = {"pretty_name": about["name"], "license": about["licence"].lower(), "language": languages}
    rows = [f"| {origin} | {_told(cells)} | {MEANING[origin]} |" for origin, cells in about["examples"].items()]
    return "\n".join(
        [
            "---",
            *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()),
            "task_categories: [question-answering, text-retrieval]",
            "annotations_creators: [expert-generated, machine-generated]",
            "---",
            f"\n# {about['name']}\n",
            f"Made by `wazi curate` on {about['made']} by {about['creator']}, licence {about['licence']}, from documents with "
            f"the labels {', '.join(about['labels'])}. No model was used.\n",
            "## What is in it\n",
            "| kind | questions by language | what it is |",
            "|---|---|---|",
            *rows,
            f"\n{about['with_answer']} questions have their answer as a stretch of the passage. Passages by language: "
            f"{_told(about['passages'])}, of {about['documents']} documents. Rows of feedback: {_told(about['feedback'])}.\n",
            "## What was dropped and why\n",
            "| reason | times |",
            "|---|---|",
            *(f"| {reason.replace('|', '/')} | {times} |" for reason, times in about["dropped"].items()),
            "\n## People in it\n",
            "Names of those who asked or reviewed are not in it. Personal data found by rules and blacked out: "
            f"{_told(about['personal_data_removed']) or 'none was found'}. Rules miss what no rule describes: have somebody read a "
            "sample before the set goes out.\n",
            "## Rights\n",
            f"Licences of the documents, by passage: {_told(about['licences'])}. A document whose licence forbids changed "
            "copies is left out. Each passage names its document, its place there, its licence and the SHA-256 of the original.\n",
            "## Limits\n",
            "What readers ask an office is not what all people need: those who do not write, or not in these languages, are "
            "missing. Questions made of headings are shorter and more formal than what people type. "
            f"Items of tests were looked for in: {', '.join(about['tests']) or 'no folder was named'}.\n",
        ]
    )


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
