# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the reader in steps that can be interrupted at any moment: a run is a folder, and resumes from its last checkpoint.

The folder holds the windows, the newest checkpoint (replaced at once, never half written) and a log of JSON lines. Rates follow the
step, not the clock, so a run is the same on a slower machine but for rounding: products are in bfloat16 where the processor
has it. Span loss: cross-entropy of begin and end; relevance: binary cross-entropy. It does not decide whether what it trained is
any good.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from wazi.errors import InputError
from wazi.meter import Meter
from wazi.models import reader_file, reader_graph
from wazi.models.e5_graph import processor
from wazi.models.reader_inputs import Embedding
from wazi.tune import export, windows
from wazi.tune.area import auc
from wazi.tune.network import ReaderNetwork
from wazi.tune.windows import Window

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train. Rates are for the layers and for the heads, which begin from chance."""

    steps: int
    batch_tokens: int = 2048
    rate: float = 2e-4
    head_rate: float = 1e-3
    warm_up: float = 0.06
    cool_down: float = 0.6
    """Share of the steps over which the rate falls to nothing. Before it, a run may be resumed with other `steps`."""
    decay: float = 0.01
    clip: float = 1.0
    relevance: float = 1.0
    """Weight of the relevance loss beside the span loss."""
    dropout: float = 0.1
    """Share of what each part of a layer adds that is left out of a step."""
    frozen: int = 0
    """Layers from below, with the embeddings, that stay as they are."""
    seed: int = 17
    log_every: int = 10
    test_every: int = 200
    checkpoint_seconds: float = 80.0
    """What a kill may cost, besides the start."""


class Run:
    """One training run in a folder; made there again, it goes on from the last checkpoint. Raises InputError for another plan."""

    def __init__(self, folder: Path, plan: Plan, *, network: ReaderNetwork, embedding: Embedding, meter: Meter) -> None:
        self.folder, self.plan, self.network, self._embedding, self._meter = folder, plan, network, embedding, meter
        _freeze(network, plan.frozen)
        self._bfloat16 = reader_graph.suited(processor()) == "bf16"
        self._optimiser = torch.optim.AdamW(_groups(network, plan), weight_decay=plan.decay, fused=True)
        self.step, self.seen, self.seconds, self.joules = 0, 0, 0.0, 0.0
        self._resume()
        self._told = (self.step, self.seconds)

    def train(self, passes: Sequence[Sequence[Window]], dev: Sequence[Window], say: Callable[[str], None]) -> None:
        """Go on to the last step. `passes` are the windows of every pass over the rows; the last one is repeated if need be."""
        order = self._order(passes)
        losses: list[tuple[float, float]] = []
        saved = time.perf_counter()
        self.network.train()
        while self.step < self.plan.steps:
            number, batch = order[self.step]
            began, before = time.perf_counter(), self._meter.cost().joules
            with self._meter.step("train"):
                losses.append(self._learn([passes[number][each] for each in batch]))
            self.seconds += time.perf_counter() - began
            self.joules += self._meter.cost().joules - before
            self.step, self.seen = self.step + 1, self.seen + len(batch)
            if self.step % self.plan.log_every == 0:
                self._log({"event": "step", **self._progress(losses)}, say)
                losses.clear()
            if dev and self.step % self.plan.test_every == 0:
                self._log({"event": "dev", "step": self.step, **self.measure(dev)}, say)
            if time.perf_counter() - saved >= self.plan.checkpoint_seconds:
                self.save()
                saved = time.perf_counter()
        self.save()

    def measure(self, dev: Sequence[Window]) -> dict[str, float]:
        """On windows not trained on: losses, the share of spans found to the token, AUC of relevance."""
        self.network.eval()
        span, exact, scores, labels = [], [], [], []
        with torch.no_grad():
            for batch in windows.batches([len(each.pair.ids) for each in dev], self.plan.batch_tokens, Random(0)):
                chosen = [dev[each] for each in batch]
                begin, end, relevance, goal = self._forward(chosen)
                has = goal["begin"] > 0
                if has.any():
                    span.append(float(_span_loss(begin[has], end[has], goal["begin"][has], goal["end"][has]).mean()))
                    begin[:, 0] = end[:, 0] = -1e4
                    right = (begin.argmax(1) == goal["begin"]) & (end.argmax(1) == goal["end"])
                    exact += right[has].tolist()
                scores += relevance.tolist()
                labels += goal["relevant"].tolist()
        self.network.train()
        return {
            "span_loss": round(float(np.mean(span)), 4) if span else 0.0,
            "exact": round(100 * float(np.mean(exact)), 1) if exact else 0.0,
            "relevance_auc": round(100 * auc(scores, labels), 1),
        }

    def save(self) -> None:
        """Write the checkpoint; the one before is there until this one is whole."""
        state = {
            "plan": asdict(self.plan),
            "network": self.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "run": {"step": self.step, "seen": self.seen, "seconds": self.seconds, "joules": self.joules},
        }
        temporary = self.folder / (CHECKPOINT + ".part")
        torch.save(state, temporary)
        temporary.replace(self.folder / CHECKPOINT)

    def _resume(self) -> None:
        file = self.folder / CHECKPOINT
        if not file.exists():
            return
        state = torch.load(file, weights_only=True)
        planned = state["plan"]
        level = state["run"]["step"] <= (1 - planned["cool_down"]) * planned["steps"]
        if planned != asdict(self.plan) and not (level and planned | {"steps": self.plan.steps} == asdict(self.plan)):
            told = f"{file} is of a run with {planned}"
            raise InputError(f"{told}: give the same options to go on, or another --out")
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        run = state["run"]
        self.step, self.seen, self.seconds, self.joules = run["step"], run["seen"], run["seconds"], run["joules"]
        self._log({"event": "resumed", "step": self.step}, None)

    def _order(self, passes: Sequence[Sequence[Window]]) -> list[tuple[int, list[int]]]:
        """A pass and a batch of it for every step."""
        order: list[tuple[int, list[int]]] = []
        turn = 0
        while len(order) < self.plan.steps:
            number = min(turn, len(passes) - 1)
            sizes = [len(each.pair.ids) for each in passes[number]]
            drawn = windows.batches(sizes, self.plan.batch_tokens, Random(f"{self.plan.seed} {turn}"))
            order += [(number, batch) for batch in drawn]
            turn += 1
        return order[: self.plan.steps]

    def _learn(self, chosen: Sequence[Window]) -> tuple[float, float]:
        factor = _schedule(self.step, self.plan)
        for group in self._optimiser.param_groups:
            group["lr"] = group["top"] * factor
        # What is dropped follows the step, so that a resumed run goes on the same.
        torch.manual_seed(self.plan.seed + self.step)
        begin, end, relevance, goal = self._forward(chosen)
        spans = _span_loss(begin, end, goal["begin"], goal["end"]) * goal["span"]
        span = spans.sum() / goal["span"].sum().clamp(min=1)
        judged = functional.binary_cross_entropy_with_logits(relevance, goal["relevant"])
        (span + self.plan.relevance * judged).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.clip)
        self._optimiser.step()
        self._optimiser.zero_grad()
        return float(span.detach()), float(judged.detach())

    def _forward(self, chosen: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor, Mapping[str, Tensor]]:
        ids, real, passage = self._embedding.padded([each.pair for each in chosen], step=1)
        words = torch.from_numpy(self._embedding.words(ids))
        with torch.autocast("cpu", torch.bfloat16, enabled=self._bfloat16):
            told = self.network(words, torch.from_numpy(real), torch.from_numpy(passage))
        begin, end, relevance = (each.float() for each in told)
        goal = {name: torch.from_numpy(row) for name, row in windows.targets(chosen).items()}
        return begin, end, relevance, goal | {name: goal[name].long() for name in ("begin", "end")}

    def _progress(self, losses: Sequence[tuple[float, float]]) -> dict[str, Any]:
        # By the steps since the last line: other work on the machine comes and goes.
        pace = (self.seconds - self._told[1]) / max(1, self.step - self._told[0])
        left = (self.plan.steps - self.step) * pace
        self._told = (self.step, self.seconds)
        span, relevance = np.mean(losses, axis=0)
        return {
            "step": self.step,
            "of": self.plan.steps,
            "seen": self.seen,
            "span_loss": round(float(span), 4),
            "relevance_loss": round(float(relevance), 4),
            "seconds": round(self.seconds, 1),
            "seconds_left": round(left, 1),
            "joules": round(self.joules, 1),
        }

    def _log(self, row: Mapping[str, Any], say: Callable[[str], None] | None) -> None:
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        if say:
            say(", ".join(f"{name} {value}" for name, value in row.items() if name != "event"))


def begin(network: ReaderNetwork, start: Path) -> dict[str, Any]:
    """Set a network to that of another run, by its checkpoint or its reader, and tell what that run had seen.

    Raises InputError, MissingPart.
    """
    if start.suffix == ".npz":
        made = reader_file.read(start)
        network.load_state_dict(export.state(made, network))
        return {name: made.card.get(name) for name in ("seen", "plan")}
    try:
        state = torch.load(start, weights_only=True)
        network.load_state_dict(state["network"])
    except (OSError, RuntimeError, KeyError, UnpicklingError) as error:
        raise InputError(
            f"cannot start from {start}: give the checkpoint.pt or the reader.npz of another run: {error}"
        ) from error
    return {**state["run"], "plan": state["plan"]}


def _span_loss(begin: Tensor, end: Tensor, first: Tensor, last: Tensor) -> Tensor:
    each = [functional.cross_entropy(*pair, reduction="none") for pair in ((begin, first), (end, last))]
    return (each[0] + each[1]) / 2


def _schedule(step: int, plan: Plan) -> float:
    """Up in a line, level, then down to nothing in a line."""
    return min((step + 1) / max(1, plan.warm_up * plan.steps), 1.0, (plan.steps - step) / (plan.cool_down * plan.steps))


def _freeze(network: ReaderNetwork, layers: int) -> None:
    still = [network.emb.ln, *network.emb.layers[:layers]] if layers else []
    for module in still:
        module.requires_grad_(False)
    if layers:
        network.emb.places.requires_grad_(False)
        network.emb.kinds.requires_grad_(False)


def _groups(network: ReaderNetwork, plan: Plan) -> list[dict[str, Any]]:
    body = [each for each in network.emb.parameters() if each.requires_grad]
    heads = list(network.heads.parameters())
    return [
        {"params": body, "lr": plan.rate, "top": plan.rate},
        {"params": heads, "lr": plan.head_rate, "top": plan.head_rate},
    ]
