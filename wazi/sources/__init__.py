# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Where documents come from, each with its provenance: folder · addresses · web · ckan · oai_pmh · s3 · mailbox.

`find` and `read` serve `wazi ingest`: files, folders and single addresses. A `Source` serves `wazi sources`: it tells what
changed since last time. All parts pass `wazi.testing.SourceConformance`. Parts know neither formats (what a file holds is
decided by `wazi.parse`) nor the store: what they remember comes in as a `Memory` and goes out in the events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wazi import registry
from wazi.errors import InputError
from wazi.registry import Part
from wazi.sources.described import KEYS, PROVENANCE_FILE
from wazi.types import Provenance, RawFile

if TYPE_CHECKING:
    from wazi.config import Sources
    from wazi.sources.book import Entry
    from wazi.sources.fetch import Fetcher

__all__ = ["KEYS", "PROVENANCE_FILE", "Place", "find", "open_source", "read"]

PARTS = {
    "folder": Part("wazi.sources.folder", "FolderSource"),
    "addresses": Part("wazi.sources.addresses", "AddressesSource"),
    "web": Part("wazi.sources.web", "WebSource"),
    "ckan": Part("wazi.sources.ckan", "CkanSource"),
    "oai_pmh": Part("wazi.sources.oai_pmh", "OaiPmhSource"),
    "s3": Part("wazi.sources.s3", "S3Source"),
    "mailbox": Part("wazi.sources.mailbox", "MailboxSource"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A file that was found. `problem` says why it cannot go in, None if it can; `size` is in bytes.

    `data` are its bytes where finding it meant fetching it; without them `read` goes and gets them.
    """

    source: str
    name: str
    size: int
    provenance: Provenance
    problem: str | None = None
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a source remembers of one address (or path, or key), as of when it was last taken in.

    `document` names the document that came of it, None where only its links count. `etag` and `modified` are what the
    other side said of its version; `parent` is the data set or record that it belongs to; `gone` says why it is no longer
    there, None while it is.
    """

    address: str
    document: str | None = None
    etag: str | None = None
    modified: str | None = None
    sha256: str | None = None
    links: tuple[str, ...] = ()
    parent: str | None = None
    depth: int = 0
    fetched: str | None = None
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of a source from its earlier runs: its addresses, and the mark that its last whole run left."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Event: new or changed; `seen` is to be remembered once the place is stored, not before."""

    place: Place
    seen: Seen


@dataclass(frozen=True, slots=True)
class Same:
    """Event: as it was, or nothing but links; `seen` may be remembered at once. `fetched`: its bytes had to be read."""

    seen: Seen
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """Event: the source says that this known address is no longer there (404, 410, a deleted record, a removed file)."""

    seen: Seen
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Event: an address that is not taken in, and why; it will be the same next time."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Event: an address that could not be had this time; what is held of it stays, and the mark stays behind it."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Event, the last one: where the next run may begin, if all before it was stored and nothing failed."""

    text: str


Event = Changed | Same | Gone | LeftOut | Failed | Mark


class Source(Protocol):
    """What every source does.

    A part is made as `Part(entry, fetcher, settings, home)`: its table of `sources.toml`, what goes to the network, `[sources]`,
    and the folder of the home, which is no source.
    """

    def changes(self, memory: Memory) -> Iterator[Event]:
        """What is new, changed, as it was and gone since `memory`; each address at most once in one run, nothing written.

        Events come as they are found and may be left off at any time: an address whose event was not taken is told again
        next time. Only evidence makes a `Gone`: an address that the run did not reach is not mentioned. Raises InputError
        when the source as a whole cannot be had; then it says nothing about what it holds.
        """


def open_source(entry: Entry, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> Source:
    """The part that `entry.kind` names. Raises SettingError, MissingPart."""
    source: Source = registry.load("sources", entry.kind, PARTS)(entry, fetcher, settings, home)
    return source


def find(
    paths: Sequence[str],
    settings: Sources,
    default: Provenance,
    *,
    home: Path | None = None,
) -> list[Place]:
    """Every file under the paths, in the order of the paths and by name within a folder, each once; an address as it is.

    The folder `home` is left out: receipts are no documents. What cannot go in is listed with its problem. Raises
    InputError for a bad `documents.toml`: access labels stand there, so nothing goes in on a guess.
    """
    from wazi.sources import folder, links

    places: dict[str, Place] = {}
    for path in paths:
        if not path.strip():
            raise InputError("an empty path names no file or folder: for the current folder type .")
        if links.ADDRESS.match(path):
            address = links.checked(path)
            found: Iterator[Place] | list[Place] = [Place(address, links.file_name(address, ""), 0, default)]
        else:
            found = folder.find(path, settings, default, home=home)
        for place in found:
            places.setdefault(place.source, place)
    return list(places.values())


def read(place: Place, settings: Sources) -> RawFile:
    """The bytes of one place; an address is fetched now. Raises InputError with the place's problem, or why it cannot be had."""
    from wazi.sources import folder, links

    if place.problem:
        raise InputError(place.problem)
    if place.data is not None:
        data = place.data
    elif links.ADDRESS.match(place.source):
        from wazi.sources import fetch

        place = fetch.place(place, settings)
        data = place.data or b""
    else:
        data = folder.read(place, settings)
    return RawFile(place.source, place.name, data, hashlib.sha256(data).hexdigest(), place.provenance)
