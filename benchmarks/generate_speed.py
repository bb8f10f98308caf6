# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Speed and memory of the models on this computer: python benchmarks/generate_speed.py.

Opens the embedder and the generator of the settings and measures them with texts made from a fixed seed, so two runs see
the same prompts. It knows nothing about quality.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import time
from typing import Any

from wazi import config, models, prompts
from wazi.models import Embedder, Generator

SOURCE = """the county office opens on every working day from eight until four and a certificate of birth costs two hundred
shillings paid at the counter or by mobile money before the request is stamped by the clerk of the ward"""
WORDS = SOURCE.split()
SENTENCES = 20
SCHEMA = {
    "type": "object",
    "properties": {
        "answerable": {"type": "boolean"},
        "sentences": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": SENTENCES}, "maxItems": 2},
    },
    "required": ["answerable", "sentences"],
    "additionalProperties": False,
}


def text(words: int, seed: int) -> str:
    """Words in an order that no other seed has."""
    chosen = random.Random(seed).choices(WORDS, k=words)
    return " ".join(chosen) + "."


def prompt(seed: int) -> list[dict[str, str]]:
    """About 600 tokens: the system prompt of `compose`, twenty numbered sentences, a question."""
    numbered = "\n".join(f"[{n}] {text(18, 100 * seed + n)}" for n in range(1, SENTENCES + 1))
    question = "Question: How much does a certificate of birth cost?"
    return [
        {"role": "system", "content": prompts.load("point").text},
        {"role": "user", "content": f"{numbered}\n\n{question}"},
    ]


def once(generator: Generator, messages: list[dict[str, str]], schema: Any, max_tokens: int) -> dict[str, float]:
    """One generation: seconds to the first piece and in all, tokens in and out, processor seconds."""
    start, busy, first = time.perf_counter(), time.process_time(), 0.0
    pieces = generator.generate(messages, schema=schema, max_tokens=max_tokens)
    while True:
        try:
            next(pieces)
        except StopIteration as stop:
            usage = stop.value
            break
        first = first or time.perf_counter() - start
    total = time.perf_counter() - start
    return {
        "first_seconds": first,
        "seconds": total,
        "processor_seconds": time.process_time() - busy,
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "prompt_tokens_per_second": usage.tokens_in / first,
        "output_tokens_per_second": (usage.tokens_out - 1) / max(total - first, 1e-9),
    }


def embedding(embedder: Embedder) -> dict[str, float]:
    """Passages of about 220 tokens a second, and the median milliseconds of a question."""
    passages = [text(160, seed) for seed in range(64)]
    start, busy = time.perf_counter(), time.process_time()
    embedder.passages(passages)
    seconds, processor = time.perf_counter() - start, time.process_time() - busy
    questions = []
    for seed in range(50):
        start = time.perf_counter()
        embedder.query(text(10, seed))
        questions.append(1000 * (time.perf_counter() - start))
    return {
        "passages_per_second": len(passages) / seconds,
        "passages_per_processor_second": len(passages) / processor,
        "query_ms_p50": statistics.median(questions),
        "peak_mib": peak_mib(),
    }


def generating(generator: Generator) -> dict[str, Any]:
    """The prompt cold, the same again (whole prefix cached), others (system prompt cached), and free writing."""
    free = [{"role": "user", "content": "Describe the work of a county office at length."}]
    return {
        "cold": once(generator, prompt(1), SCHEMA, 64),
        "same_again": once(generator, prompt(1), SCHEMA, 64),
        "other_passages": once(generator, prompt(2), SCHEMA, 64),
        "free": once(generator, free, None, 100),
        "peak_mib": peak_mib(),
    }


def peak_mib() -> float:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a generator of the catalogue; default: the one of the settings")
    settings = config.load()
    options = parser.parse_args()
    found: dict[str, Any] = {"load_average": os.getloadavg()[0], "embed": embedding(models.open_embedder(settings))}
    start = time.perf_counter()
    generator = models.open_generator(settings, options.model)
    once(generator, [{"role": "user", "content": "Hi."}], None, 2)
    found["generator_ready_seconds"] = time.perf_counter() - start
    found["generate"] = generating(generator)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
