# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A receipt as JSON-LD: quotes as Web Annotations, how the answer came about in the terms of PROV-O.

https://www.w3.org/TR/annotation-model/ (selectors) and https://www.w3.org/TR/prov-o/. It says what `receipts` shows, nothing more.
"""

from __future__ import annotations

from typing import Any

from wazi.receipts import Quoted, Shown

Json = dict[str, Any]

CONTEXT: list[Any] = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "prov": "http://www.w3.org/ns/prov#",
        "wazi": "urn:wazi:",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "sha256": "wazi:sha256",
        "outcome": "wazi:outcome",
        "receipt": {"@id": "wazi:receipt", "@type": "@json"},
        "provenance": {"@id": "@graph"},
    },
]
PDF_FRAGMENT = "http://tools.ietf.org/rfc/rfc3778"


def described(shown: Shown) -> Json:
    """The receipt with `annotations` and `provenance`; the chained line itself stands under `receipt`."""
    receipt = shown.receipt
    answer = f"urn:wazi:answer:{receipt['id']}"
    return {
        "@context": CONTEXT,
        "id": f"urn:wazi:receipt:{receipt['id']}",
        "question": shown.question,
        "reader": shown.reader,
        "annotations": [annotation(answer, number, quote) for number, quote in enumerate(shown.quotes, start=1)],
        "provenance": _provenance(shown, answer),
        "receipt": dict(receipt),
    }


def annotation(answer: str, number: int, quote: Quoted) -> Json:
    """The words of a document that an answer rests on; `state` tells whether they still stand there."""
    selectors: list[Json] = [{"type": "TextPositionSelector", "start": quote.start, "end": quote.end}]
    if quote.words:
        exact = {"exact": quote.words, "prefix": quote.before, "suffix": quote.after}
        selectors.append({"type": "TextQuoteSelector", **exact})
    if quote.page:
        selectors.append({"type": "FragmentSelector", "conformsTo": PDF_FRAGMENT, "value": f"page={quote.page}"})
    return {
        "id": f"{answer}#quote-{number}",
        "type": "Annotation",
        "motivation": "linking",
        "body": answer,
        "target": {
            "type": "SpecificResource",
            "source": f"urn:wazi:document:{quote.document}",
            "selector": selectors,
            "sha256": quote.text_sha256,
        },
        "state": quote.state,
        "title": quote.title or None,
    }


def _provenance(shown: Shown, answer: str) -> list[Json]:
    receipt = shown.receipt
    activity = f"urn:wazi:answering:{receipt['id']}"
    quoted = {quote.document: quote.sha256 for quote in shown.quotes}
    documents = [f"urn:wazi:document:{each}" for each in dict.fromkeys([*quoted, *(id for id, _ in shown.documents)])]
    software = f"urn:wazi:software:{receipt.get('wazi') or 'before-0.1'}"
    models = [f"urn:wazi:model:{name}" for name in dict.fromkeys(filter(None, receipt["models"].values()))]
    agents: list[Json] = [{"@id": software, "@type": "prov:SoftwareAgent"}]
    agents += [
        {"@id": name, "@type": "prov:SoftwareAgent", "prov:actedOnBehalfOf": {"@id": software}} for name in models
    ]
    return [
        {
            "@id": answer,
            "@type": "prov:Entity",
            "prov:wasGeneratedBy": {"@id": activity},
            "sha256": receipt["answer_sha256"],
            "outcome": receipt["outcome"],
        },
        {
            "@id": activity,
            "@type": "prov:Activity",
            "prov:endedAtTime": {"@type": "xsd:dateTime", "@value": receipt["at"]},
            "prov:used": [{"@id": each} for each in documents],
            "prov:wasAssociatedWith": [{"@id": each["@id"]} for each in agents],
        },
        *({"@id": f"urn:wazi:document:{each}", "@type": "prov:Entity", "sha256": sha} for each, sha in quoted.items()),
        *agents,
    ]
