# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What a paper says of itself and of others: days, names, kind; and what follows for the days of the others."""

import datetime as dt
import hashlib
import random
import time
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from wazi import config, ingest, parse
from wazi.describe import authority, describe, link, words
from wazi.parse import archive, kinds
from wazi.types import PUBLIC, About, Block, Document, Kind, Provenance, RawFile, Record, Status

SAMPLES = Path(__file__).parent.parent / "samples"
NOW = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)


def paper(
    text: str,
    *,
    id: str = "a",
    title: str = "A paper",
    language: str = "en",
    given: Provenance = Provenance(),  # noqa: B008  # frozen
    held: Record | None = None,
) -> Document:
    """A document whose blocks are its lines."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    record = Record(id, title, f"/office/{id}.md", sha256, "text/plain", Status.COMPLETE, languages=(language,))
    record = replace(record, valid_from=given.valid_from, valid_until=given.valid_until, title=given.title or title)
    blocks, at = [], 0
    for line in text.split("\n"):
        if line:
            blocks.append(Block(at, at + len(line)))
        at += len(line) + 1
    return describe(Document(record, text, tuple(blocks)), given, held, NOW)


def said(document: Document, about: About) -> list[str]:
    return [each.value for each in document.record.said if each.about is about]


def held(*documents: Document) -> dict[str, Record]:
    """The records as they are held once everything that follows has been settled."""
    records = {document.record.id: document.record for document in documents}
    records |= {record.id: record for record in link(list(records.values()))}
    assert link(list(records.values())) == []  # a second run has nothing to do
    return records


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This By-law comes into operation on 1 July 2024."),
        ("en", "(2) It shall come into force on the 1st day of July, 2024."),
        ("en", "In force from 1 July 2024"),
        ("fr", "La présente loi entre en vigueur le 1er juillet 2024."),
        ("rw", "Iri tegeko ritangira gukurikizwa ku itariki ya 1 Nyakanga 2024."),
        ("sw", "Sheria hii itaanza kutumika tarehe 1 Julai 2024."),
        ("es", "La presente ley entrará en vigor el 1 de julio de 2024."),
        ("ar", "يعمل بهذا القانون اعتباراً من 1 يوليو 2024."),
        ("bn", "এই আইন ১ জুলাই ২০২৪ তারিখে কার্যকর হইবে।"),
    ],
)
def test_the_day_on_which_a_paper_comes_into_force(language: str, text: str) -> None:
    lines = f"Line above\n{text}\nLine below"
    document = paper(lines, language=language)
    assert document.record.valid_from == dt.date(2024, 7, 1)
    found = next(each for each in document.record.said if each.about is About.VALID_FROM)
    assert document.text[found.start : found.end] == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This notice ceases to have effect on 31 December 2026."),
        ("fr", "Le présent arrêté cesse de produire ses effets le 31 décembre 2026."),
        ("sw", "Kanuni hizi zitakoma kutumika tarehe 31 Desemba 2026."),
        ("es", "La presente ordenanza estará vigente hasta el 31 de diciembre de 2026."),
        ("bn", "এই আদেশ ৩১ ডিসেম্বর ২০২৬ পর্যন্ত বলবৎ থাকিবে।"),
    ],
)
def test_the_day_on_which_a_paper_ends(language: str, text: str) -> None:
    assert paper(text, language=language).record.valid_until == dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "Section 12 comes into operation on 1 July 2024.",
        "This section comes into operation on 1 July 2024.",
        "This Act comes into operation on a day that the Minister may appoint.",
        "A fee paid before 1 July 2024 remains good until 30 September 2024.",
        "The permit expires on 31 December 2024.",
        "The principal Act came into force on 1 May 2010.",
        "",
    ],
)
def test_what_is_not_said_of_the_whole_paper_gives_it_no_days(text: str) -> None:
    record = paper(f"Rules\n{text}").record
    assert (record.valid_from, record.valid_until) == (None, None)


def test_days_that_disagree_are_told_and_decide_nothing() -> None:
    two = paper("This Law comes into force on 1 May 2020.\nThis Order comes into force on 1 June 2021.")
    assert said(two, About.VALID_FROM) == ["2020-05-01", "2021-06-01"]
    assert two.record.valid_from is None


def test_a_law_in_force_from_its_publication_has_the_day_of_the_gazette() -> None:
    law = (
        "Official Gazette n° 34 of 21/08/2017\nThis Law comes into force on the date of its publication in the Gazette."
    )
    assert paper(law).record.valid_from == dt.date(2017, 8, 21)
    assert paper(law.replace("34 of 21/08/2017", "34")).record.valid_from is None


def test_what_the_keeper_says_stands_before_the_text() -> None:
    given = Provenance(valid_from=dt.date(2020, 1, 1), kind=Kind.NOTICE, publisher="The county")
    record = paper("By-law\nThis By-law comes into operation on 1 July 2024.", given=given).record
    assert (record.valid_from, record.kind, record.publisher) == (dt.date(2020, 1, 1), Kind.NOTICE, "The county")
    assert set(record.given) == {"valid_from", "kind", "publisher"}


def test_what_was_set_by_hand_stands_before_everything_and_stays() -> None:
    first = paper("This By-law comes into operation on 1 July 2024.").record
    by_hand = replace(first, valid_from=dt.date(2019, 1, 1), title="Right", kept=("valid_from", "title"))
    again = paper(
        "This By-law comes into operation on 1 July 2025.",
        given=Provenance(title="Wrong", valid_from=dt.date(2018, 1, 1)),
        held=by_hand,
    ).record
    assert (again.title, again.valid_from, again.kept) == ("Right", dt.date(2019, 1, 1), ("valid_from", "title"))


def test_versions_are_counted_by_their_bytes() -> None:
    one = paper("One.").record
    same = paper("One.", held=one, given=Provenance(title="New title")).record
    two = paper("Two.", held=same).record
    assert [version.sha256 for version in two.history] == [one.sha256, two.sha256]
    assert same.history == one.history == (replace(one.history[0], taken=NOW),)


OLD = """County By-law No. 4 of 2019
This By-law may be cited as the County (Dogs) By-law, 2019.
This By-law comes into operation on 1 May 2019."""
REPEAL = "By-law No. 4 of 2019 is repealed.\nThis By-law comes into operation on 1 July 2024."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "By-law No. 4 of 2019 is hereby repealed."),
        ("en", "The County (Dogs) By-law, 2019, is repealed."),
        ("fr", "La loi n° 4/2019 du 02/03/2019 est abrogée."),
        ("rw", "Itegeko n° 4/2019 ryo ku wa 02/03/2019 rivanyweho."),
        ("sw", "Sheria Na. 4 ya mwaka 2019 inafutwa."),
        ("es", "Queda derogada la Ley N° 4/2019."),
    ],
)
def test_a_repeal_ends_what_it_names_on_the_day_before(language: str, text: str) -> None:
    new = paper(text, id="b", language=language, given=Provenance(valid_from=dt.date(2024, 7, 1)))
    kind = None if language == "en" else Kind.ACT
    records = held(paper(OLD, given=Provenance(kind=kind)), new)
    assert records["a"].valid_until == dt.date(2024, 6, 30)
    back = next(each for each in records["a"].said if each.about is About.REPEALED_BY)
    assert back.document == "b"
    assert new.text[back.start : back.end] == text


def test_an_amendment_is_linked_both_ways_and_ends_nothing() -> None:
    new = paper(
        "By-law No. 9 of 2024\nSection 3 of the County (Dogs) By-law, 2019 is repealed.\nThis By-law takes effect on 1 July 2024.",
        id="b",
    )
    records = held(paper(OLD), new)
    assert [each.document for each in records["b"].said if each.about is About.AMENDS] == ["a"]
    assert [each.document for each in records["a"].said if each.about is About.AMENDED_BY] == ["b"]
    assert records["a"].valid_until is None


def test_a_repeal_without_a_day_is_linked_and_ends_nothing() -> None:
    records = held(paper(OLD), paper("By-law No. 4 of 2019 is repealed.", id="b"))
    assert said_of(records["a"]) == [(About.REPEALED_BY, "b")]
    assert records["a"].valid_until is None


def said_of(record: Record) -> list[tuple[About, str | None]]:
    return [(each.about, each.document) for each in record.said if each.document]


def test_a_name_that_two_papers_bear_ends_neither() -> None:
    new = paper(REPEAL, id="c")
    records = held(paper(OLD), paper(OLD + "\nAnother office.", id="b"), new)
    assert {record.valid_until for record in records.values()} == {None}
    assert said(new, About.REPEALS) == ["regulation 4/2019"]


def test_of_two_versions_the_one_in_force_on_the_eve_is_meant() -> None:
    before = Provenance(valid_until=dt.date(2022, 12, 31))
    second = Provenance(valid_from=dt.date(2023, 1, 1))
    new = paper(REPEAL, id="c")
    records = held(paper(OLD, given=before), paper(OLD, id="b", given=second), new)
    assert (records["a"].valid_until, records["b"].valid_until) == (dt.date(2022, 12, 31), dt.date(2024, 6, 30))


def test_when_the_repealing_paper_goes_the_other_holds_again() -> None:
    new = paper(REPEAL, id="b")
    records = held(paper(OLD), new)
    assert records["a"].valid_until == dt.date(2024, 6, 30)
    back = link([records["a"]])
    assert [(record.id, record.valid_until, said_of(record)) for record in back] == [("a", None, [])]


def test_a_day_that_the_keeper_gave_is_not_ended_by_a_repeal() -> None:
    new = paper(REPEAL, id="b")
    records = held(paper(OLD, given=Provenance(valid_until=dt.date(2030, 1, 1))), new)
    assert records["a"].valid_until == dt.date(2030, 1, 1)


def test_what_a_paper_rests_on_it_does_not_change() -> None:
    text = "Pursuant to Law n° 4/2019 modifying and completing Law n° 3/2010;\nThis Order is about dogs."
    assert said(paper(text), About.AMENDS) == []


def test_a_paper_of_an_earlier_release_is_left_alone() -> None:
    old = replace(paper(OLD).record, history=(), given=(), said=(), valid_until=dt.date(2020, 1, 1))
    assert link([old]) == []


@pytest.mark.parametrize(
    ("title", "language", "kind"),
    [
        ("Public Health Act", "en", Kind.ACT),
        ("Kijani County By-law No. 7 of 2024", "en", Kind.REGULATION),
        ("Form KC/BP/3: application for a burial permit", "en", Kind.FORM),
        ("Frequently asked questions", "en", Kind.FAQ),
        ("Arrêté ministériel n° 3", "fr", Kind.REGULATION),
        ("Itegeko rigenga umurimo", "rw", Kind.ACT),
        ("Tangazo kwa wananchi", "sw", Kind.NOTICE),
        ("Informe anual", "es", Kind.REPORT),
        ("تعميم رقم ٣", "ar", Kind.CIRCULAR),
        ("জন্ম নিবন্ধন বিধিমালা", "bn", Kind.REGULATION),
        ("Lakeside Build & Pave", "en", None),
        ("Contact and factory", "en", None),
    ],
)
def test_the_kind_is_guessed_from_the_title(title: str, language: str, kind: Kind | None) -> None:
    record = paper("Nothing in here tells.", title=title, language=language).record
    assert record.kind == kind
    assert record.given == ()


def test_the_jurisdiction_is_guessed_from_the_first_lines() -> None:
    assert paper("Repubulika y’u Rwanda\nItegeko", language="rw").record.jurisdiction == "RW"
    assert paper("The republic of letters").record.jurisdiction is None


def test_no_place_moves_when_a_text_is_made_flat() -> None:
    drawn = random.Random(4)
    text = "".join(chr(drawn.choice([*range(32, 0x250), 0x130, 0x1E9E, 0x600, 0x985])) for _ in range(5000))
    assert len(words.flat(text)) == len(text)


def test_every_language_fills_the_lists_a_reader_needs() -> None:
    for name, known in words.known().items():
        for listed in ("in_force", "until", "amends", "repeals", "kinds"):
            assert getattr(known, listed), (name, listed)
        assert {meaning for _, meaning in known.kinds} <= {kind.value for kind in Kind}
        phrases: Sequence[str] = [*known.in_force, *known.until, *known.amends, *known.repeals, *known.gazette]
        assert [phrase for phrase in phrases if words.flat(phrase) != phrase] == []


def test_the_by_laws_of_the_samples_tell_their_days_and_each_other_without_being_told() -> None:
    told = tomllib.loads((SAMPLES / "documents.toml").read_text(encoding="utf-8"))
    names = ("by-law-12-2019-markets.docx", "by-law-12-consolidated-2024.docx", "by-law-7-2024-amendment.docx")
    documents = []
    for name in names:
        data = (SAMPLES / name).read_bytes()
        raw = RawFile(f"/office/{name}", name, data, hashlib.sha256(data).hexdigest())
        parsed = parse.parse(raw, config.Parse())
        document = ingest.as_document(raw, parsed, "test", None, labels=frozenset({PUBLIC}))
        documents.append(describe(document, raw.provenance, None, NOW))
    records = {record.source.rpartition("/")[2]: record for record in held(*documents).values()}
    assert [records[name].valid_from for name in names] == [told[name]["valid_from"] for name in names]
    assert [records[name].kind for name in names] == [Kind.REGULATION] * 3
    old, consolidated, amending = (records[name] for name in names)
    assert said_of(old) == [(About.AMENDED_BY, amending.id)]
    assert said_of(consolidated) == []


def elsewhere(document: Document, **fields: object) -> Document:
    return replace(document, record=replace(document.record, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "publisher", "ends"),
    [
        ("/office/new.md", None, True),
        ("https://elsewhere.example/new", None, False),
        ("https://elsewhere.example/new", "The County", True),
        ("/office/new.md", "Somebody else", False),
    ],
)
def test_only_a_paper_of_the_same_publisher_or_place_ends_another(
    source: str, publisher: str | None, *, ends: bool
) -> None:
    old = elsewhere(paper(OLD), publisher="The County" if publisher else None)
    records = held(old, elsewhere(paper(REPEAL, id="b"), source=source, publisher=publisher))
    assert (records["a"].valid_until is not None) is ends
    assert [each.document for each in records["a"].said if each.about is About.REPEALED_BY] == ["b"], "it is told"


def test_what_a_paper_for_the_staff_says_does_not_show_on_a_public_one() -> None:
    records = held(paper(OLD), elsewhere(paper(REPEAL, id="b"), labels=frozenset({"staff"})))
    assert not [each for each in records["a"].said if each.about is About.REPEALED_BY]
    assert records["a"].valid_until is None
    records = held(
        elsewhere(paper(OLD), labels=frozenset({"staff"})),
        elsewhere(paper(REPEAL, id="b"), labels=frozenset({"staff", "court"})),
    )
    assert records["a"].valid_until == dt.date(2024, 6, 30)


STAFF = frozenset({"staff"})


def test_a_paper_for_the_staff_does_not_hide_what_a_public_one_says() -> None:
    draft = elsewhere(paper(OLD, id="c"), labels=STAFF)
    records = held(paper(OLD), paper(REPEAL, id="b"), draft)
    assert records["a"].valid_until == dt.date(2024, 6, 30)
    assert said_of(records["a"]) == [(About.REPEALED_BY, "b")]
    assert said_of(records["b"]) == [(About.REPEALS, "a")]
    assert records["c"].valid_until is None, "the staff sees two papers of that name"
    only = held(paper(REPEAL, id="b"), draft)
    assert said_of(only["b"]) == [], "a public paper does not show that a secret one is held"
    assert only["c"].valid_until == dt.date(2024, 6, 30)


def mailed(document: Document, source: str, **fields: object) -> Document:
    return elsewhere(document, source=source, media_type=kinds.MAIL, **fields)


@pytest.mark.parametrize("publisher", [None, "The County"])
def test_a_mail_and_what_is_attached_to_it_end_nothing(publisher: str | None) -> None:
    old = elsewhere(paper(OLD), publisher=publisher)
    mail = mailed(paper("See the attachment.", id="m"), "/office/box#1", publisher=publisher)
    attached = elsewhere(paper(REPEAL, id="b"), source=f"/office/box#1{archive.INSIDE}new.md", publisher=publisher)
    assert held(old, mail, attached)["a"].valid_until is None
    assert held(old, mailed(paper(REPEAL, id="b"), "/office/b.eml", publisher=publisher))["a"].valid_until is None
    inside = elsewhere(old, source=f"/office/box#1{archive.INSIDE}old.md")
    assert held(inside, mail, attached)["a"].valid_until == dt.date(2024, 6, 30), "of the same mail"
    assert (authority.MAIL, authority.INSIDE) == (kinds.MAIL, archive.INSIDE)


@pytest.mark.parametrize(
    ("speaker", "other", "ends"),
    [
        (Kind.GUIDE, Kind.REGULATION, False),
        (Kind.REGULATION, Kind.ACT, False),
        (Kind.ACT, Kind.REGULATION, True),
        (Kind.CIRCULAR, Kind.CIRCULAR, True),
        (Kind.NOTICE, Kind.NOTICE, True),
    ],
)
def test_no_lesser_kind_of_paper_ends_another(speaker: Kind, other: Kind, *, ends: bool) -> None:
    new = paper("No. 4 of 2019 is repealed.\nIn force from 1 July 2024", id="b", given=Provenance(kind=speaker))
    records = held(paper("No. 4 of 2019", given=Provenance(kind=other)), new)
    assert (records["a"].valid_until is not None) is ends


def test_a_page_of_another_site_under_the_same_name_does_not_shield_a_law() -> None:
    page = elsewhere(paper(OLD, id="c"), source="https://elsewhere.example/4-2019")
    records = held(paper(OLD), paper(REPEAL, id="b"), page)
    assert (records["a"].valid_until, records["c"].valid_until) == (dt.date(2024, 6, 30), None)


@pytest.mark.parametrize(
    ("title", "named", "means"),
    [
        ("Health Act, 1989", "The Mental Health Act, 1989 is repealed.", False),
        (
            "Health Act, 1989",
            "Section 2 of the Health Act, 1989, and the whole of the Health Act, 1989 is repealed.",
            True,
        ),
        ("Public Health Act, 1989", "THE PUBLIC HEALTH ACT, 1989 is repealed.", True),
        ("By-law No. 4 of 2019", "Act No. 4 of 2019 is repealed.", False),
        ("Guide to Act No. 4 of 2019", "Act No. 4 of 2019 is repealed.", False),
        ("By-law to amend By-law No. 4 of 2019", "By-law No. 4 of 2019 is repealed.", False),
        ("Act No. 4 of 2019", "Act No. 4 of 2019 is repealed.", True),
    ],
)
def test_a_name_means_the_paper_that_bears_the_whole_of_it(title: str, named: str, *, means: bool) -> None:
    records = held(paper("Words.", title=title), paper(named, id="b"))
    assert ("a" in {other for _, other in said_of(records["b"])}) is means


@pytest.mark.parametrize(
    "text",
    [
        "If By-law No. 4 of 2019 is repealed, the fees remain payable.",
        "Where By-law No. 4 of 2019 is repealed, a permit remains good.",
        "The committee proposes that By-law No. 4 of 2019 is repealed.",
    ],
)
def test_a_repeal_on_a_condition_is_held_back(text: str) -> None:
    assert said(paper(text, id="b"), About.REPEALS) == []


@pytest.mark.parametrize(
    "text",
    [
        "Sections 1 to 5 of this Act come into operation on 1 July 2024.",
        "Part II of this Act comes into operation on 1 July 2024.",
        "This Act comes into force six months after 1 July 2024.",
        "This Act comes into force not later than 1 July 2024.",
    ],
)
def test_a_day_of_a_part_or_near_another_day_is_held_back(text: str) -> None:
    assert paper(text).record.valid_from is None


@pytest.mark.parametrize(
    "text", ["Article 5: This Act comes into force on {}.", "Section 5 This Act takes effect on {}."]
)
def test_the_number_of_the_sentence_s_own_article_is_no_part(text: str) -> None:
    assert paper(text.format("1 July 2024")).record.valid_from == dt.date(2024, 7, 1)


def test_a_bill_changes_nothing_and_is_not_in_force() -> None:
    bill = paper(REPEAL, id="b", title="County By-law (Dogs) Bill, 2024")
    assert (bill.record.valid_from, said(bill, About.REPEALS), said(bill, About.NAME)) == (None, [], [])
    assert held(paper(OLD), bill)["a"].valid_until is None


def test_days_in_the_wrong_order_decide_nothing_and_what_was_given_stays() -> None:
    text = "This By-law comes into operation on 1 July 2024.\nThis By-law ceases to have effect on 1 May 2020."
    wrong = paper(text).record
    assert (wrong.valid_from, wrong.valid_until) == (None, None)
    given = paper(text, given=Provenance(valid_until=dt.date(2020, 5, 1))).record
    assert (given.valid_from, given.valid_until) == (None, dt.date(2020, 5, 1))


def test_the_first_day_of_the_calendar_and_an_older_paper_end_nothing() -> None:
    first = paper("By-law No. 4 of 2019 is repealed.", id="b", given=Provenance(valid_from=dt.date.min))
    older = paper("By-law No. 4 of 2019 is repealed.", id="c", given=Provenance(valid_from=dt.date(1990, 1, 1)))
    new = paper(REPEAL, id="d")
    assert held(paper(OLD), first, older)["a"].valid_until is None
    assert held(paper(OLD), first, older, new)["a"].valid_until == dt.date(2024, 6, 30)
    undated = paper("By-law No. 4 of 2019")
    assert held(undated, older)["a"].valid_until is None, "no paper is repealed before it was made"


def test_papers_that_repeal_each_other_or_themselves_end_once() -> None:
    one = paper("By-law No. 1 of 2019\nIt takes effect on 1 May 2019.\nBy-law No. 2 of 2020 is repealed.")
    two = paper(
        "By-law No. 2 of 2020\nIt takes effect on 1 May 2020.\nBy-law No. 1 of 2019 and By-law No. 2 of 2020 are repealed.",
        id="b",
    )
    records = held(one, two)
    assert (records["a"].valid_until, records["b"].valid_until) == (dt.date(2020, 4, 30), None)


def test_a_repealed_paper_that_is_read_again_does_not_hold_until_all_is_settled() -> None:
    records = held(paper(OLD), paper(REPEAL, id="b"))
    again = paper(f"{OLD}\nA new line.", held=records["a"]).record
    assert again.valid_until == dt.date(2024, 6, 30)
    settled = {record.id: record for record in link([again, records["b"]])} | {"b": records["b"]}
    assert settled.get("a", again).valid_until == dt.date(2024, 6, 30)
    other = paper(OLD, held=replace(records["a"], labels=STAFF)).record
    assert (other.valid_until, said_of(other)) == (None, [])


def test_a_name_that_everything_bears_is_none() -> None:
    gazettes = [paper("Words.", id=f"g{number}", title="Official Gazette of 2019") for number in range(40)]
    new = paper("Official Gazette of 2019 is repealed.", id="b", given=Provenance(valid_from=dt.date(2024, 7, 1)))
    assert {record.valid_until for record in held(*gazettes, new).values()} == {None}


def seconds_of(work: object) -> float:
    began = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - began


@pytest.mark.parametrize("size", [1000, 29_000])
@pytest.mark.parametrize("phrase", ["By-law No. 1 of 2019 is repealed. ", "this comes into force ", "is repealed "])
def test_a_text_of_one_phrase_is_read_in_no_time(phrase: str, size: int) -> None:
    text = phrase * (200_000 // len(phrase))
    record = paper("").record
    blocks = tuple(Block(at, min(at + size, len(text))) for at in range(0, len(text), size))
    document = Document(record, text, blocks)
    assert seconds_of(lambda: describe(document, Provenance(), None, NOW)) < 5, "it was over 15"


def test_links_of_many_papers_grow_with_their_number() -> None:
    law = paper("By-law No. 4 of 2019").record
    same = paper("By-law No. 4 of 2019 is repealed.", id="b", given=Provenance(valid_from=dt.date(2024, 7, 1))).record

    def many(number: int) -> list[Record]:
        return [replace(law, id=f"l{at}", title="Law") for at in range(number)] + [
            replace(same, id=f"s{at}") for at in range(number)
        ]

    few, more = (seconds_of(partial(link, many(number))) for number in (500, 4000))
    assert more < 30 * few + 1, "eight times the papers; it was the square"
