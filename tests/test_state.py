# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What the office keeps: the same on SQLite and on PostgreSQL."""

import datetime as dt
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import postgresql
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wazi.errors import SettingError, StoreError, UsageError
from wazi.state import State, cards, feedback, keys, open_state, people, sessions, tries, unanswered
from wazi.state.database import FILE, STEPS
from wazi.types import EVERYTHING, PUBLIC, Better, CardQuote, Outcome

KEEPER = frozenset({EVERYTHING})
ANYBODY = frozenset({PUBLIC})
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where writing to the disk at once costs nothing: one test writes a thousand times."""
NOW = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)
ANSWER = "0123456789abcdef" * 2
TOMORROW = dt.date.today() + dt.timedelta(days=1)


@pytest.fixture(scope="session")
def socket_folder() -> Iterator[Path]:
    if why := postgresql.missing():
        pytest.skip(why)
    with postgresql.server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], State]:
    """Opens the same database, as often as wanted."""
    url = ""
    if request.param == "postgresql":
        url = postgresql.new_database(request.getfixturevalue("socket_folder"))
    return lambda: open_state(tmp_path, url)


@pytest.fixture
def state(again: Callable[[], State]) -> Iterator[State]:
    with again() as opened:
        yield opened


def tell(state: State, *labels: str, question: str = "What does a stall cost?", verdict: str = "wrong") -> str:
    made = feedback.keep(
        state, answer=ANSWER, question=question, language="en", verdict=verdict, labels=labels or (PUBLIC,)
    )
    return made.id


def write(state: State, *labels: str, question: str = "What does a stall cost?", expires: dt.date = TOMORROW) -> str:
    quote = CardQuote("d1", 10, 16, "450 sh")
    made = cards.add(
        state,
        question=question,
        language="en",
        text="It costs 450 shillings.",
        quotes=[quote],
        reviewed_by="ada",
        expires=expires,
        labels=labels or (PUBLIC,),
    )
    return made.id


# the database


def test_what_was_written_is_there_after_opening_again(again: Callable[[], State]) -> None:
    with again() as first:
        ada = people.add(first, "ada", role="staff", labels=["tax"])
    with again() as second:
        assert people.named(second, "ada") == ada


def test_many_openers_at_first_use_make_one_set_of_tables(again: Callable[[], State]) -> None:
    def use(name: str) -> None:
        with again() as state:
            people.add(state, name)

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(use, f"p{n}") for n in range(6)]:
            done.result()
    with again() as state:
        assert [each.name for each in people.everybody(state)] == [f"p{n}" for n in range(6)]


def test_the_first_opening_waits_for_another_ones_write(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        ends = threading.Timer(0.3, other.execute, ["COMMIT"])
        ends.start()
        with open_state(tmp_path) as state:
            assert people.everybody(state) == []
        ends.join()


def test_a_failed_write_leaves_nothing(state: State) -> None:
    with pytest.raises(UsageError, match="keeper"):
        people.add(state, "eve", labels=["tax", EVERYTHING])
    assert people.everybody(state) == []


def test_tables_of_a_newer_version_are_left_alone(again: Callable[[], State]) -> None:
    with again() as state, state.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer wazi"):
        again()


def test_sqlite_is_for_its_keeper_alone_and_kept_safe(tmp_path: Path) -> None:
    with open_state(tmp_path) as state, state.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("people", sa.Column("room", sa.Text, nullable=False, server_default="12"))
    op.create_table("broken", sa.Column("x", sa.Integer){more})
"""


def next_steps(folder: Path, more: str = "") -> Path:
    """The steps of today and one more."""
    steps = folder / f"steps{len(more)}"
    steps.mkdir()
    for step in STEPS.glob("v0*.py"):
        (steps / step.name).write_bytes(step.read_bytes())
    (steps / "v0003.py").write_text(NEXT_STEP.format(more=more))
    return steps


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_tables_are_brought_up_to_date_and_keep_what_they_hold(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = postgresql.new_database(request.getfixturevalue("socket_folder")) if kind == "postgresql" else ""
    with open_state(tmp_path, url) as state:
        people.add(state, "ada", labels=["tax"])
    failing = next_steps(tmp_path, ", sa.Column('x', sa.Integer)")  # two columns of one name
    with pytest.raises(Exception, match=r"(?i)column"):
        open_state(tmp_path, url, steps=failing)
    with open_state(tmp_path, url) as state:  # all of the failed step was taken back
        assert people.named(state, "ada").labels == {PUBLIC, "tax"}
    with open_state(tmp_path, url, steps=next_steps(tmp_path)) as state, state.reading() as connection:
        assert connection.execute(sa.text("SELECT name, room FROM people")).all() == [("ada", "12")]
    with pytest.raises(StoreError, match="newer wazi"):
        open_state(tmp_path, url)


def test_sqlite_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        people.add(state, "ada")
    assert list(tmp_path.glob("*before*")) == []
    open_state(tmp_path, steps=next_steps(tmp_path)).close()
    copy = tmp_path / f"{FILE}.before-0003"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM people").fetchall() == [("ada",)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]


@pytest.mark.parametrize(
    ("url", "said"), [("mysql://x", "no database known"), ("postgresql://host:port/name", "cannot be read")]
)
def test_another_kind_of_address_is_refused(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        open_state(tmp_path, url)


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"\[state\] url") as told:
        open_state(tmp_path, f"postgresql://wazi:hidden-word@/db?host={tmp_path}")
    assert "hidden-word" not in str(told.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        open_state(tmp_path)


# people


def test_labels_come_from_the_person_and_their_groups(state: State) -> None:
    people.set_group(state, "clinic", ["health"])
    ada = people.add(state, "ada", labels=["tax"], groups=["clinic", "unknown"])
    assert ada.labels == {PUBLIC, "tax", "health"}
    people.set_group(state, "clinic", [])
    assert people.named(state, "ada").labels == {PUBLIC, "tax"}
    assert people.groups(state) == {}


def test_a_person_is_changed_and_forgotten(state: State) -> None:
    people.add(state, "ada", labels=["tax"], groups=["clinic"])
    changed = people.change(state, "ada", role="admin", active=False, labels=["land"], groups=[])
    assert (changed.role, changed.active, changed.own, changed.groups) == ("admin", False, {"land"}, frozenset())
    people.remove(state, "ada")
    with pytest.raises(UsageError, match="no person called 'ada'"):
        people.named(state, "ada")


def test_a_name_is_given_once(state: State) -> None:
    people.add(state, "ada")
    with pytest.raises(UsageError, match="choose another"):
        people.add(state, "ada")


def test_people_of_elsewhere_are_known_by_issuer_and_subject_together(state: State) -> None:
    ada = people.add(state, "ada", issuer="https://one.example", subject="7")
    people.add(state, "eve", issuer="https://two.example", subject="7")
    assert people.known(state, issuer="https://one.example", subject="7") == ada
    assert people.known(state, issuer="https://three.example", subject="7") is None
    with pytest.raises(UsageError):
        people.add(state, "mallory", issuer="https://one.example", subject="7")


@pytest.mark.parametrize("name", ["", " ada", "a\nb", "a" * 101, "a\0"])
def test_what_cannot_be_a_name_is_refused(state: State, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a name"):
        people.add(state, name)


@pytest.mark.parametrize("label", ["", " x", EVERYTHING, "a\0", "x" * 201])
def test_what_cannot_be_a_label_is_refused(state: State, label: str) -> None:
    with pytest.raises(UsageError, match="label"):
        people.add(state, "ada", labels=[label])


# keys


def test_a_key_opens_what_it_was_made_for(state: State) -> None:
    people.add(state, "ada", role="staff", labels=["tax", "land"])
    issued = keys.add(state, "ada", scopes=["ask"], labels=[PUBLIC, "tax"])
    opened = keys.opened(state, issued.text)
    assert opened is not None
    assert (opened.labels, opened.scopes, opened.key) == ({PUBLIC, "tax"}, {"ask"}, issued.key)


def test_a_key_loses_what_its_owner_loses(state: State) -> None:
    people.add(state, "ada", role="staff", labels=["tax"])
    text = keys.add(state, "ada", scopes=["ask", "documents"], labels=["tax"]).text
    people.change(state, "ada", role="reader", labels=[])
    opened = keys.opened(state, text)
    assert opened is not None
    assert (opened.labels, opened.scopes) == (frozenset(), {"ask"})
    people.change(state, "ada", active=False)
    assert keys.opened(state, text) is None


def test_a_key_opens_no_more_than_its_owner_may(state: State) -> None:
    people.add(state, "ada", labels=["tax"])
    with pytest.raises(UsageError, match="does not hold 'land'"):
        keys.add(state, "ada", scopes=["ask"], labels=["land"])
    with pytest.raises(UsageError, match="may not admin"):
        keys.add(state, "ada", scopes=["admin"])
    with pytest.raises(UsageError, match="needs scopes"):
        keys.add(state, "ada", scopes=[])
    with pytest.raises(UsageError, match="0 days"):
        keys.add(state, "ada", scopes=["ask"], days=0)


def test_wrong_ended_and_revoked_keys_open_nothing(state: State) -> None:
    people.add(state, "ada")
    issued = keys.add(state, "ada", scopes=["ask"], days=2)
    other = keys.add(state, "ada", scopes=["ask"]).text
    mixed = issued.text[:22] + other[22:]
    for wrong in ("", "wazi_", mixed, issued.text + "x", issued.text.upper(), "wazi_" + "0" * 16 + "_" + "a" * 43):
        assert keys.opened(state, wrong) is None, wrong
    before, after = issued.key.expires - dt.timedelta(seconds=1), issued.key.expires
    assert keys.opened(state, issued.text, now=before) is not None
    assert keys.opened(state, issued.text, now=after) is None
    assert keys.revoke(state, issued.key.id).revoked is not None
    assert keys.opened(state, issued.text) is None
    assert len(keys.every(state, "ada")) == 2


def test_no_secret_is_kept(again: Callable[[], State], tmp_path: Path) -> None:
    with again() as state:
        ada = people.add(state, "ada")
        secrets = [keys.add(state, "ada", scopes=["ask"]).text[22:], sessions.begin(state, ada.id, hours=1)]
        with state.reading() as connection:
            rows = [str(connection.execute(sa.text(f"SELECT * FROM {t}")).all()) for t in ("keys", "sessions")]
    assert [secret for secret in secrets if any(secret in text for text in rows)] == []


# sessions


def test_a_session_ends_by_time_by_idleness_and_by_hand(state: State) -> None:
    ada = people.add(state, "ada")
    token = sessions.begin(state, ada.id, hours=2, now=NOW)

    def whose(token: str, minutes: float) -> people.Person | None:
        return sessions.whose(state, token, idle_minutes=30, now=NOW + dt.timedelta(minutes=minutes))

    assert whose(token, 29) == ada
    assert whose(token, 58) == ada  # which only use at minute 29 explains
    assert whose(token, 88) is None
    assert whose(token, 59) is None  # gone for good
    token = sessions.begin(state, ada.id, hours=0.5, now=NOW)
    assert whose(token, 20) == ada
    assert whose(token, 30) is None
    token = sessions.begin(state, ada.id, hours=2, now=NOW)
    sessions.end(state, token)
    assert whose(token, 1) is None


def test_who_may_no_longer_come_in_is_out_at_once(state: State) -> None:
    ada = people.add(state, "ada")
    token = sessions.begin(state, ada.id, hours=2)
    people.change(state, "ada", active=False)
    assert sessions.whose(state, token, idle_minutes=30) is None


def test_a_form_token_belongs_to_one_session(state: State) -> None:
    ada = people.add(state, "ada")
    one, two = sessions.begin(state, ada.id, hours=1), sessions.begin(state, ada.id, hours=1)
    assert sessions.is_form_token(one, sessions.form_token(one))
    assert not sessions.is_form_token(two, sessions.form_token(one))
    assert not sessions.is_form_token(one, "é")


# wrong tries


def test_the_wait_grows_and_ends(state: State) -> None:
    waits = [tries.failed(state, "ada", now=NOW) for _ in range(16)]
    assert waits[:6] == [0, 0, 0, 1, 2, 4]
    assert waits[-1] == 900
    assert tries.wait(state, "ada", now=NOW + dt.timedelta(seconds=899)) == 1
    assert tries.wait(state, "ada", now=NOW + dt.timedelta(seconds=901)) == 0
    assert tries.wait(state, "eve", now=NOW) == 0
    tries.succeeded(state, "ada")
    assert tries.wait(state, "ada", now=NOW) == 0


# feedback, cards, questions without an answer


def test_feedback_is_kept_whole(state: State) -> None:
    made = feedback.keep(
        state,
        answer=ANSWER,
        question="Bei ya kibanda?",
        language="sw",
        verdict="partly",
        labels=[PUBLIC],
        reason="old price",
        better=Better("d1", 4, 9),
        corrected="500",
        by="ada",
    )
    assert feedback.queue(state, ANYBODY) == [made]
    judged = feedback.review(state, made.id, ANYBODY, status="accepted", by="ben")
    assert (judged.status, judged.reviewed_by, judged.better) == ("accepted", "ben", Better("d1", 4, 9))
    assert feedback.queue(state, ANYBODY, status="new") == []
    assert feedback.erase(state, before=made.at) == 0
    assert feedback.erase(state, before=made.at + dt.timedelta(seconds=1)) == 1
    assert feedback.count(state, KEEPER) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "good"},
        {"question": " "},
        {"question": "a\0"},
        {"labels": []},
        {"labels": [EVERYTHING]},
        {"better": Better("d", 4, 4)},
        {"answer": "../x"},
        {"reason": "x" * 4001},
    ],
)
def test_unusable_feedback_is_refused(state: State, wrong: dict[str, object]) -> None:
    good: dict[str, object] = {"answer": ANSWER, "question": "q", "language": "en", "verdict": "right", "labels": ["a"]}
    with pytest.raises(UsageError):
        feedback.keep(state, **good | wrong)  # type: ignore[arg-type]
    assert feedback.count(state, KEEPER) == 0


def test_a_stranger_cannot_fill_the_disk_with_feedback(state: State) -> None:
    good: dict[str, object] = {"answer": ANSWER, "question": "q", "language": "en", "verdict": "right", "labels": ["a"]}
    for _ in range(2):
        feedback.keep(state, **good, most=2)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="erase old ones"):
        feedback.keep(state, **good, most=2)  # type: ignore[arg-type]
    assert feedback.count(state, KEEPER) == 2


def test_a_card_is_found_however_the_question_is_typed_until_it_expires(state: State) -> None:
    id = write(state)
    for typed in ("What does a stall cost?", "  what DOES a  stall cost", "What does a stall cost？"):
        found = cards.find(state, typed, "en", ANYBODY)
        assert found is not None, typed
        assert found.id == id
    assert cards.find(state, "What does a stall cost?", "sw", ANYBODY) is None
    assert cards.find(state, "What does a shop cost?", "en", ANYBODY) is None
    assert cards.find(state, "What does a stall cost?", "en", ANYBODY, on=TOMORROW) is not None
    assert cards.find(state, "What does a stall cost?", "en", ANYBODY, on=TOMORROW + dt.timedelta(days=1)) is None


def test_a_new_card_takes_the_place_of_the_old_one_of_the_same_readers(state: State) -> None:
    write(state, "tax")
    write(state)
    last = write(state)
    assert [card.id for card in cards.every(state, ANYBODY)] == [last]
    assert len(cards.every(state, KEEPER)) == 2


def test_an_expired_card_cannot_be_written(state: State) -> None:
    with pytest.raises(UsageError, match="expired"):
        write(state, expires=dt.date.today() - dt.timedelta(days=1))


def test_questions_without_an_answer_wait_and_the_oldest_go_first(state: State) -> None:
    made = [
        unanswered.keep(state, question=f"q{n}", language="en", outcome=Outcome.NO_EVIDENCE, labels=[PUBLIC], most=3)
        for n in range(5)
    ]
    assert unanswered.waiting(state, ANYBODY) == made[:1:-1]
    unanswered.close(state, made[4].id, ANYBODY, by="ada")
    assert unanswered.count(state, ANYBODY) == 2


# rights


def test_who_lacks_one_label_sees_nothing_of_a_row(state: State) -> None:
    id, card = tell(state, PUBLIC, "tax"), write(state, PUBLIC, "tax")
    asked = unanswered.keep(
        state, question="secret", language="en", outcome=Outcome.NO_EVIDENCE, labels=[PUBLIC, "tax"]
    )
    for labels in (frozenset[str](), ANYBODY, frozenset({"tax"}), frozenset({PUBLIC, "land"})):
        assert (feedback.queue(state, labels), feedback.count(state, labels)) == ([], 0)
        assert (unanswered.waiting(state, labels), unanswered.count(state, labels)) == ([], 0)
        assert (cards.every(state, labels), cards.find(state, "What does a stall cost?", "en", labels)) == ([], None)
        for refused in (
            lambda id, labels=labels: feedback.review(state, id, labels, status="accepted", by="x"),
            lambda id, labels=labels: cards.remove(state, id, labels),
            lambda id, labels=labels: unanswered.close(state, id, labels, by="x"),
        ):
            for each in (id, card, asked.id):
                with pytest.raises(UsageError) as there:
                    refused(each)
                with pytest.raises(UsageError) as nowhere:
                    refused("f" * 32)
                assert str(there.value).replace(each, "f" * 32) == str(nowhere.value)
    both = frozenset({PUBLIC, "tax"})
    assert [each.id for each in feedback.queue(state, both)] == [id]
    assert [each.id for each in cards.every(state, both)] == [card]
    assert unanswered.waiting(state, both) == [asked]


LABELS = st.frozensets(st.sampled_from(["public", "tax", "land", "health", "o'neil \"%_"]), min_size=1, max_size=4)
ROWS = st.lists(st.tuples(st.sampled_from(["feedback", "card", "question"]), LABELS), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, hidden=ROWS, reader=LABELS)
def test_a_readers_world_does_not_differ_by_what_they_may_not_see(
    rows: list[tuple[str, frozenset[str]]],
    hidden: list[tuple[str, frozenset[str]]],
    reader: frozenset[str],
) -> None:
    unseen = [row for row in hidden if not row[1] <= reader]
    seen = [row for row in rows if row[1] <= reader]
    worlds = []
    with TemporaryDirectory(dir=MEMORY) as home, open_state(Path(home)) as state:
        for filled in (seen, seen + unseen, unseen + seen):
            with state.writing() as connection:
                for table in ("feedback", "cards", "unanswered", "row_labels"):
                    connection.execute(sa.text(f"DELETE FROM {table}"))
            for number, (kind, labels) in enumerate(filled):
                _put(state, kind, labels, str(sorted(labels)) + str(filled[:number].count((kind, labels))))
            worlds.append(_world(state, reader))
    assert worlds[0] == worlds[1] == worlds[2]


def _put(state: State, kind: str, labels: frozenset[str], text: str) -> None:
    if kind == "feedback":
        tell(state, *labels, question=text)
    elif kind == "card":
        write(state, *labels)
    else:
        unanswered.keep(state, question=text, language="en", outcome=Outcome.NO_EVIDENCE, labels=labels)


def _world(state: State, labels: frozenset[str]) -> dict[str, object]:
    """All that a reader with these labels can learn, without the random ids and the times."""
    return {
        "feedback": sorted(each.question for each in feedback.queue(state, labels)),
        "feedbacks": feedback.count(state, labels),
        "cards": len(cards.every(state, labels)),
        "card": cards.find(state, "What does a stall cost?", "en", labels) is not None,
        "questions": sorted(each.question for each in unanswered.waiting(state, labels)),
        "question": unanswered.count(state, labels),
    }
