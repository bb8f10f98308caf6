# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A curated set described in Croissant 1.0 with the fields of its Responsible AI vocabulary, as JSON-LD.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html and croissant-rai-spec.html. It tells what the manifest tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_TERMS = (
    "arrayShape citeAs column containedIn extract field fileProperty fileObject fileSet format includes isArray isLiveDataset "
    "jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source subField transform"
)
CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _TERMS.split()},
}
_FORMATS = {"jsonl": "application/jsonlines", "tsv": "text/tab-separated-values"}
_FIELDS = {
    "corpus.jsonl": ("_id", "title", "text", "lang", "document", "sha256", "licence", "publisher"),
    "queries.jsonl": ("_id", "text", "lang", "gold_id", "kind", "document"),
    "queries_relevant.jsonl": ("_id", "text", "lang", "gold_id", "kind", "document"),
}
_CREATOR = {"@type": "sc:Organization"}


def described(about: Mapping[str, Any], sizes: Mapping[str, int]) -> Json:
    """The description; `about` is the manifest, `sizes` are bytes by file. A file without rows is not described."""
    hashes: Mapping[str, str] = about["files"]
    named = [name for name in hashes if sizes[name]]
    licence = about["licence"]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": about["name"],
        "description": "Questions with the passages of a public body's documents that answer them, reviewed by its staff or made "
        "of headings, questions and language versions of the documents.",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "url": f"urn:wazi:curated:{hashes['corpus.jsonl'][:16]}",
        "version": "1.0.0",
        "datePublished": about["made"][:10],
        "license": f"https://spdx.org/licenses/{licence}" if "://" not in licence else licence,
        "creator": _CREATOR | {"name": about["creator"]},
        "citeAs": f"{about['creator']}: {about['name']}, {about['made'][:10]}",
        "inLanguage": sorted({tag for cells in about["examples"].values() for tag in cells}),
        **_responsible(about),
        "distribution": [_file(name, hashes[name], sizes[name]) for name in named],
        "recordSet": [_records(name) for name in named if name in _FIELDS],
    }


def _file(name: str, sha256: str, size: int) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{size} B",
        "encodingFormat": _FORMATS[name.rpartition(".")[2]],
        "sha256": sha256,
    }


def _records(name: str) -> Json:
    label = name.removesuffix(".jsonl")
    return {
        "@type": "cr:RecordSet",
        "@id": label,
        "name": label,
        "description": f"One record a line of {name}.",
        "key": {"@id": f"{label}/_id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{label}/{column}",
                "name": column,
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": name}, "extract": {"column": column}},
            }
            for column in _FIELDS[name]
        ],
    }


def _responsible(about: Mapping[str, Any]) -> Json:
    removed = about["personal_data_removed"]
    dropped = "; ".join(f"{reason}: {times}" for reason, times in about["dropped"].items()) or "nothing"
    return {
        "rai:dataCollection": "Questions that readers asked about answers of the office's own question service and that its staff "
        "reviewed; and headings, questions and language versions of the documents that the office holds.",
        "rai:dataCollectionType": ["Direct measurement", "Secondary data analysis"],
        "rai:dataCollectionRawData": "Documents of the public body as ingested, each with the SHA-256 of its original, and rows of "
        "feedback that stay with the office.",
        "rai:dataPreprocessingProtocol": [
            "Sections by the documents' own headings; personal data blacked out by rules; copies and items of tests removed.",
            f"Dropped, by reason: {dropped}.",
        ],
        "rai:dataAnnotationProtocol": "A reader names the place that answers; a named member of staff accepts or rejects it. "
        "Without a place, feedback is left out. Labels of headings are facts of the documents' layout.",
        "rai:annotationsPerItem": "One reader and one reviewer for each row of feedback; none for rows that are made of headings.",
        "rai:personalSensitiveInformation": [
            "Found by rules and blacked out, by kind: "
            + (", ".join(f"{kind} {times}" for kind, times in removed.items()) or "none found")
            + ". Names of those who asked or reviewed are never written. What no rule describes is not found.",
        ],
        "rai:dataBiases": [
            "Only those who ask in writing, in the languages of the service, are heard; headings ask more formally than people do.",
        ],
        "rai:dataLimitations": [
            "One passage is named as the answer although others may answer too; documents change, and the rows do not follow them.",
        ],
        "rai:dataUseCases": [
            "Training and selection of small readers and rerankers for the same office; not for decisions about persons.",
        ],
        "rai:dataSocialImpact": "Better answers in the languages that people speak; a model that learns from it repeats what the "
        "office wrote, including what is wrong or unjust in it.",
        "rai:dataReleaseMaintenancePlan": "Made anew from the current documents and reviewed feedback by one command; earlier "
        "versions are told apart by the SHA-256 of their files.",
    }
