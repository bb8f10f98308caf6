# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Nothing leaves the machine: ingest and ask with real models where there is no network at all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parent.parent / "samples"
WITHOUT_NETWORK = ["unshare", "--map-root-user", "--net"]
"""A network namespace of its own, without even a loopback that is up: any packet fails."""

BLOCK = """
import socket, sys
def refuse(*_):
    raise AssertionError("something opened a connection")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from wazi.cli import main
sys.exit(main(sys.argv[1:]))
"""


def can_unshare() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*WITHOUT_NETWORK, "true"], capture_output=True, check=False).returncode == 0


def offline(home: Path, *arguments: str) -> dict[str, object]:
    """Run a command with no network; where a namespace cannot be made, with Python's sockets refused."""
    command = [sys.executable, "-c", BLOCK, *arguments, "--home", str(home), "--json"]
    prefix = WITHOUT_NETWORK if can_unshare() else []
    done = subprocess.run([*prefix, *command], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode in (0, 1), done.stderr
    parsed: dict[str, object] = json.loads(done.stdout)
    return parsed


@pytest.mark.real
@pytest.mark.parametrize("model", ["quote", "qwen2.5-coder-1.5b"])
def test_ingest_and_ask_without_a_network(tmp_path: Path, model: str) -> None:
    done = offline(tmp_path / "home", "ingest", str(SAMPLES / "faq.md"), str(SAMPLES / "chanjo-kipeperushi.md"))
    assert [row["status"] for row in done["documents"]] == ["complete", "complete"]  # type: ignore[index, attr-defined]
    answer = offline(tmp_path / "home", "ask", "Who may collect a birth certificate for an adult?", "--model", model)
    assert answer["outcome"] == "answered"


@pytest.mark.real
def test_the_network_really_is_blocked_there(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BLOCK.partition("from wazi")[0] + "socket.create_connection(('192.0.2.1', 80), 1)"]
    prefix = WITHOUT_NETWORK if can_unshare() else []
    assert subprocess.run([*prefix, *command], capture_output=True, check=False).returncode != 0
