# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A change of people, roles or keys -> a line in the chain of receipts. It does not know who may make one.

The line has the shape of a receipt, under a label that only the keeper holds. Who made the change stands in it by name, whom it
concerns by id: that name is kept beside the chain like a question, and can be erased. Secrets are never given to this module.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from wazi.audit import Trail
from wazi.state.keys import Key
from wazi.state.people import Person
from wazi.types import EVERYTHING

KEEPER = "keeper"
"""Who changes something in the shell."""

PersonChange = Literal[
    "person_added", "person_changed", "person_linked", "person_signed_out", "person_removed", "password_set"
]
KeyChange = Literal["key_added", "key_revoked"]


def of_person(trail: Trail, did: PersonChange, person: Person, *, by: str, was: Person | None = None) -> None:
    """Chain what a person now may, and what they might before. Raises StoreError."""
    before = {"was": _may(was)} if was else {}
    _chain(trail, did, person.id, {**_may(person), **before}, by=by, name=person.name)


def of_key(trail: Trail, did: KeyChange, key: Key, *, by: str) -> None:
    """Chain what a key opens; its owner is whom it concerns. Raises StoreError."""
    what = {"scopes": sorted(key.scopes), "labels": sorted(key.labels), "expires": key.expires.isoformat()}
    _chain(trail, did, key.id, what, by=by, name=key.owner)


def of_group(trail: Trail, group: str, labels: frozenset[str], *, by: str) -> None:
    """Chain what a group opens from now on. Raises StoreError."""
    _chain(trail, "group_set", group, {"labels": sorted(labels)}, by=by, name=group)


def _may(person: Person) -> dict[str, Any]:
    return {
        "role": person.role,
        "labels": sorted(person.own),
        "groups": sorted(person.groups),
        "active": person.active,
        "issuer": person.issuer,
    }


def _chain(trail: Trail, did: str, whom: str, what: dict[str, Any], *, by: str, name: str) -> None:
    line = {
        **{"id": uuid.uuid4().hex, "at": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), "kind": "people"},
        **{"outcome": did, "by": by, "whom": whom, "what": what, "labels": [EVERYTHING]},
        **{"read": [], "quotes": [], "models": {}, "meter": {}},
    }
    trail.append(line, {"question": None, "reader": by, "whom": name})
