# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The options of `wazi audit`, for the shell; what it does is in `audit_command`."""

from __future__ import annotations

import argparse
from typing import Any


def add(verb: Any) -> None:
    """Add the verb; `verb` makes a parser from its name, its function and its help."""
    inner = verb("audit", "audit", "the receipts of all answers").add_subparsers(metavar="ACTION", required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verb(name, "audit", help, inner)
        made.set_defaults(action=name)
        return made

    action("verify", "check the chain of receipts, offline")
    shown = action("show", "what an answer rests on, and whether the words still stand there")
    shown.add_argument("id", metavar="ID", help="the number of the receipt, which is that of the answer")
    again = action("replay", "ask the question of a receipt again: what is the same, what changed")
    again.add_argument("id", metavar="ID")
    gone = action("erase", "erase questions and who asked; the chain stays whole")
    gone.add_argument("--before", metavar="DATE", help="of receipts before this day (UTC)")
    gone.add_argument("--receipt", action="append", metavar="ID", help="of this receipt, repeatable")
