# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Run the experiments of this folder and write one results page: `python benchmarks/run.py [NAME…] [--data DIR] [--page]`.

An experiment is a TOML file: see `experiments.py`. A score outside its tolerance, a command that failed or a folder that is
not there is said so; a result that is there stays until the experiment has run again. `--page` only writes the page anew.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import experiments
import page
from experiments import HERE, RESULTS, Experiment


def main() -> int:
    """Run what was named (default: everything); exit code 1 when a score is outside its tolerance or a run failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", help="names of TOML files without .toml (default: all)")
    options.add_argument("--data", default=str(HERE.parent.parent / "shared" / "data"), help="folder of the data sets")
    options.add_argument(
        "--page", action="store_true", help="run nothing, write the page from the results that are there"
    )
    chosen = options.parse_args()
    RESULTS.mkdir(exist_ok=True)
    known = {experiment.name: experiment for experiment in experiments.read()}
    unknown = [name for name in chosen.names if name not in known]
    if unknown:
        options.error(f"no experiment {unknown[0]}: use {', '.join(known)}")
    wrong = 0
    for name in [] if chosen.page else chosen.names or known:
        result = run(known[name], Path(chosen.data))
        stored = RESULTS / f"{name}.json"
        if result.get("state") != "not run: no data" or not stored.exists():
            stored.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        wrong += told(name, result)
    (RESULTS / "README.md").write_text(page.page(experiments.read(), RESULTS), encoding="utf-8")
    return 1 if wrong else 0


def told(name: str, result: dict[str, Any]) -> bool:
    """Print a line for every score; is one of them not as it should be?"""
    if "report" not in result:
        print(f"{name}: {result['state']} {result.get('detail', '')}".strip(), flush=True)
        return bool(result["state"] == "failed")
    scores = next(each for each in experiments.read() if each.name == name).scores
    for score in scores:
        value = "no such number in the report" if score.value is None else f"{score.value:.4g}"
        print(f"{name}: {score.name or 'score'} {value}: {score.state('failed')} {score.met()}".rstrip(), flush=True)
    return any(score.state("failed") in ("outside tolerance", "failed") for score in scores)


def run(experiment: Experiment, data: Path) -> dict[str, Any]:
    """One experiment: the report of its command."""
    if experiment.data and not (data / experiment.data).exists():
        return {"state": "not run: no data", "at": today()}
    words = {"data": str(data), "python": sys.executable}
    command = [part.format(**words) for part in experiment.command]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parent)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return {"state": "failed", "detail": done.stderr[-500:], "at": today()}
    if isinstance(report, dict) and "error" in report:
        return {"state": "failed", "detail": report["error"], "at": today()}
    seconds = round(time.perf_counter() - began, 1)
    return {"state": "run", "seconds": seconds, "machine": machine(), "at": today(), "report": report}


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
