import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import aliased

from elearn.errors import NotFound
from elearn.store import people, progress
from elearn.store.base import Base
from elearn.store.engine import Database
from elearn.store.organisations import OrganisationRow
from elearn.store.people import PersonRow
from elearn.store.tenancy import BOUND, TenancyError, bind, bound_to, everyone
from tests.factories import make_organisation, make_person


@pytest.fixture
def two(database: Database) -> tuple[str, str]:
    with database.transaction() as session:
        first, second = make_organisation(session).id, make_organisation(session).id
        make_person(session, first, "canary-first")
        make_person(session, second, "canary-second")
    return first, second


def test_a_session_sees_the_people_of_its_organisation_only(database: Database, two: tuple[str, str]) -> None:
    for organisation_id, handle in zip(two, ("canary-first", "canary-second"), strict=True):
        with database.read(organisation_id) as session:
            assert [person.handle for person in people.list_people(session)] == [handle]
            assert people.count_people(session) == 1


def test_a_foreign_person_is_not_found(database: Database, two: tuple[str, str]) -> None:
    with database.read(two[0]) as session, everyone(session):
        foreign = people.find_person_by_handle(session, "canarysecond")
    assert foreign is None or foreign.organisation_id == two[1]
    with database.read(two[1]) as session:
        own = people.list_people(session)[0].id
    with database.read(two[0]) as session:
        with pytest.raises(NotFound):
            people.get_person(session, own)
        assert session.get(PersonRow, own) is None


def test_aliases_subqueries_and_counts_are_filtered_too(database: Database, two: tuple[str, str]) -> None:
    other = aliased(PersonRow)
    with database.read(two[0]) as session:
        assert session.scalars(select(other.handle)).all() == ["canary-first"]
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 1
        inner = select(PersonRow.organisation_id).where(PersonRow.handle == "canary-second").scalar_subquery()
        assert session.scalars(select(OrganisationRow.id).where(OrganisationRow.id == inner)).all() == []
        joined = select(OrganisationRow.slug).join(PersonRow, PersonRow.organisation_id == OrganisationRow.id)
        assert len(session.execute(joined).all()) == 1


def test_updates_and_deletes_reach_own_rows_only(database: Database, two: tuple[str, str]) -> None:
    with database.transaction(two[0]) as session:
        session.execute(update(PersonRow).values(country="TJ"))
    with database.read() as session, everyone(session):
        assert {person.handle: person.country for person in people.list_people(session)} == {"canary-first": "TJ", "canary-second": "KZ"}


@pytest.mark.parametrize(
    "statement",
    [
        select(PersonRow),
        select(PersonRow.handle),
        select(aliased(PersonRow).id),
        select(func.count()).select_from(PersonRow),
        select(OrganisationRow).join(PersonRow, PersonRow.organisation_id == OrganisationRow.id),
        select(OrganisationRow).where(OrganisationRow.id.in_(select(PersonRow.organisation_id))),
        update(PersonRow).values(country="TJ"),
        insert(PersonRow).values(handle="x"),
        select(PersonRow.__table__.c.handle),
        delete(Base.metadata.tables["person"]),
    ],
    ids=str,
)
def test_a_query_without_an_organisation_raises(database: Database, statement: object) -> None:
    with database.transaction() as session, pytest.raises(TenancyError):
        session.execute(statement)  # type: ignore[call-overload]


def test_a_query_of_shared_tables_needs_no_organisation(database: Database, two: tuple[str, str]) -> None:
    with database.read() as session:
        assert len(session.scalars(select(OrganisationRow)).all()) == 2


def test_a_core_statement_must_say_that_it_binds_the_organisation_itself(database: Database, two: tuple[str, str]) -> None:
    table = PersonRow.__table__
    with database.read(two[0]) as session:
        with pytest.raises(TenancyError):
            session.execute(select(table.c.handle))
        bound = select(table.c.handle).where(table.c.organisation_id == two[0]).execution_options(**BOUND)
        assert session.execute(bound).all() == [("canary-first",)]
        assert progress.find_summary(session, "nobody", "none", organisation_id=two[0]) is None


def test_a_row_of_another_organisation_cannot_be_written(database: Database, two: tuple[str, str]) -> None:
    with database.transaction(two[0]) as session:
        row = PersonRow(organisation_id=two[1], handle="x", handle_key="x")
        session.add(row)
        with pytest.raises(TenancyError):
            session.flush()
        session.expunge(row)


def test_a_session_stays_with_its_organisation(database: Database, two: tuple[str, str]) -> None:
    with database.read(two[0]) as session:
        bind(session, two[0])
        assert bound_to(session) == two[0]
        with pytest.raises(TenancyError):
            bind(session, two[1])


def test_a_reading_session_writes_nothing(database: Database, two: tuple[str, str]) -> None:
    with database.read(two[0]) as session:
        with pytest.raises(TenancyError):
            session.execute(update(PersonRow).values(country="TJ"))
        people.list_people(session)[0].country = "TJ"
        with pytest.raises(TenancyError):
            session.flush()


def test_everyone_ends_with_its_block_also_after_an_error(database: Database, two: tuple[str, str]) -> None:
    with database.read() as session:
        with pytest.raises(ZeroDivisionError), everyone(session):
            raise ZeroDivisionError
        with pytest.raises(TenancyError):
            people.list_people(session)
