# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Mails on this computer: a Maildir, an mbox file, or a folder of .eml files; each mail is one document.

A mail is known by its Message-ID, so that it stays the same when its flags or its place in the file change. What a mail
holds is for `wazi.parse`; nothing is written, and no mail is marked as read.
"""

from __future__ import annotations

import hashlib
import mailbox
import os
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

from wazi.errors import InputError
from wazi.sources import Changed, Event, Failed, Gone, Memory, Place, Same, Seen
from wazi.sources.described import unreadable
from wazi.sources.folder import MIB, is_empty, too_large

if TYPE_CHECKING:
    from wazi.config import Sources
    from wazi.sources.book import Mailbox
    from wazi.sources.fetch import Fetcher


class MailboxSource:
    """The mails of `entry.address`."""

    def __init__(self, entry: Mailbox, fetcher: Fetcher, settings: Sources, home: Path | None = None) -> None:
        self.entry, self.settings = entry, settings
        self.path = Path(os.path.abspath(os.path.expanduser(entry.address)))

    def changes(self, memory: Memory) -> Iterator[Event]:
        """New and changed mails, then those that were removed. Raises InputError when there is no mailbox."""
        here: dict[str, str] = {}
        if memory.seen and is_empty(str(self.path)):
            raise InputError(f"{self.path} is empty now: mount the disk, or remove the source if all of it is to go")
        for where, data in self._mails():
            if isinstance(data, str):
                yield Failed(where, data)
                continue
            subject, identifier = _headers(data)
            digest = hashlib.sha256(data).hexdigest()
            source = f"{self.path}#{identifier or digest}"
            if here.get(source, digest) != digest:
                source = f"{source}#{digest}"  # another mail under the same name: whoever sends one chooses it
            if source in here:
                continue  # a copy of the same mail
            here[source] = digest
            seen, now = memory.seen.get(source), Seen(source, source, sha256=digest)
            if seen and not seen.gone and seen.sha256 == digest:
                yield Same(seen)
                continue
            given = replace(self.entry.provenance(), title=subject or None)
            yield Changed(Place(source, f"{subject or 'mail'}.eml", len(data), given, data=data), now)
        for seen in memory.seen.values():
            if seen.address not in here:
                yield Gone(seen, "the mail is no longer there")

    def _mails(self) -> Iterator[tuple[str, bytes | str]]:
        """Where each mail is, with its bytes, or with the reason why they cannot be had."""
        try:
            if self.path.is_file():
                yield from self._of(mailbox.mbox(self.path, create=False))
            elif (self.path / "cur").is_dir() and (self.path / "new").is_dir():
                yield from self._of(mailbox.Maildir(self.path, create=False))
            elif self.path.is_dir():
                for file in sorted(self.path.rglob("*.eml")):
                    size = file.stat().st_size
                    fits = size <= self.settings.max_mib * MIB
                    yield str(file), file.read_bytes() if fits else too_large(str(file), size, self.settings)
            else:
                raise InputError(f"{self.path} is no mailbox now: check the path, or mount the disk")
        except OSError as error:
            raise InputError(unreadable(str(self.path), error)) from error

    def _of(self, box: mailbox.Mailbox[mailbox.Message]) -> Iterator[tuple[str, bytes | str]]:
        for key in sorted(box.keys()):
            where = f"{self.path}#{key}"
            data = box.get_bytes(key)
            fits = len(data) <= self.settings.max_mib * MIB
            yield where, data if fits else too_large(where, len(data), self.settings)


def _headers(data: bytes) -> tuple[str, str]:
    """Subject and Message-ID, each in one line, empty where there is none."""
    message = BytesHeaderParser(policy=policy.default).parsebytes(data)
    found = []
    for name in ("subject", "message-id"):
        try:
            found.append(" ".join(str(message[name] or "").split()))
        except (ValueError, IndexError, AttributeError, TypeError):  # what the parser raises at damaged headers
            found.append("")
    return found[0].replace("/", "_"), found[1].strip("<>")
