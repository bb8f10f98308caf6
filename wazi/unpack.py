# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A place -> the places that go in: itself and, if it is an archive or a mail, the documents inside it.

Those have sources below its own (`rules.zip!/fees.pdf`) and its labels. It does not know what the documents hold.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from wazi import access, parse, sources
from wazi.desk import Desk
from wazi.errors import InputError
from wazi.parse.archive import INSIDE
from wazi.types import PUBLIC, RawFile, Record


def unpack(place: sources.Place, desk: Desk, within: Mapping[str, set[str]]) -> Iterator[sources.Place]:
    """The place, then the documents inside it; held ones that are inside no more are deleted when the last was handed out.

    `within` is what `ids_within` told when the run began.
    """
    try:
        raw = sources.read(place, desk.settings.sources)
    except InputError as error:
        yield replace(place, problem=str(error))  # whoever takes it in says so
        return
    whole = replace(place, name=raw.name, size=len(raw.data), provenance=raw.provenance, data=raw.data)
    yield whole
    gone = set(within.get(raw.source, ()))
    with suppress(InputError):  # said of the whole
        if parse.holds_documents(raw):
            held = desk.store.record(document_id(raw.source), access.holdings_of(access.keeper()))
            for inside in _inside(raw, labels_of(whole, held)):
                gone.discard(document_id(inside.source))
                yield inside
        if gone:
            desk.store.apply([], delete=sorted(gone))


def _inside(raw: RawFile, labels: frozenset[str]) -> Iterator[sources.Place]:
    """Under the labels of what they came in: a new file in an archive for the staff must not be public."""
    for member in parse.members(raw):  # one that cannot be opened ends here, and what is held of it stays
        given = replace(member.provenance, labels=labels)
        yield sources.Place(member.source, member.name, len(member.data), given, data=member.data)


def ids_within(desk: Desk) -> dict[str, set[str]]:
    """The ids of the held documents that were inside another, by the source of that."""
    within: dict[str, set[str]] = defaultdict(set)
    for each in desk.store.records(access.holdings_of(access.keeper())):
        if INSIDE in each.source:
            within[each.source.partition(INSIDE)[0]].add(each.id)
    return within


def ids_from(places: Iterable[str], desk: Desk) -> list[str]:
    """The ids of the held documents that come from these sources, and of those that were inside them."""
    wanted = tuple(places)
    within = tuple(f"{source}{INSIDE}" for source in wanted)
    held = desk.store.records(access.holdings_of(access.keeper()))
    return [each.id for each in held if each.source in wanted or each.source.startswith(within)]


def document_id(source: str) -> str:
    """The id of the document that comes from `source`, the same for all its versions."""
    return hashlib.sha256(source.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def labels_of(place: sources.Place, held: Record | None) -> frozenset[str]:
    """The labels said, else those the document is held under: forgetting `--label` must not make anything public."""
    return place.provenance.labels or (held.labels if held else frozenset({PUBLIC}))
