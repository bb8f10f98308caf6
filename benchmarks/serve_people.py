# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""People at the counter, for Locust: each asks, reads for 5 to 15 seconds, and asks again; one in four is a program.

Run by `benchmarks/serve_load.py`. The questions are those of the samples, with and without an answer there; with NEW_QUESTIONS=1 in
the environment each has a number of its own at its end, so that nothing which the server keeps of earlier ones helps.
"""

from __future__ import annotations

import os
import random
import tomllib
from pathlib import Path

from locust import HttpUser, between, task

ROOT = Path(__file__).parent.parent
ROWS = tomllib.loads((ROOT / "tests" / "samples" / "questions.toml").read_text(encoding="utf-8"))["question"]
QUESTIONS = [row["question"] for row in ROWS]


NEW = os.environ.get("NEW_QUESTIONS") == "1"


def question() -> str:
    """Any of them."""
    said = random.choice(QUESTIONS)
    return f"{said} ({random.randrange(1_000_000)})" if NEW else said


class Person(HttpUser):
    """Opens the page once, then asks, reads, asks."""

    wait_time = between(5, 15)

    def on_start(self) -> None:
        """The page and its style sheet, as a browser fetches them."""
        self.client.get("/static/wazi.css", name="style sheet")

    @task(3)
    def page(self) -> None:
        """The page without an answer, then the page with one."""
        self.client.get("/", name="page without an answer")
        self.client.post("/", data={"question": question()}, name="page with an answer")

    @task(1)
    def program(self) -> None:
        """The same over the API."""
        self.client.post("/api/ask", json={"question": question()}, name="answer for a program")
