# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The holding for catalogues: what DCAT-AP 3 and Croissant 1.0 ask for is there, and nothing that is nobody's business."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from wazi import export
from wazi.types import About, Kind, Record, Said, Status, Version

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=dt.UTC)
ACT = Record(
    id="a1",
    title="Markets Act",
    source="/home/clerk/act.pdf",
    sha256="ab" * 32,
    media_type="application/pdf",
    status=Status.COMPLETE,
    bytes=1234,
    languages=("en", "rw-RW"),
    valid_from=dt.date(2020, 1, 1),
    valid_until=dt.date(2024, 6, 30),
    address="https://county.example/act.pdf",
    licence="CC-BY-4.0",
    publisher="The county",
    jurisdiction="KE",
    kind=Kind.ACT,
    said=(
        Said(About.REPEALED_BY, "Markets Act", 1, 2, "b2"),
        Said(About.AMENDED_BY, "Markets Act", 1, 2, "secret"),
        Said(About.AMENDS, "3/1999", 1, 2),
    ),
    history=(Version("ab" * 32, NOW),),
)
BARE = Record("b2", "Notice", "/home/clerk/notice.md", "cd" * 32, "text/markdown", Status.PARTIAL, languages=("kin",))
FAILED = Record("c3", "broken.pdf", "/home/clerk/broken.pdf", "", "", Status.FAILED, reason="it is damaged")
HELD = [ACT, BARE, FAILED]


def values(node: Any) -> Iterator[Any]:
    """Every value at every depth, contexts left out."""
    if isinstance(node, dict):
        for key, inner in node.items():
            if key != "@context":
                yield from values(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from values(inner)
    else:
        yield node


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for key, inner in node.items():
            if key != "@context":
                yield from nodes(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from nodes(inner)


@pytest.mark.parametrize("format", sorted(export.FORMATS))
def test_no_path_no_hidden_document_and_no_failure_is_told(format: str) -> None:
    made = json.loads(json.dumps(export.FORMATS[format](HELD, NOW)))
    told = [value for value in values(made) if isinstance(value, str)]
    assert not [value for value in told if "/home" in value or "secret" in value or "broken" in value]
    assert [value for value in told if "https://county.example/act.pdf" in value]


@pytest.mark.parametrize("format", sorted(export.FORMATS))
def test_every_prefix_is_bound_in_the_context(format: str) -> None:
    made = export.FORMATS[format](HELD, NOW)
    context = made["@context"]
    names = {key for node in nodes(made) for key in node} | {
        kind for node in nodes(made) for kind in [node.get("@type")] if isinstance(kind, str)
    }
    prefixes = {name.partition(":")[0] for name in names if ":" in name}
    assert prefixes
    assert prefixes <= set(context)
    assert all(re.match("https?://.+[/#]$", context[prefix]) for prefix in prefixes)


def test_a_catalogue_has_what_dcat_ap_makes_mandatory() -> None:
    made = export.dcat(HELD, NOW)
    assert made["@type"] == "dcat:Catalog"
    assert made["dct:title"]
    assert made["dct:description"]
    assert made["dct:publisher"] == {"@type": "foaf:Agent", "foaf:name": "not stated"}  # they do not share one
    act, notice = made["dcat:dataset"]
    for dataset in (act, notice):
        assert dataset["@type"] == "dcat:Dataset"
        assert dataset["dct:title"]
        assert dataset["dct:description"]
    (file,) = act["dcat:distribution"]
    assert file["@type"] == "dcat:Distribution"
    assert file["dcat:accessURL"] == {"@id": "https://county.example/act.pdf"}
    assert file["dcat:byteSize"] == {"@value": "1234", "@type": "xsd:nonNegativeInteger"}
    assert file["spdx:checksum"]["spdx:checksumValue"]["@value"] == ACT.sha256
    assert file["dct:license"]["@id"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert "dcat:distribution" not in notice  # an address is mandatory there, and it has none


def test_a_document_in_dcat_has_its_days_its_languages_and_its_successor() -> None:
    act, notice = export.dcat(HELD, NOW)["dcat:dataset"]
    assert act["dct:temporal"] == {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": {"@value": "2020-01-01", "@type": "xsd:date"},
        "dcat:endDate": {"@value": "2024-06-30", "@type": "xsd:date"},
    }
    languages = [each["@id"].rpartition("vocabulary/")[2] for each in (*act["dct:language"], *notice["dct:language"])]
    assert languages == ["iso639-1/en", "iso639-1/rw", "iso639-2/kin"]
    assert act["eli:repealed_by"] == [{"@id": "urn:wazi:document:b2"}]
    assert not {"eli:amended_by", "eli:amends"} & set(act)
    assert "dct:temporal" not in notice


def test_a_croissant_has_what_the_specification_requires() -> None:
    made = export.croissant(HELD, NOW)
    required = {"@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished"}
    assert required <= set(made)
    assert all(made[name] for name in required)
    assert made["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    (file,) = made["distribution"]
    assert {"@type", "@id", "name", "contentUrl", "encodingFormat", "contentSize", "sha256"} <= set(file)
    assert (file["@type"], file["contentSize"], file["sha256"]) == ("cr:FileObject", "1234 B", ACT.sha256)
    assert made["inLanguage"] == ["en", "kin", "rw-RW"]


def test_the_records_of_a_croissant_have_the_fields_it_names() -> None:
    (records,) = export.croissant(HELD, NOW)["recordSet"]
    fields = {field["@id"] for field in records["field"]}
    assert {field["@type"] for field in records["field"]} == {"cr:Field"}
    assert records["key"]["@id"] in fields
    assert [set(row) for row in records["data"]] == [fields, fields]
    act, notice = records["data"]
    assert (act["documents/valid_until"], act["documents/kind"]) == ("2024-06-30", "act")
    assert (notice["documents/valid_until"], notice["documents/address"]) == (None, None)
    ids = [node["@id"] for node in nodes(records) if "@type" in node]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("https://county.example/rules.zip!/fees.pdf", None),
        ("/home/clerk/rules.zip!/fees.pdf", "https://county.example/rules.zip"),
        ("/home/clerk/fees.pdf", "https://clerk:secret@county.example/fees.pdf"),
    ],
)
def test_an_address_where_these_bytes_are_not_or_that_holds_a_password_is_left_out(
    source: str, address: str | None
) -> None:
    record = replace(ACT, source=source, address=address)
    for made in (export.dcat([record], NOW), export.croissant([record], NOW)):
        assert "county.example" not in json.dumps(made)
