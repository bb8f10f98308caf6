# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Costs add up, and the method of the joules is named."""

import time

import pytest

from wazi.config import Meter as MeterSettings
from wazi.meter import Meter
from wazi.types import Usage


def burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_the_answer_costs_what_its_steps_cost() -> None:
    meter = Meter(MeterSettings(watts=10, gco2e_per_kwh=360, usd_per_kwh=0.36))
    with meter.step("retrieve"):
        burn(0.02)
    with meter.step("compose"):
        burn(0.03)
    meter.count("compose", Usage(100, 20))
    meter.count("compose", Usage(1, 2))
    cost = meter.cost()
    assert cost.joules == pytest.approx(sum(step["joules"] for step in cost.steps.values()), abs=0.01)
    assert (cost.tokens_in, cost.tokens_out) == (101, 22)
    assert cost.seconds >= sum(step["seconds"] for step in cost.steps.values()) - 0.001
    assert cost.gco2e == pytest.approx(cost.joules / 3.6e6 * 360, abs=1e-6)
    assert cost.usd == pytest.approx(cost.joules / 3.6e6 * 0.36, abs=1e-8)


def test_a_step_that_breaks_is_still_counted() -> None:
    meter = Meter(MeterSettings())
    with pytest.raises(ValueError, match="broken"), meter.step("retrieve"):
        raise ValueError("broken")
    assert "retrieve" in meter.cost().steps


def test_the_method_is_named_with_its_assumption() -> None:
    method = Meter(MeterSettings(watts=12)).cost().joules_method
    assert method in {"measured: rapl", "estimate: cpu seconds x 12 W"}
