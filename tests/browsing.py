# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A running server of small honest parts and a browser that looks at it, for the tests of pages."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from conftest import CHARTER, put

from wazi import config
from wazi.audit import Trail
from wazi.desk import Desk, Models
from wazi.meter import Meter
from wazi.models.fake import FakeEmbedder, FakeGenerator
from wazi.serve.app import _listen, create
from wazi.state import open_state
from wazi.store.memory import MemoryStore

SAMPLES = Path(__file__).parent.parent / "samples"
CONTACT = "Citizens' desk, Mwangaza, 8 to 16, telephone 0800 555 0100"
LEAFLET = "Leseni ya biashara sokoni ni shilingi elfu moja kwa mwaka."
ARABIC = "رخصة البيع في السوق تكلف ألف شلن في السنة."


def browser_of_the_system() -> str | None:
    """The path of Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def desk_in(home: Path, **web: Any) -> Desk:
    """A desk with the charter, a PDF of five pages, a form in the language of each of two readers and an old text."""
    overrides = {
        "embed": {"model": "fake-embedder"},
        "rerank": {"evidence_floor": 0.25, "other_language_floor": 0.25},
        "web": {"name": "County of Kijani", "contact": CONTACT, **web},
    }
    settings = config.load(home, overrides=overrides, environment={})
    desk = Desk(
        settings=settings,
        store=MemoryStore(FakeEmbedder().dimension),
        models=Models(FakeEmbedder, lambda _: FakeGenerator("point")),
        audit=Trail(home / "audit", keep_questions=True),
        meter=Meter(settings.meter),
    )
    home.mkdir(parents=True, exist_ok=True)
    put(desk, "charter.md", CHARTER)
    put(desk, "leseni.md", LEAFLET)
    put(desk, "rukhsa.md", ARABIC)
    put(desk, "service-charter.pdf", (SAMPLES / "service-charter.pdf").read_bytes())
    put(desk, "internal.md", "The market stall inspection is on 3 March.", labels=frozenset({"staff"}))
    return desk


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address of a server around the desk."""
    listener = _listen("127.0.0.1", 0)
    state = open_state(desk.settings.home)
    server = uvicorn.Server(uvicorn.Config(create(desk, state=state), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        state.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser of the system; the test is skipped with the reason where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="type pip install playwright to test in a browser")
    path = browser_of_the_system()
    if path is None:
        pytest.skip("no Chromium here: type apt install chromium to test in a browser")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def axe() -> str:
    """The program of axe, to be run in a page; the test is skipped with the reason where it is not here."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe is not here: type pip install axe-playwright-python")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
