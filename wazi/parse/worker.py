# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`parse` in a child process with a time and a memory limit, so that a hostile file cannot take the house down.

The child is started at the first file and kept; after a timeout, a crash or out of memory the next file gets a new one.
It answers in JSON, so that a child taken over by a file cannot run code in the parent. It dies with its parent. This
module knows no format.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from pydantic import TypeAdapter

import wazi
from wazi.config import Parse
from wazi.errors import InputError, MissingPart, WaziError
from wazi.parse import parse
from wazi.types import Parsed, Provenance, RawFile

MODULE = "wazi.parse.worker"
LENGTH = struct.Struct(">Q")
START_SECONDS = 60.0
PR_SET_PDEATHSIG = 1
OUT_OF_MEMORY = "out of memory"
OUT_OF_MEMORY_CODE = 77


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file cannot be read: the name of the error and its message."""

    error: str
    message: str


REPLY: TypeAdapter[Parsed | Failure] = TypeAdapter(Parsed | Failure)


class SafeParser:
    """Parses files one after the other in a child process; not for use by two threads at once.

    Use as a context manager: leaving it ends the child.
    """

    def __init__(self, settings: Parse) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._stderr: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the child, None while there is none."""
        return self._child.pid if self._child else None

    def __enter__(self) -> SafeParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, whatever it does; safe to call twice."""
        if self._child:
            self._child.kill()
            self._child.wait()
        if self._socket:
            self._socket.close()
        if self._stderr:
            self._stderr.close()
        self._child = self._socket = self._stderr = None

    def parse(self, raw: RawFile) -> Parsed:
        """Parse one file. Raises InputError when it cannot be read, takes too long, needs too much memory or crashes."""
        if self._child and self._child.poll() is not None:
            self.close()
        channel = self._socket or self._start()
        deadline = time.monotonic() + self._settings.seconds
        try:
            request = {"name": raw.name, "source": raw.source, "language": raw.provenance.language}
            _send(channel, json.dumps(request).encode(), deadline)
            _send(channel, raw.data, deadline)
            reply = _receive(channel, deadline)
        except TimeoutError:
            self.close()
            raise InputError(
                f"{raw.name} took longer than {self._settings.seconds:g} s to parse: split it or raise [parse] seconds"
            ) from None
        except (EOFError, ConnectionError):
            raise InputError(self._why_it_ended(raw)) from None
        except BaseException:
            self.close()  # Ctrl-C: an answer that is under way must not be taken for the next file's
            raise
        answer = REPLY.validate_json(reply)
        if isinstance(answer, Parsed):
            return answer
        raise (MissingPart if answer.error == MissingPart.__name__ else InputError)(answer.message)

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `close`: it lives as long as the child
        # The folder that holds the package is the working directory: `-m` then finds this package and no other.
        self._child = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(theirs.fileno()), str(os.getpid()), self._settings.model_dump_json()],
            cwd=Path(wazi.__file__).parent.parent,
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._stderr,
        )
        theirs.close()
        self._socket = ours
        try:
            _receive(ours, time.monotonic() + START_SECONDS)
        except (EOFError, ConnectionError, TimeoutError):
            reason = self._last_words()
            self.close()
            raise InputError(f"the parser did not start ({reason}): raise [parse] memory_mib") from None
        return ours

    def _why_it_ended(self, raw: RawFile) -> str:
        reason, limit = self._last_words(), self._settings.memory_mib
        self.close()
        if reason == OUT_OF_MEMORY:
            return f"{raw.name} needs more than {limit} MiB to parse: split it or raise [parse] memory_mib"
        if reason.startswith("SIG"):
            advice = f"it is damaged, or needs more than {limit} MiB: save it anew or raise [parse] memory_mib"
        else:
            advice = "it is damaged in a way the parser does not know: save it anew and report this line"
        return f"{raw.name} stopped the parser ({reason}): {advice}"

    def _last_words(self) -> str:
        """Why the child ended: its signal, out of memory, or the last line it wrote."""
        if not self._child or not self._stderr:
            return "unknown"
        code = self._child.wait()
        if code < 0:
            return signal.Signals(-code).name
        if code == OUT_OF_MEMORY_CODE:
            return OUT_OF_MEMORY
        self._stderr.seek(0)
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else f"exit code {code}"


def _send(channel: socket.socket, data: bytes, deadline: float) -> None:
    channel.settimeout(max(deadline - time.monotonic(), 0.001))
    channel.sendall(LENGTH.pack(len(data)))
    channel.settimeout(max(deadline - time.monotonic(), 0.001))
    channel.sendall(data)


def _receive(channel: socket.socket, deadline: float | None) -> bytearray:
    """One message; raises EOFError when the other side is gone and TimeoutError at the deadline."""
    size = LENGTH.unpack(_exactly(channel, LENGTH.size, deadline))[0]
    return _exactly(channel, size, deadline)


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytearray:
    data = bytearray()
    while len(data) < size:
        channel.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
        piece = channel.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return data


def _serve(channel: socket.socket, settings: Parse) -> None:
    """Answer requests until the parent closes its end."""
    _send_now(channel, b"{}")
    while True:
        try:
            request = json.loads(_receive(channel, None))
            data = bytes(_receive(channel, None))
        except EOFError:
            return
        try:
            said = Provenance(language=request["language"])
            reply: Parsed | Failure = parse(RawFile(request["source"], request["name"], data, "", said), settings)
        except WaziError as error:
            reply = Failure(type(error).__name__, str(error))
        _send_now(channel, REPLY.dump_json(reply))


def _send_now(channel: socket.socket, data: bytes) -> None:
    channel.sendall(LENGTH.pack(len(data)))
    channel.sendall(data)


def _die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when the parent ends, even by kill -9; elsewhere it ends at its next read."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)  # it ended before the line above


def main() -> None:
    """The child: `python -m wazi.parse.worker SOCKET PARENT SETTINGS`."""
    _die_with_parent(int(sys.argv[2]))
    settings = Parse.model_validate_json(sys.argv[3])
    limit = settings.memory_mib * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        try:
            _serve(channel, settings)
        except MemoryError:
            sys.exit(OUT_OF_MEMORY_CODE)  # not to be used any more: its memory may be in pieces


if __name__ == "__main__":
    main()
