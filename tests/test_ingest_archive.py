# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Archives and mails: what is inside is held as documents of its own, under the labels of what it came in."""

import zipfile
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from wazi import access, ask, ingest, unpack
from wazi.cli import Terminal
from wazi.config import Guard
from wazi.desk import Desk
from wazi.documents import delete
from wazi.types import Outcome, Provenance

ALL = access.holdings_of(access.keeper())
FEES = "# Fees\n\nA market stall costs 450 shillings per day.\n"
BURIALS = "# Burials\n\nA burial permit is free of charge.\n"


def pack(file: Path, **members: str) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"rules/{name}.md", text)
    return file


def run(desk: Desk, file: Path, **said: object) -> dict[str, str]:
    provenance = Provenance(**said)  # type: ignore[arg-type]
    receipts = ingest.ingest([str(file)], desk, provenance=provenance)
    return {receipt.record.source.removeprefix(f"{file.parent}/"): receipt.status.value for receipt in receipts}


def held(desk: Desk) -> dict[str, set[str]]:
    return {Path(record.source).name: set(record.labels) for record in desk.store.records(ALL)}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return pack(tmp_path / "rules.zip", fees=FEES, burials=BURIALS)


def test_what_is_inside_goes_in_and_answers(empty: Desk, archive: Path) -> None:
    whole = {"rules.zip": "complete", "rules.zip!/rules/fees.md": "complete", "rules.zip!/rules/burials.md": "complete"}
    assert run(empty, archive) == whole
    assert run(empty, archive) == dict.fromkeys(whole, "unchanged")
    answer = ask.answer("What does a market stall cost?", access.keeper(), empty, model="quote")
    assert answer.claims[0].quotes[0].document.source.endswith("rules.zip!/rules/fees.md")


def test_what_is_inside_no_more_answers_no_more(empty: Desk, archive: Path) -> None:
    run(empty, archive)
    pack(archive, burials=BURIALS)
    run(empty, archive)
    assert held(empty).keys() == {"rules.zip", "burials.md"}
    answer = ask.answer("What does a market stall cost?", access.keeper(), empty, model="quote")
    assert answer.outcome is Outcome.NO_EVIDENCE


def test_a_damaged_archive_takes_nothing_away(empty: Desk, archive: Path) -> None:
    run(empty, archive)
    archive.write_bytes(archive.read_bytes()[:100])
    assert run(empty, archive) == {"rules.zip": "failed"}
    assert held(empty).keys() == {"rules.zip", "fees.md", "burials.md"}


def test_a_new_file_in_an_archive_for_the_staff_is_not_public(empty: Desk, archive: Path) -> None:
    pack(archive, fees=FEES)
    run(empty, archive, labels=frozenset({"staff"}))
    pack(archive, fees=FEES, burials=BURIALS)
    run(empty, archive)
    assert held(empty) == {"rules.zip": {"staff"}, "fees.md": {"staff"}, "burials.md": {"staff"}}


def test_deleting_an_archive_deletes_what_was_inside(empty: Desk, archive: Path, tmp_path: Path) -> None:
    run(empty, archive)
    beside = tmp_path / "rules.zip.md"
    beside.write_text(FEES)
    run(empty, beside)
    assert len(unpack.ids_from([str(archive)], empty)) == 3


def test_attachments_of_a_mail_are_documents(empty: Desk, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Fees", "clerk@example.org", "office@example.org"
    mail.set_content("See the attachment.")
    mail.add_attachment(FEES.encode(), maintype="text", subtype="markdown", filename="fees.md")
    file = tmp_path / "fees.eml"
    file.write_bytes(bytes(mail))
    assert run(empty, file) == {"fees.eml": "complete", "fees.eml!/fees.md": "complete"}


def test_a_document_that_is_deleted_is_not_left_in_the_archive_it_came_in(empty: Desk, archive: Path) -> None:
    run(empty, archive)
    kept = {Path(each.source).name: empty.store.original(each.id, ALL) is not None for each in empty.store.records(ALL)}
    assert kept == {"rules.zip": False, "fees.md": True, "burials.md": True}


def test_deleting_an_archive_by_its_id_deletes_what_was_inside(empty: Desk, archive: Path) -> None:
    run(empty, archive)
    delete([unpack.document_id(str(archive))], empty, Terminal(as_json=True))
    assert held(empty) == {}


def test_what_was_inside_goes_when_the_archive_is_one_no_more(empty: Desk, archive: Path) -> None:
    run(empty, archive)
    archive.write_text("The market opens at eight.\n")
    run(empty, archive)
    assert held(empty).keys() == {"rules.zip"}


def test_no_original_is_kept_of_an_archive_that_may_hold_what_is_masked(empty: Desk, tmp_path: Path) -> None:
    settings = empty.settings.model_copy(update={"guard": Guard(personal_data="mask")})
    desk = replace(empty, settings=settings)
    run(desk, pack(tmp_path / "people.zip", people="# People\n\nWrite to jane.doe@example.org about stalls.\n"))
    assert [desk.store.original(record.id, ALL) for record in desk.store.records(ALL)] == [None, None]
