# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The official `openai` client for JavaScript against the running application."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from serving import serving

from wazi.desk import Desk

NPM = Path(__file__).parent / "npm"
STALL = "What does a market stall cost per day?"
COST = "A market stall costs 450 shillings per day."


@pytest.mark.enable_socket
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: apt install nodejs")
@pytest.mark.skipif(not (NPM / "node_modules" / "openai").exists(), reason="type npm install --prefix tests/npm")
def test_the_client_for_javascript(desk: Desk) -> None:
    with serving(desk) as at:
        done = subprocess.run(
            ["node", str(NPM / "openai_client.mjs"), at, STALL],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for key in ("chat", "cited", "streamed", "response", "stored", "later"):
        assert told[key] == COST, key
    assert told["tokens"] > 0
    assert told["events"][0] == "response.created"
    assert told["events"][-1] == "response.completed"
    assert told["gone"] == "NotFoundError"
    assert told["wrong"] == "NotFoundError"
    assert told["empty"] == "BadRequestError"
    assert told["models"][0] == "wazi"
    assert told["dimension"] == 384
    assert told["files"] == ["charter.md"]
    assert "450 shillings" in told["found"]
