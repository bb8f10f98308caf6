# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What is known of a file before its pictures are read; nothing of how they are read."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

SHARE_OF_TIME = 0.75
"""Of the seconds a file may take, the part after which no further page is begun: what was read must still be handed over."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known before reading: the languages that the keeper named, and the seconds that the whole file may take."""

    languages: tuple[str, ...] = ()
    seconds: float = 300.0
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until no further page should be begun."""
        return self.began + SHARE_OF_TIME * self.seconds - time.monotonic()
