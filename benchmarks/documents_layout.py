# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What each PDF of a folder is read as: status, columns, languages, headings, against what its manifest says.

    python benchmarks/documents_layout.py DATA

`DATA/documents` holds files and a `manifest.jsonl` (file, lang, kind, text_layer). Columns are the most common number on pages
with text; tables, headings and short blocks are left out. Languages have a twentieth of the letters or more, told block by
block with the document's first as the default. `languages_right`: the manifest's languages are among them, and most of the text
is in those. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from wazi.errors import InputError
from wazi.languages import identify
from wazi.parse import pdf
from wazi.parse.page_columns import page_columns
from wazi.types import BlockKind, Parsed

LEAST_CHARACTERS = 60
"""Characters of a block that tells of a column: labels and numbers stand anywhere."""


def languages(parsed: Parsed) -> dict[str, float]:
    """Percent of the letters in each language, those of less than five left out."""
    main = identify.language(parsed.text[:4000])
    letters: Counter[str] = Counter()
    for block in parsed.blocks:
        words = parsed.text[block.start : block.end]
        letters[identify.language(words, main)] += sum(map(str.isalpha, words))
    total = max(1, letters.total())
    return {tag: round(100 * count / total, 1) for tag, count in letters.most_common() if 20 * count >= total}


def columns(parsed: Parsed) -> int:
    """The most common number of columns on pages with text."""
    text = {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
    kept = [block for block in parsed.blocks if block.kind in text and block.end - block.start >= LEAST_CHARACTERS]
    by_page = [[b.box for b in kept if b.page == page.number and b.box] for page in parsed.pages]
    found = page_columns(by_page, [page.width for page in parsed.pages])
    counts = Counter(max(1, len(own)) for own, boxes in zip(found, by_page, strict=True) if boxes)
    return counts.most_common(1)[0][0] if counts else 0


def row(path: Path, stated: dict[str, object]) -> dict[str, object]:
    """What is read of one file beside what is stated about it."""
    try:
        parsed = pdf.parse(path.read_bytes(), path.name)
    except InputError as error:
        return {"status": "failed", "reason": str(error), "stated": stated}
    told = languages(parsed)
    expected = set(str(stated["lang"]).split("+"))
    has_text = bool(parsed.text.strip())
    return {
        "status": "failed" if not has_text else "partial" if parsed.problems else "complete",
        "text_layer_right": has_text == stated["text_layer"],
        "pages": len(parsed.pages),
        "columns": columns(parsed),
        "languages": told,
        "languages_right": not has_text or (expected <= set(told) and sum(told.get(tag, 0) for tag in expected) > 50),
        "headings": sum(block.kind is BlockKind.HEADING for block in parsed.blocks),
        "rows": sum(block.kind is BlockKind.TABLE_ROW for block in parsed.blocks),
        "with_versions": sum(block.parallel is not None for block in parsed.blocks),
        "stated": stated,
    }


def main() -> None:
    """Read every PDF of the manifest."""
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/documents_layout.py DATA")
    folder = Path(sys.argv[1]) / "documents"
    manifest = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    rows = {
        each["file"]: row(folder / each["file"], {key: each[key] for key in ("lang", "kind", "text_layer")})
        for each in manifest
        if each["file"].endswith(".pdf")
    }
    right = {key: sum(bool(each.get(key)) for each in rows.values()) for key in ("text_layer_right", "languages_right")}
    json.dump({"files": len(rows), **right, "rows": rows}, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
