# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Document -> the same document with what its text says about itself: days, kind, other papers, each with its evidence.

What the keeper says always stands: by hand (`wazi documents set`) before `documents.toml` and the options, these before the text.
The words to look for are data, one file a language in `words/`. It knows no store: what one paper says about another is
settled over all records by `link`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from wazi.describe import kind, validity
from wazi.describe.link import carried, dated, link
from wazi.types import Document, Provenance, Record, Status, Version

__all__ = ["FIELDS", "VERSION", "describe", "link"]

VERSION = "2"
"""Raise it when the same text is described otherwise, so that the next ingest describes every document again."""

FIELDS = ("title", "valid_from", "valid_until", "address", "licence", "publisher", "jurisdiction", "kind")
"""What can be said about a document and changes none of its words."""


def describe(document: Document, given: Provenance, held: Record | None, now: dt.datetime) -> Document:
    """The document with its versions, with what was given, and with what its text says where nothing was."""
    before = held if held and held.status is not Status.FAILED else None
    values: dict[str, Any] = _given(given) | _kept(held)
    record = replace(document.record, **values, given=tuple(_given(given)), kept=held.kept if held else ())
    said = (
        *validity.read(document.text, document.blocks, record.title, record.languages),
        *kind.read(document.text, record.title, record.languages),
    )
    record = replace(record, said=said, fetched=given.fetched, history=_history(record, before, now))
    return replace(document, record=carried(dated(record), before))


def _given(given: Provenance) -> dict[str, Any]:
    return {name: value for name in FIELDS if (value := getattr(given, name)) is not None}


def _kept(held: Record | None) -> dict[str, Any]:
    return {name: getattr(held, name) for name in held.kept} if held else {}


def _history(record: Record, before: Record | None, now: dt.datetime) -> tuple[Version, ...]:
    """A new version for new bytes alone: the same bytes under a new label are the same version."""
    history = before.history if before else ()
    if history and history[-1].sha256 == record.sha256:
        return history
    return (*history, Version(record.sha256, now))
