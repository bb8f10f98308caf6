# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A whole site crawled and taken in three times, in exact numbers; the site is that of `benchmarks/crawl.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
pytest.importorskip("protego", reason="protego is not installed")
sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))


@pytest.mark.parametrize(
    ("pages", "changed", "lists"),
    [
        # `lists`: pages that list notices and changed because some were added; with a section more, that and the front.
        pytest.param(60, 4, 1, id="small"),
        pytest.param(2000, 40, 1, id="2000", marks=pytest.mark.slow),
    ],
)
def test_the_second_time_only_what_changed_is_fetched(pages: int, changed: int, lists: int) -> None:
    import crawl

    found = crawl.measure(pages, changed)
    first, second, third = found["first"], found["second"], found["third"]
    assert (first["new"], first["same"], first["failed"], first["held"]) == (pages, 0, 0, pages)
    assert second["changed"] == changed + lists
    assert second["new"] == crawl.ADDED + 1  # the one that moved
    assert second["gone"] == crawl.REMOVED + 1
    assert second["same"] == pages - changed - lists - crawl.REMOVED - 1
    assert second["read"] == second["failed"] == second["unreadable"] == second["asked_twice"] == 0
    assert second["bytes_sent"] == second["bytes"] < first["bytes"] * (second["changed"] + second["new"] + 8) / pages
    assert (third["new"], third["changed"], third["gone"], third["read"]) == (0, 0, 0, 0)
    assert third["same"] == second["changed"] + second["new"] + second["same"]
