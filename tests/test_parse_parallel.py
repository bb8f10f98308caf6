# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Language versions side by side: which blocks carry the same number, and which none."""

from __future__ import annotations

from collections import defaultdict

from drawing import Drawing, all_of, lines, made, parsed

from wazi.parse.headings import unit_number
from wazi.parse.parallel import Version, numbers
from wazi.types import Block, BlockKind, Parsed

ENGLISH = (
    "Each market of the county has a council that keeps the",
    "order of the stalls and hears complaints of the traders.",
    "The council meets twice a month and its decisions are",
    "written in a book that everyone may read without a fee.",
)
FRENCH = (
    "Chaque marché du comté a un conseil qui veille sur",
    "l'ordre des étals et entend les plaintes des marchands.",
    "Le conseil se réunit deux fois par mois et ses décisions",
    "sont écrites dans un livre que chacun peut lire sans frais.",
)
SWAHILI = (
    "Kila soko la kaunti lina baraza ambalo linatunza utaratibu",
    "wa vibanda na kusikiliza malalamiko ya wafanyabiashara.",
    "Baraza hukutana mara mbili kwa mwezi na maamuzi yake",
    "yanaandikwa katika kitabu ambacho kila mtu anaweza kusoma.",
)
COLUMNS = ((ENGLISH, "Article"), (FRENCH, "Article"), (SWAHILI, "Ibara ya"))


def gazette(*articles: int, swap: bool = False) -> Drawing:
    """Articles in three columns, each with a heading and two paragraphs; `swap`: the last column is one line lower."""
    drawings = []
    for place, number in enumerate(articles):
        for column, (words, name) in enumerate(COLUMNS):
            top = 90 + 150 * place + (9 if swap and column == 2 else 0)
            x = 40 + 180 * column
            drawings += [
                lines(f"{name} {number}: stalls", x=x, top=top, size=6, font="Helvetica-Bold"),
                lines(*words[:2], x=x, top=top + 20, size=6),
                lines(*words[2:], x=x, top=top + 50, size=6),
            ]
    return all_of(*drawings)


def groups(result: Parsed) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = defaultdict(list)
    for block in result.blocks:
        found[block.parallel].append(result.text[block.start : block.end])
    return found


def test_versions_of_a_heading_and_of_a_paragraph_share_a_number() -> None:
    result = parsed(made(gazette(1, 2, 3), gazette(4, 5, 6)))
    found = groups(result)
    assert None not in found
    assert len(found) == 18
    assert ["Article 2: stalls", "Article 2: stalls", "Ibara ya 2: stalls"] in list(found.values())
    assert sum(set(texts) == {"\n".join(words[:2]) for words, _ in COLUMNS} for texts in found.values()) == 6


def test_each_language_has_its_own_path() -> None:
    result = parsed(made(gazette(1, 2, 3), gazette(4, 5, 6)))
    for words, name in COLUMNS:
        paths = [b.headings for b in result.blocks if result.text[b.start : b.end] == "\n".join(words[2:])]
        assert paths == [(f"{name} {number}: stalls",) for number in range(1, 7)]


def test_an_article_that_stands_lower_is_one_part_and_not_mixed_with_others() -> None:
    result = parsed(made(gazette(1, 2, 3, swap=True), gazette(4, 5, 6, swap=True)))
    numbers_of = defaultdict(set)
    for block in result.blocks:
        own = block.headings[-1] if block.headings else result.text[block.start : block.end]
        numbers_of[own.split(":")[0].split()[-1]].add(block.parallel)
    assert len(numbers_of) == 6
    assert not set.intersection(*numbers_of.values())
    assert None not in set.union(*numbers_of.values())


def test_columns_in_one_language_have_no_versions() -> None:
    column = all_of(*(lines(*ENGLISH, x=40 + 180 * at, top=90, size=6) for at in range(3)))
    assert set(groups(parsed(made(column, column)))) == {None}


def version(at: int, words: str, *, page: int = 1, top: float = 0.0, heading: bool = False) -> Version:
    kind = BlockKind.HEADING if heading else BlockKind.PARAGRAPH
    block = Block(0, len(words), kind, page, (), (0.0, top, 100.0, top + 10))
    return Version(at, block, words, unit_number(words))


def test_an_article_that_one_language_lacks_joins_the_one_before() -> None:
    one = [
        version(0, "Article 1", heading=True),
        version(1, "Article 2", heading=True),
        version(2, "Article 3", heading=True),
    ]
    two = [version(3, "Article 1", heading=True), version(4, "Article 3", heading=True)]
    found = numbers([one, two])
    assert found[0] == found[3] == found[1]
    assert found[2] == found[4] != found[0]


def test_the_same_number_on_a_far_page_is_another_article() -> None:
    one = [version(0, "Article 1", heading=True), version(1, "Article 1", page=9, heading=True)]
    two = [version(2, "Article 1", page=9, heading=True)]
    found = numbers([one, two])
    assert found[1] == found[2]
    assert found.get(0) != found[1]


def test_items_are_matched_by_their_marks_at_any_height() -> None:
    one = [version(0, "Article 1", heading=True), version(1, "a. first", top=20), version(2, "b. second", top=40)]
    two = [version(3, "Article 1", heading=True), version(4, "a. premier", top=60), version(5, "b. deuxième", top=90)]
    found = numbers([one, two])
    assert [found[at] for at in (0, 1, 2)] == [found[at] for at in (3, 4, 5)]
    assert len(set(found.values())) == 3


def test_numbers_of_units_are_values_in_every_language() -> None:
    words = {
        "Article premier: Objet": (4.0, 1),
        "Ingingo ya mbere: Ikigamijwe": (4.0, 1),
        "Ingingo ya 12: Inshingano": (4.0, 12),
        "CHAPTER IV: COUNCILS": (2.0, 4),
        "Chapitre deuxième": (2.0, 2),
        "UMUTWE WA XIX: IBIHANO": (2.0, 19),
        "ধারা ১২": (4.0, 12),
        "LAW N° 034/2010 OF 12/11/2010 ON MARKETS": (0.0, "34/2010"),
        "Pursuant to Law N° 3/2010": None,
        "Articles of faith": None,
    }
    assert {text: unit_number(text) for text in words} == words
