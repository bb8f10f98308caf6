# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The asker's choice of language wins over the guess."""

from dataclasses import replace

import numpy as np
import pytest

from wazi.desk import Desk
from wazi.languages.lexicon import Lexicon
from wazi.understand import understand


def test_the_language_chosen_wins(desk: Desk) -> None:
    assert understand("How much is the fee for a market stall?", desk, language="sw").language == "sw"


def test_otherwise_it_is_identified(desk: Desk) -> None:
    assert understand("Quel est le prix d'une place au marché municipal ?", desk).language == "fr"
    assert understand("জন্ম নিবন্ধনের ফি কত টাকা?", desk).language == "bn"


def test_a_question_that_does_not_tell_is_in_the_language_of_the_settings(desk: Desk) -> None:
    settings = desk.settings.model_copy(
        update={"understand": desk.settings.understand.model_copy(update={"language": "sw"})}
    )
    assert understand("12345 ?", replace(desk, settings=settings)).language == "sw"


def test_the_vector_leans_towards_a_gloss(desk: Desk) -> None:
    made = Lexicon("sw", "en", {"soko": (("market", 0.9),)})
    desk = replace(desk, lexicons={("sw", "en"): made})
    desk.store.note("languages", "en sw")
    query = understand("soko", desk, language="sw")
    own, gloss = (desk.models.embedder.query(text) for text in ("soko", "market"))
    assert query.across.keys() == {"en"}
    assert query.across["en"] == pytest.approx((2 * own + gloss) / np.linalg.norm(2 * own + gloss), abs=1e-6)
    assert query.vector == pytest.approx(own)
    desk.store.note("languages", "sw")
    assert understand("soko", desk, language="sw").across == {}


def test_question_and_document_get_the_same_tokens(desk: Desk) -> None:
    query = understand("market stall", desk, language="en")
    assert set(query.tokens) & {"market", "stall"} == {"market", "stall"}
    assert query.vector.shape == (384,)
