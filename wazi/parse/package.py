# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A ZIP container, opened with limits: what Office, OpenDocument and archive files are kept in.

zipfile reads no member beyond the size that the directory states, so limits on stated sizes hold. It does not know what the
members mean.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections import Counter

from lxml import etree

from wazi.errors import InputError
from wazi.parse import tree

MAX_UNPACKED_MIB = 512
"""A container that unpacks to more is taken for a bomb."""
MAX_RATIO = 250
"""Times a member may grow once it is larger than SMALL: tables of equal rows reach 100, deflate at most 1032."""
SMALL = 8 * 2**20
"""Bytes."""
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What zipfile raises for a container or member that is broken or packed in a way it does not know."""


class Package:
    """The members of a container. `what` names the format in messages, such as `Word document`."""

    def __init__(self, data: bytes, name: str, what: str) -> None:
        self._name, self._what = name, what
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except DAMAGE as error:
            raise InputError(f"{name} is a damaged or truncated {what} ({error}): copy it again") from error
        listed = self._archive.infolist()
        self.members = {member.filename: member for member in listed}
        self.doubled = {name for name, count in Counter(member.filename for member in listed).items() if count > 1}
        self._refuse_bombs(listed)
        self._compare_names(listed)

    def __contains__(self, member: str) -> bool:
        return member in self.members

    def read(self, member: str) -> bytes:
        """The bytes of a member. Raises InputError when it is missing or damaged."""
        try:
            return self._archive.read(self.members[member])
        except (KeyError, *DAMAGE) as error:
            raise InputError(
                f"{self._name} is a damaged {self._what} ({member}: {type(error).__name__}): open and save it again"
            ) from error

    def xml(self, member: str) -> etree._Element:
        """The root element of a member. Raises InputError when it is missing or damaged."""
        return tree.read(self.read(member), f"{self._name} ({member})")

    def relations(self, member: str) -> dict[str, tuple[str, str]]:
        """Of an Office part: id -> (last word of the relation's type, member that it points at)."""
        folder, file = posixpath.split(member)
        listed = f"{folder}/_rels/{file}.rels"
        if listed not in self:
            return {}
        found = {}
        for relation in tree.children(self.xml(listed), "Relationship"):
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                kind = relation.get("Type", "").rpartition("/")[2]
                found[relation.get("Id", "")] = kind, target.lstrip("/")
        return found

    def _compare_names(self, members: list[zipfile.ZipInfo]) -> None:
        """A member under another name in the directory than at its place would be missed silently."""
        for member in members:
            try:
                self._archive.open(member).close()
            except DAMAGE as error:
                raise InputError(
                    f"{self._name} is a damaged {self._what} ({type(error).__name__}): open and save it again"
                ) from error

    def _refuse_bombs(self, members: list[zipfile.ZipInfo]) -> None:
        unpacked_mib = sum(member.file_size for member in members) / 2**20
        if unpacked_mib > MAX_UNPACKED_MIB:
            raise InputError(
                f"{self._name} unpacks to {unpacked_mib:.0f} MiB, the limit is {MAX_UNPACKED_MIB}: split it"
            )
        if any(member.flag_bits & 1 for member in members):
            raise InputError(f"{self._name} is encrypted with a password: save it without one and ingest again")
        for member in members:
            if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
                raise InputError(
                    f"{self._name} holds {member.filename[:80]!r}, which grows more than {MAX_RATIO} times when unpacked: "
                    "it is taken for a trap; save it anew"
                )
