# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A repository by OAI-PMH 2.0: records in Dublin Core, and the files that their identifiers lead to.

Records that changed since the last whole run are listed by date stamp; a deleted record makes its document gone. The reply
to a record without a readable file is to leave it out and say so: its description is no document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from lxml import etree

from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Mark, Memory, Same, addresses, fetch, links
from wazi.sources.described import LANGUAGE
from wazi.types import Provenance

if TYPE_CHECKING:
    from pathlib import Path

    from wazi.config import Sources
    from wazi.sources.book import OaiPmh
    from wazi.sources.fetch import Fetcher

RESTARTS = 2
"""A list whose token has expired is begun anew so often; what came before is then told as it was."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: what it is called there, when it changed, its fields of Dublin Core; `deleted`: it has none any more."""

    identifier: str
    stamp: str
    deleted: bool
    fields: dict[str, list[str]]

    def first(self, name: str) -> str | None:
        """The first value of a field, None without one."""
        return next(iter(self.fields.get(name, ())), None)


class Expired(InputError):
    """The repository has forgotten where the list was."""


class OaiPmhSource:
    """The repository whose base address is `entry.address`."""

    def __init__(self, entry: OaiPmh, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.fetcher = entry, fetcher

    def changes(self, memory: Memory) -> Iterator[Event]:
        """The files of new, changed and deleted records. Raises InputError when no repository answers."""
        self.fetcher.slow_down(self.entry.address, self.entry.delay)
        seconds = self._identify()
        began, told = None, set[str]()
        for restart in range(RESTARTS + 1):
            try:
                for moment, record in self._records(memory.mark, seconds):
                    began = began or moment
                    if record and record.identifier not in told:
                        told.add(record.identifier)
                        yield from self._judged(record, memory)
                break
            except Expired:
                if restart == RESTARTS:
                    raise
        for seen in memory.seen.values():
            if seen.parent not in told and not seen.gone:
                yield Same(seen)
        if began:
            yield Mark(began)

    def _judged(self, record: Record, memory: Memory) -> Iterator[Event]:
        known = [seen for seen in memory.seen.values() if seen.parent == record.identifier]
        if record.deleted:
            yield from (Gone(seen, "its record is deleted") for seen in known)
            return
        found = (
            links.normal(text) for text in (*record.fields.get("identifier", ()), *record.fields.get("relation", ()))
        )
        files = [address for address in dict.fromkeys(found) if address]
        if not files:
            yield LeftOut(record.identifier, "its record names no address of a file")
        problem: Event | None = None
        for address in files:
            given = self._provenance(record)
            seen = memory.seen.get(address)
            event = addresses.get(self.fetcher, address, seen, given, parent=record.identifier, delay=self.entry.delay)
            if isinstance(event, Changed | Same | Gone):
                yield event
                problem = None
                break
            problem = event if not isinstance(problem, Failed) else problem
        if problem:  # of several addresses only the first that is a file counts
            yield problem
        yield from (Gone(seen, "its record no longer names it") for seen in known if seen.address not in files)

    def _provenance(self, record: Record) -> Provenance:
        given = self.entry.provenance()
        language = record.first("language") or ""
        return replace(
            given,
            title=record.first("title"),
            language=given.language or (language if LANGUAGE.fullmatch(language) and len(language) == 2 else None),
            licence=record.first("rights") or given.licence,
            publisher=record.first("publisher") or given.publisher,
        )

    def _identify(self) -> bool:
        """Are date stamps exact to the second? Raises InputError when this is no repository."""
        root = self._ask({"verb": "Identify"})
        granularity = root.findtext(".//{*}granularity") or ""
        if not granularity:
            raise InputError(
                f"{self.entry.address} says nothing of its date stamps: check that it is a base address of OAI-PMH"
            )
        return granularity.endswith("Z")

    def _records(self, since: str | None, seconds: bool) -> Iterator[tuple[str, Record | None]]:
        """Every record changed since then, each with the moment at which its list began, by the repository's clock."""
        query = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
        query |= {"from": since if seconds else since[:10]} if since else {}
        query |= {"set": self.entry.set} if self.entry.set else {}
        began, passed = None, set[str]()
        while True:
            root = self._ask(query)
            began = began or (root.findtext("{*}responseDate") or "").strip()
            yield began, None
            for element in root.iterfind(".//{*}record"):
                if record := _record(element):
                    yield began, record
            token = (root.findtext(".//{*}resumptionToken") or "").strip()
            if not token:
                return
            if token in passed:
                raise InputError(
                    f"{self.entry.address} hands out the same part of its list without end: tell its keeper"
                )
            passed.add(token)
            query = {"verb": "ListRecords", "resumptionToken": token}

    def _ask(self, query: dict[str, str]) -> etree._Element:
        """One answer; a list without records is an empty one. Raises InputError with what the repository says."""
        address = f"{self.entry.address}?{urlencode(query)}"
        reply = self.fetcher.get(address)
        if reply.status != fetch.OK:
            raise InputError(f"{address} answers {reply.status}: check the address of the repository")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(reply.data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise InputError(f"{address} gives no valid XML ({error}): check the address of the repository") from error
        for said in root.iterfind("{*}error"):
            code = said.get("code")
            if code == "badResumptionToken":
                raise Expired(f"{address}: the list expired again and again: try another time")
            if code != "noRecordsMatch":
                raise InputError(
                    f"{address}: the repository says {code}: {(said.text or '').strip()}: check the options"
                )
        return root


def _record(element: etree._Element) -> Record | None:
    header = element.find("{*}header")
    identifier = header.findtext("{*}identifier") if header is not None else None
    if header is None or not identifier:
        return None
    fields: dict[str, list[str]] = {}
    for field in element.iterfind("{*}metadata/*/*"):
        if isinstance(field.tag, str) and field.text and field.text.strip():
            fields.setdefault(etree.QName(field).localname, []).append(" ".join(field.text.split()))
    stamp = (header.findtext("{*}datestamp") or "").strip()
    return Record(identifier.strip(), stamp, header.get("status") == "deleted", fields)
