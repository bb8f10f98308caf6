# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who the reader is -> the labels and the day a store must filter by.

Readers are named in the settings (`[access] readers`). This module does not authenticate: the shell trusts its user, and the
web counter knows only the anonymous reader until a way to sign in is configured.
"""

from __future__ import annotations

import datetime as dt

from wazi.config import Settings
from wazi.errors import NotPermitted
from wazi.types import EVERYTHING, PUBLIC, Chunk, Cited, Reader, Record, Scope


def keeper(language: str | None = None) -> Reader:
    """The person who keeps this home: sees every document, whatever its labels."""
    return Reader("keeper", frozenset({EVERYTHING}), language)


def anonymous(settings: Settings, language: str | None = None) -> Reader:
    """Somebody at the counter who has not signed in."""
    return Reader("anonymous", frozenset(settings.access.anonymous), language)


def named(name: str, settings: Settings, language: str | None = None) -> Reader:
    """The reader called `name` in the settings, who also holds the public label. Raises NotPermitted if unknown."""
    labels = settings.access.readers.get(name)
    if labels is None:
        raise NotPermitted(f"no reader called {name!r}: add it to [access] readers in wazi.toml")
    if EVERYTHING in labels:
        raise NotPermitted(
            f"reader {name!r} has the label {EVERYTHING!r}, which only the keeper holds: name the labels"
        )
    return Reader(name, frozenset(labels) | {PUBLIC}, language)


def filter_for(reader: Reader, on: dt.date | None = None) -> Scope:
    """What this reader may be shown, in force on the day `on` (default: today)."""
    return Scope(reader.labels, on or dt.date.today())


def holdings_of(reader: Reader) -> Scope:
    """What this reader may open whatever the day: an old version stays readable by its link."""
    return Scope(reader.labels, None)


def in_force(held: Chunk | Record) -> bool:
    """Whether a text is in force today."""
    today = dt.date.today()
    return (held.valid_from or today) <= today <= (held.valid_until or today)


def cited(record: Record) -> Cited:
    """The document as an answer names it, with whether it is in force."""
    days = record.valid_from, record.valid_until
    return Cited(record.id, record.title, record.source, record.sha256, *days, in_force=in_force(record))
