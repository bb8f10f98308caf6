# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The protocol's official conformance runner against the running application; `npm/mcp_expected.yml` says what fails, and why."""

import shutil
import subprocess
from pathlib import Path

import pytest
from serving import serving

from wazi.desk import Desk

pytest.importorskip("mcp", reason="the extra is not installed: pip install 'wazi[mcp]'")

NPM = Path(__file__).parent / "npm"
RUNNER = NPM / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"


@pytest.mark.enable_socket
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here: apt install nodejs")
@pytest.mark.skipif(not RUNNER.exists(), reason="type npm install --prefix tests/npm")
@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
def test_the_official_runner(desk: Desk, revision: str, tmp_path: Path) -> None:
    with serving(desk) as at:
        options = ["--url", f"{at}/mcp", "--suite", "all", "--spec-version", revision, "--timeout", "120000"]
        expected = ["--expected-failures", str(NPM / "mcp_expected.yml")]
        done = subprocess.run(
            ["node", "--import", str(NPM / "mcp_conformance.mjs"), str(RUNNER), "server", *options, *expected],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "tools-list" in done.stdout
