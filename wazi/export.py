# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Records -> a description of the whole holding for data catalogues: DCAT-AP 3 or Croissant 1.0, both as JSON-LD.

Only what is in the records given: never a text, a local path, or the id of a document that is not among them. Formats:
https://semiceu.github.io/DCAT-AP/releases/3.0.0/ and https://docs.mlcommons.org/croissant/docs/croissant-spec.html.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from wazi.curate.croissant import CONTEXT
from wazi.types import About, Record, Status

Json = dict[str, Any]

CATALOGUE = "urn:wazi:holding"
DOCUMENT = "urn:wazi:document:"
TITLE = "Documents held"
DESCRIPTION = (
    "The documents of a public body that its question service answers from, each with its validity and provenance."
)
NOT_STATED = "not stated"

INSIDE = "!/"
"""What stands in a source between an archive or a mail and a file inside it."""

_WEB = re.compile(r"https?://", re.IGNORECASE)
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
_LANGUAGES = "http://id.loc.gov/vocabulary/iso639-"

_DCAT_CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_RELATIONS = {
    About.AMENDS: "eli:amends",
    About.REPEALS: "eli:repeals",
    About.AMENDED_BY: "eli:amended_by",
    About.REPEALED_BY: "eli:repealed_by",
}

_FIELDS = {
    **dict.fromkeys(("id", "title", "kind", "publisher", "jurisdiction", "licence", "sha256"), "sc:Text"),
    **dict.fromkeys(("languages",), "sc:Text"),
    **dict.fromkeys(("valid_from", "valid_until"), "sc:Date"),
    "address": "sc:URL",
}
"""Fields of the record set and their types."""


def dcat(records: Sequence[Record], now: dt.datetime) -> Json:
    """A dcat:Catalog with one dcat:Dataset a document."""
    held = _whole(records)
    ids = {record.id for record in held}
    return {
        "@context": _DCAT_CONTEXT,
        "@id": CATALOGUE,
        "@type": "dcat:Catalog",
        "dct:title": TITLE,
        "dct:description": DESCRIPTION,
        "dct:publisher": _agent(_shared(record.publisher for record in held) or NOT_STATED),
        "dct:modified": _typed(now.replace(microsecond=0).isoformat(), "xsd:dateTime"),
        "dcat:dataset": [_dataset(record, ids) for record in held],
    }


def croissant(records: Sequence[Record], now: dt.datetime) -> Json:
    """A schema.org Dataset: the files that have an address, and a record set with the facts of all documents."""
    held = _whole(records)
    publishers = sorted({record.publisher for record in held if record.publisher}) or [NOT_STATED]
    licences = sorted({_licence(record.licence) for record in held if record.licence}) or [NOT_STATED]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "documents-held",
        "description": DESCRIPTION,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "url": CATALOGUE,
        "version": f"{now.year}.{now.month}.{now.day}",
        "datePublished": now.date().isoformat(),
        "license": licences,
        "creator": [{"@type": "sc:Organization", "name": name} for name in publishers],
        "inLanguage": sorted({language for record in held for language in record.languages}),
        "distribution": [_file(record) for record in held if _address(record)],
        "recordSet": [_record_set(held)],
    }


FORMATS: Mapping[str, Callable[[Sequence[Record], dt.datetime], Json]] = {"dcat": dcat, "croissant": croissant}


def _whole(records: Iterable[Record]) -> list[Record]:
    return [record for record in records if record.status is not Status.FAILED]


def _dataset(record: Record, ids: set[str]) -> Json:
    about = " ".join(filter(None, (record.kind and record.kind.value, record.jurisdiction))) or "document"
    made: Json = {
        "@id": DOCUMENT + record.id,
        "@type": "dcat:Dataset",
        "dct:identifier": record.id,
        "dct:title": record.title,
        "dct:description": f"{record.title} ({about})",
        "dct:language": [_language(tag) for tag in record.languages],
        "adms:identifier": {"@type": "adms:Identifier", "rdfs:label": f"sha256:{record.sha256}"},
    }
    if record.publisher:
        made["dct:publisher"] = _agent(record.publisher)
    if record.kind:
        made["dct:type"] = record.kind.value
    if record.jurisdiction:
        made["dct:spatial"] = {"@type": "dct:Location", "rdfs:label": record.jurisdiction}
    if record.valid_from or record.valid_until:
        made["dct:temporal"] = _period(record)
    if record.history:
        made["dct:modified"] = _typed(record.history[-1].taken.isoformat(), "xsd:dateTime")
    for about_, name in _RELATIONS.items():
        others = {said.document for said in record.said if said.about is about_ and said.document in ids}
        if others:
            made[name] = [{"@id": f"{DOCUMENT}{other}"} for other in sorted(filter(None, others))]
    if address := _address(record):
        made["dcat:distribution"] = [_distribution(record, address)]
    return made


def _distribution(record: Record, address: str) -> Json:
    made: Json = {
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{record.media_type}"},
        "dcat:byteSize": _typed(str(record.bytes), "xsd:nonNegativeInteger"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": _typed(record.sha256, "xsd:hexBinary"),
        },
    }
    if record.licence:
        licence = _licence(record.licence)
        named = {"@type": "dct:LicenseDocument"}
        made["dct:license"] = named | ({"@id": licence} if _WEB.match(licence) else {"rdfs:label": licence})
    return made


def _period(record: Record) -> Json:
    days = {"dcat:startDate": record.valid_from, "dcat:endDate": record.valid_until}
    return {"@type": "dct:PeriodOfTime"} | {
        name: _typed(day.isoformat(), "xsd:date") for name, day in days.items() if day
    }


def _file(record: Record) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": record.id,
        "name": record.title,
        "contentUrl": _address(record),
        "contentSize": f"{record.bytes} B",
        "encodingFormat": record.media_type,
        "sha256": record.sha256,
        "inLanguage": list(record.languages),
        **({"license": _licence(record.licence)} if record.licence else {}),
    }


def _record_set(held: Sequence[Record]) -> Json:
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"documents/{name}",
            "name": f"documents/{name}",
            "dataType": kind,
            **({"repeated": True} if name == "languages" else {}),
        }
        for name, kind in _FIELDS.items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": "documents",
        "name": "documents",
        "description": "One record a document.",
        "key": {"@id": "documents/id"},
        "field": fields,
        "data": [{f"documents/{name}": _fact(record, name) for name in _FIELDS} for record in held],
    }


def _fact(record: Record, name: str) -> Any:
    value = _address(record) if name == "address" else getattr(record, name)
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _address(record: Record) -> str | None:
    """Where anybody can get these bytes; a path on the keeper's disk, or a password, is nobody's business."""
    if INSIDE in record.source:  # the address, if there is one, is that of the archive
        return None
    places = (place for place in (record.address, record.source) if place and _WEB.match(place))
    return next((place for place in places if "@" not in urlsplit(place).netloc), None)


def _licence(text: str) -> str:
    """An address as it is, an SPDX name as its address, anything else as words."""
    known = _SPDX.fullmatch(text) and "-" in text
    return f"https://spdx.org/licenses/{text}" if known else text


def _language(tag: str) -> Json:
    """DCAT 3 asks for the address of ISO 639-1 where there is one, else of ISO 639-2."""
    code = tag.partition("-")[0].lower()
    return {"@id": f"{_LANGUAGES}{len(code) - 1}/{code}"}


def _agent(name: str) -> Json:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _typed(value: str, kind: str) -> Json:
    return {"@value": value, "@type": kind}


def _shared(names: Iterable[str | None]) -> str | None:
    """The one name that all share, if there is one."""
    found = set(names)
    return found.pop() if len(found) == 1 else None
