# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What is installed, missing, slow or insecure here, each with the next command to type. It changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from contextlib import closing
from pathlib import Path

from wazi.access import holdings_of, keeper
from wazi.config import Settings
from wazi.desk import QUOTE, open_store
from wazi.errors import WaziError
from wazi.guard import pii
from wazi.languages import analyse
from wazi.meter import method
from wazi.models import catalogue, pull
from wazi.parse import tesseract
from wazi.types import Record

GIB = 2**30
MEMORY_QUOTE, MEMORY_GENERATE = 1.5, 6.0
"""GiB at peak without and with the default generator; see benchmarks/."""

NAMED = 5
"""Documents that a check names; `wazi documents --json` has all."""

Check = dict[str, str]


def examine(settings: Settings) -> list[Check]:
    """All checks; `state` is `ok`, `slow`, `insecure` or `missing`."""
    return [
        _check("python", True, f"{platform.python_version()} on {platform.machine()}"),
        _processor(),
        _memory(settings),
        _disk(settings),
        *_models(settings),
        *_store(settings),
        _ocr(),
        _rights(settings),
        _listening(settings),
        _check("energy", True, method(settings.meter.watts)),
    ]


def _check(name: str, fine: bool, detail: str, next: str = "", state: str = "missing") -> Check:
    return {"name": name, "state": "ok" if fine else state, "detail": detail, "next": "" if fine else next}


def _processor() -> Check:
    flags = _read(Path("/proc/cpuinfo"))
    kinds = [kind for kind in ("avx2", "avx512f", "avx512_vnni", "amx_int8") if f" {kind}" in flags]
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    fine = bool(kinds) or "asimd" in flags
    return _check(
        "processor",
        fine,
        f"{cores} cores, {', '.join(kinds) or 'no vector units known'}",
        "ask with --model quote",
        "slow",
    )


def _memory(settings: Settings) -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    needed = MEMORY_QUOTE if settings.compose.model == QUOTE else MEMORY_GENERATE
    return _check("memory", total >= needed, f"{total:.1f} GiB, {needed} GiB wanted", "ask with --model quote", "slow")


def _disk(settings: Settings) -> Check:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free / GIB
    return _check("disk", free > 2, f"{free:.1f} GiB free at {place}", "free some space or choose another --home")


def _models(settings: Settings) -> list[Check]:
    checks = []
    for name in (settings.embed.model, settings.compose.model):
        if name == QUOTE:
            continue
        try:
            entry = catalogue.find(name, settings.models_dir)
            detail = "no weights needed" if entry.weightless else str(pull.locate(entry, settings.models_dir))
            checks.append(_check(f"model {name}", True, detail))
        except WaziError as error:
            checks.append(_check(f"model {name}", False, str(error), f"wazi models pull {name}"))
    return checks


def _store(settings: Settings) -> list[Check]:
    try:
        with closing(open_store(settings)) as store:
            held, analysed = store.stats(), store.note("analyse")
            bare = [record for record in store.records(holdings_of(keeper())) if pii.shown(record)]
    except WaziError as error:
        return [_check("store", False, str(error), "wazi restore FILE --home NEW, or ingest into a new --home")]
    current = analysed in (None, analyse.VERSION)
    return [
        _check("store", True, f"{held['documents']} documents, {held['chunks']} passages"),
        _check("analyser", current, f"index made with version {analysed}", "wazi ingest the folders again", "slow"),
        *([_unmasked(bare)] if settings.guard.personal_data == "mask" else []),
    ]


def _unmasked(held: list[Record]) -> Check:
    """The setting masks what comes from now on: what was taken in before is still as it was."""
    names = ", ".join(record.source for record in held[:NAMED]) + (" …" if len(held) > NAMED else "")
    detail = f"{len(held)} documents show personal data: {names}" if held else "masked in every document"
    return _check("personal data", not held, detail, "wazi ingest these again", "insecure")


def _ocr() -> Check:
    """Optional: a document that needs it says so when it comes."""
    held = tesseract.data()
    detail = f"scans are read in {', '.join(sorted(held[1] - {'osd'}))}" if held else "scans and pictures are not read"
    whole = held is not None and "osd" in held[1]
    return _check("ocr", whole, detail, "apt install tesseract-ocr-osd" if held else tesseract.INSTALL)


def _rights(settings: Settings) -> Check:
    """What is held may be confidential: others on this computer should not be able to read it."""
    if not settings.home.exists():
        return _check("rights", True, f"{settings.home} does not exist yet")
    open_to_all = bool(settings.home.stat().st_mode & 0o007)
    detail = f"{settings.home} can be read by {'everybody on this computer' if open_to_all else 'its owner'}"
    return _check("rights", not open_to_all, detail, f"chmod 700 {settings.home}", "insecure")


def _listening(settings: Settings) -> Check:
    local = settings.serve.host in ("127.0.0.1", "::1", "localhost")
    detail = f"the page listens on {settings.serve.host}"
    return _check("listening", local, detail, "put a server with TLS in front of it", "insecure")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
