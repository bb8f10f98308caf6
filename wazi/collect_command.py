# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi sources` and its actions do: options in, lines or JSON out, an exit code back."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wazi import wire
from wazi.collect import Report, collect, is_due, next_run
from wazi.desk import Desk, open_desk
from wazi.errors import StoreError, UsageError
from wazi.serve.openai_kept import Shelf
from wazi.sources import book
from wazi.sources.fetch import Fetcher
from wazi.sources.links import ADDRESS
from wazi.sources.memory import LAST_RUN, Notes, read_log
from wazi.types import Status

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings
    from wazi.sources.book import Entry
    from wazi.types import Receipt

Options = argparse.Namespace

DONE, PARTLY = 0, 1
COUNTS = ("new", "changed", "same", "gone", "deleted", "left_out", "failed", "unreadable")
ON_DISK = ("folder", "mailbox", "addresses")


def run(options: Options, settings: Settings, terminal: Terminal) -> int:
    """One action of `wazi sources`. Raises UsageError, InputError, SettingError, StoreError."""
    return ACTIONS[options.action](options, settings, terminal)


def _list(options: Options, settings: Settings, terminal: Terminal) -> int:
    entries = book.read(settings.home)
    now, rows = dt.datetime.now(dt.UTC), []
    with Notes(settings.home) as notes:
        for name, entry in entries.items():
            seen = notes.recall(name).seen.values()
            due = next_run(entry, notes, name, now)
            rows.append(
                {
                    "name": name,
                    "kind": entry.kind,
                    "address": entry.address,
                    "every": entry.every,
                    "last_run": notes.note(name, LAST_RUN),
                    "due": None if due is None else max(due, now).isoformat(timespec="seconds"),
                    "documents": sum(bool(each.document) and not each.gone for each in seen),
                    "gone": sum(bool(each.gone) for each in seen),
                    "on_gone": entry.on_gone,
                }
            )
    terminal.result({"sources": rows})
    for row in rows:
        when = f"last {row['last_run'] or 'never'}, next {row['due'] or 'when asked'}"
        kept = f", {row['gone']} gone and kept" if row["gone"] else ""
        terminal.line(
            f"{row['name']:16} {row['kind']:9} {row['address']}  ({row['documents']} documents{kept}; {when})"
        )
    if not rows:
        terminal.line("no sources yet: type wazi sources add NAME KIND ADDRESS")
    return DONE


def _add(options: Options, settings: Settings, terminal: Terminal) -> int:
    local = options.kind in ON_DISK and not ADDRESS.match(options.address)
    address = os.path.abspath(os.path.expanduser(options.address)) if local else options.address
    given = {
        "kind": options.kind,
        "address": address,
        "every": options.every,
        "labels": options.label,
        "language": options.lang,
        "licence": options.licence,
        "publisher": options.publisher,
        "on_gone": options.on_gone,
    }
    table = {key: value for key, value in given.items() if value is not None}
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    entry = book.add(settings.home, options.name, table | dict(map(_option, options.set or ())))
    terminal.result({"added": options.name, **wire.plain(entry.model_dump())})
    terminal.line(
        f"{options.name}: added to {settings.home / book.FILE}; try it: wazi sources run {options.name} --dry-run"
    )
    return DONE


def _option(text: str) -> tuple[str, Any]:
    """`name=value`, the value as in TOML, or as a text where it does not read so."""
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise UsageError(f"--set {text!r}: write it like --set depth=3")
    try:
        return name.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name.strip(), value


def _run(options: Options, settings: Settings, terminal: Terminal) -> int:
    from wazi.progress import AddressBar

    entries = _chosen(options.names, settings.home)
    reports = []
    with _open(settings) as (desk, notes, fetcher):
        now = dt.datetime.now(dt.UTC)
        for name, entry in entries.items():
            if options.due and not is_due(entry, notes, name, now):
                continue
            with AddressBar(name) as bar:
                report = collect(
                    name,
                    entry,
                    desk,
                    notes,
                    fetcher,
                    dry_run=options.dry_run,
                    again=options.again,
                    told=_teller(terminal),
                    progress=bar.update,
                )
            reports.append(report)
            _show(report, terminal)
    terminal.result({"runs": [_plain(report) for report in reports]})
    if not reports:
        terminal.line("nothing is due" if entries else "no sources yet: type wazi sources add NAME KIND ADDRESS")
    return PARTLY if any(report.error or report.failed or report.unreadable for report in reports) else DONE


def _watch(options: Options, settings: Settings, terminal: Terminal) -> int:
    """Run until Ctrl-C."""
    entries = {
        name: each for name, each in _chosen(options.names, settings.home).items() if each.kind in ("folder", "mailbox")
    }
    if not entries or not options.seconds > 0:
        raise UsageError("nothing to watch: name folders of `wazi sources`, and a positive number of --seconds")
    terminal.say(f"watching {', '.join(entries)}: stop with Ctrl-C")
    with _open(settings) as (desk, notes, fetcher):
        watch(entries, desk, notes, fetcher, terminal, pause=lambda: time.sleep(options.seconds))
    return DONE


def watch(
    entries: Mapping[str, Entry],
    desk: Desk,
    notes: Notes,
    fetcher: Fetcher,
    terminal: Terminal,
    *,
    pause: Callable[[], object],
) -> None:
    """Look at each source, take in what changed, pause, and so on until `pause` raises. A home that is busy is tried again."""
    shown: dict[str, object] = {}
    while True:
        for name, entry in entries.items():
            try:
                looked = collect(name, entry, desk, notes, fetcher, told=_teller(terminal), quiet=True)
            except StoreError as error:
                terminal.say(f"{name}: {error}")
                continue
            if looked.moved:
                Shelf(desk).prune()
            if looked.moved or shown.get(name, (None, [])) != (looked.error, looked.lines):
                _show(looked, terminal)
            shown[name] = (looked.error, looked.lines)
        pause()


def _log(options: Options, settings: Settings, terminal: Terminal) -> int:
    runs = read_log(settings.home, options.name)[-options.number :]
    terminal.result({"runs": runs})
    for each in runs:
        told = ", ".join(f"{each[count]} {count.replace('_', ' ')}" for count in COUNTS if each.get(count))
        dry = " (dry run)" if each.get("dry_run") else ""
        terminal.line(f"{each['began']}{dry}  {each.get('error') or told or 'nothing'}  ({each['requests']} requests)")
        for what, address, reason in each["lines"]:
            terminal.line(f"    {what:10} {address}{f': {reason}' if reason else ''}")
    if not runs:
        terminal.line(f"{options.name} never ran: type wazi sources run {options.name}")
    return DONE


def _remove(options: Options, settings: Settings, terminal: Terminal) -> int:
    book.remove(settings.home, options.name)
    with Notes(settings.home) as notes:
        held = sorted({seen.document for seen in notes.recall(options.name).seen.values() if seen.document})
        notes.forget(options.name)
    terminal.result({"removed": options.name, "documents_kept": held})
    terminal.line(f"{options.name}: removed; its {len(held)} documents stay: wazi documents delete removes them")
    return DONE


def _chosen(names: list[str], home: Path) -> dict[str, Entry]:
    entries = book.read(home)
    for name in names:
        if name not in entries:
            raise UsageError(f"there is no source called {name!r}: type wazi sources for the list")
    return {name: entry for name, entry in entries.items() if name in names or not names}


@contextmanager
def _open(settings: Settings) -> Iterator[tuple[Desk, Notes, Fetcher]]:
    with open_desk(settings) as desk, Notes(settings.home) as notes, Fetcher(settings.sources) as fetcher:
        yield desk, notes, fetcher
        Shelf(desk).prune()


def _teller(terminal: Terminal) -> Callable[[Receipt], None]:
    from wazi.progress import paused, receipt_line

    def tell(receipt: Receipt) -> None:
        if receipt.status is not Status.UNCHANGED:
            with paused():
                terminal.line(receipt_line(receipt))

    return tell


def _show(report: Report, terminal: Terminal) -> None:
    for what, address, reason in report.lines:
        if what not in ("new", "changed", "unreadable") or report.dry_run:
            terminal.line(f"{what.replace('_', ' '):9} {address}{f': {reason}' if reason else ''}")
    counts = {name: getattr(report, name) for name in COUNTS}
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "nothing there"
    dry = "would be: " if report.dry_run else ""
    if report.error:
        terminal.say(f"wazi: {report.source}: {' '.join(report.error.split())}")
    terminal.line(
        f"{report.source}: {dry}{told} ({report.requests} requests, {report.bytes} bytes, {report.seconds:.1f} s)"
    )


def _plain(report: Report) -> dict[str, Any]:
    shown = asdict(report)
    shown["lines"] = [{"what": what, "address": address, "reason": reason} for what, address, reason in report.lines]
    return shown


ACTIONS: dict[str, Callable[[Options, Settings, Terminal], int]] = {
    "list": _list,
    "add": _add,
    "run": _run,
    "watch": _watch,
    "log": _log,
    "remove": _remove,
}
