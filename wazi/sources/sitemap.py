# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Sitemaps as sitemaps.org describes them: bytes (XML, plain text, or either in gzip) -> addresses. Nothing is fetched here."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from wazi.sources.links import normal

LARGEST = 52_428_800
"""Bytes of a sitemap, unpacked, by the protocol."""
MOST = 50_000
"""Addresses of a sitemap, by the protocol."""
GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The pages a sitemap lists with the day each last changed (None: not said), and the sitemaps it refers to."""

    pages: dict[str, dt.datetime | None]
    sitemaps: tuple[str, ...] = ()


def read(data: bytes) -> Sitemap:
    """Read one sitemap; what is too large or damaged is read as far as it goes."""
    data = _unpacked(data)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = data.decode("utf-8-sig", "replace").split(maxsplit=MOST)[:MOST]
        return Sitemap({page: None for line in dict.fromkeys(lines) if (page := normal(line))})
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root is None:
        return Sitemap({})
    found: dict[str, dt.datetime | None] = {}
    for element in islice(root.iterfind("{*}*"), MOST):
        if address := normal((element.findtext("{*}loc") or "").strip()):
            found[address] = moment(element.findtext("{*}lastmod"))
    if etree.QName(root).localname == "sitemapindex":
        return Sitemap({}, tuple(found))
    return Sitemap(found)


def moment(text: str | None) -> dt.datetime | None:
    """A W3C date or time, in UTC where no zone is said; None if it is none. A mere day means its end."""
    try:
        day = dt.date.fromisoformat((text or "").strip())
    except ValueError:
        try:
            found = dt.datetime.fromisoformat((text or "").strip())
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return dt.datetime.combine(day, dt.time.max, dt.UTC)


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(GZIP):
        return data[:LARGEST]
    try:
        return zlib.decompressobj(wbits=31).decompress(data, LARGEST)
    except zlib.error:
        return b""
