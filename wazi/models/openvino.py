# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A GGUF model on OpenVINO GenAI, on the processor: prefix caching, JSON-schema output, one generation at a time.

The first load converts the weights into OpenVINO's own form and keeps it beside them, which later loads read in a
fraction of the time. It knows nothing of prompts, and cannot stop in the middle of reading one.
"""

from __future__ import annotations

import errno
import fcntl
import json
import shutil
import threading
from collections.abc import Generator as PyGenerator
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from wazi.errors import MissingPart, UsageError
from wazi.models.openvino_import import report_to_nobody
from wazi.types import Usage

report_to_nobody()

import openvino_genai as genai  # noqa: E402

CONTEXT_TOKENS = 8192
"""Prompt and reply together. The cache holds as much; beyond it the pipeline would cut the prompt without a word."""

CACHE_BLOCK_TOKENS = 16
MANIFEST = "wazi.json"

LOADING = threading.Lock()
"""The runtime finds its tokenizer library through the environment of the process while it loads: one load at a time."""


class OpenVinoGenerator:
    """Generator. `path` is a GGUF file; it is loaded in the background from now on, and waited for at the first use."""

    def __init__(
        self, path: Path, *, name: str = "", writes: frozenset[str] = frozenset(), marks: frozenset[str] = frozenset()
    ) -> None:
        self.name = name or path.stem
        self.writes, self.marks = writes, marks
        self.path = path
        # One worker is the queue: generations side by side on two cores ran at a tenth of their speed.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="generate")
        self._loaded = self._worker.submit(self._load)

    def generate(
        self, messages: Sequence[Mapping[str, str]], *, schema: Mapping[str, Any] | None, max_tokens: int
    ) -> PyGenerator[str, None, Usage]:
        """Yield pieces as they come; return the tokens used. Raises MissingPart and UsageError."""
        pieces: SimpleQueue[str | None] = SimpleQueue()
        stopped = threading.Event()
        running = self._worker.submit(self._run, messages, schema, max_tokens, pieces, stopped)
        try:
            while (piece := pieces.get()) is not None:
                yield piece
        finally:
            stopped.set()
        return running.result()

    def close(self) -> None:
        """Wait for what runs and release the model."""
        self._worker.shutdown(cancel_futures=True)
        self._loaded.cancel()

    def _load(self) -> Any:
        form = prepare(self.path)
        try:
            pipeline = _pipeline(form)
        except MissingPart:
            if form == self.path:
                raise
            shutil.rmtree(form)  # damaged in a way that sizes do not show
            pipeline = _pipeline(prepare(self.path))
        # The first inference lays out the weights (17 s of processor time): not while somebody waits for an answer.
        pipeline.generate([" "], _config(pipeline, None, 1))
        return pipeline

    def _run(
        self,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any] | None,
        max_tokens: int,
        pieces: SimpleQueue[str | None],
        stopped: threading.Event,
    ) -> Usage:
        status = genai.StreamingStatus

        def take(piece: str) -> Any:
            pieces.put(piece)
            return status.CANCEL if stopped.is_set() else status.RUNNING

        try:
            if stopped.is_set():
                return Usage()
            pipeline = self._loaded.result()
            tokenizer = pipeline.get_tokenizer()
            history = genai.ChatHistory([{"role": m["role"], "content": _plain(m["content"])} for m in messages])
            prompt = tokenizer.apply_chat_template(history, add_generation_prompt=True)
            tokens = tokenizer.encode(prompt, add_special_tokens=False).input_ids.shape[1]
            if tokens + max_tokens > CONTEXT_TOKENS:
                said = f"a prompt of {tokens} tokens and a reply of {max_tokens} exceed {CONTEXT_TOKENS}"
                raise UsageError(f"{said}: lower [compose] context_characters or max_tokens")
            result = pipeline.generate([prompt], _config(pipeline, schema, max_tokens), take)
            metrics = result.perf_metrics
            return Usage(metrics.get_num_input_tokens(), metrics.get_num_generated_tokens())
        finally:
            pieces.put(None)


def prepare(path: Path) -> Path:
    """The folder with OpenVINO's own form of a GGUF file: built once, and again when it is damaged or out of date.

    Returns `path` itself where the form cannot be kept (a directory that is full or not writable): loading is slower then.
    """
    folder = path.with_name(f"{path.stem}.openvino-{version('openvino-genai')}")
    if _whole(folder, path):
        return folder
    try:
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _whole(folder, path):
                _build(folder, path)
    except OSError:
        return path
    return folder


def _build(folder: Path, path: Path) -> None:
    if shutil.disk_usage(path.parent).free < 1.5 * path.stat().st_size:
        raise OSError(errno.ENOSPC, "no room for OpenVINO's own form")
    for old in path.parent.glob(f"{path.stem}.openvino-*"):
        shutil.rmtree(old)
    building = folder.with_name(folder.name + ".building")
    building.mkdir()
    try:
        (building / path.name).symlink_to(path.absolute())
        _pipeline(building / path.name, enable_save_ov_model=True)
        (building / path.name).unlink()
        sizes = {file.name: file.stat().st_size for file in building.iterdir()}
        manifest = {"made_of": _stamp(path), "files": sizes}
        (building / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        building.replace(folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _stamp(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"bytes": stat.st_size, "changed": stat.st_mtime_ns}


def _whole(folder: Path, path: Path) -> bool:
    """The folder was made of this very file, and every file in it has the size it was written with."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in manifest["files"]}
        return bool(sizes) and manifest["files"] == sizes and manifest["made_of"] == _stamp(path)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _pipeline(path: Path, **options: bool) -> Any:
    scheduler = genai.SchedulerConfig()
    scheduler.enable_prefix_caching = True
    scheduler.num_kv_blocks = CONTEXT_TOKENS // CACHE_BLOCK_TOKENS
    scheduler.max_num_seqs = 1
    try:
        with LOADING:
            return genai.LLMPipeline(str(path), "CPU", scheduler_config=scheduler, **options)
    except (RuntimeError, IndexError, ValueError) as error:  # what its C++ throws for a file it cannot read
        reason = str(error).strip().splitlines()[-1]
        raise MissingPart(f"{path.resolve()} cannot be loaded ({reason}): type `wazi models verify`") from error


def _config(pipeline: Any, schema: Mapping[str, Any] | None, max_tokens: int) -> Any:
    config = pipeline.get_generation_config()
    config.do_sample = False
    config.apply_chat_template = False
    config.max_new_tokens = max_tokens
    if schema is not None:
        structure = genai.StructuredOutputConfig()
        structure.json_schema = json.dumps(schema)
        config.structured_output_config = structure
    return config


def _plain(content: str) -> str:
    """Text in which nothing is a control token: a document that says `<|im_end|>` must not end its message."""
    return content.replace("<|", "< |")
