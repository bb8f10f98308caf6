# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi people` and `wazi keys` and their actions do: options in, lines or JSON out, an exit code back.

The shell is its user's: whoever may write the home may do all of this. Passwords are typed, never given as options. Every
change is chained to the receipts as the keeper's.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, Any

from wazi.desk import trail_of
from wazi.errors import UsageError
from wazi.serve import auth

if TYPE_CHECKING:
    from wazi.audit import Trail
    from wazi.cli import Terminal
    from wazi.config import Settings
    from wazi.state import State
    from wazi.state.keys import Key
    from wazi.state.people import Person

Options = argparse.Namespace
DONE = 0


def people(options: Options, settings: Settings, terminal: Terminal) -> int:
    """One action of `wazi people`. Raises UsageError, StoreError, MissingPart."""
    with auth.open_for(settings) as state:
        if options.action == "link":
            return _people_link(options, settings.openid.issuer, state, trail_of(settings), terminal)
        return PEOPLE[options.action](options, state, trail_of(settings), terminal)


def keys(options: Options, settings: Settings, terminal: Terminal) -> int:
    """One action of `wazi keys`. Raises UsageError, StoreError, MissingPart."""
    with auth.open_for(settings) as state:
        return KEYS[options.action](options, state, trail_of(settings), terminal)


def _people_list(_: Options, state: State, __: Trail, terminal: Terminal) -> int:
    from wazi.state import people as book

    found, groups = book.everybody(state), book.groups(state)
    rows = {name: sorted(labels) for name, labels in groups.items()}
    terminal.result({"people": [_person(each) for each in found], "groups": rows})
    for each in found:
        terminal.line(_person_line(each))
    for name, labels in groups.items():
        terminal.line(f"group {name}: {', '.join(sorted(labels))}")
    if not found:
        terminal.line("nobody yet: type wazi people add NAME")
    return DONE


def _people_add(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes
    from wazi.state import people as book

    made = book.add(
        state, options.name, role=options.role or "reader", labels=options.label or (), groups=options.group or ()
    )
    changes.of_person(trail, "person_added", made, by=changes.KEEPER)
    return _told(made, terminal)


def _people_set(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes
    from wazi.state import people as book

    was = book.named(state, options.name)
    active = {"yes": True, "no": False, None: None}[options.active]
    changed = book.change(
        state, options.name, role=options.role, active=active, labels=options.label, groups=options.group
    )
    changes.of_person(trail, "person_changed", changed, by=changes.KEEPER, was=was)
    return _told(changed, terminal)


def _people_link(options: Options, issuer: str, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes, sessions
    from wazi.state import people as book

    if not issuer:
        raise UsageError("nobody signs in with OpenID Connect here: set [openid] issuer (docs/auth.md)")
    linked = book.link(state, options.name, issuer=issuer, subject=options.subject)
    sessions.end_all(state, linked.id)  # they may be of somebody else
    changes.of_person(trail, "person_linked", linked, by=changes.KEEPER)
    return _told(linked, terminal)


def _people_remove(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes
    from wazi.state import people as book

    gone = book.named(state, options.name)
    book.remove(state, options.name)
    changes.of_person(trail, "person_removed", gone, by=changes.KEEPER)
    terminal.result({"removed": options.name})
    terminal.line(f"{options.name} is forgotten, with all keys and sessions")
    return DONE


def _people_password(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes, local
    from wazi.state import people as book

    person = book.named(state, options.name)
    address = local.enrol(state, options.name, _password())
    changes.of_person(trail, "password_set", person, by=changes.KEEPER)
    terminal.result({"name": options.name, "otpauth": address})
    terminal.line(f"{options.name} has a new password; put this into an authenticator, it is not shown again:")
    terminal.line(address)
    return DONE


def _people_group(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes
    from wazi.state import people as book

    given = book.set_group(state, options.name, options.label or ())
    changes.of_group(trail, options.name, given, by=changes.KEEPER)
    labels = sorted(given)
    terminal.result({"group": options.name, "labels": labels})
    terminal.line(f"group {options.name}: {', '.join(labels) or 'opens nothing'}")
    return DONE


def _keys_list(_: Options, state: State, __: Trail, terminal: Terminal) -> int:
    from wazi.state import keys as book

    found = book.every(state)
    terminal.result({"keys": [_key(each) for each in found]})
    for each in found:
        terminal.line(_key_line(each))
    if not found:
        terminal.line("no keys yet: type wazi keys add OWNER --scope ask")
    return DONE


def _keys_add(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes
    from wazi.state import keys as book

    labels = {"labels": options.label} if options.label else {}
    issued = book.add(state, options.owner, scopes=options.scope, days=options.days, note=options.note or "", **labels)
    changes.of_key(trail, "key_added", issued.key, by=changes.KEEPER)
    terminal.result(_key(issued.key) | {"text": issued.text})
    terminal.line(_key_line(issued.key))
    terminal.line("give its holder this line; it is not kept and not shown again:")
    terminal.line(issued.text)
    return DONE


def _keys_revoke(options: Options, state: State, trail: Trail, terminal: Terminal) -> int:
    from wazi.state import changes
    from wazi.state import keys as book

    ended = book.revoke(state, options.id)
    changes.of_key(trail, "key_revoked", ended, by=changes.KEEPER)
    terminal.result(_key(ended))
    terminal.line(_key_line(ended))
    return DONE


def _password() -> str:
    """Typed twice where there is a terminal, else the first line of the input. Raises UsageError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("new password: ")
    if first != getpass.getpass("once more: "):
        raise UsageError("the two passwords differ: type the command again")
    return first


def _told(person: Person, terminal: Terminal) -> int:
    terminal.result(_person(person))
    terminal.line(_person_line(person))
    return DONE


def _person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "active": person.active,
        "groups": sorted(person.groups),
        "labels": sorted(person.labels),
        "issuer": person.issuer,
        "created": person.created.isoformat(timespec="seconds"),
    }


def _person_line(person: Person) -> str:
    state = "" if person.active else " (may not come in)"
    groups = f"; in {', '.join(sorted(person.groups))}" if person.groups else ""
    return f"{person.name:20} {person.role:7}{state} holds {', '.join(sorted(person.labels))}{groups}"


def _key(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "owner": key.owner,
        "note": key.note,
        "scopes": sorted(key.scopes),
        "labels": sorted(key.labels),
        "created": key.created.isoformat(timespec="seconds"),
        "expires": key.expires.isoformat(timespec="seconds"),
        "revoked": key.revoked.isoformat(timespec="seconds") if key.revoked else None,
    }


def _key_line(key: Key) -> str:
    end = f"revoked {key.revoked:%Y-%m-%d}" if key.revoked else f"until {key.expires:%Y-%m-%d}"
    may, opens = ", ".join(sorted(key.scopes)), ", ".join(sorted(key.labels))
    return f"{key.id}  {key.owner:16} {end}; may {may}; opens {opens}  {key.note}"


PEOPLE = {
    "list": _people_list,
    "add": _people_add,
    "set": _people_set,
    "remove": _people_remove,
    "password": _people_password,
    "group": _people_group,
}
KEYS = {"list": _keys_list, "add": _keys_add, "revoke": _keys_revoke}
