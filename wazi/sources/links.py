# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Addresses: written one way, compared, named as files; and the links of a page. Nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

import httpx
from lxml import etree

from wazi.errors import InputError

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.I)
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|phpsessid|jsessionid", re.I)
"""Parameters that say who comes from where, never which document."""
LONGEST = 2000
"""Characters of an address; longer ones are made by loops."""
DEFAULT_PORTS = {"http": 80, "https": 443}

SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/akn+xml": ".xml",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/zip": ".zip",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "message/rfc822": ".eml",
}
"""Media types that hold documents, and the suffix of each."""
READABLE = {*SUFFIXES.values(), ".htm", ".xhtml", ".markdown"}
UNTYPED = {"", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/download"}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of HTML says about addresses: all normal and absolute. `index`, `follow`: what it lets robots do."""

    links: tuple[str, ...]
    canonical: str | None
    file: str | None
    """The file that a landing page stands for (`citation_pdf_url`), as repositories mark it."""
    index: bool
    follow: bool


PLAIN = Page(links=(), canonical=None, file=None, index=True, follow=True)
"""What is no page of HTML says nothing."""


def normal(address: str, base: str = "") -> str | None:
    """The one way to write an address: None if it is none of http or https, names a user or is endlessly long."""
    try:
        joined = urljoin(base, address.strip())
        scheme, separator, rest = joined.partition("://")
        url = httpx.URL(f"{scheme.lower()}{separator}{rest}").copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        return None
    if url.scheme not in DEFAULT_PORTS or not url.host or url.userinfo or len(joined) > LONGEST:
        return None
    if url.port is not None and url.port > 65535:
        return None
    if not urlsplit(str(url)).path:
        url = url.copy_with(raw_path=b"/" + (b"?" + url.query if url.query else b""))
    query = url.query.decode("ascii", "replace")
    if TRACKING.search(query):
        kept = [(name, value) for name, value in parse_qsl(query, True) if not TRACKING.fullmatch(name)]
        url = url.copy_with(query=urlencode(kept).encode() if kept else None)
    return str(url)


def checked(address: str) -> str:
    """The normal form of an address that somebody typed. Raises InputError."""
    found = normal(address)
    if found is None:
        raise InputError(f"{address} is no address of http or https without a password in it: correct it")
    return found


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def site(address: str) -> str:
    """What is one site: the host without `www.`, and the port unless it is the usual one. http and https are one."""
    parts = urlsplit(address)
    usual = parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme)
    host = (parts.hostname or "").removeprefix("www.")
    return host if usual else f"{host}:{parts.port}"


def file_name(address: str, media_type: str) -> str:
    """A name for what an address gives: its last part, with the suffix of its media type if it has none that is read."""
    parts = urlsplit(address)
    name = PurePosixPath(unquote(parts.path)).name or parts.hostname or "page"
    name = re.sub(r"[\x00-\x1f/\\]", "_", name)
    known = PurePosixPath(name).suffix.lower() in READABLE
    return name if known else name + SUFFIXES.get(media_type, "")


def is_document(address: str, media_type: str, types: Iterable[str] = tuple(SUFFIXES)) -> bool:
    """Does an address of this media type hold a document? Where the type says nothing, the suffix does."""
    if media_type in UNTYPED:
        return PurePosixPath(unquote(urlsplit(address).path)).suffix.lower() in READABLE
    return media_type in set(types)


def read_page(data: bytes, address: str) -> Page:
    """The links of a page of HTML at `address`; a damaged one gives what can be read of it."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return PLAIN
    base = normal(root.xpath("string(.//base/@href)"), address) or address
    robots = " ".join(root.xpath(".//meta[translate(@name,'ROBTS','robts')='robots']/@content")).lower()
    found = (normal(link, base) for link in root.xpath(".//a/@href|.//area/@href|.//iframe/@src|.//frame/@src"))
    return Page(
        links=tuple(dict.fromkeys(link for link in found if link)),
        canonical=_first(root, ".//link[translate(@rel,'CANOIL','canoil')='canonical']/@href", base),
        file=_first(root, ".//meta[@name='citation_pdf_url']/@content", base),
        index="noindex" not in robots and "none" not in robots,
        follow="nofollow" not in robots and "none" not in robots,
    )


def _first(root: etree._Element, path: str, base: str) -> str | None:
    found = root.xpath(path)
    return normal(str(found[0]), base) if found else None
