# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Administration: people, keys, the switch, receipts, backup, figures, another reader's view; who may, and what comes of it."""

import datetime as dt
import io
import re
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pyotp
import pytest
from conftest import put
from staff import Client, clients

from wazi.desk import Desk
from wazi.serve import auth, auth_local, office_base, office_keeping
from wazi.serve.app import create
from wazi.serve.office_admin import settings_table
from wazi.serve.office_figures import days, plot_of_feedback, plots, weeks
from wazi.serve.office_plots import HEIGHT, WIDTH, plot
from wazi.serve.office_reader import asked, explained
from wazi.serve.office_sources import listed
from wazi.sources.memory import write_log
from wazi.state import State, feedback, keys, local, people, switch
from wazi.types import Reader, Scope

BRACES = re.compile(r"{\w+}").findall
STALL = "What does a market stall cost per day?"
ADMIN_PAGES = ("/office/sources", "/office/people", "/office/keys", "/office/switch", "/office/admin")
STAFF_PAGES = tuple(f"/office/{name}" for name in ("documents", "documents/upload", "reader", "receipts", "figures"))


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    with auth.open_for(desk.settings) as opened:
        people.add(opened, "root", role="admin", labels=["tax"])
        people.add(opened, "ben", role="staff")
        people.add(opened, "spy", role="admin")
        people.add(opened, "cem")
        yield opened


@pytest.fixture
def as_(desk: Desk, state: State) -> Client:
    app = create(desk, auth.reader_of)
    door = auth.add(app, desk.settings, state)
    auth_local.add(app, door)
    office_keeping.add(app, desk, door)
    return clients(app, state)


def test_each_page_is_for_who_may(as_: Client) -> None:
    assert as_("").get("/office").status_code == 401
    assert as_("ben").get("/office").headers["location"].startswith("/office/documents")
    for page in (*ADMIN_PAGES, *STAFF_PAGES):
        assert as_("").get(page).status_code == 401, page
        assert as_("cem").get(page).status_code == 403, page
        assert as_("root").get(page).status_code == 200, page
        assert as_("ben").get(page).status_code == (200 if page in STAFF_PAGES else 403), page


def test_a_key_opens_no_page_of_the_office(as_: Client, state: State) -> None:
    key = keys.add(state, "root", scopes=["admin", "documents"]).text
    assert as_("").get("/office/people", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_every_word_is_there_in_each_language() -> None:
    english, *others = (office_base.own_words(tag) for tag in office_base.SPOKEN)
    for words in others:
        assert list(words) == list(english), "every word, in the order of the English file"
        assert sum(english[key] != words[key] for key in english) > 150
        assert all(BRACES(english[key]) == BRACES(words[key]) for key in english)


def test_every_language_with_a_file_is_spoken() -> None:
    held = {file.name.removesuffix(".toml") for file in (files("wazi.languages") / "office").iterdir()}
    assert held == set(office_base.SPOKEN)


def test_each_page_says_its_language(as_: Client) -> None:
    for page in (*ADMIN_PAGES, *STAFF_PAGES):
        assert 'lang="fr"' in as_("root").get(f"{page}?lang=fr").text
        assert 'lang="en"' in as_("root").get(f"{page}?lang=sw").text


def test_the_language_chosen_is_kept_from_the_public_page_into_the_office_and_back(as_: Client, state: State) -> None:
    browser = as_("")
    assert 'href="/sign-in?lang=ar"' in browser.get("/?lang=ar").text
    totp = pyotp.parse_uri(local.enrol(state, "ben", "a long enough phrase"))
    form = {"name": "ben", "password": "a long enough phrase", "code": totp.now(), "lang": "ar"}
    office = browser.post("/sign-in", data=form).headers["location"]
    assert office == "/office?lang=ar"
    page = browser.get(browser.get(office).headers["location"]).text
    assert 'lang="en" dir="ltr"' in page, "the office does not speak Arabic"
    links = re.findall(r'href="(/[^"]*)"', page)
    assert {address for address in links if "lang=" in address and "lang=ar" not in address} == {
        "/office/documents?lang=en",
        "/office/documents?lang=fr",
    }, "only the languages on offer lead out of Arabic"
    assert 'href="/sign-in' not in browser.get("/?lang=ar").text, "who is in need not come in"
    out = re.search(r'action="(/sign-out[^"]*)"', page)
    assert out
    assert browser.post(out[1]).headers["location"] == "/?lang=ar"


def test_an_administrator_gives_no_label_that_they_lack(as_: Client, state: State) -> None:
    people.set_group(state, "auditors", ["tax"])
    new = {"name": "eve", "role": "staff"}
    assert as_("spy").post("/office/people", data=new | {"labels": "tax"}).status_code == 400
    assert as_("spy").post("/office/people", data=new | {"groups": "auditors"}).status_code == 400
    raised = {"name": "spy", "role": "admin", "labels": "tax", "active": "yes"}
    assert as_("spy").post("/office/people/change", data=raised).status_code == 400
    for path in ("change", "sign-out", "remove"):
        taken = {"name": "root", "role": "reader", "active": ""}
        assert as_("spy").post(f"/office/people/{path}", data=taken).status_code == 403
    key = {"owner": "root", "scope": "ask", "labels": "tax"}
    assert as_("spy").post("/office/keys", data=key).status_code == 403
    assert people.named(state, "root").role == "admin"
    assert keys.every(state) == []
    assert as_("root").post("/office/people", data=new | {"groups": "auditors"}).status_code == 303
    assert people.named(state, "eve").labels == {"public", "tax"}


def test_nobody_shuts_themselves_out(as_: Client, state: State) -> None:
    root = as_("root")
    for data in ({"role": "admin"}, {"role": "staff", "active": "yes"}):
        assert root.post("/office/people/change", data={"name": "root", "labels": "tax"} | data).status_code == 400
    assert root.post("/office/people/remove", data={"name": "root"}).status_code == 400
    assert people.named(state, "root").active


def test_sessions_are_ended_and_people_removed(as_: Client, state: State) -> None:
    ben, root = as_("ben"), as_("root")
    assert root.post("/office/people/sign-out", data={"name": "ben"}).status_code == 303
    assert ben.get("/office/documents").status_code == 401
    assert root.post("/office/people/remove", data={"name": "ben"}).status_code == 303
    assert "ben" not in [each.name for each in people.everybody(state)]


def test_a_key_is_shown_once_and_revoked(as_: Client, state: State) -> None:
    root = as_("root")
    shown = root.post("/office/keys", data={"owner": "ben", "scope": ["ask"], "labels": "public", "days": "7"})
    text = re.search(r"wazi_[0-9a-f]{16}_[\w-]{43}", shown.text)
    assert text
    assert keys.opened(state, text[0])
    assert text[0] not in root.get("/office/keys").text
    assert root.post("/office/keys/revoke", data={"id": keys.every(state)[0].id}).status_code == 303
    assert keys.opened(state, text[0]) is None


def test_every_change_of_people_and_keys_is_chained_without_a_secret(as_: Client, state: State, desk: Desk) -> None:
    root = as_("root")
    root.post("/office/people", data={"name": "eve", "role": "staff", "labels": "tax"})
    eve = people.named(state, "eve")
    root.post("/office/people/change", data={"name": "eve", "role": "reader", "active": "yes"})
    shown = root.post("/office/keys", data={"owner": "eve", "scope": ["ask"], "labels": "public"}).text
    root.post("/office/keys/revoke", data={"id": keys.every(state)[0].id})
    root.post("/office/people/sign-out", data={"name": "eve"})
    root.post("/office/people/remove", data={"name": "eve"})
    root.post("/office/people", data={"name": "mal", "labels": "a label that root lacks"})
    lines = list(desk.audit.receipts())
    assert [line["outcome"] for line in lines] == [
        *("person_added", "person_changed", "key_added", "key_revoked", "person_signed_out", "person_removed")
    ]
    assert {line["by"] for line in lines} == {"root"}
    assert [line["whom"] == eve.id for line in lines] == [True, True, False, False, True, True]
    assert (lines[1]["what"]["was"]["labels"], lines[1]["what"]["labels"]) == (["tax"], [])
    assert (lines[1]["what"]["was"]["role"], lines[1]["what"]["role"]) == ("staff", "reader")
    assert (lines[2]["what"]["scopes"], lines[2]["what"]["labels"]) == (["ask"], ["public"])
    secret = re.search(r"wazi_[0-9a-f]{16}_([\w-]{43})", shown)
    assert secret
    written = desk.audit.file.read_text()
    assert secret[1] not in written + desk.audit.private.file.read_text()
    assert "eve" not in written, "the name can be erased"
    assert desk.audit.verify().intact
    assert as_("root").get(f"/receipts/{lines[0]['id']}").status_code == 404, "only the keeper sees it"


def test_the_switch_stops_answers_and_the_office_goes_on(as_: Client, state: State, desk: Desk) -> None:
    root = as_("root")
    assert root.post("/office/switch", data={"to": "off", "reason": " "}).status_code == 400
    sent = {"to": "off", "reason": "wrong fees", "words": "Closed until Monday."}
    assert as_("ben").post("/office/switch", data=sent).status_code == 403
    assert root.post("/office/switch", data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert switch.off(state) is None
    assert root.post("/office/switch", data=sent).status_code == 303
    assert as_("").get("/").status_code == 503
    assert "Closed until Monday." in as_("").get("/").text
    for page in (*ADMIN_PAGES, *STAFF_PAGES):
        assert root.get(page).status_code == 200
    assert "wrong fees" in root.get("/office/switch").text
    assert root.post("/office/switch", data={"to": "on", "reason": "corrected"}).status_code == 303
    assert as_("").get("/").status_code == 200
    assert desk.audit.verify().intact


def test_the_chain_is_checked_and_a_break_told(as_: Client, desk: Desk) -> None:
    as_("").post("/api/ask", json={"question": STALL})
    assert "is whole: 1 receipts" in as_("root").post("/office/admin/receipts").text
    file = desk.audit.file
    file.write_text(file.read_text().replace('"outcome":"', '"outcome":"x'))
    assert "broken at receipt 1" in as_("root").post("/office/admin/receipts").text


def test_a_backup_is_for_administrators(as_: Client, desk: Desk) -> None:
    assert as_("ben").post("/office/admin/backup").status_code == 403
    reply = as_("root").post("/office/admin/backup")
    with tarfile.open(fileobj=io.BytesIO(reply.content)) as archive:
        assert {"wazi-backup.json", "state.sqlite"} <= set(archive.getnames())


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    from wazi import config

    settings = config.load(tmp_path, environment={"WAZI_COMPOSE__API_KEY": "hush-hush", "WAZI_SERVE__PORT": "81"})
    rows = {row["setting"]: row for row in settings_table(settings)}
    assert "hush" not in str(rows)
    assert (rows["[serve] port"]["value"], rows["[serve] port"]["default"]) == ("81", False)
    assert rows["[serve] host"]["default"]


def receipt(at: str, outcome: str, seconds: float, *labels: str) -> dict[str, object]:
    meter = {"seconds": seconds, "joules": 2.0, "usd": 0.5}
    return {"at": f"2026-05-{at}T10:00:00.000+00:00", "outcome": outcome, "labels": list(labels), "meter": meter}


def test_figures_count_what_may_be_seen_and_nothing_else() -> None:
    rows = [
        receipt("03", "answered", 1.0, "public"),
        receipt("03", "no_evidence", 3.0, "public"),
        receipt("03", "answered", 8.0, "public", "tax"),
        receipt("03", "switched_off", 9.0, "public"),
        receipt("03", "answered", 9.0, "public") | {"replay_of": "x"},
        receipt("01", "failed", 9.0, "public"),
    ]
    found = days(rows, frozenset({"public"}), dt.date(2026, 5, 3), 2)
    assert [(day.date.day, day.answers, day.seconds, day.joules, day.usd) for day in found] == [
        (2, 0, None, 0, 0),
        (3, 2, 2.0, 4.0, 1.0),
    ]
    assert found[1].parts == {"answered": 1, "partly": 0, "refused": 1, "failed": 0}
    drawn = dict(plots(found))
    assert {key: plot.top for key, plot in drawn.items()} == {
        "figures_outcomes": "2",
        "figures_seconds": "2",
        "figures_joules": "4",
        "figures_cost": "1",
    }
    assert [bar.kind for bar in drawn["figures_outcomes"].bars] == ["a", "c"]
    assert days(rows, frozenset({"public", "tax"}), dt.date(2026, 5, 3), 1)[0].answers == 3


def test_a_plot_puts_numbers_above_each_other_and_leaves_out_what_is_nothing() -> None:
    dates = [dt.date(2026, 5, 2), dt.date(2026, 5, 3)]
    drawn = plot([(dates[0], {"a": 150, "b": 50, "c": 0}), (dates[1], {"a": 100})], {"a": "yes"})
    assert (drawn.top, drawn.first, drawn.last) == ("200", *dates)
    assert [(bar.kind, bar.y, bar.height) for bar in drawn.bars] == [
        ("a", HEIGHT / 4, HEIGHT * 3 / 4),
        ("b", 0, HEIGHT / 4),
        ("a", HEIGHT / 2, HEIGHT / 2),
    ]
    assert drawn.bars[2].x == WIDTH / 2
    assert [bar.told for bar in drawn.bars] == ["2026-05-02: 150", "2026-05-02: 50", "2026-05-03: 100"]
    assert plot([(dates[0], {})]).bars == ()


def test_feedback_is_counted_by_the_week_that_begins_on_monday() -> None:
    told = [("2026-05-03T23:59", "right"), ("2026-05-04T00:00", "wrong"), ("2026-05-10T23:59", "partly")]
    told += [("2026-05-11T12:00", "right"), ("2026-04-26T12:00", "right")]
    rows = [(dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC), verdict) for at, verdict in told]
    found = weeks(rows, dt.date(2026, 5, 13), 3)
    assert [(week.date.isoformat(), week.helpful, week.unhelpful) for week in found] == [
        ("2026-04-27", 1, 0),
        ("2026-05-04", 0, 2),
        ("2026-05-11", 1, 0),
    ]
    assert [bar.kind for bar in plot_of_feedback(found).bars] == ["a", "d", "a"]


def test_the_page_of_figures_has_plots_and_tables(as_: Client, state: State) -> None:
    assert "no receipts" in as_("ben").get("/office/figures").text
    as_("").post("/api/ask", json={"question": STALL})
    page = as_("ben").get("/office/figures").text
    assert (page.count('role="img"'), page.count("<table")) == (4, 1)
    told = {"answer": "a1", "question": STALL, "language": "en", "verdict": "right"}
    feedback.keep(state, **told, labels=["public", "tax"])
    assert as_("ben").get("/office/figures").text.count('role="img"') == 4, "of a reader with labels that ben lacks"
    page = as_("root").get("/office/figures").text
    assert (page.count('role="img"'), page.count("<table")) == (5, 2)


def test_why_a_document_is_given_or_not(desk: Desk) -> None:
    old = put(desk, "old.md", "# Old\n\nOld words.\n", valid_until=dt.date(2020, 1, 1))
    tax = put(desk, "tax.md", "# Tax\n\nTax words.\n", labels=frozenset({"tax"}))
    scope = Scope(frozenset({"public"}), dt.date(2026, 5, 3))
    for record, keys_ in ((old, ["why_label", "why_days"]), (tax, ["why_no_label"])):
        verdict = explained(record, scope)
        assert not verdict.allowed
        assert [key for key, _ in verdict.reasons] == keys_
        assert bool(desk.store.record(record.id, scope)) == verdict.allowed
    assert explained(old, Scope(frozenset({"public"}), dt.date(2019, 5, 3))).allowed


def test_asking_as_another_reader_shows_their_world(desk: Desk, as_: Client) -> None:
    put(desk, "levy.md", "# Levy\n\nThe market stall levy costs 900 shillings per day.\n", labels=frozenset({"tax"}))
    mine = Reader("root", frozenset({"public", "tax"}))
    hits, verdicts = asked(STALL, frozenset({"public"}), dt.date.today(), mine, desk)
    assert hits
    assert all("900" not in each.chunk.text for each in hits)
    assert {verdict.allowed for verdict in verdicts} == {True, False}
    page = as_("root").get("/office/reader", params={"question": STALL, "label": "public"}).text
    assert "Not allowed" in page
    assert "has none of the labels; it has tax" in page
    assert as_("ben").get("/office/reader", params={"question": STALL, "label": "tax"}).status_code == 400
    assert as_("ben").get("/office/reader", params={"question": STALL, "person": "root"}).status_code == 403
    assert "Levy" not in as_("ben").get("/office/reader", params={"question": STALL, "label": "public"}).text
    assert list(desk.audit.receipts()) == []


def test_a_source_is_shown_with_its_last_run_to_who_holds_its_labels(desk: Desk, as_: Client) -> None:
    home = desk.settings.home
    home.mkdir(parents=True, exist_ok=True)
    tables = ("[site]", 'kind = "web"', 'address = "https://county.example/"', 'every = "6h"')
    tables += ("[mails]", 'kind = "mailbox"', 'address = "/mail"', 'labels = ["tax"]')
    (home / "sources.toml").write_text("\n".join(tables), encoding="utf-8")
    run = {"source": "site", "began": "2026-05-03T10:00:00+00:00", "dry_run": False, "new": 3, "failed": 0}
    write_log(home, run)
    write_log(home, run | {"began": "2026-05-04T10:00:00+00:00", "dry_run": True, "new": 9})
    (found,) = listed(home, frozenset({"public"}))
    assert (found.name, found.began, found.counts, found.error) == ("site", "2026-05-03 10:00", {"new": 3}, "")
    assert [each.name for each in listed(home, frozenset({"public", "tax"}))] == ["site", "mails"]
    assert "mails" not in as_("spy").get("/office/sources").text
    assert "mails" in as_("root").get("/office/sources").text
