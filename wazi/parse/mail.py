# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""EML -> Parsed: who wrote to whom, when and about what, the words of the message, and the names of its attachments.

The attachments themselves are documents of their own (`members`). Of two forms of a message the plain one is read. It does not
know signatures, threads, and pictures inside the words.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.policy import default

from wazi.errors import InputError
from wazi.parse import html
from wazi.parse.archive import Inside, as_member, nested, safe_name
from wazi.parse.writer import Writer, squeeze
from wazi.types import BlockKind, Parsed, RawFile

HEADERS = ("From", "To", "Cc", "Date")
ENCRYPTED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"))
SIGNATURES = frozenset(("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"))
MAX_PARTS = 1000
DAMAGE = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
"""What the email package raises for headers and parts that break the rules of mail."""


def parse(data: bytes, name: str) -> Parsed:
    """Parse a message. Raises InputError for one that is encrypted or damaged throughout."""
    message = _opened(data, name)
    writer, problems = Writer(), []
    subject = _header(message, "Subject")
    writer.heading(subject, 0)
    lines = [f"{key}: {value}" for key in HEADERS if (value := _header(message, key))]
    writer.add("\n".join(lines))
    problems += _write_body(writer, message, name)
    for number, inside in enumerate(attachments(data, name)):
        writer.add(inside.name, BlockKind.LIST_ITEM, joined=number > 0)
        if inside.problem:
            problems.append(inside.problem)
    defects = {type(defect).__name__ for part in message.walk() for defect in part.defects}
    if defects:
        problems.append(f"the message is damaged ({', '.join(sorted(defects))}): words or attachments may be missing")
    return writer.parsed(title=subject or None, problems=problems)


def members(raw: RawFile) -> Iterator[RawFile]:
    """The attachments of a message, one after the other."""
    return (as_member(raw, inside) for inside in attachments(raw.data, raw.name) if not inside.problem)


def attachments(data: bytes, name: str) -> list[Inside]:
    """What is attached to a message; names are made unique. Raises InputError as `parse` does."""
    message = _opened(data, name)
    try:
        body = message.get_body(("plain", "html"))
        found = [_inside(part, number) for number, part in enumerate(_parts(message), start=1) if part is not body]
    except DAMAGE as error:
        raise InputError(f"{name} is a damaged message ({type(error).__name__}): save it again") from error
    taken: set[str] = set()
    unique = []
    for number, inside in enumerate((each for each in found if each), start=1):
        own = inside.name if inside.name not in taken else f"{number}-{inside.name}"
        taken.add(own)
        unique.append(inside._replace(name=own))
    return unique


def _opened(data: bytes, name: str) -> EmailMessage:
    try:
        message = email.message_from_bytes(data, policy=default)
        kind = message.get_content_type()
        parts = sum(1 for _ in message.walk())
    except DAMAGE as error:
        raise InputError(f"{name} is a damaged message ({type(error).__name__}): save it again") from error
    if kind in ENCRYPTED:
        raise InputError(f"{name} is encrypted: save it without encryption and ingest again")
    if parts > MAX_PARTS:
        raise InputError(f"{name} has {parts} parts, the limit is {MAX_PARTS}: save what it holds as files")
    return message


def _header(message: EmailMessage, key: str) -> str:
    try:
        return squeeze(str(message.get(key, "")))
    except DAMAGE:
        # The value as it stands in the file: a header that breaks the rules is still worth reading.
        return squeeze(next((str(value) for name, value in message.raw_items() if name.lower() == key.lower()), ""))


def _write_body(writer: Writer, message: EmailMessage, name: str) -> list[str]:
    """Write the words of the message; returns what could not be read of them."""
    try:
        body = message.get_body(("plain", "html"))
        text = _content(body) if body is not None else ""
    except DAMAGE as error:
        return [f"the words of the message cannot be read ({type(error).__name__}): save it again"]
    if body is not None and body.get_content_type() == "text/html":
        return html.write(writer, text, name)
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        writer.add(paragraph)
    return []


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # a character set that Python does not know
        data = part.get_payload(decode=True)
        return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _parts(message: MIMEPart) -> Iterator[MIMEPart]:
    """The parts of a message that hold something, without entering messages attached to it."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.iter_parts():
        yield from _parts(part)


def _inside(part: MIMEPart, number: int) -> Inside | None:
    """An attached file; None for the words in another form, signatures and pictures inside the words."""
    kind, stated = part.get_content_type(), part.get_filename()
    attached = part.get_content_disposition() == "attachment"
    inline = part.get_content_maintype() == "image" and part.get("Content-ID") and not attached
    if kind in SIGNATURES or inline or (kind in {"text/plain", "text/html"} and not stated and not attached):
        return None
    if kind == "message/rfc822":
        inner = part.get_payload(0)
        data = inner.as_bytes() if isinstance(inner, EmailMessage) else b""
        return Inside(safe_name(stated or f"{number}.eml"), data, _mail_within(data, stated or f"{number}.eml"))
    payload = part.get_payload(decode=True)
    name = safe_name(stated or f"{number}") or f"{number}"
    if not isinstance(payload, bytes) or not payload:
        return Inside(name, b"", f"{name} is empty or damaged: save the message again")
    return Inside(name, payload, nested(name, payload))


def _mail_within(data: bytes, name: str) -> str | None:
    return f"{name} has attachments of its own: save it and ingest it" if attachments(data, name) else None
