# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The whole way by keys alone, from a question to the reviewed answer; at each key the focus is somewhere and can be seen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from browsing import chromium
from serving import eventually
from test_office_browser import SHAPES, office

from wazi.languages.messages import say
from wazi.state import local, open_state

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]

FENCE = "Fencing permit working days fee?"
NAME, PASSWORD = "Asha Mwangi", "seven boats on the lake"
MOST = 90
"""Keys until something must be reached."""
FOCUS = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return {
        name: `${at.localName} ${at.id} ${at.name ?? ""} ${at.getAttribute("href") ?? ""}`,
        lost: at === document.body || at === document.documentElement,
        ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        inside: box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 && box.x < innerWidth && box.y < innerHeight,
        covered: !(at.contains(top) || (top && top.contains(at))),
    };
}"""
"""Where the focus is: WCAG 2.2, success criteria 2.4.7 (visible) and 2.4.11 (not covered)."""


class Keys:
    """Somebody at a keyboard, without a mouse."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def press(self, key: str) -> None:
        """One key that stays on the page."""
        self.page.keyboard.press(key)
        self.seen(key)

    def seen(self, key: str) -> None:
        found = self.page.evaluate(FOCUS)
        assert not found["lost"], f"{key} loses the focus on {self.page.url}"
        for what in ("ringed", "inside"):
            assert found[what], f"after {key} the focus on {found['name']} is not {what}: {self.page.url}"
        assert not found["covered"], f"after {key} something covers {found['name']}: {self.page.url}"

    def on(self, selector: str) -> bool:
        return bool(self.page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"))

    def reach(self, selector: str, key: str = "Tab") -> None:
        """Press the key until the focus is on what is wanted."""
        for _ in range(MOST):
            self.press(key)
            if self.on(selector):
                return
        raise AssertionError(f"{key} does not reach {selector} on {self.page.url}")

    def follow(self, selector: str, key: str = "Tab", *, to: str) -> None:
        """Go to a link or button, press Enter, and be on a page that has `to`."""
        self.reach(selector, key)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_selector(to, state="attached")

    def write(self, selector: str, text: str) -> None:
        """Go to a field and type."""
        self.reach(selector)
        self.page.keyboard.type(text)
        self.seen("typing")

    def skip(self) -> None:
        """The first Tab of a page shows the link past its head."""
        self.press("Tab")
        assert self.on(".skip")
        self.page.keyboard.press("Enter")
        assert self.on("main")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def ask(keys: Keys) -> None:
    keys.skip()
    keys.write("#question", FENCE)
    keys.follow(".ask button[type=submit]", to="blockquote")
    assert keys.on("#answer"), "the focus is at the answer"
    keys.seen("Enter")


def open_source(keys: Keys) -> None:
    """The framed words, and back to the answer."""
    keys.follow("figure a", to="rect#quote")
    keys.reach(".sheet", "Shift+Tab")  # keys go on from the framed words
    before = keys.page.evaluate("document.activeElement.scrollTop")
    keys.press("ArrowUp" if before else "ArrowDown")
    assert eventually(lambda: keys.page.evaluate("document.activeElement.scrollTop") != before, 5)
    keys.reach("a[href='#words']", "Shift+Tab")
    keys.page.go_back()  # Alt and the left arrow are the browser's own
    keys.page.wait_for_selector("blockquote")


def say_no(keys: Keys, lang: str) -> None:
    keys.reach("summary")
    keys.press("Enter")
    keys.reach("input[name=reason]")
    keys.press("Space")
    for _ in range(3):
        keys.press("ArrowDown")
    assert keys.page.input_value("input[name=reason]:checked") == "unclear"
    keys.write("#comment", "which days?")
    keys.follow("button[value=no]", to="h1")
    assert keys.page.inner_text("h1") == say("feedback_thanks", lang)
    keys.seen("Enter")


def sign_in(keys: Keys, secret: str) -> None:
    keys.follow("footer a[href^='/sign-in']", to="#password")
    keys.skip()
    keys.write("#name", NAME)
    keys.write("#password", PASSWORD)
    keys.write("#code", "000000")
    keys.follow("form[action='/sign-in'] button", to="#problem")
    keys.seen("Enter")
    assert keys.on("#problem"), "the focus is at what went wrong"
    keys.write("#name", NAME)
    keys.write("#password", PASSWORD)
    keys.write("#code", pyotp.TOTP(secret).now())
    keys.follow("form[action='/sign-in'] button", to="main nav")


def write_card(keys: Keys) -> None:
    keys.skip()
    keys.follow("main nav a[href^='/office/feedback']", to="section h2")
    assert FENCE in keys.page.inner_text("main")
    assert "which days?" in keys.page.inner_text("main")
    keys.skip()
    keys.follow("section a[href*='/office/cards/new']", to="#text")
    keys.skip()
    keys.write("#text", "Reviewed: seven working days.")
    keys.reach("input[name=place]")
    keys.press("Space")
    assert keys.page.is_checked("input[name=place] >> nth=0")
    keys.follow("main button:not(.plain):not(.link)", to="[role=status]")
    keys.seen("Enter")
    assert keys.on("[role=status]"), "the focus is at what was done"
    assert "Reviewed: seven working days." in keys.page.inner_text("main")


@pytest.mark.parametrize(("lang", "shape"), [("en", "wide"), ("ar", "phone")])
def test_from_a_question_to_the_reviewed_answer(browser: Any, tmp_path: Path, lang: str, shape: str) -> None:
    home = tmp_path / "home"
    with office(home) as (address, _), open_state(home) as state:
        secret = pyotp.parse_uri(local.enrol(state, NAME, PASSWORD)).secret
        page = browser.new_context(**SHAPES[shape], reduced_motion="reduce").new_page()
        keys = Keys(page)
        page.goto(f"{address}/?lang={lang}")
        ask(keys)
        open_source(keys)
        say_no(keys, lang)
        sign_in(keys, secret)
        write_card(keys)
        keys.follow("form[action^='/sign-out'] button", "Shift+Tab", to="#question")
        assert page.get_attribute("html", "lang") == lang, "the language of the page is kept"
        ask(keys)
        assert "Reviewed: seven working days." in page.inner_text("#answer ~ figure")
        page.context.close()
