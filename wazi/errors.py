# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The error tree.

WaziError                     every error a person can act on; one line: what happened, the value, what to type next
├── UsageError      (exit 2)  the command or the question cannot be used as given
├── InputError      (exit 2)  a file or folder cannot be read; the other files go in
├── SettingError    (exit 2)  a setting is unknown or has a bad value
├── MissingPart     (exit 2)  a model, an extra or a system package is not here
├── StoreError      (exit 2)  the home cannot be opened, is busy, or the disk is full
└── NotPermitted    (exit 3)  refused by configuration or rights

Refusal                       not an error: a step ends the question early with an outcome; caught only in `ask.py`
"""

from __future__ import annotations

from wazi.types import Outcome


class WaziError(Exception):
    """A failure that a person can act on. `exit_code` is what the shell gets."""

    exit_code = 2


class UsageError(WaziError):
    """The command or the question cannot be used as given."""


class InputError(WaziError):
    """A file or folder cannot be read."""


class SettingError(WaziError):
    """A setting is unknown or has a bad value."""


class MissingPart(WaziError):
    """A model, an extra or a system package is not here; the message names the command that brings it."""


class StoreError(WaziError):
    """The home cannot be opened, is busy, or cannot be written."""


class NotPermitted(WaziError):
    """Refused by configuration or rights."""

    exit_code = 3


class Refusal(Exception):
    """A step ends the question with an outcome. `detail` goes to the audit trail, never to the reader."""

    def __init__(self, outcome: Outcome, detail: str = "") -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
