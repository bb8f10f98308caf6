# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The results page: grouped tables with intervals and bars, published rows beside ours, and a plot beside each such table.

It reads results and runs nothing; what is missing is written as "not run". The cost of a doubling is read from
the report that holds `sizes`: a list of rows with `rows`, `hybrid_p50_ms`, `hybrid_p95_ms`, `rss_mib`,
`recall_foreign`, `build_s`, as `store_speed.py` prints it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import plots
from experiments import GROUPS, Experiment, Score

LANGUAGES = ("en", "es", "hi", "tr", "vi")
XQUAD_MEAN, XQUAD_EACH = 97.3, 95.8
"""The bars of the XQuAD table."""
NOT_RUN = "not run"
SENTENCES = {"sentences_tico19": "TICO-19, public health", "sentences_sib200": "SIB-200"}
Rows = Iterable[Sequence[object]]


def page(experiments: Sequence[Experiment], results: Path) -> str:
    """The whole page; writes its plots into `results` on the way."""
    by_name = {each.name: each for each in experiments}
    parts = [INTRODUCTION]
    for group, title in GROUPS.items():
        parts += [f"## {title}\n", scores_table([each for each in experiments if each.group == group])]
        if group == "same":
            parts.append(xquad(by_name, results))
        elif group == "across":
            parts += [gazette(by_name.get("rwanda_gazette"), results), afriqa(by_name.get("afriqa"))]
            parts += [sentences(by_name.get(name), title, results) for name, title in SENTENCES.items()]
        elif group == "refusal":
            parts.append(refusals(experiments, results))
        elif group == "speed":
            parts.append(doublings(experiments, results))
    machines = sorted({each.result["machine"] for each in experiments if each.result.get("machine")})
    parts.append(f"Machines: {'; '.join(machines) or NOT_RUN}. Machines are shared and noisy: compare within a run.\n")
    notes = results / "notes.md"
    return "\n".join([*parts, *([notes.read_text(encoding="utf-8").strip() + "\n"] if notes.exists() else [])])


INTRODUCTION = """# Results

Made by `make bench`. Each experiment is one file of `benchmarks/`, which has its command; its JSON in this folder has the whole
report. Scores are x 100 unless the unit says otherwise. In brackets: the 95 % interval, the range in which the mean would
mostly lie if other questions of the same kind had been asked. *Bar*: what the project set out to reach. *Expected*: what this
version gives, and by how much a run may differ. "not run" means just that.
"""


def table(head: Sequence[str], rows: Rows) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def scores_table(experiments: Iterable[Experiment]) -> str:
    """One row a score."""
    head = ["experiment", "score", "value", "bar", "", "expected", "state", "seconds", "day"]
    rows = [_score_row(each, score) for each in experiments for score in each.scores]
    return table(head, rows) if rows else f"{NOT_RUN}\n"


def _score_row(experiment: Experiment, score: Score) -> list[object]:
    result = experiment.result
    bar = "" if score.bar is None else f"{'≥' if score.better == 'higher' else '≤'} {score.bar:g}"
    expected = "" if score.expected is None else f"{score.expected:g} ± {score.tolerance:g}"
    state = score.state(str(result.get("state", NOT_RUN)))
    name = score.name or experiment.unit
    value = _value(score.value, score.interval)
    cells = [experiment.title, name, value, bar, score.met(), expected, state]
    return [*cells, result.get("seconds", ""), result.get("at", "")]


def _value(value: float | None, interval: tuple[float, float] | None = None) -> str:
    if value is None:
        return ""
    if interval:
        return f"{value:.1f} ({interval[0]:.1f} to {interval[1]:.1f})"
    return f"{value:.4g}" if abs(value) < 10 else f"{value:.1f}"


def _of(part: Mapping[str, Any], measure: str) -> str:
    found = part["metrics"][measure]
    return _value(found["value"], (found["low"], found["high"]))


def xquad(by_name: Mapping[str, Experiment], results: Path) -> str:
    """Systems x languages."""
    found = {tag: by_name[f"retrieve_xquad_{tag}"] for tag in LANGUAGES if f"retrieve_xquad_{tag}" in by_name}
    systems: dict[str, dict[str, float]] = {}
    for tag, each in found.items():
        report = each.report
        if report:
            systems.setdefault("wazi", {})[tag] = report["metrics"]["ndcg@10"]["value"]
        for kind, name in (("lexical", "wazi, words alone"), ("dense", "wazi, vectors alone")):
            if kind in report.get("beside", {}):
                systems.setdefault(name, {})[tag] = report["beside"][kind]["metrics"]["ndcg@10"]["value"]
        for name, value in each.published.items():
            systems.setdefault(name, {})[tag] = value
    systems.setdefault("wazi", {})
    order = sorted(systems, key=lambda name: (_mean(systems[name]) is None, -(_mean(systems[name]) or 0)))
    rows = [
        [_bold(name), *(_value(systems[name].get(tag)) or NOT_RUN for tag in LANGUAGES), _value(_mean(systems[name]))]
        for name in order
    ]
    drawn = plots.xquad({name: systems[name] for name in order}, LANGUAGES, results / "xquad.svg")
    alt = "Dot plot: nDCG@10 of every system on XQuAD in five languages; the table below has the numbers"
    title = "### XQuAD beside published systems (nDCG@10 x 100, same corpus, questions and metric)\n"
    told = f"Bar: mean ≥ {XQUAD_MEAN} and every language ≥ {XQUAD_EACH}: {_xquad_met(systems['wazi'])}.\n"
    return "\n".join([title, image("xquad.svg", alt, drawn), table(["system", *LANGUAGES, "mean"], rows), told])


def _xquad_met(ours: Mapping[str, float]) -> str:
    mean = _mean(ours)
    if mean is None:
        return NOT_RUN
    return "met" if mean >= XQUAD_MEAN and min(ours.values()) >= XQUAD_EACH else "not met"


def _bold(name: str) -> str:
    return f"**{name}**" if name.startswith("wazi") else name


def _mean(values: Mapping[str, float]) -> float | None:
    return sum(values.values()) / len(values) if set(values) >= set(LANGUAGES) else None


def image(file: str, alt: str, drawn: bool) -> str:
    """The plot with its alternative text, or why there is none."""
    return f"![{alt}]({file})\n" if drawn else "(no plot: nothing measured yet)\n"


def gazette(experiment: Experiment | None, results: Path) -> str:
    """Directions, worst first, and what a mixed index costs each language."""
    title = "### Articles of Rwanda's gazette, by direction, worst first (recall@10 x 100)\n"
    parts = experiment.report.get("by_direction", {}) if experiment else {}
    if not parts:
        return f"{title}\n{NOT_RUN}\n"
    single = {name: part for name, part in parts.items() if not name.endswith("-mixed")}
    worst_first = sorted(single, key=lambda name: single[name]["metrics"]["recall@10"]["value"])
    rows = [
        [
            _arrow(name),
            _of(single[name], "recall@10"),
            _of(single[name], "recall@1"),
            _of(single[name], "mrr@10"),
            *(_of(single[name]["beside"][kind], "recall@10") for kind in ("lexical", "dense")),
        ]
        for name in worst_first
    ]
    head = [
        "question → article",
        "recall@10",
        "recall@1",
        "MRR@10",
        "words alone, recall@10",
        "vectors alone, recall@10",
    ]
    drawn = plots.directions({_arrow(name): single[name] for name in worst_first}, results / "gazette.svg")
    alt = "Dot plot: recall@10 by direction, worst first, with 95 % intervals; the table below has the numbers"
    return "\n".join([title, image("gazette.svg", alt, drawn), table(head, rows), _mixed(parts)])


def _mixed(parts: Mapping[str, Any]) -> str:
    """All language versions in one index: does it push a language down?"""
    rows = []
    for name, part in parts.items():
        own = part.get("same_language", {})
        if name.endswith("-mixed") and "own_corpus" in own.get("beside", {}):
            lost = own["beside"]["own_corpus"]
            gap = lost["difference"]["recall@10"]
            cells = [name.removesuffix("-mixed"), _of(lost, "recall@10"), _of(part, "recall@10"), _of(own, "recall@10")]
            rows.append([*cells, f"{gap['value']:+.1f} ({gap['low']:+.1f} to {gap['high']:+.1f})"])
    head = ["question", "its own corpus alone", "mixed: any version", "mixed: own version", "own version, lost or won"]
    title = "All versions in one index (recall@10 x 100). A version pushed down shows in the last column.\n"
    return f"{title}\n{table(head, rows) if rows else NOT_RUN}"


def _arrow(direction: str) -> str:
    return direction.replace("-", "→")


def afriqa(experiment: Experiment | None) -> str:
    """By language of question and passage, worst first."""
    title = "### AfriQA, question in an African language, passage in English or French, worst first\n"
    parts = experiment.report.get("by_direction", {}) if experiment else {}
    worst_first = sorted(parts, key=lambda name: parts[name]["metrics"]["recall@10"]["value"])
    rows = [
        [
            _arrow(name),
            parts[name]["n"],
            _of(parts[name], "recall@10"),
            _of(parts[name]["beside"]["dense"], "recall@10"),
        ]
        for name in worst_first
    ]
    head = ["question → passage", "questions", "recall@10", "vectors alone, recall@10"]
    return f"{title}\n{table(head, rows) if rows else NOT_RUN + chr(10)}"


def sentences(experiment: Experiment | None, name: str, results: Path) -> str:
    """Translations found among all sentences: every language, worst first, those the encoder was trained on apart."""
    title = f"### The same sentence in English: {name} (R@1 x 100), worst first\n"
    report = experiment.report if experiment else {}
    if not report:
        return f"{title}\n{NOT_RUN}\n"
    file = f"{experiment.name}.svg" if experiment else ""
    into = report["into_english"]
    back = {row["language"]: row for row in report["out_of_english"]}
    drawn = plots.languages([row for row in into if row["seen"]], results / file)
    alt = f"Dot plot: R@1 into English on {name} for the languages the encoder has seen, worst first; numbers in the tables"
    told = [
        f"{report['queries']} questions a language among {report['pool']} sentences; "
        f"mean over the languages that the encoder's training names: {_of(report['seen'], 'recall@1')}.\n"
    ]
    for seen, words in ((True, "Languages that the encoder was trained on"), (False, "Other languages")):
        rows = [_sentence_row(row, back.get(row["language"])) for row in into if row["seen"] is seen]
        if rows:
            head = ["language", "into English", "vectors alone", "out of English"]
            told.append(
                f"<details{' open' if seen else ''}><summary>{words} ({len(rows)})</summary>\n\n{table(head, rows)}\n</details>\n"
            )
    return "\n".join([title, image(file, alt, drawn), *told])


def _sentence_row(row: Mapping[str, Any], back: Mapping[str, Any] | None) -> list[str]:
    found = [_interval(row["recall@1"]), f"{row['dense']:.1f}", _interval(back["recall@1"]) if back else NOT_RUN]
    return [row["language"], *found]


def _interval(score: Mapping[str, float]) -> str:
    return _value(score["value"], (score["low"], score["high"]))


def refusals(experiments: Iterable[Experiment], results: Path) -> str:
    """What an answer risks as more questions are answered: every question is asked once with what answers it and once without."""
    title = "### Risk and coverage\n"
    found = {each.title.rpartition(": ")[2]: each.report for each in experiments if each.name.startswith("refuse_")}
    curves = {name: report["risk_coverage"] for name, report in found.items() if report}
    if not curves:
        return f"{title}\n{NOT_RUN}\n"
    shares = [row["coverage"] for row in next(iter(curves.values()))]
    rows = [[name, *(_value(row["risk"]) for row in curve)] for name, curve in curves.items()]
    drawn = plots.risks(curves, results / "risk_coverage.svg")
    alt = "Line plot: share of answers that cannot be right by share of questions answered; numbers in the table below"
    told = (
        "Every question is asked twice, with what answers it and without; the surest are answered first. An answer cannot be right "
        "where nothing that answers was kept. At 50 % all questions with an answer could be answered, and no other."
    )
    head = ["answered", *(f"{share:g} %" for share in shares)]
    return "\n".join([title, told + "\n", image("risk_coverage.svg", alt, drawn), table(head, rows)])


def doublings(experiments: Iterable[Experiment], results: Path) -> str:
    """What twice as many passages cost, of the first experiment whose report holds `sizes`."""
    title = "### What a doubling costs\n"
    sizes = next((each.report["sizes"] for each in experiments if each.report.get("sizes")), [])
    if not sizes:
        return f"{title}\n{NOT_RUN}\n"
    head = [
        "passages",
        "hybrid p50, ms",
        "hybrid p95, ms",
        "x the size before",
        "memory, MiB",
        "recall@10, foreign",
        "build, s",
    ]
    rows = []
    for number, row in enumerate(sizes):
        before = sizes[number - 1]["hybrid_p50_ms"] if number else None
        times = f"{row['hybrid_p50_ms'] / before:.2f}" if before else ""
        cells = [f"{row['rows']:,}", row["hybrid_p50_ms"], row["hybrid_p95_ms"], times]
        rows.append([*cells, row.get("rss_mib", ""), row.get("recall_foreign", ""), row.get("build_s", "")])
    drawn = plots.doublings(sizes, results / "doublings.svg")
    alt = "Line plot: milliseconds of a hybrid search by number of passages, both axes doubling; numbers in the table below"
    return "\n".join([title, image("doublings.svg", alt, drawn), table(head, rows)])
