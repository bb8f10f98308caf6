# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`sources.toml` in the home: one table a source, read, added to and cut from without touching the rest of the file.

    [tenders]
    kind = "ckan"
    address = "https://data.county.example"
    every = "1d"
    labels = ["public"]

It knows which options each kind has, not what they do.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from wazi.config import Section
from wazi.errors import InputError, SettingError
from wazi.sources.described import KEYS
from wazi.sources.links import ADDRESS, SUFFIXES, normal
from wazi.types import Kind, Provenance

FILE = "sources.toml"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
HOST = re.compile(r"[^/\s:@]+(:\d{1,5})?")
EVERY = re.compile(r"([1-9]\d{0,4})([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SIMPLE_KEYS = ("language", "labels")


class Entry(Section):
    """What every source may say."""

    kind: str
    address: str = Field(min_length=1, description="where it is: a path or an address")
    every: str = Field("", description="how often it is due: 15m, 6h, 1d, 2w; empty: only when asked")
    labels: tuple[str, ...] | None = Field(None, description="access labels of its documents (default: public)")
    language: str | None = Field(None, description="language of its documents, where it cannot be told")
    licence: str | None = Field(None, description="licence of its documents, where the source does not say")
    publisher: str | None = Field(None, description="who publishes them, where the source does not say")
    jurisdiction: str | None = Field(None, description="where they hold")
    papers: Kind | None = Field(
        None, description="what sort of paper they are, if all are of one sort: act, form, notice …"
    )
    skip: tuple[str, ...] = Field((), description="addresses or file names left out, as shell patterns")
    on_gone: Literal["keep", "delete"] = Field(
        "keep", description="what becomes of a document that the source has removed"
    )

    @field_validator("every")
    @classmethod
    def _is_span(cls, text: str) -> str:
        if text and not EVERY.fullmatch(text):
            raise ValueError("write a number and m, h, d or w, like 6h")
        return text

    @field_validator(*SIMPLE_KEYS)
    @classmethod
    def _as_in_documents_toml(cls, value: Any, info: Any) -> Any:
        meaning, accepts = KEYS[info.field_name]
        if value is not None and not accepts(list(value) if isinstance(value, tuple) else value):
            raise ValueError(f"this is not {meaning}")
        return value

    @property
    def period(self) -> dt.timedelta | None:
        """The time between two runs, None if it has no schedule."""
        match = EVERY.fullmatch(self.every)
        return dt.timedelta(**{UNITS[match[2]]: int(match[1])}) if match else None

    def provenance(self) -> Provenance:
        """What holds for every document of this source, where nothing nearer says otherwise."""
        return Provenance(
            language=self.language,
            labels=frozenset(self.labels) if self.labels else None,
            licence=self.licence,
            publisher=self.publisher,
            jurisdiction=self.jurisdiction,
            kind=self.papers,
        )


class Folder(Entry):
    """Files and folders on this computer."""

    settle: float = Field(2.0, ge=0, description="seconds a file must have been left alone: it may still be copied")


class Remote(Entry):
    """What is fetched from elsewhere."""

    delay: float = Field(
        1.0, ge=0, le=60, description="seconds between two requests to a host; robots.txt may ask for more"
    )


class Addresses(Remote):
    """Single addresses: one, several separated by blanks, or a file with one a line."""


class Web(Remote):
    """A web site: its sitemap and the links between its pages; never another host."""

    pages: int = Field(5000, ge=1, le=1_000_000, description="addresses asked for at most in one run")
    depth: int = Field(8, ge=0, le=100, description="links followed at most from the address to a page")
    hosts: tuple[str, ...] = Field((), description="other hosts that belong to the site")
    types: tuple[str, ...] = Field(tuple(SUFFIXES), description="media types taken in")
    sitemap: bool = Field(True, description="begin with the addresses of its sitemap")
    trust_sitemap: bool = Field(False, description="do not even ask for a page whose date in the sitemap is old")

    @field_validator("address")
    @classmethod
    def _is_address(cls, text: str) -> str:
        return _address(text)

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not HOST.fullmatch(host):
                raise ValueError("write names of hosts, like docs.county.example")
        return hosts


class Ckan(Remote):
    """A catalogue that speaks CKAN's action API, version 3."""

    query: str = Field("", description="only data sets that CKAN finds for this")
    organisation: str = Field("", description="only data sets of this organisation, by its name in the address")
    formats: tuple[str, ...] = Field((), description="only resources of these formats, like PDF")

    @field_validator("address")
    @classmethod
    def _is_address(cls, text: str) -> str:
        return _address(text)


class OaiPmh(Remote):
    """A repository that speaks OAI-PMH 2.0."""

    set: str = Field("", description="only records of this set")

    @field_validator("address")
    @classmethod
    def _is_address(cls, text: str) -> str:
        return _address(text)


class S3(Remote):
    """A bucket: `address` is s3://bucket/prefix."""

    delay: float = Field(0.0, ge=0, le=60, description="seconds between two requests")
    endpoint: str = Field("", description="address of the server; empty: Amazon's for the region")
    region: str = Field("us-east-1", description="region of the bucket")
    credentials: Path | None = Field(
        None, description="TOML file with access_key_id and secret_access_key; none: public"
    )

    @field_validator("address")
    @classmethod
    def _is_bucket(cls, text: str) -> str:
        if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+(/.*)?", text):
            raise ValueError("write s3://bucket or s3://bucket/prefix")
        return text


class Mailbox(Entry):
    """Mails on this computer: a Maildir, an mbox file, or a folder of .eml files."""

    labels: tuple[str, ...] = Field(description="access labels of its mails: mail is not public unless you say so")


KINDS: dict[str, type[Entry]] = {
    "folder": Folder,
    "addresses": Addresses,
    "web": Web,
    "ckan": Ckan,
    "oai_pmh": OaiPmh,
    "s3": S3,
    "mailbox": Mailbox,
}


def read(home: Path) -> dict[str, Entry]:
    """Every source of the home by name, in the order of the file. Raises SettingError with the table and the option."""
    file = home / FILE
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"cannot read {file} ({error}): check its rights") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{file} is not valid TOML ({error}): correct it") from error
    return {name: entry(name, table, str(file)) for name, table in tables.items()}


def entry(name: str, table: Any, where: str) -> Entry:
    """One table as an entry. Raises SettingError."""
    if not NAME.fullmatch(name):
        raise SettingError(f"{where}: a source cannot be called {name!r}: use small letters, digits, - and _")
    if not isinstance(table, dict):
        raise SettingError(f"{where}: {name} stands outside a table: write [name] above it")
    kind = KINDS.get(str(table.get("kind")))
    if kind is None:
        raise SettingError(f"{where}: [{name}] kind = {table.get('kind')!r}: choose one of {', '.join(KINDS)}")
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        option = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            known = ", ".join(name for name in kind.model_fields if name != "kind")
            raise SettingError(
                f"{where}: [{name}] {option} is no option of {table['kind']}: choose among {known}"
            ) from None
        value = "" if first["type"] == "missing" else f" = {first['input']!r}"
        raise SettingError(f"{where}: [{name}] {option}{value}: {first['msg']}: correct it") from None


def add(home: Path, name: str, table: Mapping[str, Any]) -> Entry:
    """Append a table to the file, durable when it returns. Raises InputError when the name is taken, SettingError."""
    if name in read(home):
        raise InputError(f"there is a source called {name!r}: type wazi sources remove {name}, or choose another name")
    made = entry(name, dict(table), "the command line")
    lines = [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    file = home / FILE
    before = file.read_text(encoding="utf-8").rstrip() + "\n\n" if file.exists() else ""
    text = before + "\n".join(lines) + "\n"
    if name not in (_names(text) or ()):
        raise SettingError(f"[{name}] cannot be written as TOML: leave out control characters and infinite numbers")
    _write(file, text)
    return made


def remove(home: Path, name: str) -> None:
    """Cut the table out of the file. Raises InputError when there is none of that name."""
    if name not in read(home):
        raise InputError(f"there is no source called {name!r}: type wazi sources for the list")
    kept, inside = [], False
    for line in (home / FILE).read_text(encoding="utf-8").splitlines(keepends=True):
        if header := re.match(r"\s*\[\s*[\"']?([^\]\"'.]+)[\"']?\s*[\].]", line):
            inside = header[1].strip() == name
        if not inside:
            kept.append(line)
    if _names("".join(kept)) != read(home).keys() - {name}:
        raise SettingError(f"{home / FILE}: {name} is not written as a table [{name}]: cut it out by hand")
    _write(home / FILE, "".join(kept))


def _names(text: str) -> set[str] | None:
    """The tables of a text; None if it is no TOML, or cannot be written as UTF-8."""
    try:
        return set(tomllib.loads(text.encode().decode()))
    except (UnicodeEncodeError, tomllib.TOMLDecodeError):
        return None


def _write(file: Path, text: str) -> None:
    draft = file.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _toml(value: Any) -> str:
    """Texts, numbers, truth and lists of texts: in these JSON and TOML agree, but for characters beyond the first plane."""
    return json.dumps(value, ensure_ascii=False)


def _address(text: str) -> str:
    address = normal(text) if ADDRESS.match(text) else None
    if address is None:
        raise ValueError("write an address that begins with https:// or http://")
    return address
