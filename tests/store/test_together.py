"""Writes of several requests in one transaction: none is seen before the commit, each stands or falls by itself, a lost one is told."""

from collections.abc import Callable, Iterator

import pytest

from elearn.store.answering import add_step, get_answering
from elearn.store.attempts import list_steps
from elearn.store.base import hour
from elearn.store.engine import Database
from elearn.store.prepared import Writer
from elearn.store.releases import ReleaseRow
from elearn.store.settings import put_setting
from elearn.store.together import TOGETHER, CommitLostError, Together
from tests.factories import NOW, make_attempt, make_organisation, make_person, make_release
from tests.servers import SERVER

sqlite_only = pytest.mark.skipif(bool(SERVER), reason="about SQLite")

VALUES = {"kind": "answer", "question_id": "q", "response": None, "language": "en", "at": hour(NOW)}


@pytest.fixture
def sittings(database: Database) -> list[tuple[str, str]]:
    """Attempts of two people of two organisations: organisation and attempt."""
    with database.transaction() as session:
        release = make_release(session)
        organisations = [make_organisation(session, slug).id for slug in ("one", "two")]
    return [(one, sitting_in(database, one, release)) for one in organisations]


def sitting_in(database: Database, organisation_id: str, release: ReleaseRow) -> str:
    with database.transaction(organisation_id) as session:
        return make_attempt(session, make_person(session, organisation_id), release).id


@pytest.fixture
def together() -> Iterator[Together]:
    """What the writes of this moment join."""
    shared = Together()
    before = TOGETHER.set(shared)
    yield shared
    TOGETHER.reset(before)
    shared.close()


def save(database: Database, sitting: tuple[str, str]) -> None:
    organisation_id, attempt_id = sitting
    with database.write(organisation_id, together=True) as writer:
        number = (get_answering(writer, attempt_id, "q").last_number or 0) + 1
        add_step(writer, attempt_id, {"number": number, **VALUES})


def fail(database: Database, sitting: tuple[str, str], deed: Callable[[Writer], object]) -> None:
    with database.write(sitting[0], together=True) as writer:
        deed(writer)
        raise ZeroDivisionError


def saved(database: Database, sitting: tuple[str, str]) -> int:
    with database.read(sitting[0]) as session:
        return len(list_steps(session, sitting[1]))


@sqlite_only
def test_writes_are_seen_when_all_are_durable_and_not_before(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    for one in sittings:
        save(database, one)
    assert together.writes == 2
    assert [saved(database, one) for one in sittings] == [0, 0]
    together.commit()
    assert [saved(database, one) for one in sittings] == [1, 1]


@sqlite_only
def test_a_write_that_fails_before_it_changed_anything_leaves_the_others_alone(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    save(database, sittings[0])
    with pytest.raises(ZeroDivisionError):
        fail(database, sittings[1], lambda writer: get_answering(writer, sittings[1][1], "q"))
    save(database, sittings[0])
    together.commit()
    assert together.writes == 2
    assert [saved(database, one) for one in sittings] == [2, 0]


@sqlite_only
def test_of_a_write_that_fails_later_nothing_stays_and_no_other_is_taken_for_saved(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    save(database, sittings[0])
    with pytest.raises(ZeroDivisionError):
        fail(database, sittings[1], lambda writer: add_step(writer, sittings[1][1], {"number": 1, **VALUES}))
    assert not together.sound
    with pytest.raises(CommitLostError):
        together.commit()
    together.close()
    assert [saved(database, one) for one in sittings] == [0, 0]


@sqlite_only
def test_what_was_not_committed_is_undone(database: Database, sittings: list[tuple[str, str]], together: Together) -> None:
    save(database, sittings[0])
    together.close()
    assert saved(database, sittings[0]) == 0
    save(database, sittings[0])
    together.commit()
    assert saved(database, sittings[0]) == 1


@sqlite_only
def test_a_transaction_that_the_database_gave_up_is_never_taken_for_saved(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    save(database, sittings[0])
    with pytest.raises(ZeroDivisionError):
        fail(database, sittings[1], lambda writer: writer.connection.rollback())  # as SQLite does by itself when the disk is full
    assert not together.sound
    for _ in range(2):
        with pytest.raises(CommitLostError):
            together.commit()
    with pytest.raises(CommitLostError):
        save(database, sittings[0])
    assert saved(database, sittings[0]) == 0


@sqlite_only
def test_a_transaction_lost_without_an_error_is_noticed_at_the_commit(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    with database.write(sittings[0][0], together=True) as writer:
        writer.connection.rollback()
    with pytest.raises(CommitLostError):
        together.commit()
    assert not together.sound


@sqlite_only
def test_a_transaction_of_its_own_first_makes_the_others_durable(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    save(database, sittings[0])
    with database.transaction() as session:
        put_setting(session, "site", {"name": "Qadam"})
    assert saved(database, sittings[0]) == 1
    save(database, sittings[0])
    together.commit()
    assert saved(database, sittings[0]) == 2


@sqlite_only
def test_a_write_that_joins_nobody_first_makes_the_others_durable(
    database: Database, sittings: list[tuple[str, str]], together: Together
) -> None:
    save(database, sittings[0])
    with database.write(sittings[1][0]) as writer:
        add_step(writer, sittings[1][1], {"number": 1, **VALUES})
    assert [saved(database, one) for one in sittings] == [1, 1]


def test_without_others_a_write_commits_alone(database: Database, sittings: list[tuple[str, str]]) -> None:
    save(database, sittings[0])
    assert saved(database, sittings[0]) == 1


def test_a_write_that_looks_at_what_it_wrote_commits_alone(database: Database, sittings: list[tuple[str, str]], together: Together) -> None:
    with database.write(sittings[0][0]) as writer:
        add_step(writer, sittings[0][1], {"number": 1, **VALUES})
    assert (together.writes, saved(database, sittings[0])) == (0, 1)


@pytest.mark.skipif(not SERVER, reason="about PostgreSQL, which lets commits wait for the disk together by itself")
def test_on_postgresql_each_commits_by_itself(database: Database, sittings: list[tuple[str, str]], together: Together) -> None:
    save(database, sittings[0])
    assert (together.writes, saved(database, sittings[0])) == (0, 1)
