# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What every store must do, as pytest tests of a class that a store's own tests subclass. Knows no store's insides."""

from __future__ import annotations

import datetime as dt
import math
import threading
from dataclasses import replace

import numpy as np

from wazi.errors import StoreError
from wazi.testing.holdings import (
    ANYBODY,
    DIMENSION,
    KEEPER,
    held_of,
    ids,
    make_holding,
    refusal,
    unit_vector,
)
from wazi.testing.lexical import LexicalConformance, NewStore
from wazi.types import EVERYTHING, PUBLIC, About, Holding, Kind, Record, Said, Scope, Status, Version, Word


class StoreConformance(LexicalConformance):
    """What every store must do. A subclass gives the fixture `new_store`."""

    precision = 1e-5
    """How far a cosine may be from the true one; 1e-4 in a store that was told to be warm."""

    def test_an_empty_store_answers_nothing(self, new_store: NewStore) -> None:
        store = new_store()
        assert store.lexical(["maji"], KEEPER, 5) == []
        assert store.dense(unit_vector(1), KEEPER, 5) == []
        assert store.fetch(["a:0"], KEEPER) == []
        assert dict(store.vectors(["a:0"], KEEPER)) == {}
        assert store.records(KEEPER) == []
        assert held_of(store, "a", KEEPER) == (None, None, None)
        assert store.note("analyser") is None
        store.compact()
        store.apply([], delete=["a"])
        assert (store.stats()["documents"], store.stats()["chunks"]) == (0, 0)

    def test_everything_applied_comes_back_whole(self, new_store: NewStore) -> None:
        store = new_store()
        day = dt.date(2025, 7, 1)
        leaf = make_holding("leaf", ["chanjo ni bure", "ada 50"], valid_from=day, labels=frozenset({PUBLIC, "afya"}))
        act = make_holding("act", ["section one"], valid_until=day)
        store.apply([leaf, act])
        for _ in range(2):
            assert store.records(KEEPER) == [act.record, leaf.record]
            assert store.record("leaf", KEEPER) == leaf.record
            assert store.text("leaf", KEEPER) == leaf.text
            assert store.original("leaf", KEEPER) == leaf.original
            asked = ["leaf:1", "act:0", "gone:0", "leaf:0"]
            wanted = [leaf.passages[1].chunk, act.passages[0].chunk, leaf.passages[0].chunk]
            assert store.fetch(asked, KEEPER) == wanted
            held = store.vectors(asked, KEEPER)
            assert held.keys() == {"leaf:1", "act:0", "leaf:0"}
            np.testing.assert_array_equal(held["leaf:1"], leaf.passages[1].vector)
            assert (store.stats()["documents"], store.stats()["chunks"]) == (2, 3)
            assert store.stats()["bytes"] > 0
            store.compact()

    def test_a_failed_document_is_held_as_a_record(self, new_store: NewStore) -> None:
        store = new_store()
        failed = Record("bad", "bad.pdf", "/in/bad.pdf", "0" * 64, "application/pdf", Status.FAILED, reason="encrypted")
        store.apply([Holding(failed)])
        assert store.records(ANYBODY) == [failed]
        assert store.text("bad", ANYBODY) == ""
        assert store.original("bad", ANYBODY) is None
        assert store.dense(unit_vector(1), KEEPER, 5) == []

    def test_applying_twice_changes_nothing(self, new_store: NewStore) -> None:
        store = new_store()
        batch = [make_holding("a", ["maji safi", "maji chafu"]), make_holding("b", ["barabara"])]
        store.apply(batch)
        before = (store.lexical(["maji"], KEEPER, 9), store.dense(unit_vector(3), KEEPER, 9), store.stats()["chunks"])
        store.apply(batch)
        after = (store.lexical(["maji"], KEEPER, 9), store.dense(unit_vector(3), KEEPER, 9), store.stats()["chunks"])
        assert ids(before[0]) == ids(after[0])
        assert ids(before[1]) == ids(after[1])
        assert before[2] == after[2] == 3

    def test_old_chunks_never_appear_after_a_replacement(self, new_store: NewStore) -> None:
        store = new_store()
        store.apply([make_holding("law", ["ada kale", "ada zamani", "ada ndefu"]), make_holding("b", ["ada nyingine"])])
        store.compact()
        new = make_holding("law", ["ada mpya"])
        store.apply([new])
        for _ in range(2):
            assert set(ids(store.lexical(["ada"], KEEPER, 9))) == {"law:0", "b:0"}
            assert store.lexical(["kale", "zamani", "ndefu"], KEEPER, 9) == []
            assert set(ids(store.dense(unit_vector(5), KEEPER, 9))) == {"law:0", "b:0"}
            assert store.fetch(["law:0", "law:1", "law:2"], KEEPER) == [new.passages[0].chunk]
            assert store.text("law", KEEPER) == "ada mpya"
            assert store.record("law", KEEPER) == new.record
            assert store.original("law", KEEPER) == new.original
            store.compact()

    def test_a_deletion_is_visible_in_the_next_query(self, new_store: NewStore) -> None:
        store = new_store()
        store.apply([make_holding(name, ["maji safi", "maji baridi"]) for name in ("a", "b", "c")])
        store.compact()
        store.apply([make_holding("d", ["maji moto"])], delete=["a", "unknown"])
        found = {"b:0", "b:1", "c:0", "c:1", "d:0"}
        assert set(ids(store.lexical(["maji"], KEEPER, 9))) == found
        assert set(ids(store.dense(unit_vector(2), KEEPER, 9))) == found
        assert held_of(store, "a", KEEPER) == (None, None, None)
        store.apply([], delete=["b", "c", "d"])
        store.apply([], delete=["b"])
        assert store.lexical(["maji"], KEEPER, 9) == store.dense(unit_vector(2), KEEPER, 9) == []
        store.compact()
        assert (store.stats()["documents"], store.stats()["chunks"]) == (0, 0)
        store.apply([make_holding("a", ["maji"])])
        assert ids(store.lexical(["maji"], KEEPER, 9)) == ["a:0"]

    def test_an_original_goes_when_its_document_is_held_without_it(self, new_store: NewStore) -> None:
        store, act = new_store(), make_holding("act", ["section one"])
        store.apply([act])
        store.apply([replace(act, original=None)])
        for _ in range(2):
            assert (store.original("act", KEEPER), store.text("act", KEEPER)) == (None, act.text)
            store.compact()
        store.apply([act])
        assert store.original("act", KEEPER) == act.original

    def test_words_of_pictures_are_held_with_their_document(self, new_store: NewStore) -> None:
        store, act = new_store(), make_holding("act", ["section one", "section two"], labels=frozenset({"afya"}))
        one = Word(0, 7, 1, (72.1, 90.0, 110.5, 101.2), 0.963)
        two = Word(8, 11, 1, (114.0, 90.3, 130.7, 101.0), 0.4)
        three = Word(12, 19, 2, (71.9, 60.0, 110.4, 71.3), 1.0)
        store.apply([replace(act, words=(one, two, three)), make_holding("leaf", ["maji"])])
        for _ in range(2):
            assert store.words("act", 0, len(act.text), KEEPER) == (one, two, three)
            assert store.words("act", 6, 9, KEEPER) == (one, two)
            assert store.words("act", 11, 13, KEEPER) == (three,)
            assert store.words("act", 7, 8, KEEPER) == ()
            assert store.words("act", 0, 99, ANYBODY) == store.words("leaf", 0, 99, KEEPER) == ()
            store.describe([replace(act.record, title="Act 7")])
            store.compact()
        store.apply([act])
        assert store.words("act", 0, 99, KEEPER) == ()

    def test_a_new_record_changes_the_rights_of_every_row_and_no_word(self, new_store: NewStore) -> None:
        store = new_store()
        act, leaf = make_holding("act", ["section one", "section two"]), make_holding("leaf", ["section three"])
        store.apply([act, leaf])
        told = Said(About.REPEALED_BY, "Act 9", 4, 9, "new")
        taken = Version(act.record.sha256, dt.datetime(2025, 1, 2, 3, tzinfo=dt.UTC))
        changed = replace(
            act.record,
            title="Act 7",
            kind=Kind.ACT,
            valid_until=dt.date(2024, 6, 30),
            labels=frozenset({"afya"}),
            fetched=dt.datetime(2025, 1, 2, tzinfo=dt.UTC),
            said=(told,),
            history=(taken,),
            kept=("title",),
            personal={"phone": 2},
        )
        store.describe([changed, replace(leaf.record, id="gone")])
        for _ in range(2):
            assert store.records(KEEPER) == [changed, leaf.record]
            assert store.records(ANYBODY) == [leaf.record]
            assert (store.text("act", KEEPER), store.original("act", KEEPER)) == (act.text, act.original)
            chunks = store.fetch(["act:0", "act:1"], KEEPER)
            assert [chunk.text for chunk in chunks] == ["section one", "section two"]
            rights = {(chunk.labels, chunk.valid_from, chunk.valid_until) for chunk in chunks}
            assert rights == {(frozenset({"afya"}), None, dt.date(2024, 6, 30))}
            old, new = (Scope(KEEPER.labels, dt.date(year, 7, 1)) for year in (2023, 2025))
            assert {hit.id for hit in store.lexical(["section"], old, 9)} == {"act:0", "act:1", "leaf:0"}
            assert {hit.id for hit in store.lexical(["section"], new, 9)} == {"leaf:0"}
            assert len(store.dense(unit_vector(1), old, 9)) == 3
            assert len(store.dense(unit_vector(1), new, 9)) == 1
            held = store.vectors(["act:1"], KEEPER)["act:1"]
            np.testing.assert_allclose(held, act.passages[1].vector, atol=self.precision)
            store.compact()

    def test_dense_gives_exactly_min_k_permitted(self, new_store: NewStore) -> None:
        store = new_store()
        store.apply([make_holding(f"p{n}", ["x y", "z w"]) for n in range(4)])
        store.apply([make_holding("secret", ["x"] * 3, labels=frozenset({"hr"}))])
        for scope, permitted in ((ANYBODY, 8), (Scope(frozenset({"hr"})), 3), (KEEPER, 11), (Scope(frozenset()), 0)):
            for k in (0, 1, 3, 8, 11, 500):
                assert len(store.dense(unit_vector(7), scope, k)) == min(k, permitted)
        scores = [hit.score for hit in store.dense(unit_vector(7), KEEPER, 11)]
        assert scores == sorted(scores, reverse=True)

    def test_dense_scores_are_cosines(self, new_store: NewStore) -> None:
        store = new_store()
        held = make_holding("a", ["x", "y", "z"])
        store.apply([held])
        query = 3 * unit_vector(11)
        wanted = {p.chunk.id: float(p.vector @ query) / 3 for p in held.passages}
        for name, score in store.dense(query, KEEPER, 3):
            assert math.isclose(score, wanted[name], abs_tol=self.precision)

    def test_the_clerk_of_another_department_still_gets_k_true_neighbours(self, new_store: NewStore) -> None:
        """The reader may see 1 row in 64, and none of them is where the question points: recall@10 must be 1."""
        store, departments, each = new_store(), 64, 48
        rng = np.random.default_rng(64)
        centres = rng.normal(size=(departments, DIMENSION))
        rows = centres[:, None, :] + 0.3 * rng.normal(size=(departments, each, DIMENSION))
        rows = np.asarray(rows / np.linalg.norm(rows, axis=2, keepdims=True), np.float32)
        batch = [
            make_holding(f"d{n}", ["common " * 3 + f"word{n}"] * each, labels=frozenset({f"dept{n}"}), vectors=rows[n])
            for n in range(departments)
        ]
        store.apply(batch)
        for _ in range(2):
            for asked, own in ((3, 40), (17, 5), (60, 61)):
                query, scope = rows[asked].mean(axis=0), Scope(frozenset({f"dept{own}"}))
                truth = np.argsort(-(rows[own] @ query))[:10]
                found = ids(store.dense(query, scope, 10))
                assert len(set(found) & {f"d{own}:{row}" for row in truth}) == 10
                assert len(store.dense(query, scope, each)) == each
                assert len(store.lexical(["common", f"word{asked}"], scope, each)) == each
            store.compact()

    def test_no_method_shows_a_row_outside_the_scope(self, new_store: NewStore) -> None:
        store = new_store()
        secret = make_holding("secret", ["mshahara siri", "mshahara"], labels=frozenset({"hr", "o'clock"}))
        old = make_holding("old", ["mshahara kale"], valid_until=dt.date(2020, 12, 31))
        store.apply([secret, old, make_holding("open", ["mshahara wazi"])])
        everything = ["secret:0", "secret:1", "old:0", "open:0"]
        seen = {
            Scope(frozenset({PUBLIC}), dt.date(2026, 1, 1)): {"open:0"},
            ANYBODY: {"open:0", "old:0"},
            Scope(frozenset({"hr"})): {"secret:0", "secret:1"},
            Scope(frozenset({"o'clock", "none"})): {"secret:0", "secret:1"},
            Scope(frozenset({"HR", "h", "hr "})): set(),
            Scope(frozenset()): set(),
            Scope(frozenset({EVERYTHING}), dt.date(2026, 1, 1)): {"secret:0", "secret:1", "open:0"},
        }
        for _ in range(2):
            for scope, permitted in seen.items():
                documents = {name.split(":")[0] for name in permitted}
                assert set(ids(store.lexical(["mshahara"], scope, 9))) == permitted
                assert set(ids(store.dense(unit_vector(4), scope, 9))) == permitted
                assert {chunk.id for chunk in store.fetch(everything, scope)} == permitted
                assert store.vectors(everything, scope).keys() == permitted
                assert store.languages(everything, scope) == dict.fromkeys(permitted, "sw")
                assert {record.id for record in store.records(scope)} == documents
                for name in ("secret", "old", "open"):
                    held = held_of(store, name, scope)
                    assert all(part is not None for part in held) == (name in documents)
                    assert any(part is not None for part in held) == (name in documents)
            store.compact()

    def test_both_ends_of_a_validity_are_inclusive(self, new_store: NewStore) -> None:
        store = new_store()
        first, last = dt.date(2024, 2, 29), dt.date(2025, 6, 30)
        store.apply([make_holding("fee", ["ada"], valid_from=first, valid_until=last)])
        one = dt.timedelta(days=1)
        for day, wanted in ((first - one, []), (first, ["fee:0"]), (last, ["fee:0"]), (last + one, [])):
            scope = Scope(frozenset({PUBLIC}), day)
            assert ids(store.lexical(["ada"], scope, 5)) == ids(store.dense(unit_vector(1), scope, 5)) == wanted
            assert [chunk.id for chunk in store.fetch(["fee:0"], scope)] == wanted
        assert ids(store.lexical(["ada"], ANYBODY, 5)) == ["fee:0"]

    def test_labels_may_hold_any_characters(self, new_store: NewStore) -> None:
        store = new_store()
        odd = [
            "it's",
            'a "b"',
            "a\\b",
            "a\nb",
            "%",
            "_",
            "]",
            "x'); DROP TABLE passages; --",
            "idara ya maji",
            "صحة",
            "",
        ]
        store.apply([make_holding(f"doc'{n}", ["maji"], labels=frozenset({label})) for n, label in enumerate(odd)])
        for n, label in enumerate(odd):
            scope = Scope(frozenset({label}))
            assert ids(store.lexical(["maji"], scope, 99)) == [f"doc'{n}:0"], label
            assert [record.id for record in store.records(scope)] == [f"doc'{n}"]
            assert store.text(f"doc'{n}", scope) == "maji"

    def test_a_narrower_scope_never_adds_hits(self, new_store: NewStore) -> None:
        store, rng = new_store(), np.random.default_rng(8)
        labels, day = ["a", "b", "c", "d", "e"], dt.date(2025, 6, 30)
        store.apply(
            [
                make_holding(
                    f"d{n}", ["maji ya kunywa", "maji taka"], labels=frozenset(rng.choice(labels, size=2).tolist())
                )
                for n in range(20)
            ]
        )
        for size in (4, 3, 2, 1, 0):
            wide, narrow = frozenset(labels[: size + 1]), frozenset(labels[:size])
            for less, more in ((Scope(narrow), Scope(wide)), (Scope(wide, day), Scope(wide))):
                assert set(ids(store.lexical(["maji"], less, 99))) <= set(ids(store.lexical(["maji"], more, 99)))
                query = unit_vector(size)
                assert set(ids(store.dense(query, less, 99))) <= set(ids(store.dense(query, more, 99)))

    def test_a_refused_batch_changes_nothing(self, new_store: NewStore) -> None:
        store = new_store()
        held = make_holding("a", ["maji"])
        store.apply([held])
        short = make_holding("a", ["moto"], vectors=[unit_vector(1)[:-1]])
        blank = make_holding("b", ["moto"], vectors=[unit_vector(1) * np.float32("nan")])
        for batch in ([short], [make_holding("c", ["moto"]), blank], [held, held]):
            assert len(refusal(store.apply, batch, delete=["a"]).splitlines()) == 1
            assert store.records(KEEPER) == [held.record]
            assert ids(store.lexical(["maji", "moto"], KEEPER, 9)) == ["a:0"]

    def test_being_warm_changes_no_answer(self, new_store: NewStore) -> None:
        """Neither on what was there nor on what is replaced, deleted or compacted afterwards."""
        store, rng = new_store(), np.random.default_rng(9)
        old, day = dt.date(2020, 12, 31), dt.date(2026, 1, 1)
        batch = [make_holding(f"d{n}", ["maji safi"] * 3) for n in range(6)]
        batch += [make_holding(f"o{n}", ["maji safi"] * 3, labels=frozenset({"hr"}), valid_until=old) for n in range(3)]
        scopes = [KEEPER, ANYBODY, Scope(frozenset({"hr"})), Scope(frozenset({EVERYTHING}), day), Scope(frozenset())]
        queries = [np.asarray(rng.normal(size=DIMENSION), np.float32) for _ in scopes]
        store.apply(batch)

        def answers() -> list[object]:
            found: list[object] = []
            for scope, query in zip(scopes, queries, strict=True):
                near, words = ids(store.dense(query, scope, 9)), sorted(ids(store.lexical(["safi"], scope, 99)))
                for named in (near, words, ids(store.dense(query, KEEPER, 9))):
                    found += [store.fetch(named, scope), store.languages(named, scope), {*store.vectors(named, scope)}]
            return found

        cold = answers()
        store.warm()
        assert answers() == cold
        store.apply([make_holding("new", ["maji safi"]), make_holding("d4", ["maji"])], delete=["d0", "o2"])
        changed = answers()
        assert changed != cold
        assert "new:0" in ids(store.dense(queries[0], KEEPER, 99))
        assert not {"d0:0", "o2:1", "d4:1"} & set(ids(store.dense(queries[0], KEEPER, 99)))
        store.compact()
        store.warm()
        assert answers() == changed

    def test_notes_are_kept(self, new_store: NewStore) -> None:
        store = new_store()
        assert store.note("embedder", "e5 'small'") == "e5 'small'"
        store.note("analyser", "1")
        store.apply([make_holding("a", ["maji"])])
        assert store.note("analyser", "2") == "2"
        store.compact()
        assert (store.note("embedder"), store.note("analyser"), store.note("other")) == ("e5 'small'", "2", None)

    def test_writing_may_be_nested(self, new_store: NewStore) -> None:
        store = new_store()
        with store.writing(), store.writing():
            store.apply([make_holding("a", ["maji"])])
            store.compact()
        store.apply([make_holding("b", ["maji"])])
        assert len(store.lexical(["maji"], KEEPER, 9)) == 2

    def test_readers_beside_a_writer_see_whole_documents_only(self, new_store: NewStore) -> None:
        store = new_store()
        versions = [make_holding("law", [f"ada toleo{n}"] * (n % 3 + 2)) for n in range(8)]
        store.apply([versions[0]])
        sizes = {f"toleo{n}": n % 3 + 2 for n in range(8)}
        wrong: list[object] = []
        done = threading.Event()

        def look() -> None:
            found = store.fetch([f"law:{n}" for n in range(4)], KEEPER)
            word = found[0].text.split()[1] if found else ""
            if len(found) != sizes.get(word) or len({chunk.text for chunk in found}) != 1:
                wrong.append([chunk.text for chunk in found])
            if len(store.dense(unit_vector(1), KEEPER, 9)) not in sizes.values():
                wrong.append("dense")

        def read() -> None:
            while not done.is_set():
                try:
                    look()
                except StoreError as error:
                    wrong.append(error)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for n, version in enumerate(versions):
                store.apply([version])
                if n % 3 == 2:
                    store.compact()
        finally:
            done.set()
            for reader in readers:
                reader.join()
        assert wrong == []
