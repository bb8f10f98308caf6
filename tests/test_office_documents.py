# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Documents for staff: who sees, sends and deletes which."""

import io
from collections.abc import Iterator

import pytest
from conftest import put
from serving import eventually
from staff import HERE, Client, clients
from starlette.testclient import TestClient

from wazi import access
from wazi.desk import Desk
from wazi.serve import auth, office_documents, office_upload
from wazi.serve.app import create
from wazi.serve.office_upload import Intake, Streamed, source_of
from wazi.state import State, people

UPLOAD = office_upload.ADDRESS
PUBLIC = frozenset({"public"})


@pytest.fixture
def state(desk: Desk) -> Iterator[State]:
    with auth.open_for(desk.settings) as opened:
        people.add(opened, "ada", role="staff", labels=["tax"])
        people.add(opened, "ben", role="staff")
        people.add(opened, "cem")
        yield opened


@pytest.fixture
def as_(desk: Desk, state: State) -> Client:
    app = create(desk, auth.reader_of)
    auth.add(app, desk.settings, state)
    office_documents.add(app, desk)
    return clients(app, state)


@pytest.mark.parametrize(("name", "status"), [("", 401), ("cem", 403), ("ben", 200)])
@pytest.mark.parametrize("path", ["/office/documents", UPLOAD])
def test_only_staff_come_in(as_: Client, name: str, status: int, path: str) -> None:
    assert as_(name).get(path).status_code == status


def test_staff_see_what_their_labels_open(as_: Client, desk: Desk) -> None:
    hidden = put(desk, "levy.md", "# Hidden levy\n\nThe levy is 900.\n", labels=frozenset({"tax"}))
    assert "Hidden levy" in as_("ada").get("/office/documents?q=LEVY").text
    listed = as_("ben").get("/office/documents").text
    assert "Hidden levy" not in listed
    assert "charter" in listed
    for path in (f"/office/documents/{hidden.id}", f"/office/documents/{hidden.id}/original"):
        assert as_("ben").get(path).status_code == as_("ben").get(path.replace(hidden.id, "0" * 16)).status_code == 404
    assert "The levy is 900." in as_("ada").get(f"/office/documents/{hidden.id}").text
    assert as_("ada").get(f"/office/documents/{hidden.id}/original").content.startswith(b"# Hidden levy")


def test_a_document_is_deleted_by_who_holds_all_its_labels(as_: Client, desk: Desk) -> None:
    both = put(desk, "both.md", "# Both\n\nFor two.\n", labels=frozenset({"public", "tax"}))
    keeper = access.holdings_of(access.keeper())
    path = f"/office/documents/{both.id}/delete"
    assert as_("ben").post(path).status_code == 400
    assert as_("ada").post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert desk.store.record(both.id, keeper) is not None
    assert as_("ada").post(path).status_code == 303
    assert desk.store.record(both.id, keeper) is None
    assert as_("ada").post(path).status_code == 404


def test_files_are_taken_in_and_their_states_told(as_: Client, desk: Desk) -> None:
    ada = as_("ada")
    files = [("file", ("fees.md", b"# Fees\n\nA boat costs 70 shillings.\n")), ("file", ("bad.pdf", b"%PDF-1.4 no"))]
    assert ada.post(UPLOAD, files=files, data={"label": ["tax"]}).status_code == 303
    assert eventually(lambda: "Taken in" in ada.get(UPLOAD).text, 60)
    page = ada.get(UPLOAD).text
    assert "Fees" in page
    assert "bad.pdf" in page
    assert "could not be read" in page
    assert "Fees" not in as_("ben").get(UPLOAD).text
    held = {each.source: each for each in desk.store.records(access.holdings_of(access.keeper()))}
    assert held[source_of("fees.md", frozenset({"tax"}))].labels == {"tax"}
    assert list((desk.settings.home / "uploads").iterdir()) == []


def test_files_that_wait_when_the_server_ends_are_taken_in_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ended:
        ended.setattr(Intake, "_work", lambda _: None)
        before = Intake(desk)
        for name in ("first", "second"):
            before.add([(f"{name}.md", io.BytesIO(f"# {name}\n\nText of the {name}.\n".encode()))], PUBLIC, "ada")
        bad = before.add([("third.md", io.BytesIO(b"# third\n\nText.\n"))], PUBLIC, "ada")
        cut = before.add([("fourth.md", io.BytesIO(b"# fourth\n\nText.\n"))], PUBLIC, "ada")
    uploads = desk.settings.home / "uploads"
    note = uploads / bad.id / "job.json"
    note.write_text(note.read_text().replace('"tries": 0', '"tries": 2'))
    (uploads / cut.id / "job.json").unlink()
    after = Intake(desk)
    assert eventually(lambda: all(job.state in ("done", "stopped") for job in after.jobs(PUBLIC)), 60)
    assert [job.state for job in after.jobs(PUBLIC)] == ["stopped", "done", "done"]
    assert "one by one" in after.jobs(PUBLIC)[0].problem
    held = {each.source.rpartition("/")[2] for each in desk.store.records(access.holdings_of(access.keeper()))}
    assert {"first.md", "second.md"} <= held
    assert not {"third.md", "fourth.md"} & held
    assert eventually(lambda: list(uploads.iterdir()) == [])


def test_nobody_replaces_or_labels_what_they_may_not_see(as_: Client, desk: Desk) -> None:
    assert source_of("a.md", PUBLIC) != source_of("a.md", frozenset({"tax"}))
    file = [("file", ("a.md", b"# A\n\nText.\n"))]
    assert as_("ben").post(UPLOAD, files=file, data={"label": ["tax"]}).status_code == 400
    assert as_("ben").post(UPLOAD, files=file, data={}).status_code == 400
    assert as_("ben").post(UPLOAD, data={"label": ["public"]}, files={"x": b""}).status_code == 400
    assert as_("cem").post(UPLOAD, files=file, data={"label": ["public"]}).status_code == 403
    assert len(desk.store.records(access.holdings_of(access.keeper()))) == 1


def test_an_upload_has_a_limit_of_its_own(as_: Client, desk: Desk, state: State) -> None:
    large = [("file", ("large.md", b"Words. " * 20_000))]
    assert as_("").post(UPLOAD, files=large).status_code == 413  # the limit of everybody
    app = create(desk, auth.reader_of)
    auth.add(app, desk.settings, state)
    app.add_middleware(Streamed, bytes=100_000)
    client = TestClient(app, base_url="http://127.0.0.1", headers=HERE, cookies=as_("ada").cookies)
    reply = client.post(UPLOAD, files=large)
    assert reply.status_code == 413
    assert "100000 bytes" in reply.json()["error"]["message"]
