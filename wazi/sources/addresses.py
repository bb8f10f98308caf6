# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Single addresses, named one by one or in a file with one a line; each is asked for only if it changed.

Links are not followed and robots.txt is not asked: a person chose every address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Memory, Same, Seen, fetch, links
from wazi.sources.described import unreadable
from wazi.sources.reach import Unreachable
from wazi.types import Provenance

if TYPE_CHECKING:
    from wazi.config import Sources
    from wazi.sources.book import Addresses
    from wazi.sources.fetch import Fetcher


class AddressesSource:
    """The addresses of `entry.address`, or of the file that it names."""

    def __init__(self, entry: Addresses, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.fetcher = entry, fetcher

    def changes(self, memory: Memory) -> Iterator[Event]:
        """Each address in its order; those that are no longer in the list are gone."""
        wanted = self._wanted()
        failures = 0
        for address in wanted:
            event = get(
                self.fetcher, address, memory.seen.get(address), self.entry.provenance(), delay=self.entry.delay
            )
            failures += isinstance(event, Failed)
            yield event
        if failures == len(wanted):
            raise Unreachable("none of the addresses could be had: check the network")
        for seen in memory.seen.values():
            if seen.address not in wanted:
                yield Gone(seen, "it is no longer in the list")

    def _wanted(self) -> list[str]:
        words = self.entry.address.split()
        if not any(map(links.ADDRESS.match, words)):
            file = Path(self.entry.address).expanduser()
            try:
                lines = file.read_text(encoding="utf-8-sig").splitlines()
            except OSError as error:
                raise InputError(unreadable(str(file), error)) from error
            except UnicodeDecodeError as error:
                raise InputError(f"{file} is no list of addresses ({error}): write one address a line") from error
            words = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not words:
            raise InputError(f"{self.entry.address} names no address: write one a line")
        return list(dict.fromkeys(map(links.checked, words)))


def get(
    fetcher: Fetcher,
    address: str,
    seen: Seen | None,
    given: Provenance,
    *,
    parent: str | None = None,
    delay: float = 0.0,
    headers: Mapping[str, str] | None = None,
) -> Event:
    """What became of the one file at an address since it was `seen`; redirects are followed to any public host.

    A landing page that names its file (`citation_pdf_url`) stands for that file.
    """
    fetcher.slow_down(address, delay)
    try:
        landing = seen is not None and bool(seen.links)  # what is remembered is the file's, not the page's
        reply = fetcher.get(address, None if landing else seen, wants=_wants, headers=headers)
        page = links.read_page(reply.text_bytes(), reply.address) if reply.media_type == "text/html" else links.PLAIN
        if page.file and page.file != reply.address:
            fetcher.slow_down(page.file, delay)
            reply = fetcher.get(page.file, seen, wants=_wants, headers=headers)
    except InputError as error:
        return Failed(address, str(error))
    if reply.status == fetch.NOT_MODIFIED and seen:
        return Same(seen)
    if reply.status in fetch.GONE:
        reason = f"it answers {reply.status}"
        return Gone(seen, reason) if seen else LeftOut(address, reason)
    if reply.status != fetch.OK:
        return Failed(address, f"it answers {reply.status}")
    if not reply.wanted:
        return LeftOut(address, f"it is {reply.media_type or 'of no stated type'}: nothing that holds a document")
    file = (page.file,) if page.file else ()
    now = reply.seen(address, address=address, parent=parent, links=file)
    if seen and not seen.gone and seen.sha256 == now.sha256:
        return Same(now, fetched=True)
    return Changed(fetch.as_place(reply, address, given), now)


def _wants(reply: fetch.Reply) -> bool:
    return links.is_document(reply.address, reply.media_type)
