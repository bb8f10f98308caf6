# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Requests as a polite guest makes them: paced, conditional, retried when asked to, limited in size and time.

It knows addresses and answers, not sources: what to ask for and what an answer means is theirs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from types import TracebackType

import httpx

from wazi import __version__
from wazi.config import Sources
from wazi.errors import InputError
from wazi.sources import Place, Seen, links
from wazi.sources.reach import Door, Resolve, Unreachable, resolve
from wazi.types import Provenance

OK, NOT_MODIFIED, GONE = 200, 304, (404, 410)
MOVED = (301, 308)
REDIRECTS = (*MOVED, 302, 303, 307)
LATER = (429, 500, 502, 503, 504)
HOPS = 10
TRIES = 3
LONGEST_WAIT = 120.0
"""Seconds that a server may ask to wait; when it asks for more, the address is left for the next run."""
LONGEST_DELAY = 60.0
SILENT = 5
"""Addresses of a host in a row that nobody answers at: after that the others of this run are not even tried."""
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `address` is the one that gave it, after redirects; `data` is empty when it was not wanted."""

    address: str
    status: int
    headers: Mapping[str, str]
    data: bytes = field(default=b"", repr=False)
    wanted: bool = True

    @property
    def media_type(self) -> str:
        """The stated media type in lower case, empty if none is."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def target(self) -> str | None:
        """Where a redirect leads, in normal form; None if this is none, or leads nowhere."""
        location = self.headers.get("location")
        return links.normal(location, self.address) if self.status in REDIRECTS and location else None

    def seen(self, document: str | None, **more: object) -> Seen:
        """What to remember of this answer."""
        etag, modified = self.headers.get("etag"), self.headers.get("last-modified")
        digest = hashlib.sha256(self.data).hexdigest()
        seen = Seen(self.address, document, etag, modified, digest, fetched=now().isoformat())
        return replace(seen, **more)  # type: ignore[arg-type]  # names of fields of Seen

    def text_bytes(self) -> bytes:
        """The bytes as a parser should get them: a text in UTF-8 if the header alone knows its encoding.

        Bytes that are valid UTF-8 are left as they are, for many servers state an encoding that is not the file's.
        """
        message = Message()
        message["content-type"] = self.headers.get("content-type", "")
        charset = message.get_content_charset()
        if (
            charset is None
            or not self.media_type.startswith("text/")
            or self.data.startswith((b"\xff\xfe", b"\xfe\xff"))
        ):
            return self.data
        for encoding in ("utf-8", charset):
            try:
                data = b"\xef\xbb\xbf" + self.data.decode(encoding).encode()
            except (ValueError, LookupError):  # a header may name any codec, or none
                continue
            return self.data if encoding == "utf-8" else data
        return self.data


class Fetcher:
    """Asks for addresses, one at a time. Counts its `requests` and the `bytes` of the bodies it read."""

    def __init__(
        self,
        settings: Sources,
        *,
        pause: Callable[[float], None] = time.sleep,
        resolve: Resolve = resolve,
    ) -> None:
        self.settings = settings
        self.requests = self.bytes = 0
        self._pause = pause
        self._delays: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._silent: dict[str, int] = {}
        contact = f" (+{settings.contact})" if settings.contact else ""
        headers = {"User-Agent": f"wazi/{__version__}{contact}", "Accept-Encoding": "gzip, deflate"}
        timeout = httpx.Timeout(min(30.0, settings.seconds))
        self._client = httpx.Client(
            headers=headers, timeout=timeout, transport=Door(settings, resolve), trust_env=False
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def slow_down(self, address: str, seconds: float) -> None:
        """Let at least `seconds` pass between two requests to the host of `address` (at most 60)."""
        host = links.site(address)
        self._delays[host] = max(self._delays.get(host, 0.0), min(seconds, LONGEST_DELAY))

    def get(
        self,
        address: str,
        seen: Seen | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        wants: Callable[[Reply], bool] = lambda _: True,
        follow: bool = True,
    ) -> Reply:
        """One address; with `seen`, only if it changed since. `wants` judges an answer by its head, before its body is read.

        With `follow` at most 10 redirects are followed. Raises Unreachable when nobody answers, InputError when the answer
        is too large, too slow, or keeps asking for patience.
        """
        asked = dict(headers or {})
        if seen and not seen.gone:
            asked |= {name: said for name, said in _conditions(seen) if said and said.isascii()}
        passed = {address}
        while True:
            reply = self._patiently(address, asked, wants)
            if reply.status == NOT_MODIFIED and not (seen and asked.keys() & dict(_conditions(seen)).keys()):
                raise InputError(f"{address} answers 304, although nothing of it is known here: run it again later")
            if not follow or reply.status not in REDIRECTS:
                return reply
            target = reply.target
            if target is None or target in passed or len(passed) > HOPS:
                raise InputError(f"{address} leads in a circle or nowhere: check the address")
            if links.origin(target) != links.origin(address):
                asked.pop("Authorization", None)
            address = target
            passed.add(address)

    def _patiently(self, address: str, headers: Mapping[str, str], wants: Callable[[Reply], bool]) -> Reply:
        host = links.site(address)
        if self._silent.get(host, 0) >= SILENT:
            raise Unreachable(f"{address} was not tried: {host} was silent {SILENT} times in a row; run it again later")
        for attempt in range(1, TRIES + 1):
            self._pace(host)
            try:
                reply = self._send(address, headers, wants)
            except Unreachable:
                if attempt == TRIES:
                    self._silent[host] = self._silent.get(host, 0) + 1
                    raise
                self._pause(float(attempt))
                continue
            self._silent[host] = 0
            if reply.status not in LATER or attempt == TRIES:
                return reply
            wait = _asked_to_wait(reply, 2.0**attempt)
            if wait > LONGEST_WAIT:
                raise InputError(f"{address} asks to come back in {wait:.0f} seconds: run it again then")
            self._pause(wait)
        raise AssertionError("the loop returns or raises")

    def _send(self, address: str, headers: Mapping[str, str], wants: Callable[[Reply], bool]) -> Reply:
        self.requests += 1
        with _told(address), self._client.stream("GET", address, headers=dict(headers)) as answer:
            reply = Reply(address, answer.status_code, {key.lower(): value for key, value in answer.headers.items()})
            if reply.status != OK or not wants(reply):
                return replace(reply, wanted=False)
            return replace(reply, data=self._body(answer, address))

    def _body(self, answer: httpx.Response, address: str) -> bytes:
        limit, deadline = self.settings.max_mib * MIB, time.monotonic() + self.settings.seconds
        pieces, size = [], 0
        for piece in answer.iter_bytes(65536):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise InputError(f"{address} has more than {self.settings.max_mib} MiB: raise [sources] max_mib")
            if time.monotonic() > deadline:
                raise InputError(f"{address} took more than {self.settings.seconds:g} seconds: raise [sources] seconds")
        self.bytes += size
        return b"".join(pieces)

    def _pace(self, host: str) -> None:
        rest = self._last.get(host, 0.0) + self._delays.get(host, 0.0) - time.monotonic()
        if rest > 0:
            self._pause(rest)
        self._last[host] = time.monotonic()


@contextmanager
def _told(address: str) -> Iterator[None]:
    """What httpx raises, as errors of the house."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unreachable(f"{address} does not answer in time: try again later, or raise [sources] seconds") from error
    except httpx.TransportError as error:
        raise Unreachable(f"{address} broke off ({error}): check the network and the address") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise InputError(f"{address} cannot be read ({error}): check the address") from error


def _conditions(seen: Seen) -> tuple[tuple[str, str | None], ...]:
    return ("If-None-Match", seen.etag), ("If-Modified-Since", seen.modified)


def _asked_to_wait(reply: Reply, otherwise: float) -> float:
    """Seconds that `Retry-After` asks for, as a number or a date."""
    said = reply.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - now()).total_seconds())
    except (ValueError, TypeError):
        return otherwise


def now() -> dt.datetime:
    """This second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def as_place(reply: Reply, source: str, given: Provenance) -> Place:
    """An answer as a place that goes in under the name `source`, with where and when it was read."""
    data = reply.text_bytes()
    provenance = replace(given, address=given.address or reply.address, fetched=now())
    return Place(source, links.file_name(reply.address, reply.media_type), len(data), provenance, data=data)


def place(asked: Place, settings: Sources) -> Place:
    """Fetch the one address that `asked` names. Raises InputError."""
    with Fetcher(settings) as fetcher:
        reply = fetcher.get(asked.source)
    if reply.status != OK:
        raise InputError(f"{asked.source} answers {reply.status}: check the address")
    return as_place(reply, asked.source, asked.provenance)
