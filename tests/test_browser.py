# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The public's pages in a browser: the whole way without JavaScript and by keyboard alone, and axe on every page and state."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from browsing import axe, chromium, desk_in, served

from wazi.languages import messages
from wazi.languages.messages import say
from wazi.state import feedback, open_state
from wazi.types import PUBLIC

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]

FENCE = "Fencing permit working days fee?"
STALL = "What does a market stall cost per day?"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHAPES = {
    "wide": {"viewport": {"width": 1100, "height": 800}},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark", "reduced_motion": "reduce"},
}
FIRST_LOAD = 150_000
"""Bytes of everything that the first page loads."""

SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
"""WCAG 2.2, success criterion 1.4.12."""


@pytest.fixture(scope="module")
def agency() -> Iterator[tuple[str, dict[str, str]]]:
    """Another site: its address and its pages by path, to be filled."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, agency: tuple[str, dict[str, str]]) -> Iterator[tuple[str, Path]]:
    home = tmp_path_factory.mktemp("site") / "home"
    with served(desk_in(home, embed=[agency[0]])) as address:
        yield address, home


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module", name="axe")
def program() -> str:
    return axe()


def ask(page: Any, site: str, question: str, lang: str) -> None:
    page.goto(f"{site}/?lang={lang}")
    page.fill("#question", question)
    page.click(".ask button[type=submit]")


def states(site: str, lang: str) -> dict[str, Any]:
    """Every page and state, by a function that brings the browser there."""

    def asked(question: str) -> Any:
        return lambda page: ask(page, site, question, lang)

    def source(page: Any) -> None:
        ask(page, site, FENCE, lang)
        page.click("figure a[href*='start=']")

    def passage(page: Any) -> None:
        ask(page, site, STALL, lang)
        page.click("figure a[href*='start=']")

    def opened(page: Any) -> None:
        ask(page, site, STALL, lang)
        page.click("summary >> nth=0")
        page.click("summary >> nth=1")

    def thanked(page: Any) -> None:
        ask(page, site, STALL, lang)
        page.click("button[value=yes]")

    def settled(go: Any) -> Any:
        """A click is over when the next page begins, not when it is there."""
        return lambda page: (go(page), page.wait_for_load_state())

    found = {
        "home": lambda page: page.goto(f"{site}/?lang={lang}"),
        "shared": lambda page: page.goto(f"{site}/?lang={lang}&question=Fees?"),
        "answer": asked(FENCE),
        "refusal": asked("xyzzy plugh"),
        "empty": asked("   \u202e"),
        "feedback open": opened,
        "thanks": thanked,
        "source": source,
        "passage": passage,
        "about": lambda page: page.goto(f"{site}/about?lang={lang}"),
        "missing": lambda page: page.goto(f"{site}/documents/none?lang={lang}"),
        "widget": lambda page: page.goto(f"{site}/widget?lang={lang}"),
    }
    return {name: settled(go) for name, go in found.items()}


@pytest.mark.parametrize(("lang", "shape"), [("en", "wide"), ("en", "dark"), ("ar", "phone"), ("ar", "dark")])
def test_axe_finds_nothing_on_any_page_or_state(
    site: tuple[str, Path], browser: Any, axe: str, lang: str, shape: str
) -> None:
    page = browser.new_context(**SHAPES[shape]).new_page()
    found: dict[str, list[str]] = {}
    for name, go in states(site[0], lang).items():
        go(page)
        page.evaluate(axe)
        result = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}})")
        assert len(result["passes"]) > 10
        told = [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in result["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if told or wide:
            found[name] = told + ["scrolls sideways"] * wide
    page.context.close()
    assert found == {}


@pytest.mark.parametrize("lang", ["ar", "am"])
def test_wide_spacing_and_large_letters_lose_nothing(site: tuple[str, Path], browser: Any, lang: str) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True).new_page()
    for name, go in states(site[0], lang).items():
        go(page)
        page.add_style_tag(content=SPACING)
        cut = page.evaluate(
            "[...document.querySelectorAll('body *:not(.sheet, .sheet *, textarea, input, .skip)')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' && e.clientWidth)"
            ".map(e => e.outerHTML.slice(0, 80))"
        )
        assert cut == [], name
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), name
    page.context.close()


@pytest.mark.parametrize(
    ("question", "lang", "words"),
    [
        (STALL, "en", "450 shillings"),
        ("Leseni ya biashara sokoni ni shilingi ngapi?", "sw", "shilingi elfu moja"),
        ("كم تكلف رخصة البيع في السوق؟", "ar", "ألف شلن"),
    ],
)
def test_the_whole_way_without_javascript(
    site: tuple[str, Path], browser: Any, question: str, lang: str, words: str
) -> None:
    address, home = site
    page = browser.new_context(java_script_enabled=False, **SHAPES["phone"]).new_page()
    ask(page, address, question, lang)
    assert words in page.inner_text("blockquote")
    assert page.get_attribute("html", "dir") == ("rtl" if lang == "ar" else "ltr")
    number = page.inner_text("code")
    page.click("figure a")
    assert words in page.inner_text("mark")
    page.go_back()
    page.click("summary >> nth=0")
    page.check("input[value=outdated]")
    page.fill("#better", "Notice 7, page 2")
    page.click("button[value=no]")
    assert page.inner_text("h1") == say("feedback_thanks", lang)
    with open_state(home) as state:
        kept = feedback.queue(state, frozenset({PUBLIC}))[-1]
    assert (kept.answer, kept.question, kept.verdict) == (number, question, "wrong")
    assert kept.reason == "outdated\nNotice 7, page 2"
    page.click("main button")
    assert words in page.inner_text("blockquote")
    page.context.close()


def test_a_pdf_opens_at_its_page_with_the_words_in_a_frame(site: tuple[str, Path], browser: Any) -> None:
    page = browser.new_context(**SHAPES["phone"], reduced_motion="reduce").new_page()
    ask(page, site[0], FENCE, "en")
    page.click("figure a[href*='start=']")
    page.wait_for_load_state("load")
    assert page.evaluate("document.querySelector('.paper img').naturalWidth") > 600
    frame, paper = page.locator("#quote").bounding_box(), page.locator(".paper").bounding_box()
    assert frame
    assert paper
    assert paper["x"] <= frame["x"] < frame["x"] + frame["width"] <= paper["x"] + paper["width"]
    assert 0 <= frame["y"] < 640, "the frame is not in sight"
    assert page.inner_text("mark")
    shown = page.inner_text("main")
    page.click("a[rel=next] >> nth=0")
    assert page.inner_text("main") != shown
    page.click("a[rel=prev] >> nth=0")
    page.context.close()


def test_by_keyboard_alone(site: tuple[str, Path], browser: Any) -> None:
    page = browser.new_context(**SHAPES["wide"]).new_page()
    page.goto(f"{site[0]}/?lang=en")

    def until(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                box = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert box != "none", selector
                return
        raise AssertionError(f"the Tab key does not reach {selector}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    until("#question")
    page.keyboard.type(STALL)
    until(".ask button")
    page.keyboard.press("Enter")
    page.wait_for_selector("blockquote")
    until("figure a")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark")
    page.go_back()
    page.wait_for_selector("blockquote")
    until("button[value=yes]")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Thank you')")
    page.context.close()


def test_the_answer_comes_in_another_language_and_the_question_stays(site: tuple[str, Path], browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    ask(page, site[0], STALL, "en")
    page.click("button[name=again][value=ar]")
    assert page.get_attribute("html", "lang") == "ar"
    assert "450 shillings" in page.inner_text("blockquote")
    assert page.get_attribute("blockquote", "lang") == "en"
    assert page.inner_text(".asked") == STALL
    page.context.close()


def test_the_first_load_is_small_and_asks_no_other_server(site: tuple[str, Path], browser: Any) -> None:
    page = browser.new_context().new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.update({response.url: len(response.body()) + 500}))
    page.goto(f"{site[0]}/?lang=am", wait_until="networkidle")
    assert len(sizes) >= 3
    assert all(url.startswith(site[0]) for url in sizes)
    assert sum(sizes.values()) <= FIRST_LOAD
    page.context.close()


def test_the_widget_answers_inside_another_site_that_is_named(
    site: tuple[str, Path], agency: tuple[str, dict[str, str]], browser: Any
) -> None:
    page = browser.new_context(**SHAPES["phone"]).new_page()
    script = f'<script src="{site[0]}/static/widget.js" data-lang="sw" data-title="Uliza"></script>'
    agency[1]["/"] = f"<!doctype html><title>Agency</title><body><h1>Agency</h1>{script}"
    page.goto(agency[0])
    frame = page.frame_locator("iframe[title=Uliza]")
    frame.locator("#question").fill(STALL)
    frame.locator(".ask button").click()
    assert "450 shillings" in frame.locator("blockquote").inner_text()
    with page.context.expect_page() as opened:
        frame.locator("figure a").click()
    assert "450 shillings" in opened.value.inner_text("mark")
    page.goto(agency[0].replace("127.0.0.1", "localhost"))
    page.wait_for_timeout(1000)
    assert not page.frame_locator("iframe[title=Uliza]").locator("#question").is_visible()
    page.context.close()


@pytest.mark.parametrize("lang", messages.offered())
def test_every_language_has_letters_and_a_direction(site: tuple[str, Path], browser: Any, lang: str) -> None:
    page = browser.new_context(**SHAPES["phone"]).new_page()
    page.goto(f"{site[0]}/about?lang={lang}")
    assert page.inner_text("h1") == say("about_heading", lang)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.context.close()
