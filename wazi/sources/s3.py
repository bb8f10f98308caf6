# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A bucket of any server that speaks S3: the objects under a prefix, read again when their ETag changes.

It lists (ListObjectsV2) and reads (GetObject) and never writes. Requests are signed as Amazon's Signature Version 4 says
(docs.aws.amazon.com, "Signature Version 4 signing process") and go through the one door like all others, so no library
with a network of its own is needed. Names are in the path, not in the host.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from lxml import etree

from wazi.errors import InputError, SettingError
from wazi.sources import Changed, Event, Failed, Gone, LeftOut, Memory, Same, Seen, fetch, links
from wazi.sources.described import unreadable
from wazi.sources.folder import MIB, too_large

if TYPE_CHECKING:
    from wazi.config import Sources
    from wazi.sources.book import S3
    from wazi.sources.fetch import Fetcher

NOTHING = hashlib.sha256(b"").hexdigest()
ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Key:
    """What signs requests. The secret is never shown."""

    identifier: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Key({self.identifier!r})"


@dataclass(frozen=True, slots=True)
class Object:
    """One object of a listing."""

    key: str
    etag: str
    size: int
    modified: str


class S3Source:
    """The bucket and prefix of `entry.address`."""

    def __init__(self, entry: S3, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.fetcher, self.settings = entry, fetcher, settings
        bucket, _, self.prefix = entry.address.removeprefix("s3://").partition("/")
        server = links.checked(entry.endpoint or f"https://s3.{entry.region}.amazonaws.com").rstrip("/")
        self.bucket, self.base = bucket, f"{server}/{bucket}"

    def changes(self, memory: Memory) -> Iterator[Event]:
        """New and changed objects by name, then those that are no longer listed. Raises InputError when it cannot be listed."""
        key = _key(self.entry.credentials)
        self.fetcher.slow_down(self.base, self.entry.delay)
        listed = set()
        for found in self._listed(key):
            source = f"s3://{self.bucket}/{found.key}"
            listed.add(source)
            yield from self._judged(found, source, memory.seen.get(source), key)
        for seen in memory.seen.values():
            if seen.address not in listed:
                yield Gone(seen, "it is no longer in the bucket")

    def _judged(self, found: Object, source: str, seen: Seen | None, key: Key | None) -> Iterator[Event]:
        name = found.key.rpartition("/")[2]
        if not name or found.size == 0:
            return  # what browsers of buckets make of folders
        if any(fnmatch(name, pattern) for pattern in (*self.settings.skip, *self.entry.skip)):
            return
        if seen and not seen.gone and seen.etag == found.etag:
            yield Same(seen)
        elif found.size > self.settings.max_mib * MIB:
            yield LeftOut(source, too_large(source, found.size, self.settings))
        else:
            yield self._read(found, source, seen, key)

    def _read(self, found: Object, source: str, seen: Seen | None, key: Key | None) -> Event:
        try:
            reply = self._get(f"{self.base}/{quote(found.key, safe='/-_.~')}", {}, key)
        except InputError as error:
            return Failed(source, str(error))
        if reply.status != fetch.OK:
            return Failed(source, f"it answers {reply.status}")
        now = reply.seen(source, address=source, etag=found.etag, modified=found.modified)
        if seen and not seen.gone and seen.sha256 == now.sha256:
            return Same(now, fetched=True)
        place = fetch.as_place(reply, source, self.entry.provenance())
        name = found.key.rpartition("/")[2]
        return Changed(replace(place, name=name, provenance=replace(place.provenance, address=source)), now)

    def _listed(self, key: Key | None) -> Iterator[Object]:
        token = ""
        while True:
            query = {"list-type": "2", "prefix": self.prefix} | ({"continuation-token": token} if token else {})
            reply = self._get(self.base, query, key)
            if reply.status != fetch.OK:
                raise InputError(
                    f"s3://{self.bucket} cannot be listed (it answers {reply.status}): check name and credentials"
                )
            root = _xml(reply)
            for item in root.iterfind("{*}Contents"):
                text = {etree.QName(field).localname: field.text or "" for field in item.iterfind("{*}*")}
                size = text.get("Size") or "0"
                if not size.isdecimal():
                    raise InputError(
                        f"s3://{self.bucket} gives the size {size[:40]!r}: check that it is a server of S3"
                    )
                yield Object(text.get("Key", ""), text.get("ETag", ""), int(size), text.get("LastModified", ""))
            before, token = token, root.findtext("{*}NextContinuationToken") or ""
            if not token:
                return
            if token == before:
                raise InputError(f"s3://{self.bucket} lists the same part without end: check that it is a server of S3")

    def _get(self, address: str, query: Mapping[str, str], key: Key | None) -> fetch.Reply:
        asked = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items())
        )
        address = f"{address}?{asked}" if asked else address
        headers = signed(address, key, self.entry.region, fetch.now()) if key else {}
        return self.fetcher.get(address, headers=headers, follow=False)


def signed(address: str, key: Key, region: str, moment: dt.datetime) -> dict[str, str]:
    """The headers that sign a GET of `address`, whose query is sorted and quoted already."""
    parts = urlsplit(address)
    stamp = moment.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": parts.netloc, "x-amz-content-sha256": NOTHING, "x-amz-date": stamp}
    headers |= {"x-amz-security-token": key.token} if key.token else {}
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    request = "\n".join(["GET", parts.path or "/", parts.query, *lines, "", names, NOTHING])
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    derived = f"AWS4{key.secret}".encode()
    for step in (*scope.split("/"), text):
        derived = hmac.digest(derived, step.encode(), "sha256")
    credential = f"Credential={key.identifier}/{scope}"
    headers["Authorization"] = f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={derived.hex()}"
    return {name: value for name, value in headers.items() if name != "host"}


def _key(file: Path | None) -> Key | None:
    if file is None:
        return None
    try:
        values = tomllib.loads(file.expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(unreadable(str(file), error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} is not valid TOML ({error}): correct it") from error
    names = ("access_key_id", "secret_access_key")
    if not all(isinstance(values.get(name), str) and values[name] for name in names):
        raise SettingError(f"{file}: access_key_id and secret_access_key must both stand there: add what is missing")
    return Key(values[names[0]], values[names[1]], str(values.get("session_token", "")))


def _xml(reply: fetch.Reply) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(reply.data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{reply.address} gives no valid XML ({error}): check that it is a server of S3") from error
