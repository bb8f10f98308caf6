# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Is every quote exactly what the document says? `python benchmarks/quotes_exact.py DOCUMENTS QUESTIONS [--home DIR]`.

DOCUMENTS is a folder that is ingested (into a home that is kept with --home); QUESTIONS a folder with `queries_en.jsonl`,
`queries_fr.jsonl`, `queries_rw.jsonl`. Questions are asked in turn in each language until 200 answers have quotes. Every quote
is compared with what `wazi documents text ID` prints, sliced [start:end]; for PDFs, also with the words that PDFium finds inside
its boxes. Prints JSON.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pypdfium2

from wazi import access, ask, config
from wazi.desk import Desk, open_desk
from wazi.ingest import ingest
from wazi.types import Quote

LANGUAGES = ("en", "fr", "rw")


def main() -> None:
    """Ingest what is new, ask, compare, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("documents")
    options.add_argument("questions")
    options.add_argument("--home")
    options.add_argument("--answers", type=int, default=200)
    options.add_argument("--model", default="quote")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        settings = config.load(chosen.home or scratch, overrides={"compose": {"model": chosen.model}})
        with open_desk(settings) as desk:
            done = list(ingest([chosen.documents], desk))
            print(json.dumps(asked(desk, chosen.questions, chosen.answers, done), ensure_ascii=False))


def asked(desk: Desk, folder: str, wanted: int, done: list[Any]) -> dict[str, Any]:
    """Ask in turn in the three languages until `wanted` answers have quotes."""
    rows = [
        [(tag, json.loads(line)["text"]) for line in (Path(folder) / f"queries_{tag}.jsonl").open(encoding="utf-8")]
        for tag in LANGUAGES
    ]
    reader = access.keeper
    outcomes: collections.Counter[str] = collections.Counter()
    answers = quotes = exact = boxed = in_boxes = 0
    for tag, question in itertools.chain.from_iterable(zip(*rows, strict=False)):
        answer = ask.answer(question, reader(tag), desk)
        outcomes[f"{tag} {answer.outcome.value}"] += 1
        for quote in (quote for claim in answer.claims for quote in claim.quotes):
            quotes += 1
            exact += printed(desk, quote.document.id)[quote.start : quote.end] == quote.text
            if quote.boxes:
                boxed += 1
                in_boxes += same_words(desk, quote)
        answers += bool(answer.claims)
        if answers >= wanted:
            break
    return {
        "documents": dict(collections.Counter(receipt.status.value for receipt in done)),
        "chunks": desk.store.stats()["chunks"],
        "answers": answers,
        "outcomes": dict(outcomes),
        "quotes": quotes,
        "exact": exact,
        "exact_share": exact / quotes if quotes else 0.0,
        "quotes_with_boxes": boxed,
        "same_words_in_boxes": in_boxes,
    }


texts: dict[str, str] = {}


def printed(desk: Desk, document: str) -> str:
    """The text as the command prints it, byte for byte."""
    if document not in texts:
        command = [sys.executable, "-m", "wazi.cli", "documents", "text", document, "--home", str(desk.settings.home)]
        texts[document] = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    return texts[document]


def same_words(desk: Desk, quote: Quote) -> bool:
    """Whether the letters inside the quote's boxes, as PDFium reads the original, hold those of the quote."""
    original = desk.store.original(quote.document.id, access.holdings_of(access.keeper()))
    assert original is not None
    assert quote.page is not None
    document = pypdfium2.PdfDocument(original)
    page = document[quote.page - 1]
    height = page.get_height()
    text = page.get_textpage()
    found = "".join(text.get_text_bounded(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in quote.boxes or ())
    document.close()
    return letters(quote.text) in letters(found) or letters(found) == letters(quote.text)


def letters(text: str) -> str:
    """Only what is a letter or a digit: blanks and hyphens at line ends differ."""
    return "".join(char for char in text if char.isalnum())


if __name__ == "__main__":
    main()
