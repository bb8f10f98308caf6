# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A web site: what its robots.txt allows of its sitemap and of the links between its pages; never another site.

Pages that are known are asked for again with what is remembered of them, so that one which has not changed costs a request
without a body. It runs no scripts: what only a script shows is not seen.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from protego import Protego

from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Memory, Same, Seen, fetch, links, sitemap
from wazi.sources.fetch import Reply
from wazi.sources.reach import Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from wazi.config import Sources
    from wazi.sources.book import Web
    from wazi.sources.fetch import Fetcher

AGENT = "wazi"
ROBOTS_BYTES = 512_000
SITEMAPS = 500
"""Sitemaps read at most in one run."""
HTML = {"text/html", "application/xhtml+xml"}


class WebSource:
    """One site, from `entry.address`."""

    def __init__(self, entry: Web, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.fetcher = entry, fetcher

    def changes(self, memory: Memory) -> Iterator[Event]:
        """Known pages first, then new ones by their distance. Raises InputError when its robots.txt cannot be had."""
        yield from _Crawl(self.entry, self.fetcher, memory).run()


class _Crawl:
    """One run over a site."""

    def __init__(self, entry: Web, fetcher: Fetcher, memory: Memory) -> None:
        self.entry, self.fetcher, self.known = entry, fetcher, memory.seen
        self.sites = {links.site(entry.address), *(links.site(f"https://{host}") for host in entry.hosts)}
        self.robots: dict[str, Protego | None] = {}
        self.waiting: deque[tuple[str, int]] = deque()
        self.listed: set[str] = set()
        self.dates: dict[str, dt.datetime | None] = {}
        self.bodies: dict[str, str] = {}
        self.instead: dict[str, str] = {}
        self.asked = 0
        self.leads: dict[str, str] = {}
        self.taken: set[str] = set()
        self.alone: set[str] = set()
        self.deferred: dict[str, tuple[str, Event, int]] = {}

    def run(self) -> Iterator[Event]:
        start = self.entry.address
        self.fetcher.slow_down(start, self.entry.delay)
        if self._rules(start) is None:
            raise InputError(
                f"{links.origin(start)}/robots.txt cannot be had, so nothing may be fetched: try again later"
            )
        self._add(start, 0)
        for page in self.known.values():
            self._add(page.address, page.depth)
        if self.entry.sitemap:
            yield from self._read_sitemaps(start)
        yield from self._visit()
        deferred, self.deferred = self.deferred, {}
        for address, (canonical, event, depth) in deferred.items():
            if self._stands_for(canonical, deferred):
                yield event
            else:  # another address was named that gives no document: the page has to stand for itself
                self.alone.add(address)
                self.waiting.append((address, depth))
        yield from self._visit()

    def _visit(self) -> Iterator[Event]:
        while self.waiting:
            address, depth = self.waiting.popleft()
            if reason := self._forbidden(address):
                yield LeftOut(address, reason)
                continue
            if self.asked == self.entry.pages:
                yield LeftOut(
                    address, f"and {len(self.waiting)} more addresses: the limit is pages = {self.asked}, raise it"
                )
                self.waiting.clear()
                return
            seen = self.known.get(address)
            if seen and not seen.gone and self._is_old(address, seen):
                self._follow(seen.links, depth)
                self.taken.add(address)
                yield Same(seen)
                continue
            self.asked += 1
            try:
                reply = self.fetcher.get(address, seen, wants=self._wants, follow=False)
            except InputError as error:
                if self.asked == 1 and isinstance(error, Unreachable):
                    raise
                event: Event = Failed(address, str(error))
            else:
                event = self._judged(reply, depth, seen)
            if address in self.deferred:
                self.deferred[address] = self.deferred[address][0], event, depth
                continue
            failed = isinstance(event, Failed)  # what is held of it stays
            now = event.seen if isinstance(event, Changed | Same) else seen if failed else None
            if now and now.document and not now.gone:
                self.taken.add(address)
            yield event

    def _stands_for(self, canonical: str, deferred: Mapping[str, tuple[str, Event, int]]) -> bool:
        """Does an address that a page named as its own give a document? Of a chain the last page does, in a circle each."""
        leads = self.leads | {address: named for address, (named, _, _) in deferred.items()}
        passed: set[str] = set()
        while canonical in leads:
            if canonical in passed:
                return False
            passed.add(canonical)
            canonical = leads[canonical]
        return canonical in self.taken or not passed.isdisjoint(deferred)

    def _judged(self, reply: Reply, depth: int, seen: Seen | None) -> Event:
        """What one answer means."""
        if reply.status == fetch.NOT_MODIFIED and seen:
            self._follow(seen.links, depth)
            if seen.document:
                self.bodies.setdefault(seen.sha256 or "", seen.address)
            return Same(seen)
        if reply.status in fetch.REDIRECTS:
            return self._moved(reply, depth, seen)
        if reply.status in fetch.GONE:
            reason = f"it answers {reply.status}"
            return Gone(seen, reason) if seen else LeftOut(reply.address, reason)
        if reply.status in fetch.LATER:
            return Failed(reply.address, f"it answers {reply.status}: run it again later")
        if reply.status != fetch.OK:
            return LeftOut(reply.address, f"it answers {reply.status}")
        if not reply.wanted:
            return LeftOut(
                reply.address, f"it is {reply.media_type or 'of no stated type'}: not among the types taken in"
            )
        return self._read(reply, depth, seen)

    def _moved(self, reply: Reply, depth: int, seen: Seen | None) -> Event:
        target = reply.target
        if target is None or links.site(target) not in self.sites:
            return LeftOut(reply.address, f"it leads to {target or 'nowhere'}, which is not of this site")
        self.leads[reply.address] = target
        self._follow((target,), depth - 1)
        if seen and seen.document and reply.status in fetch.MOVED:
            return Gone(seen, f"it moved to {target}")
        if seen and seen.document:
            return Same(seen)
        return Same(Seen(reply.address, links=(target,), depth=depth))

    def _read(self, reply: Reply, depth: int, seen: Seen | None) -> Event:
        page = links.read_page(reply.text_bytes(), reply.address) if reply.media_type in HTML else links.PLAIN
        follow = page.follow and "nofollow" not in reply.headers.get("x-robots-tag", "")
        ours = tuple(link for link in page.links if follow and links.site(link) in self.sites)
        now = reply.seen(reply.address, depth=depth, links=ours)
        reason = self._why_not(page, reply, now)
        if reason and page.canonical and page.canonical in reason:
            self._follow((page.canonical,), depth - 1)
            self.deferred[reply.address] = page.canonical, Same(now), depth
            now = replace(now, links=(page.canonical, *ours))
        self._follow(now.links, depth)
        if reason and seen and seen.document and not seen.gone:
            return Gone(seen, reason)
        if reason:
            return Same(replace(now, document=None), fetched=True)
        if seen and seen.document and not seen.gone and seen.sha256 == now.sha256:
            return Same(now, fetched=True)
        return Changed(fetch.as_place(reply, reply.address, self.entry.provenance()), now)

    def _why_not(self, page: links.Page, reply: Reply, now: Seen) -> str | None:
        """Why a page that was read is no document of its own, None if it is one."""
        canonical = page.canonical
        alone = reply.address in self.alone
        if canonical and canonical != reply.address and not alone and links.site(canonical) in self.sites:
            self.instead[reply.address] = canonical
            if self.instead.get(canonical) != reply.address and not self._forbidden(canonical):
                return f"it names {canonical} as its own address"
        if not page.index or "noindex" in reply.headers.get("x-robots-tag", ""):
            return "it asks not to be indexed"
        first = self.bodies.setdefault(now.sha256 or "", reply.address)
        return f"it has the same bytes as {first}" if first != reply.address else None

    def _wants(self, reply: Reply) -> bool:
        return links.is_document(reply.address, reply.media_type, self.entry.types)

    def _add(self, address: str, depth: int) -> None:
        if address not in self.listed and links.site(address) in self.sites:
            self.listed.add(address)
            self.waiting.append((address, depth))

    def _follow(self, found: Iterable[str], depth: int) -> None:
        if depth < self.entry.depth:
            for address in found:
                self._add(address, depth + 1)

    def _forbidden(self, address: str) -> str | None:
        if any(fnmatch(address, pattern) for pattern in self.entry.skip):
            return "`skip` names it"
        try:
            rules = self._rules(address)
        except InputError as error:
            return str(error)
        if rules is None:
            return f"{links.origin(address)}/robots.txt cannot be had, so nothing may be fetched there"
        return None if rules.can_fetch(address, AGENT) else "robots.txt does not allow it"

    def _rules(self, address: str) -> Protego | None:
        """What robots.txt allows there, as RFC 9309 reads it: none at all allows everything, a broken server nothing (None)."""
        origin = links.origin(address)
        if origin not in self.robots:
            reply = self.fetcher.get(f"{origin}/robots.txt")
            text = reply.data[:ROBOTS_BYTES].decode("utf-8-sig", "replace") if reply.status == fetch.OK else ""
            rules = Protego.parse(text)
            self.fetcher.slow_down(origin, rules.crawl_delay(AGENT) or 0.0)
            self.robots[origin] = None if reply.status in fetch.LATER else rules
        return self.robots[origin]

    def _read_sitemaps(self, start: str) -> Iterator[Event]:
        """Add the pages of every sitemap that robots.txt names, else of /sitemap.xml, and of those that they refer to."""
        rules = self._rules(start)
        named = [normal for each in (rules.sitemaps if rules else ()) if (normal := links.normal(each, start))]
        waiting = deque(named or [f"{links.origin(start)}/sitemap.xml"])
        read: set[str] = set()
        while waiting and len(read) < SITEMAPS:
            address = waiting.popleft()
            if address in read or links.site(address) not in self.sites:
                continue
            read.add(address)
            try:
                reply = self.fetcher.get(address)
            except InputError as error:
                yield Failed(address, str(error))
                continue
            found = sitemap.read(reply.data)
            waiting.extend(found.sitemaps)
            self.dates |= found.pages
            for page in found.pages:
                self._add(page, 1)

    def _is_old(self, address: str, seen: Seen) -> bool:
        """Does a trusted sitemap say that a page has not changed since it was fetched?"""
        changed = self.dates.get(address) if self.entry.trust_sitemap else None
        return bool(changed and seen.fetched and changed < dt.datetime.fromisoformat(seen.fetched))
