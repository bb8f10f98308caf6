# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Fusion against an independent computation, and the filter on everything that comes back."""

import statistics
from dataclasses import replace

import pytest
from conftest import put
from hypothesis import given
from hypothesis import strategies as st

from wazi import access
from wazi.desk import Desk
from wazi.embed import embed
from wazi.errors import StoreError
from wazi.languages.lexicon import Lexicon
from wazi.retrieve import FEW, _weights, fuse, retrieve
from wazi.types import PUBLIC, Chunk, Holding, Passage, Reader
from wazi.understand import understand

scores = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=2
)


def z(values: list[float]) -> list[float]:
    spread = statistics.pstdev(values)
    return [(value - statistics.fmean(values)) / spread if spread > 1e-9 else 0.0 for value in values]


@given(scores, st.floats(0, 1), st.randoms())
def test_fusion_is_the_weighted_sum_of_z_scores(dense: dict[str, float], weight: float, chance: object) -> None:
    lexical = {i: abs(score) * 9 for i, score in dense.items() if chance.random() < 0.5}  # type: ignore[attr-defined]
    ids = sorted(dense)
    words, sense = z([lexical.get(i, 0.0) for i in ids]), z([dense[i] for i in ids])
    one = dict.fromkeys(ids)
    expected = {i: weight * w + (1 - weight) * s for i, w, s in zip(ids, words, sense, strict=True)}
    assert fuse(lexical, dense, one | dict.fromkeys(ids, weight), one | dict.fromkeys(ids, "en")) == pytest.approx(
        expected, abs=1e-6
    )


def test_nothing_to_fuse() -> None:
    assert fuse({}, {}, {}, {}) == {}


def test_hits_carry_both_scores_and_stay_in_scope(desk: Desk) -> None:
    put(desk, "internal.md", "The market stall inspection is secret.", labels=frozenset({"staff"}))
    query = understand("What does a market stall cost?", desk, language="en")
    public = retrieve(query, access.filter_for(Reader("a", frozenset({PUBLIC}))), desk)
    everything = retrieve(query, access.filter_for(access.keeper()), desk)
    assert len(public) < len(everything)
    assert all("secret" not in hit.chunk.text for hit in public)
    assert public[0].lexical > 0
    assert [hit.score for hit in public] == sorted((hit.score for hit in public), reverse=True)


def test_vectors_of_two_embedders_never_meet(desk: Desk) -> None:
    desk.store.note("embed", "another embedder")
    query = understand("market stall", desk, language="en")
    with pytest.raises(StoreError, match="another embedder"):
        retrieve(query, access.filter_for(access.keeper()), desk)


def test_a_weight_by_language_is_used(desk: Desk) -> None:
    put(
        desk, "rules.md", "The stall at the market gate belongs to the county."
    )  # two passages have z-scores of 1 and -1
    query = understand("market stall", desk, language="en")
    tuned = desk.settings.model_copy(
        update={"retrieve": desk.settings.retrieve.model_copy(update={"lexical_weights": {"en": 1.0}})}
    )
    scope = access.filter_for(access.keeper())
    plain = {hit.chunk.id: hit.score for hit in retrieve(query, scope, desk)}
    by_words = {hit.chunk.id: hit.score for hit in retrieve(query, scope, replace(desk, settings=tuned))}
    assert plain != by_words


def test_what_a_language_is_ahead_by_is_taken_away() -> None:
    ids = [f"{tag}{number}" for tag in ("en", "fr") for number in range(FEW)]
    near = {i: (0.9 if i.startswith("en") else 0.7) + 0.01 * int(i[2:]) for i in ids}  # all English lies nearer
    spoken = {i: i[:2] for i in ids}
    scores = fuse({}, near, dict.fromkeys(ids, 0.0), spoken)
    assert scores[f"fr{FEW - 1}"] == pytest.approx(scores[f"en{FEW - 1}"])
    few = ids[: FEW + 2]  # two French texts are no measure of French
    scores = fuse({}, {i: near[i] for i in few}, dict.fromkeys(few, 0.0), spoken)
    assert max(scores["fr0"], scores["fr1"]) < min(scores[f"en{number}"] for number in range(FEW))


def test_the_best_of_a_language_that_has_nothing_does_not_look_good() -> None:
    own = {f"sw{number}": 0.82 + 0.08 * number / 24 for number in range(25)}
    others = {f"en{number}": 0.80 + 0.0001 * number + 0.004 * (number == 79) for number in range(80)}
    near = own | others
    scores = fuse({}, near, dict.fromkeys(near, 0.2), {i: i[:2] for i in near})
    assert sorted(scores, key=scores.__getitem__)[-5:] == [f"sw{number}" for number in range(20, 25)]


def test_passages_of_another_language_are_ordered_by_the_vector_that_leans_to_them(desk: Desk) -> None:
    put(desk, "place.md", "Le prix d'une place au marché municipal est de cinq mille francs.")
    scope = access.filter_for(access.keeper())
    query = understand("market stall", desk, language="en")
    (french,) = [hit.chunk.id for hit in retrieve(query, scope, desk) if hit.chunk.language == "fr"]
    leaning = replace(query, across={"fr": desk.store.vectors([french], scope)[french]})
    plain = {hit.chunk.id: hit for hit in retrieve(query, scope, desk)}
    leant = {hit.chunk.id: hit for hit in retrieve(leaning, scope, desk)}
    assert plain.keys() == leant.keys()
    assert leant[french].score > plain[french].score
    assert {i: hit.dense for i, hit in leant.items()} == pytest.approx({i: hit.dense for i, hit in plain.items()})


def test_words_weigh_by_the_pair_of_languages(desk: Desk) -> None:
    settings = desk.settings.retrieve
    assert settings.lexical_weight_across < settings.lexical_weight_lexicon < settings.lexical_weight
    pairs = (("en", "rw"), ("en", "fr"))
    desk = replace(desk, lexicons={pair: Lexicon(*pair, {}) for pair in pairs})
    query = understand("market stall", desk, language="en-GB")
    weights = _weights(query, {tag: tag for tag in ("en", "rw", "fr", "am")}, desk)
    assert weights == {
        "en": settings.lexical_weight,
        "rw": settings.lexical_weight,  # which is read by a gloss
        "fr": settings.lexical_weight_lexicon,
        "am": settings.lexical_weight_across,
    }


def in_two_languages(desk: Desk, labels: frozenset[str] = frozenset({PUBLIC})) -> dict[str, str]:
    """A gazette whose articles stand in two languages; the ids of the chunks of its first article by language."""
    texts = {
        "fr": ("Le prix d'une place au marché municipal est de cinq mille francs.", "Les chiens sont tenus en laisse."),
        "en": ("A place at the municipal market costs five thousand francs.", "Dogs are kept on a lead."),
    }
    passages: list[Passage] = []
    record, start = put(desk, "gazette.md", "Gazette", labels=labels), 0
    for article in range(2):
        for spoken, versions in texts.items():
            other = "fr" if spoken == "en" else "en"
            chunk = Chunk(
                f"{spoken}{article}", record.id, versions[article], start, start + len(versions[article]), 1, (), spoken,
                labels=labels, parallel=(f"{other}{article}",),
            )  # fmt: skip
            passages += embed([chunk], desk)
            start += len(versions[article]) + 1
    desk.store.apply([Holding(record, "\n".join(p.chunk.text for p in passages), tuple(passages))])
    return {spoken: f"{spoken}0" for spoken in texts}


def test_a_hit_in_one_language_version_is_shown_in_the_language_of_the_question(desk: Desk) -> None:
    in_two_languages(desk)
    scope = access.filter_for(access.keeper())
    asked = understand("prix d'une place au marché municipal", desk, language="fr")
    assert [hit.chunk.id for hit in retrieve(asked, scope, desk) if hit.chunk.parallel] == ["fr0", "fr1"]
    # words of the French version, asked by a reader of English: the English version comes in its place
    hits = [hit for hit in retrieve(replace(asked, language="en"), scope, desk) if hit.chunk.parallel]
    assert [hit.chunk.id for hit in hits] == ["en0", "en1"]
    both = {i: float(vector @ asked.vector) for i, vector in desk.store.vectors(["en0", "en1"], scope).items()}
    assert {hit.chunk.id: hit.dense for hit in hits} == pytest.approx(both)
    # a reader of neither language gets the version that was found, once
    others = [hit.chunk.id for hit in retrieve(replace(asked, language="sw"), scope, desk) if hit.chunk.parallel]
    assert len(others) == 2
    assert {i[2] for i in others} == {"0", "1"}
    two = retrieve(replace(asked, language="sw", tokens={}), scope, desk, k=2)
    articles = {hit.chunk.id[2:] for hit in two}
    assert len(articles) == 2  # the place of the second version goes to what says something else


def test_a_version_that_was_not_among_the_candidates_is_brought(desk: Desk) -> None:
    in_two_languages(desk)
    retrieving = desk.settings.retrieve.model_copy(update={"candidates": 1, "k": 1})
    narrow = replace(desk, settings=desk.settings.model_copy(update={"retrieve": retrieving}))
    asked = understand("prix d'une place au marché municipal", desk, language="fr")
    (hit,) = retrieve(replace(asked, language="en"), access.filter_for(access.keeper()), narrow)
    assert hit.chunk.id == "en0"


def test_a_version_that_the_reader_may_not_read_is_not_brought(desk: Desk) -> None:
    in_two_languages(desk, frozenset({"staff"}))
    asked = understand("prix d'une place au marché municipal", desk, language="en")
    public = access.filter_for(Reader("a", frozenset({PUBLIC})))
    assert not [hit for hit in retrieve(asked, public, desk) if hit.chunk.parallel]
