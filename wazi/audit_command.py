# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What `wazi audit` and its actions do: options in, lines or JSON out, an exit code back."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from wazi import access, documents, wire
from wazi.desk import open_desk, trail_of
from wazi.errors import UsageError
from wazi.receipts import Quoted, Shown, find, show
from wazi.receipts_ld import described
from wazi.replay import replay

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings

Options = argparse.Namespace
DONE, PARTLY = 0, 1

STATES = {
    "same": "the words still stand there",
    "changed": "other words stand there now",
    "gone": "the document is no longer held",
}


def verify(options: Options, settings: Settings, terminal: Terminal) -> int:
    """Check the chain of receipts; exit code 1 when it is broken."""
    verified = trail_of(settings).verify()
    terminal.result(wire.plain(verified))
    where = "the chain is whole" if verified.intact else f"BROKEN at receipt {verified.first_broken}"
    erased = f"; question and reader of {verified.erased} were erased" if verified.erased else ""
    terminal.line(f"{verified.receipts} receipts: {where}{erased}")
    return DONE if verified.intact else PARTLY


def explain(options: Options, settings: Settings, terminal: Terminal) -> int:
    """`wazi audit show ID`. Raises UsageError."""
    with open_desk(settings) as desk:
        shown = show(options.id, access.keeper(), desk)
    terminal.result(described(shown))
    for line in lines(shown):
        terminal.line(line)
    return DONE


def ask_again(options: Options, settings: Settings, terminal: Terminal) -> int:
    """`wazi audit replay ID`; exit code 1 when the answer is another one now. Raises UsageError."""
    with open_desk(settings) as desk:
        made = replay(show(options.id, access.keeper(), desk), desk)
    terminal.result({**wire.plain(made), "answer": wire.answer(made.answer)})
    terminal.line(f"asked again; the answer is {'the same' if made.same else 'ANOTHER ONE'} (receipt {made.replay})")
    for change in made.changes:
        terminal.line(f"  {change.what}: {change.before} -> {change.now}")
    return DONE if made.same else PARTLY


def erase(options: Options, settings: Settings, terminal: Terminal) -> int:
    """`wazi audit erase --before DAY | --receipt ID`. Raises UsageError for neither, or a receipt that is not there."""
    ids, day = options.receipt or (), documents.day(options.before, "--before")
    if not ids and day is None:
        raise UsageError("say what to erase: --before DAY, or --receipt ID")
    with open_desk(settings) as desk:
        for id in ids:
            if "private" not in find(id, desk):
                raise UsageError(
                    f"the receipt {id} is of an old version, whose chain holds the question: see docs/audit.md"
                )
        again = {str(row["id"]) for row in desk.audit.receipts() if ids and row.get("replay_of") in ids}
        before = dt.datetime.combine(day, dt.time(), dt.UTC) if day else None
        erased = desk.audit.erase(before=before, ids={*ids, *again})
    terminal.result({"erased": erased})
    terminal.line(f"question and reader of {erased} receipts are erased; the chain stays whole: wazi audit verify")
    return DONE


ACTIONS: dict[str, Callable[[Options, Settings, Terminal], int]] = {
    "verify": verify,
    "show": explain,
    "replay": ask_again,
    "erase": erase,
}


def lines(shown: Shown) -> Iterator[str]:
    """The receipt for a person."""
    receipt = shown.receipt
    yield f"receipt {receipt['id']}, number {receipt['n']} of the chain"
    again = receipt.get("replay_of")
    yield f"  asked     {receipt['at']}" + (f", again after {again}" if again else "")
    yield f"  question  {shown.question or 'not kept, or erased'}"
    yield f"  reader    {shown.reader or 'not kept, or erased'}, labels: {', '.join(receipt['labels'])}"
    yield f"  on        {receipt.get('on') or 'the day it was asked'}"
    yield f"  outcome   {receipt['outcome']}" + (f" ({receipt['detail']})" if receipt["detail"] else "")
    for number, quote in enumerate(shown.quotes, start=1):
        yield from _quote(number, quote)
    yield f"  read      {shown.read} passages: " + ("; ".join(title for _, title in shown.documents) or "none held now")
    version, settings = (receipt.get(name) or "not noted" for name in ("wazi", "settings"))
    yield f"  models    {_named(receipt['models'])}; wazi {version}, settings {settings}"
    cost = receipt["meter"]
    energy = f"{cost.get('joules', 0):.1f} J ({cost.get('joules_method')})"
    yield f"  cost      {cost.get('seconds', 0):.2f} s, {energy}, {cost.get('usd', 0):.6f} USD"
    yield f"  hash      {receipt['hash']}"


def _quote(number: int, quote: Quoted) -> Iterator[str]:
    page = f", page {quote.page}" if quote.page else ""
    yield f"  quote {number}   {quote.title or quote.document}{page}, characters {quote.start}-{quote.end}: {STATES[quote.state]}"
    if quote.words:
        yield f"            “{' '.join(quote.words.split())}”"


def _named(models: dict[str, Any]) -> str:
    return ", ".join(f"{role} {name}" for role, name in models.items() if name) or "none"
