# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One version of the table of passages, and what can be asked of it under a scope.

Rows are found by Lance, under a filter that is part of the search. Where a `Resident` of the same version is given, words, exact
cosines, ids and vectors come from memory, and a narrow scope is searched there as a whole. It does not know how versions
come about, nor what a failure means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import lance
import numpy as np
import pyarrow as pa
from lance.query import BooleanQuery, FullTextQuery, MatchQuery, Occur
from numpy.typing import NDArray

from wazi.store import Scored, rows
from wazi.store.resident import Places, Resident
from wazi.store.rights import best, permits
from wazi.types import EVERYTHING, Scope

if TYPE_CHECKING:
    from wazi.types import Vector

Rows = list[dict[str, Any]]

EVERY_PARTITION = 1 << 20
"""Probes. Stopping as soon as k rows are found costs recall under every scope that does not lie where the question points:
when this was chosen, .41 to .56 of the true 50 with at least 20 probes at 200,000 rows, against 1.00 with all partitions in
about the same time. `benchmarks/store_speed.py` measures what is."""

REFINE, REFINE_RESIDENT, FEWEST = 2, 4, 200
"""Candidates of the 5-bit scan, per row asked for and at least, that are computed again exactly: from the disk each is a read
of its own, in memory it is next to nothing."""

NARROW = 4
"""Up to so many times the rows that are searched exactly from the disk, permitted chunks are searched exactly in memory."""

ALL, LISTED = Scope(frozenset({EVERYTHING})), 0.05
"""Where days are asked for, or up to this share of all chunks, a list of the permitted rows is faster than the engine's own
filter: at a million chunks 16 ms against 51 with days, 13 against 18 at 1.5 %, but 64 against 18 at 10 %."""

GRAINS, MOST_REPEATS = (1, 2, 4, 5, 10, 20), 400
"""Weights that are whole multiples of 1 / grain are asked by repeating tokens: 30 weights in tenths took half the processor
time and a quarter of the wall time of 30 matches (250,000 chunks)."""

SEEN_ROWS = 100_000
"""Chunks found last whose place is remembered, so that fetching one does not look for it again."""


class View:
    """One version of the table; `resident` is of the same one, or None."""

    def __init__(self, table: lance.LanceDataset, resident: Resident | None = None) -> None:
        self.table = table
        self.resident = resident
        self._seen: dict[str, int] = {}

    def lexical(self, weights: Mapping[str, float], scope: Scope, k: int) -> list[Scored]:
        """By the words of what the scope permits where a `Resident` holds words, else by those of all chunks."""
        if k < 1:
            return []
        if self.resident and self.resident.words:
            places, scores = self.resident.lexical(weights, scope, k)
            return self._named(self.resident.ids(places), places, scores)[:k]
        query = asked(weights)
        if query is None:
            return []
        found = self._found(scope, "_score", full_text_query=query, limit=k)
        return self._scored(found, found["_score"].to_numpy())

    def dense(self, vector: Vector, scope: Scope, k: int, exact_rows: int) -> list[Scored]:
        if k < 1:
            return []
        if self.resident and self.resident.count(scope) <= NARROW * exact_rows:
            return self._best(self.resident, self.resident.places(scope), vector, k)
        nearest = {"column": "vector", "q": np.asarray(vector, np.float32), "k": k, "metric": "cosine"}
        if self.table.count_rows() > exact_rows:
            found = self._candidates(nearest, scope, k)
            if len(found) >= k:
                return found
        table = self._found(scope, "_distance", nearest=nearest | {"use_index": False})
        return self._scored(table, 1.0 - table["_distance"].to_numpy())

    def chunks(self, ids: Sequence[str], scope: Scope, columns: Sequence[str]) -> Rows:
        """The columns of the permitted chunks among the ids, in any order."""
        if not ids:
            return []
        found: Rows = self._permitted(self._where(ids, scope), scope, self._held(columns)).to_pylist()
        return found

    def vectors(self, ids: Sequence[str], scope: Scope) -> dict[str, Vector]:
        """The vectors of the permitted chunks among the ids."""
        if not ids:
            return {}
        if (held := self._in_memory(ids, scope)) is not None:
            resident, names, places = held
            return dict(zip(names, resident.vectors(places), strict=True))
        found = self._permitted(self._where(ids, scope), scope, ["id", "vector", *rows.RIGHTS_COLUMNS])
        matrix = rows.matrix(found["vector"].combine_chunks())
        return dict(zip(found["id"].to_pylist(), matrix, strict=True))

    def languages(self, ids: Sequence[str], scope: Scope) -> dict[str, str]:
        """The languages of the permitted chunks among the ids."""
        if not ids:
            return {}
        if (held := self._in_memory(ids, scope)) is not None:
            resident, names, places = held
            return dict(zip(names, resident.languages(places), strict=True))
        found = self._permitted(self._where(ids, scope), scope, ["id", "language", *rows.RIGHTS_COLUMNS])
        return dict(zip(found["id"].to_pylist(), found["language"].to_pylist(), strict=True))

    def documents(self, document: str | None, scope: Scope, column: str) -> Rows:
        """One column of the permitted documents, or of one of them."""
        named = rows.one_of("document", [document]) if document is not None else None
        where = _all("kind = 'document'", named, rows.inside(scope))
        found: Rows = self._permitted(where, scope, [*self._held([column]), *rows.RIGHTS_COLUMNS]).to_pylist()
        return found

    def _held(self, columns: Sequence[str]) -> list[str]:
        """Those of the columns that there are: a home of an earlier release has fewer."""
        return [column for column in columns if column in self.table.schema.names]

    def _in_memory(self, ids: Sequence[str], scope: Scope) -> tuple[Resident, list[str], Places] | None:
        """The permitted chunks among the ids and where they are; None where memory does not know all of them."""
        if self.resident is None or not all(name in self._seen for name in ids):
            return None
        places = np.array([self._seen[name] for name in ids], np.int64)
        kept = self.resident.permitted(places, scope)
        return self.resident, [name for name, keep in zip(ids, kept, strict=True) if keep], places[kept]

    def _candidates(self, nearest: Mapping[str, Any], scope: Scope, k: int) -> list[Scored]:
        """The best of a scan of all partitions, computed again exactly."""
        scan = {**nearest, "minimum_nprobes": EVERY_PARTITION}
        if self.resident is None:
            factor = max(REFINE, -(-FEWEST // k))
            table = self._found(scope, "_distance", nearest={**scan, "refine_factor": factor})
            return self._scored(table, 1.0 - table["_distance"].to_numpy())
        scan["k"] = max(REFINE_RESIDENT * k, FEWEST)
        return self._best(self.resident, _places(self._found(scope, "_distance", nearest=scan)), nearest["q"], k)

    def _best(self, resident: Resident, places: Places, vector: Vector, k: int) -> list[Scored]:
        scores = resident.cosines(places, vector)
        kept = best(scores, k)
        return self._named(resident.ids(places[kept]), places[kept], scores[kept])[:k]

    def _found(self, scope: Scope, score: str, **options: Any) -> pa.Table:
        """The rows of a search under the scope, with their places and, where no memory gives them, their ids."""
        where = rows.inside(scope)
        options["columns"] = [score] if self.resident else ["id", score]
        if where and self.resident and (scope.on or self.resident.count(scope) <= LISTED * self.resident.count(ALL)):
            options["row_addr_allowlist"] = self.resident.allowed(scope)
        else:
            options["filter"] = where
        return self.table.scanner(prefilter=True, with_row_id=True, **options).to_table()

    def _scored(self, found: pa.Table, scores: NDArray[np.floating]) -> list[Scored]:
        places = _places(found)
        return self._named(self.resident.ids(places) if self.resident else found["id"].to_pylist(), places, scores)

    def _named(self, ids: Sequence[str], places: Places, scores: NDArray[np.floating]) -> list[Scored]:
        """Hits in order; where they are is remembered."""
        if len(self._seen) > SEEN_ROWS:
            self._seen = {}
        self._seen.update(zip(ids, places.tolist(), strict=True))
        hits = map(Scored, ids, scores.tolist())
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    def _where(self, ids: Sequence[str], scope: Scope) -> str:
        """SQL: a chunk with one of the ids, inside the scope; by place where every place is known."""
        seen, names = self._seen, dict.fromkeys(ids)
        if not all(name in seen for name in names):
            return _all("kind = 'chunk'", rows.one_of("id", names), rows.inside(scope))
        places = np.array([seen[name] for name in names], np.int64)
        if self.resident is None:
            return _all(_at(places), rows.inside(scope))
        return _at(places[self.resident.permitted(places, scope)])

    def _permitted(self, where: str, scope: Scope, columns: Sequence[str]) -> pa.Table:
        """What is inside the scope already, checked again on the rows themselves: the second lock."""
        found = self.table.scanner(filter=where, columns=list(columns)).to_table()
        rights = found.select(rows.RIGHTS_COLUMNS).to_pylist()
        return found.filter(pa.array([permits(scope, *row.values()) for row in rights], pa.bool_()))


def _all(*clauses: str | None) -> str:
    return " AND ".join(clause for clause in clauses if clause)


def _at(places: Places) -> str:
    return f"_rowid IN ({', '.join(map(str, places.tolist()))})" if len(places) else "false"


def asked(weights: Mapping[str, float]) -> FullTextQuery | None:
    """The weighted sum of one match a token; None for no token.

    The engine adds up a token that is repeated, so weights that share a coarse grain become one plain match, which it cuts
    short; others become a sum of one match a weight, which it computes in full.
    """
    held = {token: weight for token, weight in weights.items() if token.strip()}
    if not held:
        return None
    for grain in GRAINS:
        times = {token: weight * grain for token, weight in held.items()}
        if all(abs(n - round(n)) < 1e-6 for n in times.values()) and sum(times.values()) <= MOST_REPEATS:
            return MatchQuery(" ".join(" ".join([t] * round(n)) for t, n in times.items()), "tokens", boost=1 / grain)
    alike: dict[float, list[str]] = defaultdict(list)
    for token, weight in held.items():
        alike[weight].append(token)
    parts = [MatchQuery(" ".join(tokens), "tokens", boost=weight) for weight, tokens in alike.items()]
    return BooleanQuery([(Occur.SHOULD, part) for part in parts])


def _places(found: pa.Table) -> Places:
    return np.asarray(found["_rowid"].to_numpy(), np.int64)
