# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Who asks whether something is allowed gets the rule with its conditions, and a person decides."""

import pytest
from conftest import put

from wazi import ask
from wazi.desk import Desk
from wazi.types import PUBLIC, Answer, Outcome, Reader

READER = Reader("anonymous", frozenset({PUBLIC}), "en")
GRANT = """# School grant

You may get a school grant if all of these apply:

- your child is under 16
- you live in Kijani
- nobody in the household earns more than 9,000 shillings

The grant is not paid for private schools. Apply to the Education Office, County Hall, room 9.

# Fence

Yes. A fence needs a permit, unless it is a living hedge.

# Market day

A stall may be held on market days.
"""


@pytest.fixture
def grants(empty: Desk) -> Desk:
    put(empty, "grants.md", GRANT)
    return empty


def asked(desk: Desk, question: str) -> Answer:
    return ask.answer(question, READER, desk, model="quote")


def test_the_rule_is_shown_with_all_its_conditions_and_the_office(grants: Desk) -> None:
    answer = asked(grants, "May I get a school grant?")
    assert answer.outcome is Outcome.NEEDS_A_PERSON
    for words in ("if all of these apply", "under 16", "live in Kijani", "9,000 shillings", "Education Office"):
        assert words in answer.text


def test_a_yes_is_never_alone_and_its_exception_stays_with_it(grants: Desk) -> None:
    answer = asked(grants, "Do I need a permit for a fence?")
    assert answer.outcome is Outcome.NEEDS_A_PERSON
    assert "unless it is a living hedge" in answer.text


def test_a_question_for_a_fact_is_answered(grants: Desk) -> None:
    assert asked(grants, "When is a stall held?").outcome is Outcome.ANSWERED


def test_who_asks_for_conditions_gets_the_whole_list_as_one_quote(grants: Desk) -> None:
    answer = asked(grants, "What are the conditions for a school grant?")
    [quote] = [q for claim in answer.claims for q in claim.quotes if "under 16" in q.text]
    assert "9,000 shillings" in quote.text
