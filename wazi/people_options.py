# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The options of `wazi people` and `wazi keys`, for the shell; what they do is in `people_command`."""

from __future__ import annotations

import argparse
from typing import Any


def add(verb: Any) -> None:
    """Add both verbs; `verb` makes a parser from its name, its function and its help."""
    people = verb("people", "people", "who may sign in, with which role, groups and labels")
    keys = verb("keys", "keys", "keys for programs: what each may do and open, and until when")
    actions = {held: held.add_subparsers(metavar="ACTION") for held in (people, keys)}
    for held in actions:
        held.set_defaults(action="list")

    def action(held: Any, run: str, name: str, help: str, given: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verb(name, run, help, actions[held])
        made.set_defaults(action=name)
        made.add_argument(given, metavar=given.upper())
        return made

    added = action(people, "people", "add", "add a person, who cannot sign in yet", "name")
    changed = action(people, "people", "set", "give a person another role, labels or groups", "name")
    changed.add_argument("--active", choices=("yes", "no"), help="no: the person and all their keys are shut out")
    for made in (added, changed):
        made.add_argument("--role", metavar="ROLE", help="reader, staff or admin (at first: reader)")
        made.add_argument("--group", action="append", metavar="GROUP", help="group the person is in, repeatable")
    linked = action(people, "people", "link", "whom the provider of OpenID Connect calls so is this person", "name")
    linked.add_argument("subject", metavar="IDENTIFIER", help="what the page said when they signed in")
    action(people, "people", "remove", "forget a person with their keys and sessions", "name")
    action(people, "people", "password", "type a new password; shows a new second factor once", "name")
    group = action(people, "people", "group", "the labels that everybody in a group holds; without any: none", "name")
    key = action(keys, "keys", "add", "a new key, shown once", "owner")
    for made in (added, changed, group, key):
        made.add_argument("--label", action="append", metavar="LABEL", help="access label, repeatable")
    key.add_argument(
        "--scope", action="append", required=True, metavar="SCOPE", help="ask, retrieve, documents or admin; repeatable"
    )
    key.add_argument("--days", type=int, default=90, metavar="N", help="it ends after N days (default 90)")
    key.add_argument("--note", metavar="TEXT", help="what it is for")
    action(keys, "keys", "revoke", "end a key for good", "id")
