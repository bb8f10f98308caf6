# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Run the experiments of this folder and write one results page: `python benchmarks/run.py [NAME…] [--data DIR]`.

An experiment is a TOML file: `title`, `command` (a list; `{data}` and `{python}` are filled in), `data` (a folder under
--data; absent: none is needed), `score` (the path of a number in the JSON that the command prints), `expected`, `tolerance`,
`unit`, and optionally `published` (rows of other systems on the same task). A score outside its tolerance, or a folder that is
not there, is said so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def main() -> int:
    """Run what was named (default: everything); exit code 1 when a score is outside its tolerance."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*")
    options.add_argument("--data", default=str(HERE.parent.parent / "shared" / "data"))
    chosen = options.parse_args()
    RESULTS.mkdir(exist_ok=True)
    outside = 0
    for file in sorted(HERE.glob("*.toml")):
        if chosen.names and file.stem not in chosen.names:
            continue
        experiment = tomllib.loads(file.read_text(encoding="utf-8"))
        result = run(experiment, Path(chosen.data))
        (RESULTS / f"{file.stem}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        print(f"{file.stem}: {result['state']} {result.get('score', '')}", flush=True)
        outside += result["state"] == "outside tolerance"
    (RESULTS / "README.md").write_text(page())
    return 1 if outside else 0


def run(experiment: dict[str, Any], data: Path) -> dict[str, Any]:
    """One experiment: its score against what was expected."""
    if "data" in experiment and not (data / experiment["data"]).exists():
        return {"state": "not run: no data", "at": today()}
    words = {"data": str(data), "python": sys.executable}
    command = [part.format(**words) for part in experiment["command"]]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parent)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return {"state": "failed", "detail": done.stderr[-500:], "at": today()}
    score: Any = report
    for key in experiment["score"].split("/"):
        score = score[int(key)] if isinstance(score, list) else score[key]
    return {
        "state": state(experiment, {"score": score}),
        "score": round(score, 4),
        "seconds": round(time.perf_counter() - began, 1),
        "machine": machine(),
        "at": today(),
        "report": report,
    }


def state(experiment: dict[str, Any], result: dict[str, Any]) -> str:
    """A score beside what is expected today; without one, what the run said."""
    if "score" not in result:
        return str(result["state"])
    near = abs(result["score"] - experiment["expected"]) <= experiment["tolerance"]
    return "as expected" if near else "outside tolerance"


def page() -> str:
    """The results page, from the experiments and their last results."""
    lines = [
        "# Results",
        "",
        "Made by `make bench`. Each line is one experiment of this folder; its file has the command, its JSON the whole report.",
        "",
        "| experiment | score | expected | unit | state | seconds | day |",
        "|---|---|---|---|---|---|---|",
    ]
    published = []
    for file in sorted(HERE.glob("*.toml")):
        experiment = tomllib.loads(file.read_text(encoding="utf-8"))
        stored = RESULTS / f"{file.stem}.json"
        result = json.loads(stored.read_text()) if stored.exists() else {"state": "not run"}
        wanted = f"{experiment['expected']} ± {experiment['tolerance']}"
        cells = [experiment["title"], result.get("score", ""), wanted, experiment["unit"], state(experiment, result)]
        cells += [result.get("seconds", ""), result.get("at", "")]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
        if "published" in experiment:
            others = ", ".join(f"{name} {score}" for name, score in experiment["published"].items())
            published.append(f"- {experiment['title']}: wazi {result.get('score', 'not run')}; published: {others}")
    lines += ["", "## Beside published figures on the same files", "", *published]
    machines = {json.loads(file.read_text()).get("machine") for file in RESULTS.glob("*.json")} - {None}
    lines += ["", f"Machines: {'; '.join(sorted(machines))}. Machines are shared and noisy: compare within a run.", ""]
    notes = RESULTS / "notes.md"
    return "\n".join(lines) + (notes.read_text() if notes.exists() else "")


def machine() -> str:
    """The processor and its cores, without a name of the computer."""
    model = next(
        (line.split(":")[1].strip() for line in cpuinfo() if line.startswith("model name")), platform.machine()
    )
    wide = "AVX-512" if any("avx512f" in line for line in cpuinfo()) else "AVX2"
    count = sum(line.startswith("processor") for line in cpuinfo())
    return f"{model}, {count} cores, {wide}, Python {platform.python_version()}"


def cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []


def today() -> str:
    return dt.date.today().isoformat()


if __name__ == "__main__":
    sys.exit(main())
