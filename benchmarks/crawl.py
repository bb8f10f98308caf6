# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A site of 2,000 pages crawled twice and taken in: the second time fetches only what changed.

`python benchmarks/crawl.py [--pages N] [--changed N]` serves a generated site on 127.0.0.1 (a front page, sections of fifty
notices, links between neighbours, ETags, a sitemap, a robots.txt) and runs it as `wazi sources run` does, with the words
embedded by the weightless test embedder and no pause between requests, so that what is timed is the crawler and the ingest.
Between the runs --changed pages change, five are added, three answer 410 and one moves. Prints JSON. Counts do not depend on
the machine, seconds do.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wazi import config
from wazi.collect import Report, collect
from wazi.desk import open_desk
from wazi.sources import book
from wazi.sources.fetch import Fetcher
from wazi.sources.memory import Notes
from wazi.testing.sources import Answer, Asked, Server, conditional, page

SECTION = 50
ADDED, REMOVED = 5, 3
WORDS = (
    "office",
    "stall",
    "fee",
    "permit",
    "water",
    "road",
    "clinic",
    "school",
    "land",
    "ward",
    "clerk",
    "tender",
    "law",
)


@dataclass
class Site:
    """Notices by number, each with the edition it is in."""

    editions: dict[int, int]
    removed: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)

    def respond(self, asked: Asked) -> Answer:
        """A page of the site, or 304."""
        return conditional(self.answer(asked), asked)

    def answer(self, asked: Asked) -> Answer:
        """A page of the site."""
        kind, _, rest = asked.target.strip("/").partition("/")
        if kind == "robots.txt":
            host = asked.headers["host"]
            return page(
                f"User-agent: *\nDisallow: /private/\nSitemap: http://{host}/sitemap.xml\n".encode(), "text/plain"
            )
        if kind == "sitemap.xml":
            host = asked.headers["host"]
            urls = "".join(f"<url><loc>http://{host}/section/{number}</loc></url>" for number in self.sections())
            return page(f"<urlset>{urls}</urlset>".encode(), "application/xml")
        if kind == "section":
            first = int(rest) * SECTION
            there = [number for number in range(first, first + SECTION) if number in self.editions]
            return self.html(
                f"Section {rest}", "".join(f"<a href='/notice/{number}'>{number}</a> " for number in there)
            )
        if kind in ("notice", "archive"):
            return self.notice(kind, int(rest))
        if not kind:
            return self.html("Front", "".join(f"<a href='/section/{each}'>{each}</a> " for each in self.sections()))
        return Answer(404)

    def notice(self, kind: str, number: int) -> Answer:
        """One notice: its words follow from its number and edition."""
        if number not in self.editions or (kind == "archive") != (number in self.moved):
            there = number in self.moved
            return Answer(301, headers={"Location": f"/archive/{number}"}) if there else Answer(404)
        if number in self.removed:
            return Answer(410)
        edition = self.editions[number]
        words = " ".join(WORDS[(number * 7 + step * (edition + 3)) % len(WORDS)] for step in range(120))
        links = f"<a href='/notice/{number + 1}'>next</a> <a href='/private/{number}'>staff</a> <a href='/'>front</a>"
        return self.html(f"Notice {number}", f"<p>Notice {number}, edition {edition}: {words}.</p>{links}")

    def html(self, title: str, body: str) -> Answer:
        """A page of HTML."""
        return page(f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>{body}</html>".encode())

    def sections(self) -> range:
        """Every section that has notices."""
        return range(max(self.editions) // SECTION + 1)


def measure(pages: int, changed: int) -> dict[str, Any]:
    """Two runs over a site of `pages` pages in all, and a third in which nothing has changed."""
    # The front page and a page for each section are pages of the site too.
    notices = next(count for count in range(pages, 0, -1) if count + 1 + (count - 1) // SECTION + 1 <= pages)
    site = Site(dict.fromkeys(range(notices), 0))
    report: dict[str, Any] = {
        "pages": pages,
        "notices": notices,
        "changed": changed,
        "added": ADDED,
        "removed": REMOVED,
    }
    with Server(site.respond) as server, tempfile.TemporaryDirectory() as home:
        crawl = Crawl(server, Path(home))
        report["first"] = crawl.run()
        for number in range(changed):
            site.editions[number * notices // changed] += 1
        for number in range(ADDED):
            site.editions[notices + number] = 0
        site.removed = {notices // 3 + 1 + step for step in range(REMOVED)}
        site.moved = {notices // 2 + 1}
        report["second"] = crawl.run()
        report["third"] = crawl.run()
        crawl.close()
    report["bytes_second_of_first"] = round(report["second"]["bytes"] / report["first"]["bytes"], 4)
    return report


class Crawl:
    """A home, and runs into it."""

    def __init__(self, server: Server, home: Path) -> None:
        overrides = {
            "embed": {"model": "fake-embedder"},
            "store": {"kind": "memory"},
            "sources": {"private": ["127.0.0.1"]},
        }
        self.server, self.settings = server, config.load(home, overrides=overrides, environment={})
        self.desk, self.notes = open_desk(self.settings), Notes(home)
        table = {"kind": "web", "address": server.address, "delay": 0}
        self.entry = book.entry("site", table, "benchmark")

    def run(self) -> dict[str, Any]:
        """One run in figures; a body that carries a page was counted at the server."""
        self.server.asked.clear()
        self.server.sent = 0
        began = time.perf_counter()
        with Fetcher(self.settings.sources) as fetcher:
            report: Report = collect("site", self.entry, self.desk, self.notes, fetcher)
        names = ("new", "changed", "same", "read", "gone", "failed", "unreadable", "requests", "bytes")
        figures: dict[str, Any] = {name: getattr(report, name) for name in names}
        targets = [asked.target for asked in self.server.asked]
        assert not [target for target in targets if target.startswith("/private/")]
        figures |= {"asked_twice": len(targets) - len(set(targets)), "bytes_sent": self.server.sent}
        figures |= {"held": self.desk.store.stats()["documents"], "seconds": round(time.perf_counter() - began, 2)}
        return figures

    def close(self) -> None:
        """Close what was opened."""
        self.notes.__exit__(None, None, None)
        self.desk.__exit__(None, None, None)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=2000)
    options.add_argument("--changed", type=int, default=40)
    chosen = options.parse_args()
    print(json.dumps(measure(chosen.pages, chosen.changed), indent=1))


if __name__ == "__main__":
    main()
