# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How often an answering passage, and one drawn at random, holds the measure a question asks for.

    python benchmarks/asked_measures.py DATA

Questions for a time or for money of sets whose passages are judged; the logarithm of the ratio of those that lack it is
`wazi.rerank.LACKS`. Prints JSON.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from random import Random

from wazi.languages import asked
from wazi.tune import sets
from wazi.tune.sets import Source

SETS = (
    Source("tydiqa sw", "tydiqa_goldp/sw-train"),
    Source("tydiqa en", "tydiqa_goldp/en-dev"),
    Source("afriqa", "afriqa", pivot=True),
    Source("amqa", "amqa", language="am"),
    Source("policyqa", "policyqa", language="en"),
    Source("servicepublic", "servicepublic_fr", language="fr"),
)


def main() -> None:
    """Count."""
    draw, report = Random(0), {}
    for source in SETS:
        rows, passages = sets.load(source, Path(sys.argv[1]))
        kinds = [(row, units) for row in rows if (units := asked.measure(row.question, row.language))]
        drawn = [draw.choice(passages) for _ in kinds]
        report[source.name] = {
            "asked": len(kinds),
            "gold_lacks": sum(not asked.holds(row.passage.text, row.passage.language, u) for row, u in kinds),
            "drawn_lacks": sum(
                not asked.holds(one.text, one.language, u) for one, (_, u) in zip(drawn, kinds, strict=True)
            ),
        }
    total = {name: sum(row[name] for row in report.values()) for name in ("asked", "gold_lacks", "drawn_lacks")}
    weight = math.log(total["drawn_lacks"] / total["gold_lacks"])
    print(json.dumps({"sets": report, "together": total, "weight": round(weight, 2)}))


if __name__ == "__main__":
    main()
