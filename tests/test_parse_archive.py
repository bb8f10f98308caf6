# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What archives and mails hold comes out as files of its own, and what does not is said."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import warnings
import zipfile
from email.message import EmailMessage

import pytest
from formats import FORMATS, mail, plain, workbook, zipped

from wazi.config import Parse
from wazi.errors import InputError
from wazi.parse import members, parse
from wazi.types import Parsed, Provenance, RawFile


def raw(name: str, data: bytes) -> RawFile:
    provenance = Provenance(labels=frozenset({"staff"}), valid_from=dt.date(2024, 7, 1))
    return RawFile(f"/docs/{name}", name, data, "", provenance)


def read(file: RawFile) -> Parsed:
    return parse(file, Parse())


def test_a_member_is_a_file_of_its_own_with_the_provenance_of_the_archive() -> None:
    file = raw("a.zip", zipped({"fees/market.xlsx": workbook(), "note.txt": plain()}))
    first, second = members(file)
    assert (first.source, first.name) == ("/docs/a.zip!/fees/market.xlsx", "a.zip/fees/market.xlsx")
    assert first.sha256 == hashlib.sha256(workbook()).hexdigest()
    assert first.provenance == second.provenance == file.provenance
    assert read(second).text == plain().decode()
    assert "Mlimani | Open stall | 1,450.00" in read(first).text


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"archive.zip", "mail.eml"}])
def test_other_files_have_no_members(name: str) -> None:
    assert list(members(raw(name, FORMATS[name]()))) == []


@pytest.mark.parametrize("name", ["../../etc/fee.txt", "/etc/fee.txt", "..\\fee.txt", "C:\\fee.txt", "./fee.txt"])
def test_names_lead_nowhere_else(name: str) -> None:
    [member] = members(raw("a.zip", zipped({name: plain()})))
    assert member.source.startswith("/docs/a.zip!/")
    assert ".." not in member.source
    assert member.source.endswith("/fee.txt")


def test_what_is_not_handed_out_is_a_problem_of_the_archive() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("twice.txt", "twice.txt", "fee.txt"):
            archive.writestr(name, plain())
        archive.writestr("in.zip", zipped({"fee.txt": plain()}))
        archive.writestr("letter.eml", mail())
    damaged = buffer.getvalue().replace(plain(), plain()[::-1], 3)
    file = raw("a.zip", damaged.replace(plain()[::-1], plain(), 2))
    said = " ".join(read(file).problems)
    assert "twice.txt is in the archive more than once" in said
    assert "fee.txt: BadZipFile" in said
    assert "in.zip is an archive within" in said
    assert "letter.eml is a mail with attachments within" in said
    assert list(members(file)) == []


def test_an_archive_with_access_labels_of_its_own_is_refused() -> None:
    file = raw("a.zip", zipped({"documents.toml": b'["fee.txt"]\nlabels = ["staff"]\n', "fee.txt": plain()}))
    with pytest.raises(InputError, match=r"holds documents\.toml"):
        list(members(file))
    with pytest.raises(InputError, match=r"holds documents\.toml"):
        read(file)


def test_attachments_are_files_of_their_own() -> None:
    message = EmailMessage()
    message["Subject"] = "Fees"
    message["From"] = "a@kijani.example"
    message.set_content("<h1>Fees</h1><table><tr><th>Stall<th>Fee<tr><td>Open<td>20</table>", subtype="html")
    for _ in range(2):
        message.add_attachment(workbook(), maintype="application", subtype="octet-stream", filename="../fees.xlsx")
    message.add_attachment(zipped({"a.txt": plain()}), maintype="application", subtype="zip", filename="a.zip")
    inner = EmailMessage()
    inner["Subject"] = "Earlier"
    inner.set_content("The fee was 15.")
    message.add_attachment(inner)
    file = raw("m.eml", message.as_bytes())
    result = read(file)
    assert result.title == "Fees"
    assert [b.headings for b in result.blocks if result.text[b.start : b.end] == "Open | 20"] == [
        ("Fees", "Stall | Fee")
    ]
    assert result.problems == ("a.zip is an archive within: unpack it and ingest the folder",)
    assert [member.name for member in members(file)] == ["m.eml/fees.xlsx", "m.eml/2-fees.xlsx", "m.eml/5.eml"]
    assert "The fee was 15." in read(list(members(file))[-1]).text


def test_a_message_that_ends_early_is_partial() -> None:
    whole = mail()
    result = read(raw("m.eml", whole[: whole.index(b"Content-Disposition")]))
    assert "50 shillings" in result.text
    assert "the message is damaged" in result.problems[0]


def test_an_encrypted_message_is_refused() -> None:
    data = b"MIME-Version: 1.0\nSubject: x\nContent-Type: application/pkcs7-mime; name=smime.p7m\n\nAAAA\n"
    with pytest.raises(InputError, match="is encrypted"):
        read(raw("m.eml", data))
