"""A prepared statement reads and writes what SQLAlchemy would."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from elearn.store.base import new_id
from elearn.store.organisations import OrganisationRow
from elearn.store.prepared import Prepared
from elearn.store.sessions import WebSessionRow
from elearn.store.tenancy import everyone
from tests.factories import make_organisation, make_person

_ORGANISATION = OrganisationRow.__table__.c
_SETTINGS = Prepared(select(_ORGANISATION.settings).where(_ORGANISATION.id == bindparam("id")))
_SESSION = WebSessionRow.__table__.c
_TIMES = Prepared(select(_SESSION.created_at, _SESSION.seen_at).where(_SESSION.token_hash == bindparam("token_hash")))

times = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12)
values = st.dictionaries(
    texts, st.recursive(st.none() | st.booleans() | st.integers(-(2**31), 2**31) | texts, st.lists, max_leaves=6), max_size=4
)
again = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@again
@given(kept=values)
def test_an_object_comes_back_as_it_was_stored(session: Session, kept: dict[str, object]) -> None:
    row = make_organisation(session, f"o-{new_id()}", settings=kept)
    session.flush()
    assert _SETTINGS.rows(session.connection().connection, {"id": row.id}) == [(kept,)]


@again
@given(first=times, second=times)
def test_a_time_comes_back_in_utc(session: Session, organisation_id: str, first: datetime, second: datetime) -> None:
    person, token = make_person(session, organisation_id), new_id()
    fixed = {
        "organisation_id": organisation_id,
        "person_id": person.id,
        "fresh_at": first,
        "ends_at": second,
        "label": "",
        "trusted": False,
    }
    with everyone(session):
        session.add(WebSessionRow(token_hash=token, created_at=first, seen_at=second, factored=False, **fixed))
    found = _TIMES.rows(session.connection().connection, {"token_hash": token})
    assert found == [(first, second)]
    assert [one.tzinfo for one in found[0]] == [UTC, UTC]
