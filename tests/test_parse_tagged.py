# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Tagged PDFs: headings by their tags, artifacts left out, and tags that are not believed."""

from __future__ import annotations

from drawing import parsed, seen

BODY = "The keeper of the hall opens the doors at six and writes down who comes and who goes on that day."


def tagged(*parts: tuple[str, str]) -> bytes:
    """A PDF of one page, articles in bold, each part with its tag (empty: none, `Artifact`: no part of the text)."""
    content, kids = b"", []
    for number, (role, text) in enumerate(parts):
        font = b"F2" if text.startswith("Article") else b"F1"
        line = b"BT /%s 10 Tf 40 %d Td (%s) Tj ET\n" % (font, 700 - 30 * number, text.encode())
        if role == "Artifact":
            content += b"/Artifact BMC\n" + line + b"EMC\n"
        elif role:
            content += b"/%s <</MCID %d>> BDC\n%sEMC\n" % (role.encode(), number, line)
            kids.append((role, number))
        else:
            content += line
    first = 8
    elements = [b"<</Type/StructElem/S/%s/P 6 0 R/Pg 3 0 R/K %d>>" % (role.encode(), number) for role, number in kids]
    references = b" ".join(b"%d 0 R" % (first + at) for at in range(len(kids)))
    by_content = {number: b"%d 0 R" % (first + at) for at, (_, number) in enumerate(kids)}
    parents = b" ".join(by_content.get(number, b"null") for number in range(len(parts)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/StructParents 0/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R/F2 7 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/StructTreeRoot/K[%s]/ParentTree<</Nums[0[%s]]>>>>" % (references, parents),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
        *elements,
    ]
    body, places = b"%PDF-1.7\n", []
    for number, value in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def test_headings_are_those_that_are_tagged_and_artifacts_are_left_out() -> None:
    data = tagged(
        ("Artifact", "Journal of the hall"),
        ("H1", "House rules"),
        ("P", BODY),
        ("H2", "who may come"),
        ("P", BODY),
        ("H1", "Fees"),
        ("P", BODY),
    )
    assert seen(parsed(data)) == [
        ("heading", (), "House rules"),
        ("paragraph", ("House rules",), BODY),
        ("heading", ("House rules",), "who may come"),
        ("paragraph", ("House rules", "who may come"), BODY),
        ("heading", (), "Fees"),
        ("paragraph", ("Fees",), BODY),
    ]


def test_tags_that_do_not_cover_the_text_are_not_believed() -> None:
    parts = [("H1", "House rules"), ("", BODY), ("", BODY), ("P", BODY)]
    assert {kind for kind, _, _ in seen(parsed(tagged(*parts)))} == {"paragraph"}


def test_tags_that_make_all_text_headings_are_not_believed() -> None:
    assert {kind for kind, _, _ in seen(parsed(tagged(("H1", BODY), ("H1", BODY), ("P", BODY))))} == {"paragraph"}


def test_tags_without_the_headings_that_stand_out_are_not_believed() -> None:
    parts = [("H1", "Contents")]
    for number in range(1, 4):
        parts += [("P", f"Article {number}: Doors"), ("P", BODY)]
    headings = [text for kind, _, text in seen(parsed(tagged(*parts))) if kind == "heading"]
    assert headings == [f"Article {number}: Doors" for number in range(1, 4)]
