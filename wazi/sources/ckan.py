# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A CKAN catalogue by its action API, version 3: the files of its data sets, with licence, organisation and date.

Data sets that changed since the last whole run are listed by `metadata_modified`; what is known and no longer listed is asked
for one by one, and only the catalogue's own word makes it gone. It knows no format but by the type that a server states.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from wazi.errors import InputError
from wazi.sources import Event, Gone, LeftOut, Mark, Memory, Same, addresses, fetch, links
from wazi.types import Provenance

if TYPE_CHECKING:
    from pathlib import Path

    from wazi.config import Sources
    from wazi.sources.book import Ckan
    from wazi.sources.fetch import Fetcher

ROWS = 100
Json = Mapping[str, Any]


class CkanSource:
    """The catalogue at `entry.address`, the part of it before `/api/3/action`."""

    def __init__(self, entry: Ckan, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.fetcher = entry, fetcher
        self.base = entry.address.rstrip("/").removesuffix("/api/3/action").removesuffix("/api/3")

    def changes(self, memory: Memory) -> Iterator[Event]:
        """The resources of new and changed data sets, then what has gone. Raises InputError when there is no CKAN."""
        self.fetcher.slow_down(self.base, self.entry.delay)
        told: set[str] = set()
        latest = memory.mark or ""
        for dataset in self._datasets(memory.mark):
            latest = max(latest, str(dataset.get("metadata_modified") or ""))
            yield from self._resources(dataset, memory, told)
        listed = self._names()
        missing = {seen.parent for seen in memory.seen.values() if seen.parent and not seen.gone} - listed
        reasons = {dataset: self._why_gone(dataset) for dataset in sorted(missing)}
        for seen in memory.seen.values():
            if seen.address in told:
                continue
            if seen.parent and (reason := reasons.get(seen.parent)):
                yield Gone(seen, reason)
            elif not seen.gone:
                yield Same(seen)
        if latest:
            yield Mark(latest)

    def _datasets(self, since: str | None) -> Iterator[Json]:
        """Data sets in the order of their last change, from `since` on (a moment as CKAN wrote it, in UTC)."""
        filters = [f"metadata_modified:[{since}Z TO *]"] if since else []
        if self.entry.organisation:
            filters.append(f'organization:"{self.entry.organisation}"')
        start = 0
        while True:
            query = {
                "q": self.entry.query or "*:*",
                "sort": "metadata_modified asc, id asc",
                "rows": ROWS,
                "start": start,
            }
            found = self._object(self._call("package_search", query | ({"fq": " ".join(filters)} if filters else {})))
            results = [self._object(dataset) for dataset in found.get("results") or ()]
            yield from results
            start += len(results)
            if not results or start >= self._number(found.get("count")):
                return

    def _resources(self, dataset: Json, memory: Memory, told: set[str]) -> Iterator[Event]:
        """The files of one data set; those it no longer has are gone."""
        parent = str(dataset.get("name") or dataset.get("id"))
        here: set[str] = set()
        for resource in map(self._object, dataset.get("resources") or ()):
            address = links.normal(str(resource.get("url") or ""), f"{self.base}/")
            if address is None:
                yield LeftOut(
                    str(resource.get("url") or resource.get("id")), f"data set {parent}: it is no address of a file"
                )
                continue
            here.add(address)
            if address in told:
                continue
            told.add(address)
            kind = str(resource.get("format") or "")
            if self.entry.formats and kind.upper() not in map(str.upper, self.entry.formats):
                yield LeftOut(address, f"data set {parent}: its format {kind or '(none)'} is not among `formats`")
                continue
            given = self._provenance(dataset, resource, address)
            event = addresses.get(
                self.fetcher, address, memory.seen.get(address), given, parent=parent, delay=self.entry.delay
            )
            yield event
        for seen in memory.seen.values():
            if seen.parent == parent and seen.address not in here and seen.address not in told:
                told.add(seen.address)
                yield Gone(seen, f"data set {parent} no longer has it")

    def _provenance(self, dataset: Json, resource: Json, address: str) -> Provenance:
        given = self.entry.provenance()
        organisation = self._object(dataset.get("organization") or {})
        title, name = str(dataset.get("title") or ""), str(resource.get("name") or "")
        return replace(
            given,
            title=": ".join(dict.fromkeys(part.strip() for part in (title, name) if part.strip())) or None,
            licence=_text(dataset.get("license_id"), dataset.get("license_title")) or given.licence,
            publisher=_text(organisation.get("title"), organisation.get("name"), dataset.get("author"))
            or given.publisher,
            address=address,
        )

    def _names(self) -> set[str]:
        found = self._call("package_list", {})
        return {str(name) for name in found} if isinstance(found, list) else set()

    def _why_gone(self, dataset: str) -> str | None:
        """The catalogue's word that a data set is deleted or hidden; None when it is there after all."""
        reply = self.fetcher.get(self._url("package_show", {"id": dataset}))
        if reply.status in (*fetch.GONE, 403):
            return f"data set {dataset} answers {reply.status}"
        if reply.status != fetch.OK:
            return None
        shown = self._object(_result(reply.data, reply.address))
        return f"data set {dataset} is deleted" if shown.get("state") == "deleted" else None

    def _call(self, action: str, query: Json) -> Any:
        reply = self.fetcher.get(self._url(action, query))
        if reply.status != fetch.OK:
            raise InputError(f"{reply.address} answers {reply.status}: check the address of the catalogue")
        return _result(reply.data, reply.address)

    def _object(self, found: Any) -> Json:
        if isinstance(found, Mapping):
            return found
        raise InputError(f"{self.base} gives {str(found)[:40]!r} for an object: check that it is a catalogue of CKAN")

    def _number(self, found: Any) -> int:
        if isinstance(found, int):
            return found
        raise InputError(f"{self.base} gives {str(found)[:40]!r} for a count: check that it is a catalogue of CKAN")

    def _url(self, action: str, query: Json) -> str:
        return f"{self.base}/api/3/action/{action}" + (f"?{urlencode(query)}" if query else "")


def _result(data: bytes, address: str) -> Any:
    try:
        found = json.loads(data)
        if found["success"]:
            return found["result"]
        said = found.get("error")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        said = "it is not the JSON of a CKAN action"
    raise InputError(f"{address} gives no result ({said}): check the address of the catalogue")


def _text(*values: Any) -> str | None:
    return next((str(value).strip() for value in values if value and str(value).strip()), None)
