# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What decides which rows are stored for a file, as a hash: a file whose fingerprint is held need not be read again.

It does not know the steps: a step whose own rules may change gives its version to `versions`.
"""

from __future__ import annotations

import dataclasses
import hashlib

from wazi.desk import Desk
from wazi.languages import analyse, lexicon
from wazi.types import RawFile

FORMAT = "2"
"""Raise it when a step changes what it makes of the same bytes, so that the next ingest renews every document."""

BESIDE = ("labels", "fetched")
"""Of a provenance: labels are given as decided, and the moment of fetching changes nothing."""


def versions(desk: Desk, **steps: str) -> dict[str, str]:
    """What decides, besides the file, which rows are stored; `steps` are the versions of steps that have one."""
    return {
        "format": FORMAT,
        "analyse": analyse.VERSION,
        "chunk_settings": desk.settings.chunk.model_dump_json(),
        "embed": desk.models.embedder.version,
        "lexicons": lexicon.glossing(desk.lexicons),
        **steps,
    }


def of(raw: RawFile, labels: frozenset[str], versions: dict[str, str]) -> str:
    """Two hashes: of what decides the vector of a given text, and of everything."""
    names = sorted(field.name for field in dataclasses.fields(raw.provenance) if field.name not in BESIDE)
    parts = [raw.sha256, *sorted(labels), *((name, getattr(raw.provenance, name)) for name in names)]
    reading = repr([versions[name] for name in ("format", "analyse", "embed", "lexicons")])
    reading = hashlib.sha256(reading.encode()).hexdigest()[:16]
    return f"{reading}-{hashlib.sha256(repr((parts, sorted(versions.items()))).encode()).hexdigest()}"


def same_reading(before: str, now: str) -> bool:
    """Whether equal texts have equal vectors under both fingerprints."""
    return before.partition("-")[0] == now.partition("-")[0]
