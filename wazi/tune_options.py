# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The options of `wazi curate`, `wazi tune mean` and `wazi tune gate`. It loads nothing else, so that `--help` stays quick."""

from __future__ import annotations

from typing import Any


def curate(verb: Any) -> None:
    """`wazi curate`."""
    made = verb("curate", "curate", "a data set to learn from, of reviewed feedback and what is held")
    made.add_argument("out", metavar="OUT")
    made.add_argument("--licence", required=True, metavar="SPDX", help="licence of the data set, like CC-BY-4.0")
    made.add_argument(
        "--feedback",
        action="append",
        metavar="FILE",
        help="more feedback than staff accepted here, as JSON Lines",
    )
    made.add_argument(
        "--label", dest="labels", action="append", metavar="LABEL", help="documents with it go in too (default: public)"
    )
    made.add_argument(
        "--test", dest="tests", action="append", metavar="DIR", help="a test whose items must stay out, repeatable"
    )
    made.add_argument("--name", metavar="NAME", help="of the data set (default: that of the folder)")
    made.add_argument("--creator", metavar="NAME", help="who publishes it")
    made.add_argument("--on", metavar="DATE", help="documents in force on this day (default: today)")
    made.add_argument(
        "--per-kind", type=int, default=500, metavar="N", help="at most N questions of headings a kind (default 500)"
    )
    made.add_argument(
        "--seed", type=int, default=0, metavar="N", help="which are drawn when there are more (default 0)"
    )
    made.add_argument("--force", action="store_true", help="replace another data set at OUT")


def mean(verb: Any, inner: Any) -> None:
    """`wazi tune mean`."""
    made = verb("mean", "tune_mean", "one reader whose weights are the mean of several", inner)
    made.add_argument("readers", nargs="+", metavar="READER", help="the reader.npz of runs that began alike")
    made.add_argument("--out", required=True, metavar="FILE")


def gate(verb: Any, inner: Any) -> None:
    """`wazi tune gate`."""
    made = verb("gate", "tune_gate", "let a trained reader in if it is better and worse nowhere", inner)
    made.add_argument("candidate", metavar="CANDIDATE", help="the reader.npz of a run")
    made.add_argument("--against", metavar="CURRENT", help="a reader of this home, a file, or none (default: in use)")
    made.add_argument("--recipe", required=True, metavar="RECIPE", help="that it was trained by: what was held back")
    made.add_argument("--data", required=True, metavar="DIR", help="the folder that the recipe's folders are in")
    made.add_argument("--name", metavar="NAME", help="in this home (default: that of the run's folder)")
    made.add_argument(
        "--claim",
        dest="claims",
        action="append",
        metavar="MEASURE",
        help="where it is better: reading, answering, refusal, telling, or reading:sw; repeatable (default: reading)",
    )
    made.add_argument("--tolerance", type=float, metavar="N", help="points that it may lose anywhere (default 2)")
    made.add_argument("--most-seconds", type=float, metavar="S", help="processor seconds a pair at most (default 1)")
    made.add_argument("--rows", type=int, default=150, metavar="N", help="questions a language (default 150)")
