# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""ZIP -> the documents in it, and Parsed: the list of their names, with what could not be taken out of it.

Archives in an archive are left out, and so are attachments of a mail in one. Nothing is written to the disk. It does not know
what the documents hold, nor archives other than ZIP.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from wazi.errors import InputError
from wazi.parse import kinds
from wazi.parse.package import Package
from wazi.parse.writer import Writer
from wazi.types import BlockKind, Parsed, RawFile

MAX_MEMBERS = 10_000
OF_A_SYSTEM = frozenset((".ds_store", "thumbs.db", "desktop.ini"))
SYSTEM_FOLDER = "__MACOSX"
INSIDE = "!/"
"""Stands between the source of a file and the name of one inside it: a path alone could be that of another page of a site."""
PROVENANCE_FILE = "documents.toml"
"""What a folder's keeper says about its files. Inside an archive it is not read, and access labels stand in it."""


class Inside(NamedTuple):
    """A file in another one; `problem` says why it is not handed out."""

    name: str
    data: bytes
    problem: str | None = None


def parse(data: bytes, name: str) -> Parsed:
    """The names of the files in an archive, one a line. Raises InputError for one that cannot be opened as a whole."""
    writer, problems = Writer(), []
    writer.heading(PurePosixPath(name).name, 1)
    for number, inside in enumerate(_inside(data, name)):
        writer.add(inside.name, BlockKind.LIST_ITEM, joined=number > 0)
        if inside.problem:
            problems.append(inside.problem)
    return writer.parsed(problems=problems)


def members(raw: RawFile) -> Iterator[RawFile]:
    """The files in an archive, one after the other."""
    return (as_member(raw, inside) for inside in _inside(raw.data, raw.name) if not inside.problem)


def as_member(raw: RawFile, inside: Inside) -> RawFile:
    """A file in another one as a file of its own."""
    sha256 = hashlib.sha256(inside.data).hexdigest()
    source, name = f"{raw.source}{INSIDE}{inside.name}", f"{raw.name}/{inside.name}"
    return replace(raw, source=source, name=name, data=inside.data, sha256=sha256)


def nested(name: str, data: bytes) -> str | None:
    """Why a file in another one is not handed out: it holds others itself. None if it may be."""
    try:
        kind = kinds.media_type(RawFile(name, name, data, ""))
    except InputError:
        return None  # it is a document that cannot be read: that is said of the document
    return f"{name} is an archive within: unpack it and ingest the folder" if kind == kinds.ZIP else None


def safe_name(name: str) -> str:
    """A name in an archive without what could lead out of it."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":"))


def _inside(data: bytes, name: str) -> Iterator[Inside]:
    package = Package(data, name, "ZIP archive")
    files = {member: safe_name(member) for member in package.members if not member.endswith("/")}
    files = {member: safe for member, safe in files.items() if safe and not _is_system(safe)}
    if len(files) > MAX_MEMBERS:
        raise InputError(
            f"{name} holds {len(files)} files, the limit is {MAX_MEMBERS}: unpack it and ingest the folder"
        )
    if any(PurePosixPath(safe).name == PROVENANCE_FILE for safe in files.values()):
        raise InputError(
            f"{name} holds {PROVENANCE_FILE}, which counts only in a folder: unpack it and ingest the folder"
        )
    seen: set[str] = set()
    for member, safe in files.items():
        twice = safe in seen or member in package.doubled
        seen.add(safe)
        yield _member(package, member, safe, twice=twice)


def _member(package: Package, member: str, safe: str, *, twice: bool) -> Inside:
    if twice:
        return Inside(safe, b"", f"{safe} is in the archive more than once: unpack it and ingest the folder")
    try:
        data = package.read(member)
    except InputError as error:
        return Inside(safe, b"", str(error))
    return Inside(safe, data, nested(safe, data) or _attachments(safe, data))


def _attachments(name: str, data: bytes) -> str | None:
    """A mail in an archive is a document, but what is attached to it would be lost."""
    from wazi.parse import mail

    try:
        if kinds.media_type(RawFile(name, name, data, "")) != kinds.MAIL or not mail.attachments(data, name):
            return None
    except InputError:
        return None
    return f"{name} is a mail with attachments within: take it out of the archive and ingest it"


def _is_system(name: str) -> bool:
    path = PurePosixPath(name)
    return SYSTEM_FOLDER in path.parts or path.name.lower() in OF_A_SYSTEM or path.name.startswith("._")
