# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""`wazi mcp` on standard input and output, by the official client."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="the extra is not installed: pip install 'wazi[mcp]'")

STALL = "What does a market stall cost per day?"
SETTINGS = '[embed]\nmodel = "fake-embedder"\n[access.readers]\nclerk = ["staff"]\n'


async def texts(home: Path, *options: str) -> tuple[str, list[str], str]:
    """The revision, the titles of the documents, and what a search finds."""
    command = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "wazi.cli", "mcp", "--home", str(home), *options]
    )
    async with mcp.Client(mcp.stdio_client(command)) as client:
        listed = await client.list_resources()
        found: Any = await client.call_tool("search", {"query": STALL})
        return client.protocol_version, [each.title for each in listed.resources], found.content[0].text


def test_one_program_reads_what_is_public_or_what_its_reader_may(tmp_path: Path) -> None:
    from wazi.cli import main

    home = tmp_path / "home"
    home.mkdir()
    (home / "wazi.toml").write_text(SETTINGS, encoding="utf-8")
    for name, label in (("charter", "public"), ("audit", "staff")):
        file = tmp_path / f"{name}.md"
        file.write_text(f"# {name}\n\nA market stall of the {name} costs 450 shillings per day.", encoding="utf-8")
        assert main(["ingest", str(file), "--home", str(home), "--label", label]) == 0
    version, titles, found = asyncio.run(texts(home))
    assert version == "2026-07-28"
    assert titles == ["charter"]
    assert "audit" not in found
    _, titles, found = asyncio.run(texts(home, "--as", "clerk"))
    assert sorted(titles) == ["audit", "charter"]
    assert "audit" in found
