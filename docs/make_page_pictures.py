# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Photograph the pages as `wazi serve` shows them: `python docs/make_page_pictures.py`.

Takes the samples into a home of its own, asks what readers and staff would, and writes `docs/pictures/page-*.webp` and
`office-*.webp`. Questions and answers are real; the receipts and the feedback of the days before are made up, for the plots.
Needs Playwright, Chromium and Pillow (the extras `test` and `samples`).
"""

from __future__ import annotations

import datetime as dt
import io
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from wazi import config
from wazi.desk import trail_of
from wazi.serve.auth import PLAIN_COOKIE
from wazi.state import feedback, open_state, people, sessions
from wazi.state.tables import FEEDBACK

ROOT = Path(__file__).parent.parent
WAZI = Path(sys.executable).with_name("wazi")
SETTINGS = """[web]
name = "County of Kijani"
contact = "Citizens' desk, Mwangaza, 8 to 16, telephone 0800 555 0100"
[audit]
keep_questions = true
"""
STALL = "How much does an open market stall cost per day?"
COPY = "What does a certified copy of a birth certificate cost?"
ARABIC = "كم رسم الرخصة التجارية لمنشأة متوسطة؟"
WITHOUT_ANSWER = ("Where can I buy a stamp?", "Where do I buy a stamp?", "Où acheter un timbre ?")
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "device_scale_factor": 1.5}
WIDE: dict[str, Any] = {"viewport": {"width": 900, "height": 700}}
TALLEST = 900
"""Pixels of the page that a picture shows at most."""
KILOBYTES = 60


def main() -> int:
    """Make every picture."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "wazi.toml").write_text(SETTINGS, encoding="utf-8")
        subprocess.run([WAZI, "ingest", ROOT / "samples", "--home", home], check=True, stdout=subprocess.DEVNULL)
        token = furnished(home)
        with served(home) as site, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"))
            of_the_public(browser, site)
            of_the_office(browser, site, token)
            browser.close()
    return 0


def of_the_public(browser: Browser, site: str) -> None:
    """The answer on a phone, in Arabic in the dark, and wide; its source and its receipt."""
    phone = browser.new_page(**PHONE)
    save(asked(phone, site, STALL), "page-phone")
    dark = browser.new_page(**PHONE, color_scheme="dark")
    save(asked(dark, site, ARABIC, "ar"), "page-arabic")
    wide = browser.new_page(**WIDE)
    save(asked(wide, site, COPY), "page-wide")
    receipt = wide.get_attribute("a[href^='/receipts/']", "href")
    wide.click("figure a")
    wide.wait_for_selector("rect#quote", state="attached")
    wide.wait_for_load_state("networkidle")
    save(wide, "page-source", whole=False)
    wide.goto(f"{site}{receipt}")
    save(wide, "page-receipt")
    for question in WITHOUT_ANSWER:
        asked(wide, site, question)
    asked(wide, site, STALL)
    wide.click(".feedback summary")
    wide.check("input[value=incomplete]")
    wide.fill("#comment", "What does it cost for a month?")
    wide.click("button[value=no]")


def of_the_office(browser: Browser, site: str, token: str) -> None:
    """What waits, a card with a sentence chosen, documents, receipts, figures wide and on a phone."""
    page = signed_in(browser, site, token, **WIDE)
    for name in ("questions", "documents", "receipts", "figures"):
        page.goto(f"{site}/office/{name}?lang=en")
        save(page, f"office-{name}")
    page.goto(f"{site}/office/feedback?lang=en")
    page.click("a[href*='/office/cards/new']")
    page.fill("#text", "An open stall costs 450 shillings per day. There is no fee by the month.")
    page.check("input[name=place] >> nth=0")
    save(page, "office-card")


def signed_in(browser: Browser, site: str, token: str, **shape: Any) -> Page:
    """A browser in which somebody is signed in."""
    context = browser.new_context(**shape)
    context.add_cookies([{"name": PLAIN_COOKIE, "value": token, "url": site}])
    return context.new_page()


def asked(page: Page, site: str, question: str, lang: str = "en") -> Page:
    """The page with the answer."""
    page.goto(f"{site}/?lang={lang}")
    page.fill("#question", question)
    page.click(".ask button[type=submit]")
    page.wait_for_selector("#answer")
    return page


def save(page: Page, name: str, *, whole: bool = True) -> None:
    """The page as a WebP of at most `KILOBYTES`; `whole`: from its top, else what is in sight."""
    if whole:
        page.evaluate("scrollTo(0, 0)")
    shape = page.viewport_size or {"width": 0, "height": 0}
    tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight"))) if whole else shape["height"]
    page.set_viewport_size({"width": shape["width"], "height": tall})
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.set_viewport_size(shape)
    for quality in (85, 70, 55, 40):
        data = io.BytesIO()
        picture.save(data, "WEBP", quality=quality, method=6)
        if data.tell() <= KILOBYTES * 1000:
            break
    (ROOT / "docs" / "pictures" / f"{name}.webp").write_bytes(data.getvalue())
    sys.stderr.write(f"{name}: {picture.width} x {picture.height}, {data.tell() // 1000} kB, quality {quality}\n")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server around the home."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([WAZI, "serve", "--home", home, "--port", str(port)])
    try:
        while process.poll() is None and not ready(site):
            time.sleep(0.2)
        yield site
    finally:
        process.terminate()
        process.wait()


def ready(site: str) -> bool:
    """Whether the server answers."""
    try:
        with urllib.request.urlopen(f"{site}/readyz") as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def furnished(home: Path) -> str:
    """Put somebody in the office and made-up days behind it; the token of their session."""
    settings, chance, now = config.load(home, environment={}), random.Random(1), dt.datetime.now(dt.UTC)
    trail = trail_of(settings)
    for days in range(29, 0, -1):
        for number in range(chance.randint(4, 12)):
            outcome = chance.choice(["answered"] * 6 + ["answered_partly", "no_evidence", "no_evidence"])
            meter = {"seconds": chance.uniform(0.1, 0.4), "joules": chance.uniform(2, 5), "usd": 0.00002}
            line = {"id": f"{days:016x}{number:016x}", "at": (now - dt.timedelta(days=days)).isoformat(), "read": []}
            line |= {
                "labels": ["public"],
                "outcome": outcome,
                "quotes": [],
                "models": {},
                "meter": meter,
                "language": "en",
            }
            trail.append(line, {"question": STALL, "reader": "anonymous"})
    with open_state(home) as state:
        for week in range(12, 0, -1):
            for number in range(chance.randint(3, 9)):
                verdict = "right" if number % 4 else "wrong"
                kept = feedback.keep(
                    state, answer="0", question=STALL, language="en", verdict=verdict, labels=["public"]
                )
                with state.writing() as connection:
                    at = {"at": now - dt.timedelta(weeks=week), "status": "accepted"}
                    connection.execute(sa.update(FEEDBACK).where(FEEDBACK.c.id == kept.id).values(**at))
        return sessions.begin(state, people.add(state, "Asha Mwangi", role="staff").id, hours=1)


if __name__ == "__main__":
    sys.exit(main())
