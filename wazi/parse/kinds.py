# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a file is: its media type by its content, and why a file of another kind cannot be read.

The extension only tells apart what is text in any case: Markdown, delimited tables, HTML fragments, mail and plain text. It
knows no more of a format than how its files begin and what its container holds.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING

from wazi.errors import InputError
from wazi.parse.clean import bom_encoding, is_text
from wazi.parse.package import DAMAGE

if TYPE_CHECKING:
    from wazi.types import RawFile

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

PDF = "application/pdf"
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PPTX = f"{_OFFICE}presentationml.presentation"
ODT = f"{_OPEN}text"
ODS = f"{_OPEN}spreadsheet"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
CSV = "text/csv"
TSV = "text/tab-separated-values"
MAIL = "message/rfc822"
ZIP = "application/zip"
AKOMA_NTOSO = "application/akn+xml"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
MAGIC = {b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG, b"II*\x00": TIFF, b"MM\x00*": TIFF}
MEMBER_TYPES = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
OPEN_TYPES = {ODT: ODT, f"{ODT}-template": ODT, ODS: ODS, f"{ODS}-template": ODS}
UNREAD_MEMBERS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb): save it as .xlsx and ingest again",
    "META-INF/container.xml": "an electronic book (EPUB): convert it to PDF or HTML and ingest again",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFUSED = {
    b"GIF8": "a GIF image",
    b"{\\rtf": "an RTF file",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
}
LOOKED_AT = 65_536
"""Bytes of a text that may tell what it is."""
HTML_START = re.compile(
    rb"\A(?:\s|\xef\xbb\xbf|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
HTML_TAG = re.compile(rb"<(?:p|div|h[1-6]|table|ul|ol|br|span|a)\b[^>]*>", re.I)
AKOMA_NTOSO_START = re.compile(rb"<(?:[\w-]+:)?akomaNtoso[\s>]")
MAIL_START = re.compile(rb"\A\s*(?:[A-Za-z][\w-]*:[ \t]?[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
MAIL_MARK = re.compile(rb"^(?:Received|Message-ID|MIME-Version|Return-Path|Delivered-To|DKIM-Signature):", re.I | re.M)
READS = (
    "wazi reads PDF, DOCX, ODT, XLSX, ODS, CSV, PPTX, HTML, Markdown, plain text, mail (EML), images (PNG, JPEG, TIFF), "
    "Akoma Ntoso, and ZIP files of these"
)


def media_type(raw: RawFile) -> str:
    """The media type of a file, by its content first and its extension second.

    Raises InputError for an empty file, a binary file and a format that cannot be read.
    """
    data, name = raw.data, raw.name
    if not data.strip(b"\x00\t\n\r "):
        raise InputError(f"{name} is empty: check how it was saved or copied")
    # A PDF may be preceded by junk; readers accept the header anywhere in the first 1024 bytes.
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(OLE):
        raise InputError(_ole_reason(data, name))
    if data.startswith(ZIP_STARTS):
        return _zip_type(data, name)
    for magic, image in MAGIC.items():
        if data.startswith(magic):
            return image
    for magic, what in REFUSED.items():
        if data.startswith(magic):
            raise InputError(f"{name} is {what}: {READS}; convert it and ingest again")
    return _text_type(data, name)


def _ole_reason(data: bytes, name: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"{name} is encrypted with a password: save it without one and ingest again"
    if "__substg1.0_".encode("utf-16-le") in data:
        return f"{name} is an Outlook message (.msg): save it as .eml and ingest again"
    return f"{name} is an old Office file (.doc, .xls or .ppt): save it as .docx, .xlsx, .pptx or PDF and ingest again"


def _zip_type(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            stated = ""
            stater = archive.getinfo("mimetype") if "mimetype" in members else None
            if stater is not None and stater.file_size < 200:
                stater.flag_bits &= ~1  # it is never encrypted; a mark that says so is for the part to explain
                stated = archive.read("mimetype").decode("ascii", "replace").strip()
    except DAMAGE as error:
        raise InputError(f"{name} is a damaged or truncated zip container ({error}): copy it again") from error
    for member, office in MEMBER_TYPES.items():
        if member in members:
            return office
    if stated in OPEN_TYPES:
        return OPEN_TYPES[stated]
    if stated.startswith(_OPEN):
        raise InputError(f"{name} is an OpenDocument {stated.removeprefix(_OPEN)}: save it as PDF and ingest again")
    for member, what in UNREAD_MEMBERS.items():
        if member in members:
            raise InputError(f"{name} is {what}")
    return ZIP


def _text_type(data: bytes, name: str) -> str:
    if not is_text(data):
        raise InputError(f"{name} is binary, not text: {READS}; check the file and its extension")
    suffix = PurePath(name).suffix.lower()
    start = data[:LOOKED_AT]
    if bom_encoding(data) == "utf-16":
        start = start.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if AKOMA_NTOSO_START.search(start) and start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return AKOMA_NTOSO
    if HTML_START.match(start) or (suffix in {".html", ".htm", ".xhtml"} and HTML_TAG.search(data)):
        return HTML
    if _is_mail(start, suffix):
        return MAIL
    by_suffix = {".md": MARKDOWN, ".markdown": MARKDOWN, ".csv": CSV, ".tsv": TSV, ".tab": TSV}
    return by_suffix.get(suffix, PLAIN)


def _is_mail(start: bytes, suffix: str) -> bool:
    """Header lines that only machines write, or the extension of mail above header lines."""
    headers = MAIL_START.match(start.replace(b"\r\n", b"\n"))
    return headers is not None and (suffix == ".eml" or MAIL_MARK.search(headers[0]) is not None)
