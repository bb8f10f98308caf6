# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Personal data: found where a rule and a validator agree, counted and never shown, blacked out without moving a place."""

import logging
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wazi import access, ask, config, ingest
from wazi.desk import Desk, open_desk
from wazi.guard import pii
from wazi.types import Block, BlockKind, Parsed, Reader

ALL = access.holdings_of(access.keeper())

DIHEDRAL = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
"""The multiplication table of Verhoeff's group, written out."""

TURNS = ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258")


def kinds(text: str) -> list[tuple[str, str]]:
    return [(each.kind, text[each.start : each.end]) for each in pii.find(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Write to a.otieno+court@mail.kijani.example today.", "email", "a.otieno+court@mail.kijani.example"),
        ("Paid with 4111 1111 1111 1111 at the desk.", "card", "4111 1111 1111 1111"),
        ("To GB82 WEST 1234 5698 7654 32 by Friday", "iban", "GB82 WEST 1234 5698 7654 32"),
        ("Indangamuntu 1 1990 8 0012345 1 23 yatanzwe", "national_number", "1 1990 8 0012345 1 23"),
        ("NIDA 19900101-12345-00001-23", "national_number", "19900101-12345-00001-23"),
        ("His ID No. is 23456789.", "national_number", "23456789"),
        ("Kitambulisho namba 23456789", "national_number", "23456789"),
        ("PIN A012345678Z was used", "national_number", "A012345678Z"),
        ("জাতীয় পরিচয়পত্র নং ১৯৯০১২৩৪৫৬৭৮৯০১২৩", "national_number", "১৯৯০১২৩৪৫৬৭৮৯০১২৩"),
        ("नागरिकता नं. १२-०१-७५-०१२३४", "national_number", "१२-०१-७५-०१२३४"),
        ("DNI 12345678Z", "national_number", "12345678Z"),
        ("NIR 2 55 08 14 168 025 38", "national_number", "2 55 08 14 168 025 38"),
        ("Passport No: A1234567", "national_number", "A1234567"),
        ("Call +254 700 555 123 now", "phone", "+254 700 555 123"),
        ("Piga simu 0700 555 123", "phone", "0700 555 123"),
        ("the office (020) 555 0104, second floor", "phone", "(020) 555 0104"),
        ("هاتف ٠٧٠٠ ٥٥٥ ١٢٣", "phone", "٠٧٠٠ ٥٥٥ ١٢٣"),
        ("a car KAB 123C was seen", "plate", "KAB 123C"),
        ("imodoka RAB 123 C", "plate", "RAB 123 C"),
        ("Name: Jane Wanjiku Otieno, aged 34", "name", "Jane Wanjiku Otieno"),
        ("Prénom : Aline", "name", "Aline"),
        ("It was signed by Mrs. Achieng Odera in Kisumu.", "name", "Achieng Odera"),
    ],
)
def test_what_is_found(text: str, kind: str, value: str) -> None:
    assert kinds(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112 has a wrong check digit",
        "GB83 WEST 1234 5698 7654 32 has a wrong check",
        "DNI 12345678A",
        "By-law No. 4 of 2019 and Law n° 045/2021 of 18/08/2021",
        "in force from 01.07.2024 until 2026-12-31",
        "A fee of 1,250,000 shillings, or 12 345 678 francs",
        "Section 12(1) of the Act, pages 100-120",
        "The Director of Trade appoints a market master.",
        "from 8 a.m. to 4 p.m. Bondeni is closed",
        "Name of the office and Name of the ward",
        "Name: the applicant's full name",
        "ISBN 978-3-16-148410-0",
        "at example@ and @example",
        "",
    ],
)
def test_what_is_not(text: str) -> None:
    assert kinds(text) == []


def test_names_in_a_list_are_found_where_its_heading_says_so() -> None:
    text = "Shortlisted candidates\nAmina Yusuf Noor\nPeter Otieno\nMarket rules\nOpen Stall Fee\n"
    lines = [(at, at + len(line)) for at, line in zip((0, 23, 40, 53, 66), text.splitlines(), strict=True)]
    kinds_ = (BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.LIST_ITEM, BlockKind.HEADING, BlockKind.LIST_ITEM)
    paths = ((), ("Shortlisted candidates",), ("Shortlisted candidates",), (), ("Market rules",))
    blocks = [Block(a, b, kind, headings=path) for (a, b), kind, path in zip(lines, kinds_, paths, strict=True)]
    assert [text[each.start : each.end] for each in pii.find(text, blocks)] == ["Amina Yusuf Noor", "Peter Otieno"]
    assert pii.find(text) == []


def test_check_digits_against_other_ways_to_compute_them() -> None:
    def by_table(digits: str) -> bool:
        total = 0
        for at, char in enumerate(reversed(digits)):
            total = int(DIHEDRAL[total][int(TURNS[at % 8][int(char)])])
        return total == 0

    numbers = [str(number) for number in range(234123412300, 234123412400)]
    assert [pii.verhoeff(number) for number in numbers] == [by_table(number) for number in numbers]
    assert sum(map(pii.verhoeff, numbers)) == 10
    assert [last for last in "0123456789" if pii.luhn("7992739871" + "00" + last)] == [
        last for last in "0123456789" if by_sum("7992739871" + "00" + last)
    ]


def by_sum(digits: str) -> bool:
    doubled = {"0": 0, "1": 2, "2": 4, "3": 6, "4": 8, "5": 1, "6": 3, "7": 5, "8": 7, "9": 9}
    return sum(doubled[c] if at % 2 else int(c) for at, c in enumerate(reversed(digits))) % 10 == 0


@given(st.text(alphabet="0123456789 +-()@.abAB:/\n٠٩০", max_size=200))
def test_a_blacked_out_text_keeps_every_place_and_shows_no_finding(text: str) -> None:
    found = pii.find(text)
    hidden = pii.masked(text, found)
    assert len(hidden) == len(text)
    at = 0
    for each in found:
        assert text[at : each.start] == hidden[at : each.start]
        assert set(hidden[each.start : each.end]) <= {pii.BLACK, *" \n"}
        at = each.end
    assert hidden[at:] == text[at:]


PERSON = (
    "# Officer Jane\n\nName: Jane Wanjiku\n\nThe appeal is heard by her; call 0700 555 123 or jane@court.example.\n"
)


def desk_with(tmp_path: Path, policy: str) -> Desk:
    overrides = {
        "embed": {"model": "fake-embedder"},
        "rerank": {"evidence_floor": 0.25},
        "guard": {"personal_data": policy},
    }
    return open_desk(config.load(tmp_path / "home", overrides=overrides, environment={}))


def test_by_default_it_is_counted_and_held_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    page = tmp_path / "page.md"
    page.write_text(PERSON)
    with desk_with(tmp_path, "report") as desk, caplog.at_level(logging.DEBUG):
        (receipt,) = ingest.ingest([str(page)], desk)
        assert receipt.record.personal == {"email": 1, "name": 1, "phone": 1}
        assert "0700 555 123" in (desk.store.text(receipt.record.id, ALL) or "")
        assert desk.store.original(receipt.record.id, ALL) == PERSON.encode()
    assert "0700" not in caplog.text


def test_masked_it_is_in_no_text_hit_original_or_file(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PERSON)
    with desk_with(tmp_path, "report") as desk:
        list(ingest.ingest([str(page)], desk))
    with desk_with(tmp_path, "mask") as desk:  # a change of the policy is a reason to read the file again
        (receipt,) = ingest.ingest([str(page)], desk)
        text = desk.store.text(receipt.record.id, ALL) or ""
        assert "The appeal is heard by her; call ████ ███ ███ or ██████████████████." in text
        assert desk.store.original(receipt.record.id, ALL) is None
        assert receipt.record.personal == {"email": 1, "name": 1, "phone": 1}
        assert receipt.record.flags == ("masked",)
        answer = ask.answer(
            "Who hears the appeal?", Reader("anybody", frozenset({"public"}), "en"), desk, model="quote"
        )
        quotes = [quote for claim in answer.claims for quote in claim.quotes]
        assert quotes
        assert all(text[quote.start : quote.end] == quote.text for quote in quotes)
    raw = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert [word for word in ("0700 555", "jane@court", "Wanjiku", "wanjiku") if word.encode() in raw] == []


def test_masked_it_is_in_no_title_be_it_given_or_made_of_the_name_of_the_file(tmp_path: Path) -> None:
    pages = [tmp_path / name for name in ("jane@court.example.txt", "given.txt", "lost jane@court.example.pdf")]
    for page in pages:
        page.write_text("The market opens at eight.\n")
    pages[2].write_text("")
    (tmp_path / "documents.toml").write_text('["given.txt"]\ntitle = "Letter to jane@court.example"\n')
    with desk_with(tmp_path, "mask") as desk:
        receipts = list(ingest.ingest(list(map(str, pages)), desk))
        records = desk.store.records(ALL)
    assert sorted(record.title for record in records) == [f"Letter to {'█' * 18}", f"lost {'█' * 22}", "█" * 22]
    assert [record.flags for record in records] == [(), (), ()]
    assert {receipt.record.status.value for receipt in receipts} == {"complete", "failed"}


def test_what_cannot_be_masked_any_more_is_not_kept(tmp_path: Path) -> None:
    pages = tmp_path / "person.md", tmp_path / "plain.md"
    pages[0].write_text(PERSON)
    pages[1].write_text("The market opens at eight.\n")
    with desk_with(tmp_path, "report") as desk:
        list(ingest.ingest(list(map(str, pages)), desk))
    for page in pages:
        page.write_text("")
    with desk_with(tmp_path, "mask") as desk:
        reasons = [receipt.record.reason or "" for receipt in ingest.ingest(list(map(str, pages)), desk)]
        assert "removed: its personal data were not masked" in reasons[0]
        assert "is kept" in reasons[1]
        assert [desk.store.text(record.id, ALL) or "" for record in desk.store.records(ALL)] == [
            "",
            "The market opens at eight.",
        ]
    raw = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert [word for word in ("0700 555", "jane@court", "Wanjiku", "wanjiku") if word.encode() in raw] == []


@pytest.mark.parametrize(
    "piece",
    [
        "1-",
        "tel " + "1" * 50,
        " +1" + "1" * 20 + "/",
        " 00" + "1" * 20 + "/",
        " 0" + "1" * 20 + "/",
        " " + "4" * 20 + "/",
    ],
)
def test_no_pattern_takes_long_over_digits(piece: str) -> None:
    text, began = piece * (60_000 // len(piece)), time.process_time()
    pii.find(text)
    assert time.process_time() - began < 2, "it was over 5"


def test_many_findings_under_many_headings_are_hidden_in_no_time() -> None:
    lines = [f"Phone 07{number:08d}" for number in range(1500)]
    text, blocks, at = "\n".join(lines), [], 0
    for line in lines:
        blocks.append(Block(at, at + len(line), headings=(f"Owner of {line[6:]}",)))
        at += len(line) + 1
    began = time.process_time()
    hidden = pii.hide(Parsed(text, tuple(blocks)), pii.find(text))
    assert time.process_time() - began < 5, "it was over 15"
    assert {block.headings for block in hidden.blocks} == {("Owner of " + "█" * 10,)}


def test_every_rule_names_a_known_check() -> None:
    assert pii.find("nothing") == []  # the rules are read and compiled at the first call
