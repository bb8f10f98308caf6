# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Whether one paper may put an end to another, as far as their records show: a page of the web must not end the law of the house.

It may if both have one publisher or, where one of them has none, come from one place, and if it is no lesser kind of paper: no
guide ends a by-law, no by-law an act. A mail is a place of its own whatever is said of its publisher, since anybody may send
one. It does not know who has the right to make laws.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from wazi.types import Kind, Record

MAIL = "message/rfc822"
INSIDE = "!/"
"""What stands in a source between an archive or a mail and a file inside it."""

RANKS = {Kind.ACT: 3, Kind.REGULATION: 2, Kind.CIRCULAR: 1}
"""Papers that make rules; all others make none."""


class Authority:
    """Knows which of the records came by mail."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._mails = {record.source for record in records if record.media_type == MAIL}

    def over(self, speaker: Record, other: Record) -> bool:
        """Whether the word of one paper ends the other."""
        if speaker.kind and other.kind and RANKS.get(speaker.kind, 0) < RANKS.get(other.kind, 0):
            return False
        by_mail = self._mail_of(speaker.source)
        if speaker.publisher and other.publisher and not by_mail:
            return speaker.publisher == other.publisher
        return (by_mail or _site(speaker.source)) == (self._mail_of(other.source) or _site(other.source))

    def _mail_of(self, source: str) -> str:
        """The mail that a paper is or was attached to, empty if it came otherwise."""
        return next((mail for mail in (source, source.partition(INSIDE)[0]) if mail in self._mails), "")


def _site(source: str) -> str:
    """The site that a paper comes from, empty for a file that the keeper put there."""
    address = urlsplit(source)
    return address.netloc.rpartition("@")[2].lower() if address.scheme in ("http", "https", "s3") else ""
