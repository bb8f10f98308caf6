# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The office in a browser without JavaScript: axe on each page in both directions, and the whole way to a reviewed answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from browsing import axe, chromium, desk_in
from serving import eventually

from wazi.languages.messages import say
from wazi.serve import auth
from wazi.serve.app import _listen, with_people
from wazi.state import people, sessions

pytestmark = [pytest.mark.real, pytest.mark.enable_socket]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "questions": "/office/questions",
    "feedback": "/office/feedback",
    "cards": "/office/cards",
    "new card": "/office/cards/new?question=What+does+a+market+stall+cost%3F&tongue=en",
    "documents": "/office/documents",
    "search": "/office/documents?q=charter",
    "upload": "/office/documents/upload",
    "reader": "/office/reader?question=What+does+a+market+stall+cost%3F&label=public",
    "receipts": "/office/receipts?outcome=answered",
    "figures": "/office/figures",
    "sources": "/office/sources",
    "people": "/office/people",
    "keys": "/office/keys",
    "switch": "/office/switch",
    "admin": "/office/admin",
}
SHAPES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1200, "height": 900}},
    "dark": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}},
}


@contextmanager
def office(home: Path) -> Iterator[tuple[str, str]]:
    """The address of an office with something on every page, and the token of its administrator's session."""
    desk = desk_in(home)
    with auth.open_for(desk.settings) as state:
        root = people.add(state, "root", role="admin", labels=["staff"])
        people.add(state, "Asha Mwangi", role="staff", groups=["licences"])
        app = with_people(desk, state)
        listener = _listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert eventually(lambda: server.started, 30)
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield address, sessions.begin(state, root.id, hours=1)
        finally:
            server.should_exit = True
            thread.join(10)


def context_for(browser: Any, site: tuple[str, str], **shape: Any) -> Any:
    """A browser in which the administrator is signed in."""
    made = browser.new_context(**shape)
    made.add_cookies([{"name": auth.PLAIN_COOKIE, "value": site[1], "url": site[0]}])
    return made


def tell(page: Any, comment: str) -> None:
    """Say that the answer shown did not help."""
    page.click("summary >> nth=0")
    page.check("input[name=reason][value=unclear]")
    page.fill("#comment", comment)
    page.click("button[value=no]")


def fill(page: Any, site: str, file: Path) -> None:
    """Send a file, ask a question, make a key, turn the switch off and on: then no page is empty."""
    file.write_text("# Boats\n\nA boat on the lake costs 70 shillings a year.\n", encoding="utf-8")
    page.goto(f"{site}/office/documents/upload")
    page.set_input_files("#file", str(file))
    page.check("input[name=label][value=public]")
    page.click("main button:has-text('Send')")

    def taken() -> bool:
        page.click("text=Load again")
        return "Taken in" in page.inner_text("main")

    assert eventually(taken, 60)
    for question in ("Where may zebras cross?", "What does a market stall cost per day?"):
        page.goto(site)
        page.fill("#question", question)
        page.click(".ask button[type=submit]")
    tell(page, "it is not clear")
    page.goto(f"{site}/office/keys")
    page.check("input[name=scope][value=ask]")
    page.click("text=Make the key")
    assert "wazi_" in page.inner_text("main")
    for word in ("off", "on"):
        page.goto(f"{site}/office/switch")
        page.fill("#reason", "the list of fees is being corrected")
        page.click("main button[name=to]")
        assert page.goto(site).status == (503 if word == "off" else 200)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("office")
    with office(folder / "home") as opened:
        context = context_for(browser, opened, java_script_enabled=False)
        fill(context.new_page(), opened[0], folder / "boats.md")
        context.close()
        yield opened


@pytest.fixture(scope="module", name="axe")
def program() -> str:
    return axe()


@pytest.mark.parametrize(
    ("lang", "shape", "direction"),
    [("en", "wide", "ltr"), ("fr", "dark", "rtl"), ("en", "phone", "ltr"), ("fr", "phone", "rtl")],
)
def test_axe_finds_nothing(  # noqa: PLR0917 (three of them are fixtures)
    site: tuple[str, str], browser: Any, axe: str, lang: str, shape: str, direction: str
) -> None:
    page = context_for(browser, site, **SHAPES[shape]).new_page()
    found: dict[str, list[str]] = {}
    page.goto(f"{site[0]}/office/documents")
    first = page.get_attribute("tbody a", "href").partition("?")[0]
    for name, path in (PAGES | {"document": first}).items():
        page.goto(f"{site[0]}{path}{'&' if '?' in path else '?'}lang={lang}")
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate(axe)
        result = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}})")
        assert len(result["passes"]) > 10
        told = [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in result["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if told or wide:
            found[name] = told + ["scrolls sideways"] * wide
    page.context.close()
    assert found == {}


def test_the_numbers_at_the_plots_can_be_read_on_a_phone(site: tuple[str, str], browser: Any) -> None:
    page = context_for(browser, site, **SHAPES["phone"]).new_page()
    page.goto(f"{site[0]}/office/figures?lang=en")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.plot span, .plot time')].map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert len(sizes) == 5 * 4
    assert min(sizes) >= 14
    assert page.locator("svg text").count() == 0, "letters in a plot shrink with it"
    page.context.close()


@pytest.mark.parametrize(
    ("lang", "question", "words"),
    [
        ("en", "What does a market stall cost per day?", "450 shillings"),
        ("sw", "Leseni ya biashara sokoni ni shilingi ngapi?", "shilingi elfu moja"),
        ("ar", "كم تكلف رخصة البيع في السوق؟", "ألف شلن"),
    ],
)
def test_from_a_question_to_the_reviewed_answer_that_the_next_asker_gets(
    site: tuple[str, str], browser: Any, lang: str, question: str, words: str
) -> None:
    public = browser.new_context(java_script_enabled=False, **SHAPES["phone"]).new_page()
    public.goto(f"{site[0]}/?lang={lang}")
    public.fill("#question", question)
    public.click(".ask button[type=submit]")
    assert words in public.inner_text("blockquote")
    public.click("figure a")
    assert words in public.inner_text("mark")
    public.go_back()
    tell(public, f"ask about {lang}")
    assert public.inner_text("h1") == say("feedback_thanks", lang)

    staff = context_for(browser, site, java_script_enabled=False).new_page()
    staff.goto(f"{site[0]}/office/feedback?lang=en")
    told = staff.locator("section", has_text=f"ask about {lang}")
    assert question in told.inner_text()
    told.locator("a[href*='/office/cards/new']").click()
    staff.fill("#text", f"Reviewed in {lang}: {words}")
    staff.locator("fieldset label", has_text=words).first.locator("input").check()
    staff.click("text=Save the answer")
    assert f"Reviewed in {lang}: {words}" in staff.inner_text("main")
    staff.goto(f"{site[0]}/office/feedback?lang=en")
    assert f"ask about {lang}" not in staff.inner_text("main")

    public.goto(f"{site[0]}/?lang={lang}")
    public.fill("#question", question)
    public.click(".ask button[type=submit]")
    assert f"Reviewed in {lang}: {words}" in public.inner_text("#answer ~ figure")
    assert words in public.inner_text("blockquote")
    public.context.close()
    staff.context.close()
