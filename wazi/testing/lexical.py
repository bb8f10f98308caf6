# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What every store must do with words, a part of `StoreConformance`. Knows no store's insides."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from wazi.testing.holdings import KEEPER, bm25_by_hand, ids, make_holding, refusal
from wazi.types import Scope

if TYPE_CHECKING:
    from wazi.store import Store

NewStore = Callable[[], "Store"]


NARROW = Scope(frozenset({"l1"}))


def _drawn(
    new_store: NewStore,
) -> tuple[dict[str, tuple[str, ...]], set[str], list[dict[str, float]], Store]:
    """The tokens of 240 chunks by id, which of them `NARROW` permits, weighted queries, and a store that holds the chunks."""
    store, rng = new_store(), np.random.default_rng(26)
    words = [f"w{n}" for n in range(60)]
    draw = [rng.choice(words, size=rng.integers(3, 30), p=np.arange(60, 0, -1) / 1830).tolist() for _ in range(240)]
    batch = [
        make_holding(f"d{n}", [" ".join(row) for row in draw[4 * n : 4 * n + 4]], labels=frozenset({f"l{n % 3}"}))
        for n in range(60)
    ]
    store.apply(batch)
    store.compact()
    tokens = {p.chunk.id: tuple(p.tokens) for holding in batch for p in holding.passages}
    mine = {p.chunk.id for holding in batch[1::3] for p in holding.passages}
    many = {word: float(rng.uniform(0.05, 1)) for word in words[::2]}
    tenths = {word: round(weight, 1) + 0.1 for word, weight in many.items()}
    few = [{"w0": 0.25}, {"w0": 0.5, "w50": 3.0, "nothing": 9.0}, {"w3": 2.0, "w40": 2.0, "w41": 0.1}, {"w5": 1e6}]
    return tokens, mine, [*few, tenths, many], store


class LexicalConformance:
    """Tokens are found as they are written, and scored by BM25, weighted or not."""

    def test_a_token_is_found_as_it_is_written_and_only_so(self, new_store: NewStore) -> None:
        store = new_store()
        odd = [
            '"',
            "'",
            "(",
            ")",
            "((a",
            "AND",
            "OR",
            "NOT",
            "a:b",
            "a*",
            "+a",
            "-a",
            "a^2",
            "~",
            "\\",
            "%",
            "?",
            "x\x00y",
        ]
        odd += [
            "স্বাস্থ্য",
            "ጤና",
            "កម្ពុជា",
            "صِحَّة",
            "😀",
            "👩‍⚕️",
            "École",
            "école",
            "ecole",
            "schools",
            "school",
            "the",
            "l" * 30_000,
        ]
        store.apply([make_holding(f"t{n}", [f"kawaida {token}"]) for n, token in enumerate(odd)])
        for _ in range(2):
            for n, token in enumerate(odd):
                assert ids(store.lexical([token], KEEPER, 99)) == [f"t{n}:0"], token[:20]
            assert len(store.lexical(["kawaida"], KEEPER, 99)) == len(odd)
            assert store.lexical(["Kawaida", "kawaid", "and", "kawaida*"], KEEPER, 99) == []
            store.compact()
        assert store.lexical([], KEEPER, 9) == store.lexical([""], KEEPER, 9) == []
        assert store.lexical(["kawaida"], KEEPER, 0) == []

    def test_lexical_is_bm25(self, new_store: NewStore) -> None:
        store, rng = new_store(), np.random.default_rng(25)
        words = [f"w{n}" for n in range(40)]
        draw = [rng.choice(words, size=rng.integers(3, 30), p=np.arange(40, 0, -1) / 820).tolist() for _ in range(120)]
        batch = [make_holding(f"d{n}", [" ".join(row) for row in draw[4 * n : 4 * n + 4]]) for n in range(30)]
        store.apply([make_holding("d3", ["w1 w2 replaced later"]), *batch[:3]])
        store.apply(batch)
        store.compact()
        passages = {p.chunk.id: p.tokens for holding in batch for p in holding.passages}
        for query in (["w0"], ["w39", "w38"], ["w3", "w3", "w20", "nothing"], words[:6]):
            truth = bm25_by_hand(passages, query)
            found = store.lexical(query, KEEPER, 200)
            assert dict(found).keys() == truth.keys()
            assert all(math.isclose(hit.score, truth[hit.id], rel_tol=1e-4) for hit in found)
            assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
            first = [hit.id for hit in store.lexical(query, KEEPER, 5)]
            assert first == [hit.id for hit in found[:5]] or len({hit.score for hit in found[:6]}) < 6

    def test_a_weight_multiplies_the_share_of_its_token(self, new_store: NewStore) -> None:
        """Every score is the weighted sum, and every cut of the ranking is a cut of the true one; a filter only leaves out."""
        tokens, mine, queries, store = _drawn(new_store)
        for query in queries:
            truth = bm25_by_hand(tokens, query)
            best = sorted(truth.values(), reverse=True)
            for k in (1, 7, 500):
                found = store.lexical(query, KEEPER, k)
                assert np.allclose([hit.score for hit in found], best[:k], rtol=1e-4)
                assert all(math.isclose(hit.score, truth[hit.id], rel_tol=1e-4) for hit in found)
            assert set(ids(store.lexical(query, NARROW, 500))) == truth.keys() & mine

    def test_words_of_chunks_that_are_not_permitted_count_for_nothing(self, new_store: NewStore) -> None:
        """Scores are those of a store that holds the permitted chunks only: the order of hits tells nothing of the others."""
        tokens, mine, queries, store = _drawn(new_store)
        for query in queries:
            truth = bm25_by_hand({name: tokens[name] for name in mine}, query)
            found = store.lexical(query, NARROW, 500)
            assert dict(found).keys() == truth.keys()
            assert all(math.isclose(hit.score, truth[hit.id], rel_tol=1e-4) for hit in found)

    def test_weights_of_one_are_no_weights_and_odd_ones_are_named(self, new_store: NewStore) -> None:
        store = new_store()
        store.apply([make_holding("a", ["maji safi", "maji taka na ada"]), make_holding("b", ["barabara"])])
        for _ in range(2):
            plain = store.lexical(["maji", "ada", "maji"], KEEPER, 9)
            for same in ({"maji": 1, "ada": 1.0}, {"maji": 1.0, "ada": 1.0, "barabara": 0.0}):
                found = store.lexical(same, KEEPER, 9)
                assert ids(found) == ids(plain)
                assert np.allclose([hit.score for hit in found], [hit.score for hit in plain])
            assert store.lexical({"barabara": 0.0}, KEEPER, 9) == store.lexical({}, KEEPER, 9) == []
            for times in (2.0, 2.03):
                more = store.lexical({"maji": times, "ada": times}, KEEPER, 9)
                assert np.allclose([hit.score for hit in more], [times * hit.score for hit in plain])
            heavy = dict(store.lexical({"ada": 2.0, "maji": 0.5}, KEEPER, 9))
            apart = [dict(store.lexical([token], KEEPER, 9)) for token in ("ada", "maji")]
            wanted = {name: 2 * apart[0].get(name, 0) + 0.5 * score for name, score in apart[1].items()}
            assert heavy.keys() == wanted.keys()
            assert all(math.isclose(heavy[name], wanted[name], rel_tol=1e-4) for name in wanted)
            assert set(ids(store.lexical({"maji": 0.1, "barabara": 0.2, "": 3.0}, KEEPER, 9))) == {"a:0", "a:1", "b:0"}
            store.compact()
        for odd in (-1.0, math.nan, math.inf):
            assert refusal(store.lexical, {"maji": odd}, KEEPER, 9).startswith("the token 'maji' is asked with weight")
