# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Mails of a Maildir, an mbox file and a folder of .eml files."""

from __future__ import annotations

import mailbox
import shutil
from email.message import EmailMessage
from pathlib import Path

import pytest

from wazi import sources
from wazi.config import Sources
from wazi.errors import InputError, SettingError
from wazi.sources import Changed, Memory, Same, Seen, book
from wazi.sources.fetch import Fetcher
from wazi.testing.sources import SourceConformance, remember


def mail(name: str, text: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = f"Notice {name}"
    made["Message-ID"] = f"<{name}@county.example>"
    made.set_content(text)
    return made


class Mails:
    """A mailbox of one of the three kinds."""

    settings = Sources()

    def __init__(self, kind: str, path: Path) -> None:
        self.kind, self.path = kind, path
        self._box()

    def source(self) -> sources.Source:
        entry = book.entry("mail", {"kind": "mailbox", "address": str(self.path), "labels": ["clerks"]}, "test")
        return sources.open_source(entry, Fetcher(self.settings), self.settings)

    def _box(self) -> mailbox.Mailbox[mailbox.Message] | None:
        if self.kind == "eml":
            self.path.mkdir(exist_ok=True)
            return None
        return mailbox.mbox(self.path) if self.kind == "mbox" else mailbox.Maildir(self.path)  # type: ignore[return-value]

    def put(self, name: str, text: str) -> None:
        self.remove(name)
        box = self._box()
        if box is None:
            (self.path / f"{name}.eml").write_bytes(mail(name, text).as_bytes())
        else:
            box.add(mail(name, text))
            box.flush()

    def remove(self, name: str) -> None:
        box = self._box()
        if box is None:
            (self.path / f"{name}.eml").unlink(missing_ok=True)
            return
        for key in list(box.keys()):
            if box[key]["Message-ID"] == f"<{name}@county.example>":
                box.remove(key)
        box.flush()
        if self.kind == "mbox":
            self.path.touch()

    def vanish(self) -> None:
        shutil.rmtree(self.path) if self.path.is_dir() else self.path.unlink()


@pytest.fixture(params=["maildir", "mbox", "eml"])
def mails(request: pytest.FixtureRequest, tmp_path: Path) -> Mails:
    return Mails(request.param, tmp_path / "mail")


class TestMailbox(SourceConformance):
    @pytest.fixture
    def world(self, mails: Mails) -> Mails:
        return mails


def test_a_mail_goes_in_whole_under_its_subject_and_labels(mails: Mails) -> None:
    mails.put("a", "A stall costs 450.")
    (event,) = mails.source().changes(Memory())
    assert isinstance(event, Changed)
    assert event.place.name == "Notice a.eml"
    assert event.place.provenance.labels == frozenset({"clerks"})
    assert b"A stall costs 450." in sources.read(event.place, mails.settings).data


def test_a_mail_that_was_read_is_the_same(tmp_path: Path) -> None:
    mails = Mails("maildir", tmp_path / "mail")
    mails.put("a", "words")
    memory = remember(mails.source().changes(Memory()), Memory())
    (file,) = (tmp_path / "mail" / "new").iterdir()
    file.rename(tmp_path / "mail" / "cur" / f"{file.name}:2,S")
    assert [type(event) for event in mails.source().changes(memory)] == [Same]


def test_damaged_headers_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(b"Subject: =?utf-8?b?\xff?=\nMessage-ID: <<[[]>\n\nwords")
    (tmp_path / "y.eml").write_bytes(b"\x00\xff" * 50)
    (tmp_path / "z.eml").write_bytes(b"Message-ID:\nSubject:\n\nwords")
    entry = book.entry("mail", {"kind": "mailbox", "address": str(tmp_path), "labels": ["public"]}, "test")
    events = list(sources.open_source(entry, Fetcher(Sources()), Sources()).changes(Memory()))
    assert [type(event) for event in events] == [Changed] * 3


def test_mail_is_not_public_unless_said() -> None:
    with pytest.raises(SettingError, match=r"\[mail\] labels: Field required"):
        book.entry("mail", {"kind": "mailbox", "address": "/var/mail/office"}, "sources.toml")


def test_another_mail_under_the_same_message_id_is_not_lost(tmp_path: Path) -> None:
    mails = Mails("mbox", tmp_path / "mail")
    box = mailbox.mbox(mails.path)
    for words in ("The fee is 450.", "The fee is 900.", "The fee is 900."):
        box.add(mail("fees", words))
    box.flush()
    events = list(mails.source().changes(Memory()))
    assert len({event.seen.address for event in events if isinstance(event, Changed)}) == len(events) == 2
    assert [type(event) for event in mails.source().changes(remember(events, Memory()))] == [Same, Same]


def test_an_empty_folder_of_mails_may_be_a_disk_that_is_not_mounted(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    mails = Mails("eml", tmp_path / "mail")
    assert list(mails.source().changes(Memory())) == []
    with pytest.raises(InputError, match="is empty now: mount the disk"):
        list(mails.source().changes(Memory({"x": Seen("x", "x")})))
