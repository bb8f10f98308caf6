# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Conformance suites and fakes that authors of parts reuse.

A test module subclasses a suite and gives its fixture; pytest collects the rest. `StoreConformance` needs a fixture
`new_store`: a function that opens a fresh, empty store for vectors of length `DIMENSION`.
The suites know only the protocols, never a part's insides.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wazi.errors import StoreError
from wazi.types import EVERYTHING, PUBLIC, BlockKind, Chunk, Holding, Passage, Record, Scope, Status

if TYPE_CHECKING:
    from wazi.store import Store
    from wazi.types import Vector

DIMENSION = 24
KEEPER = Scope(frozenset({EVERYTHING}))
ANYBODY = Scope(frozenset({PUBLIC}))

NewStore = Callable[[], "Store"]


def unit_vector(seed: int) -> Vector:
    """A direction drawn from a seed: float32, shape (DIMENSION,), length 1."""
    drawn = np.random.default_rng(seed).normal(size=DIMENSION)
    return np.asarray(drawn / np.linalg.norm(drawn), np.float32)


def make_holding(
    document: str,
    passages: Sequence[str],
    *,
    labels: frozenset[str] = frozenset({PUBLIC}),
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    vectors: Sequence[Vector] | None = None,
) -> Holding:
    """A whole document of which each passage is one chunk `document:number`; its tokens are the words between blanks."""
    text, held = "\n".join(passages), []
    start = 0
    for number, words in enumerate(passages):
        chunk = Chunk(
            id=f"{document}:{number}",
            document=document,
            text=words,
            start=start,
            end=start + len(words),
            page=number + 1,
            headings=("Part one", document),
            language="sw",
            kind=BlockKind.TABLE_ROW if number else BlockKind.PARAGRAPH,
            labels=labels,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        seed = int.from_bytes(hashlib.sha256(f"{chunk.id} {words}".encode()).digest()[:4], "big")
        vector = vectors[number] if vectors is not None else unit_vector(seed)
        held.append(Passage(chunk, tuple(words.split(" ")), vector))
        start += len(words) + 1
    original = f"original of {document}: {text}".encode()
    record = Record(
        id=document,
        title=f"Title of {document}",
        source=f"/county/{document}.md",
        sha256=hashlib.sha256(original).hexdigest(),
        media_type="text/markdown",
        status=Status.COMPLETE,
        pages=len(passages),
        page_starts=tuple(passage.chunk.start for passage in held),
        chunks=len(held),
        bytes=len(original),
        languages=("sw", "en"),
        labels=labels,
        valid_from=valid_from,
        valid_until=valid_until,
        versions=2,
        fingerprint="f" * 8,
        flags=("injection",),
    )
    return Holding(record, text, tuple(held), original)


def ids(hits: Sequence[tuple[str, float]]) -> list[str]:
    """The chunk ids of hits, best first."""
    return [name for name, _ in hits]


def bm25_by_hand(passages: Mapping[str, Sequence[str]], query: Sequence[str]) -> dict[str, float]:
    """BM25 as its formula says, one sum at a time: an independent check of what a store answers."""
    mean = sum(map(len, passages.values())) / len(passages)
    scores: dict[str, float] = {}
    for name, tokens in passages.items():
        total, times = 0.0, Counter(tokens)
        for word in set(query) & set(tokens):
            holders = sum(word in others for others in passages.values())
            idf = math.log(1 + (len(passages) - holders + 0.5) / (holders + 0.5))
            total += idf * times[word] * 2.2 / (times[word] + 1.2 * (0.25 + 0.75 * len(tokens) / mean))
        if total:
            scores[name] = total
    return scores


class StoreConformance:
    """What every store must do. A subclass gives the fixture `new_store`."""

    def test_an_empty_store_answers_nothing(self, new_store: NewStore) -> None:
        store = new_store()
        assert store.lexical(["maji"], KEEPER, 5) == []
        assert store.dense(unit_vector(1), KEEPER, 5) == []
        assert store.fetch(["a:0"], KEEPER) == []
        assert dict(store.vectors(["a:0"], KEEPER)) == {}
        assert store.records(KEEPER) == []
        assert store.record("a", KEEPER) is store.text("a", KEEPER) is store.original("a", KEEPER) is None
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
        assert store.record("a", KEEPER) is store.text("a", KEEPER) is store.original("a", KEEPER) is None
        store.apply([], delete=["b", "c", "d"])
        store.apply([], delete=["b"])
        assert store.lexical(["maji"], KEEPER, 9) == store.dense(unit_vector(2), KEEPER, 9) == []
        store.compact()
        assert (store.stats()["documents"], store.stats()["chunks"]) == (0, 0)
        store.apply([make_holding("a", ["maji"])])
        assert ids(store.lexical(["maji"], KEEPER, 9)) == ["a:0"]

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
            assert math.isclose(score, wanted[name], abs_tol=1e-5)

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
                assert {record.id for record in store.records(scope)} == documents
                for name in ("secret", "old", "open"):
                    held = (store.record(name, scope), store.text(name, scope), store.original(name, scope))
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
            assert store.lexical(query, KEEPER, 5) == found[:5] or len({hit.score for hit in found[:6]}) < 6

    def test_a_narrower_scope_never_adds_hits(self, new_store: NewStore) -> None:
        store, rng = new_store(), np.random.default_rng(8)
        labels = ["a", "b", "c", "d"]
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
            for search in (lambda s: store.lexical(["maji"], s, 99), lambda s: store.dense(unit_vector(1), s, 99)):
                assert set(ids(search(Scope(narrow)))) <= set(ids(search(Scope(wide))))

    def test_a_refused_batch_changes_nothing(self, new_store: NewStore) -> None:
        store = new_store()
        held = make_holding("a", ["maji"])
        store.apply([held])
        short = make_holding("a", ["moto"], vectors=[unit_vector(1)[:-1]])
        blank = make_holding("b", ["moto"], vectors=[unit_vector(1) * np.float32("nan")])
        for batch in ([short], [make_holding("c", ["moto"]), blank], [held, held]):
            try:
                store.apply(batch, delete=["a"])
            except StoreError as error:
                assert len(str(error).splitlines()) == 1
            else:
                raise AssertionError("the batch was taken")
            assert store.records(KEEPER) == [held.record]
            assert ids(store.lexical(["maji", "moto"], KEEPER, 9)) == ["a:0"]

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
