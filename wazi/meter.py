# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Seconds, tokens and joules per step; grams of CO2e and money per answer.

Joules come from the processor's own counters (RAPL) where they can be read, and are then those of the whole machine;
otherwise they are an estimate: processor seconds of this process times the watts of one busy core in the settings. The
estimate knows nothing of memory, disk or power supply, and counts what other threads of the process do meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wazi.config import Meter as MeterSettings
from wazi.types import Cost, Usage

POWERCAP = Path("/sys/class/powercap")
JOULES_PER_KWH = 3.6e6


@dataclass(slots=True)
class Span:
    """What one step used so far."""

    seconds: float = 0.0
    joules: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0


class Meter:
    """The meter of one answer or one ingest: spans by step name, in the order in which they began."""

    def __init__(self, settings: MeterSettings) -> None:
        self.settings = settings
        self.spans: dict[str, Span] = {}
        self._began = time.perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure the block under `name`; a step measured twice adds up."""
        span = self.spans.setdefault(name, Span())
        began, energy = time.perf_counter(), _energy(self.settings.watts)
        try:
            yield
        finally:
            span.seconds += time.perf_counter() - began
            span.joules += max(0.0, _energy(self.settings.watts) - energy)

    def count(self, name: str, usage: Usage) -> None:
        """Count the tokens of one generation under the step `name`."""
        span = self.spans.setdefault(name, Span())
        span.tokens_in += usage.tokens_in
        span.tokens_out += usage.tokens_out

    def cost(self) -> Cost:
        """The sum so far. `seconds` is wall time since the meter was made; the rest adds up over the spans."""
        spans = self.spans.values()
        joules = sum(span.joules for span in spans)
        kwh = joules / JOULES_PER_KWH
        return Cost(
            seconds=round(time.perf_counter() - self._began, 4),
            tokens_in=sum(span.tokens_in for span in spans),
            tokens_out=sum(span.tokens_out for span in spans),
            joules=round(joules, 3),
            joules_method=method(self.settings.watts),
            gco2e=round(kwh * self.settings.gco2e_per_kwh, 6),
            usd=round(kwh * self.settings.usd_per_kwh, 8),
            steps={name: _row(span) for name, span in self.spans.items()},
        )


def method(watts: float) -> str:
    """How joules are obtained on this machine, in words for a receipt."""
    return "measured: rapl" if _counters() else f"estimate: cpu seconds x {watts:g} W"


def _row(span: Span) -> dict[str, float | int]:
    row: dict[str, float | int] = {"seconds": round(span.seconds, 4), "joules": round(span.joules, 3)}
    if span.tokens_in or span.tokens_out:
        row |= {"tokens_in": span.tokens_in, "tokens_out": span.tokens_out}
    return row


@cache
def _counters() -> tuple[Path, ...]:
    """The readable package counters; often none: virtual machines hide them and new kernels keep them for root."""
    found = []
    for counter in sorted(POWERCAP.glob("intel-rapl:[0-9]/energy_uj")):
        try:
            counter.read_text()
        except OSError:
            continue
        found.append(counter)
    return tuple(found)


def _energy(watts: float) -> float:
    """Joules on a running counter; only differences mean anything."""
    counters = _counters()
    if counters:
        return sum(int(counter.read_text()) for counter in counters) / 1e6
    return time.process_time() * watts
