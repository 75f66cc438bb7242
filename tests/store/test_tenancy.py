from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

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


def ids_of(database: Database, organisation_id: str) -> tuple[str, ...]:
    with database.read(organisation_id) as session:
        return tuple(person.id for person in people.list_people(session))


def values_of(database: Database, organisation_id: str) -> dict[str, object]:
    with database.read(organisation_id) as session:
        person = people.list_people(session)[0]
        kept = {column.key: getattr(person, column.key) for column in PersonRow.__table__.columns}
    return kept | {"id": "made-up", "handle_key": "made-up"}


def seen_by_get(session: Session, person_id: str) -> object:
    return session.get(PersonRow, person_id)


def seen_by_a_union(session: Session, person_id: str) -> object:
    one = select(PersonRow.handle).where(PersonRow.id == person_id)
    return session.execute(one.union_all(one)).all()


def seen_by_a_common_table(session: Session, person_id: str) -> object:
    inner = select(PersonRow.handle).where(PersonRow.id == person_id).cte()
    return session.execute(select(inner)).all()


def seen_by_a_subquery(session: Session, person_id: str) -> object:
    inner = select(PersonRow.id, PersonRow.handle).subquery()
    return session.execute(select(inner.c.handle).where(inner.c.id == person_id)).all()


def seen_by_an_entity_of_a_subquery(session: Session, person_id: str) -> object:
    other = aliased(PersonRow, select(PersonRow).subquery())
    return session.scalars(select(other).where(other.id == person_id)).all()


def seen_by_exists(session: Session, person_id: str) -> object:
    there = select(PersonRow.id).where(PersonRow.id == person_id).exists()
    return session.scalars(select(OrganisationRow.id).where(there)).all()


def seen_by_a_lateral_join(session: Session, person_id: str) -> object:
    wanted = select(OrganisationRow.id).join(PersonRow, PersonRow.organisation_id == OrganisationRow.id, isouter=True)
    return session.execute(wanted.where(PersonRow.id == person_id)).all()


def seen_by_text(session: Session, person_id: str) -> object:
    return session.execute(text("SELECT handle FROM person WHERE id = :id"), {"id": person_id}).all()


def seen_by_text_as_rows(session: Session, person_id: str) -> object:
    wanted = text("SELECT * FROM person WHERE id = :id").columns(*PersonRow.__table__.columns)
    return session.scalars(select(PersonRow).from_statement(wanted), {"id": person_id}).all()


def changed_by_an_update(session: Session, person_id: str) -> object:
    return session.execute(update(PersonRow).where(PersonRow.id == person_id).values(role="admin").returning(PersonRow.id)).all()


def changed_by_keys_in_parameters(session: Session, person_id: str) -> object:
    return session.execute(update(PersonRow), [{"id": person_id, "role": "admin"}])


def changed_by_merging(session: Session, person_id: str) -> object:
    row = session.merge(PersonRow(id=person_id, role="admin"))
    session.flush()
    return row


def deleted_by_a_statement(session: Session, person_id: str) -> object:
    return session.execute(delete(PersonRow).where(PersonRow.id == person_id).returning(PersonRow.id)).all()


@pytest.mark.parametrize(
    "way",
    [
        seen_by_get,
        seen_by_a_union,
        seen_by_a_common_table,
        seen_by_a_subquery,
        seen_by_an_entity_of_a_subquery,
        seen_by_exists,
        seen_by_a_lateral_join,
        seen_by_text,
        seen_by_text_as_rows,
        changed_by_an_update,
        changed_by_keys_in_parameters,
        changed_by_merging,
        deleted_by_a_statement,
    ],
    ids=lambda way: way.__name__,
)
@pytest.mark.parametrize("looked_before", [False, True], ids=["at once", "after everyone"])
def test_no_way_leads_to_a_foreign_row(
    database: Database, two: tuple[str, str], way: Callable[[Session, str], object], *, looked_before: bool
) -> None:
    foreign = ids_of(database, two[1])[0]
    with database.transaction(two[0]) as session:
        if looked_before:
            with everyone(session):
                kept = people.list_people(session)  # held on to, so that the session would still know it
                assert len(kept) == 2
        try:
            found = way(session, foreign)
        except (TenancyError, IntegrityError):
            session.rollback()
        else:
            assert not found
    with database.read(two[1]) as session:
        assert [person.role for person in people.list_people(session)] == ["learner"]


@pytest.mark.parametrize("whose", ["own", "foreign"])
def test_a_row_is_not_given_away(database: Database, two: tuple[str, str], whose: str) -> None:
    with database.transaction(two[0]) as session:
        person = people.list_people(session)[0]
        if whose == "foreign":
            session.expunge(person)
            with everyone(session):
                person = next(one for one in people.list_people(session) if one.organisation_id == two[1])
            session.add(person)
            person.role = "admin"
        else:
            person.organisation_id = two[1]
        with pytest.raises(TenancyError):
            session.flush()
        session.rollback()
    with database.transaction(two[0]) as session, pytest.raises(TenancyError):
        session.execute(update(PersonRow).values(organisation_id=two[1]))
    assert len(ids_of(database, two[0])) == len(ids_of(database, two[1])) == 1


def test_a_foreign_row_is_not_deleted_as_an_object(database: Database, two: tuple[str, str]) -> None:
    with database.transaction(two[0]) as session:
        with everyone(session):
            person = next(one for one in people.list_people(session) if one.organisation_id == two[1])
        session.delete(person)
        with pytest.raises(TenancyError):
            session.flush()
        session.rollback()
    assert len(ids_of(database, two[1])) == 1


def test_an_insert_is_for_the_own_organisation(database: Database, two: tuple[str, str]) -> None:
    values = values_of(database, two[1])
    for statement, parameters in (
        (insert(PersonRow).values(values), None),
        (insert(PersonRow).values([values]), None),
        (insert(PersonRow), [values]),
        (insert(PersonRow).from_select(["id"], select(PersonRow.id)), None),
    ):
        with database.transaction(two[0]) as session, pytest.raises(TenancyError):
            session.execute(statement, parameters)
    with database.transaction(two[0]) as session:
        session.execute(insert(PersonRow).values(values | {"organisation_id": two[0]}))
    assert len(ids_of(database, two[0])) == 2


def test_rows_point_at_each_other_by_ids_only() -> None:
    """A relationship would load rows by itself, past every query of ours."""
    assert [mapper.class_.__name__ for mapper in Base.registry.mappers if mapper.relationships] == []
