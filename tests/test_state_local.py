# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A password and a code: both, once, and not many guesses."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from wazi.errors import NotPermitted, UsageError
from wazi.state import State, local, open_state, people, sessions

NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
PASSWORD = "a long enough phrase"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path) as opened:
        people.add(opened, "ada", labels=["tax"])
        yield opened


def later(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def test_the_right_name_password_and_code_are_let_in_and_the_code_once(state: State) -> None:
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    assert local.check(state, "ada", PASSWORD, totp.at(NOW), now=NOW).labels == {"public", "tax"}
    with pytest.raises(NotPermitted):
        local.check(state, "ada", PASSWORD, totp.at(NOW), now=NOW)
    assert local.check(state, "ada", PASSWORD, totp.at(later(30)), now=later(30)).name == "ada"


def test_whatever_is_wrong_is_told_in_the_same_words(state: State) -> None:
    people.add(state, "ben")  # who has no password
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    code, told = totp.at(NOW), set()
    wrong = [("eve", PASSWORD, code), ("ada", "another phrase", code), ("ada", PASSWORD, ""), ("ada", "", "é")]
    for name, password, sent in [*wrong[:3], ("ben", "", "")]:
        with pytest.raises(NotPermitted) as error:
            local.check(state, name, password, sent, now=NOW)
        told.add(str(error.value))
    with pytest.raises(NotPermitted) as old:
        local.check(state, "ada", PASSWORD, totp.at(later(-90)), now=NOW)
    assert {*told, str(old.value)} == {local.WRONG}


def test_guessing_takes_long_and_then_the_right_ones_wait_too(state: State) -> None:
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    for _ in range(4):
        with pytest.raises(NotPermitted, match="is wrong"):
            local.check(state, "ada", "a guess of somebody", totp.at(NOW), now=NOW)
    with pytest.raises(local.Wait) as wait:
        local.check(state, "ada", PASSWORD, totp.at(NOW), now=NOW)
    assert wait.value.seconds == 1
    assert local.check(state, "ada", PASSWORD, totp.at(NOW), now=later(2)).name == "ada"


def test_who_may_no_longer_come_in_is_refused(state: State) -> None:
    totp = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    people.change(state, "ada", active=False)
    with pytest.raises(NotPermitted, match="is wrong"):
        local.check(state, "ada", PASSWORD, totp.at(NOW), now=NOW)


def test_a_new_password_ends_the_old_one_and_all_sessions(state: State) -> None:
    old = pyotp.parse_uri(local.enrol(state, "ada", PASSWORD))
    token = sessions.begin(state, people.named(state, "ada").id, hours=1)
    local.enrol(state, "ada", "quite another phrase")
    assert sessions.whose(state, token, idle_minutes=30) is None
    with pytest.raises(NotPermitted):
        local.check(state, "ada", PASSWORD, old.at(NOW), now=NOW)


def test_passwords_are_argon2id_and_of_a_length(state: State) -> None:
    local.enrol(state, "ada", PASSWORD)
    with state.reading() as connection:
        assert str(connection.execute(sa.text("SELECT password FROM people")).scalar()).startswith("$argon2id$")
    for wrong in ("short", "x" * 1001):
        with pytest.raises(UsageError, match="characters"):
            local.enrol(state, "ada", wrong)
