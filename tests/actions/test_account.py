from concurrent.futures import ThreadPoolExecutor

import pytest

from elearn.actions import account, invite
from elearn.actions import session as deeds
from elearn.actions.account import Joined, NewPerson
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.store import audit, people
from elearn.store.engine import Database
from elearn.store.invites import find_invite
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, came_in, make_organisation, make_person, make_signed_in

KEY = "form-key-0123456789"
OTHER = "marble window lantern 12"


def new(**values: str) -> NewPerson:
    given = {"handle": "Mirava-Lodet", "passphrase": PASSPHRASE, "language": "kk", "country": "KZ"}
    return NewPerson(**{**given, **values})


def join(database: Database, clock: StandingClock, key: str = KEY, **values: str) -> Joined:
    return account.join(database, new(**values), form_key=key, now=clock.now)


def who(database: Database, joined: Joined, clock: StandingClock) -> SignedIn:
    opened = came_in(deeds.sign_in(database, "mirava-lodet", PASSPHRASE, now=clock.now, trust=True))
    with database.read() as session:
        found = deeds.current(session, opened.token, now=clock.now)
    assert found is not None
    assert found.person_id == joined.person_id
    return found


def test_anyone_may_join_an_open_organisation(database: Database, organisation_id: str, clock: StandingClock) -> None:
    joined = join(database, clock)
    assert joined.organisation_id == organisation_id
    assert len(set(joined.recovery_codes)) == 10
    with database.read(organisation_id) as session:
        person = people.get_person(session, joined.person_id)
        assert (person.handle, person.pseudonym, person.role, person.language, person.country) == (
            "mirava-lodet",
            "mirava-lodet",
            "learner",
            "kk",
            "KZ",
        )
        assert person.passphrase_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert audit.find_break(session) is None
        assert [entry.verb for entry in audit.list_entries(session, organisation_id)] == ["person.joined"]
    assert came_in(deeds.sign_in(database, "mirava-lodet", PASSPHRASE, now=clock.now)).language == "kk"


def test_where_joining_is_closed_an_invite_is_needed(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        organisation = make_organisation(session, open_join=False)
        admin = make_person(session, organisation.id, role="admin")
    with pytest.raises(Refused, match="join-closed"):
        join(database, clock)
    with database.transaction(organisation.id) as session:
        code = invite.invite(session, make_signed_in(admin), role="translator", now=clock.now)
    with pytest.raises(Refused, match="bad-invite"):
        join(database, clock, invite="0000")
    joined = join(database, clock, invite=f" {code.upper()} ")
    with database.read(organisation.id) as session:
        assert people.get_person(session, joined.person_id).role == "translator"
    with pytest.raises(Refused, match="bad-invite"):
        join(database, clock, "form-key-two-012345", handle="another-one", invite=code)


def test_an_invite_ends_after_a_week_or_when_taken_back(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        admin = make_signed_in(make_person(session, organisation_id, role="admin"))
        late = invite.invite(session, admin, role="learner", uses=5, now=clock.now)
        with pytest.raises(Invalid, match="unknown-role"):
            invite.invite(session, admin, role="admin", now=clock.now)
        with pytest.raises(Invalid, match="bad-uses"):
            invite.invite(session, admin, role="learner", uses=0, now=clock.now)
        with pytest.raises(NotFound):
            invite.take_back(session, admin, "none", now=clock.now)
    clock.move(days=7)
    with pytest.raises(Refused, match="bad-invite"):
        join(database, clock, invite=late)
    with database.transaction(organisation_id) as session:
        code = invite.invite(session, admin, role="learner", now=clock.now)
        taken = find_invite(session, invite.hash_code(code))
        assert taken is not None
        invite.take_back(session, admin, taken.id, now=clock.now)
    with pytest.raises(Refused, match="bad-invite"):
        join(database, clock, invite=code)


def test_the_same_form_sent_twice_makes_one_person_and_shows_no_codes_again(
    database: Database, organisation_id: str, clock: StandingClock
) -> None:
    first, second = join(database, clock), join(database, clock)
    assert first.person_id == second.person_id
    assert second.recovery_codes == ()


def test_the_same_form_sent_at_the_same_time_makes_one_person(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: join(database, clock), range(4)))
    assert len({joined.person_id for joined in made}) == 1
    assert sum(bool(joined.recovery_codes) for joined in made) == 1


def test_a_look_alike_handle_is_taken(database: Database, organisation_id: str, clock: StandingClock) -> None:
    join(database, clock)
    with pytest.raises(Conflict, match="handle-taken"):
        join(database, clock, "form-key-two-012345", handle="mіrаva-lodet")


def test_a_handle_taken_between_two_statements_is_a_conflict_too(
    database: Database, organisation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "find_person_by_handle", lambda *_: None)
    with database.transaction(organisation_id) as session:
        person = make_person(session, organisation_id, "first-one")
        twin = people.PersonRow(**{c.key: getattr(person, c.key) for c in people.PersonRow.__table__.columns if c.key != "id"})
        with pytest.raises(Conflict, match="handle-taken"):
            account._add(session, twin)
        assert people.count_people(session) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"handle": "a"}, "handle"),
        ({"passphrase": "short"}, "passphrase"),
        ({"pseudonym": "x" * 41}, "pseudonym"),
        ({"pseudonym": "a\u202eb"}, "pseudonym"),
        ({"pseudonym": "a\ue000b"}, "pseudonym"),
        ({"pseudonym": " Ad min "}, "pseudonym"),
        ({"language": "de"}, "language"),
        ({"country": "DE"}, "country"),
    ],
)
def test_what_cannot_be_used_names_its_field(
    database: Database, organisation_id: str, clock: StandingClock, values: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        join(database, clock, **values)
    assert [problem.where.file for problem in invalid.value.problems] == [field]


def test_everything_that_is_wrong_is_told_at_once(database: Database, organisation_id: str, clock: StandingClock) -> None:
    wrong = {"handle": "a", "passphrase": "short", "pseudonym": "\u200b", "language": "de", "country": "DE", "invite": "0000"}
    with pytest.raises(Invalid) as invalid:
        join(database, clock, **wrong)
    assert [problem.where.file for problem in invalid.value.problems] == list(wrong)


def test_a_closed_door_is_told_beside_other_problems(database: Database, clock: StandingClock) -> None:
    with pytest.raises(Invalid) as invalid:
        join(database, clock, passphrase="short")
    assert [problem.code for problem in invalid.value.problems] == ["passphrase-short", "join-closed"]


@pytest.mark.parametrize(("sign", "told"), [("\u202e", "U+202E"), ("\u200b", "U+200B"), ("\u00ad", "U+00AD")])
def test_a_name_with_a_sign_that_cannot_be_seen_is_told_which(
    database: Database, organisation_id: str, clock: StandingClock, sign: str, told: str
) -> None:
    with pytest.raises(Invalid, match="pseudonym-unseen") as invalid:
        join(database, clock, pseudonym=f"Ba{sign}hor")
    assert invalid.value.params == {"sign": told}


def test_no_country_is_an_answer(database: Database, organisation_id: str, clock: StandingClock) -> None:
    assert join(database, clock, country="", pseudonym="  Ай   гүл ").person_id


def test_a_new_passphrase_ends_every_other_session(database: Database, organisation_id: str, clock: StandingClock) -> None:
    joined = join(database, clock)
    old = came_in(deeds.sign_in(database, "mirava-lodet", PASSPHRASE, now=clock.now)).token
    opened = account.change_passphrase(database, who(database, joined, clock), OTHER, now=clock.now)
    with database.read() as session:
        assert deeds.current(session, old, now=clock.now) is None
    with database.read() as session:
        assert deeds.current(session, opened.token, now=clock.now) is not None
    with pytest.raises(Refused):
        deeds.sign_in(database, "mirava-lodet", PASSPHRASE, now=clock.now)
    assert came_in(deeds.sign_in(database, "mirava-lodet", OTHER, now=clock.now)).person_id == joined.person_id


def test_a_recovery_code_lets_in_once_and_sets_a_new_passphrase(database: Database, organisation_id: str, clock: StandingClock) -> None:
    joined = join(database, clock)
    before = came_in(deeds.sign_in(database, "mirava-lodet", PASSPHRASE, now=clock.now)).token
    code = joined.recovery_codes[3].upper().replace("-", " ").replace("0", "O")
    opened = came_in(account.recover(database, "mirava-lodet", code, OTHER, now=clock.now))
    assert opened.person_id == joined.person_id
    with database.read() as session:
        assert deeds.current(session, before, now=clock.now) is None
    with database.read(organisation_id) as session:
        assert people.count_recovery_codes(session, joined.person_id) == 9
    for handle, tried in (("mirava-lodet", code), ("nobody-here", code), ("mirava-lodet", "0000")):
        with pytest.raises(Refused, match="wrong-recovery"):
            account.recover(database, handle, tried, OTHER, now=clock.move(minutes=2))


def test_recovery_is_counted(database: Database, organisation_id: str, clock: StandingClock) -> None:
    join(database, clock)
    for _ in range(3):
        with pytest.raises(Refused, match="wrong-recovery"):
            account.recover(database, "mirava-lodet", "0000", OTHER, now=clock.now)
    with pytest.raises(Refused, match="too-many-tries"):
        account.recover(database, "mirava-lodet", "0000", OTHER, now=clock.now)


def test_a_new_sheet_voids_the_old_one(database: Database, organisation_id: str, clock: StandingClock) -> None:
    joined = join(database, clock)
    codes = account.new_recovery_sheet(database, who(database, joined, clock), now=clock.now)
    with pytest.raises(Refused, match="wrong-recovery"):
        account.recover(database, "mirava-lodet", joined.recovery_codes[0], OTHER, now=clock.now)
    assert came_in(account.recover(database, "mirava-lodet", codes[0], OTHER, now=clock.now)).person_id == joined.person_id


def test_a_person_renames_herself_and_chooses_languages_and_country(database: Database, organisation_id: str, clock: StandingClock) -> None:
    joined = join(database, clock)
    me = who(database, joined, clock)
    with database.transaction(organisation_id) as session:
        account.rename(session, me, " Bahor ")
        account.choose(session, me, language="tg", other_languages=("ru", "tg", "ru", "en"), country="TJ")
        with pytest.raises(Invalid):
            account.rename(session, me, "  ")
        with pytest.raises(Invalid):
            account.choose(session, me, language="tg", other_languages=("xx",), country="TJ")
    with database.read(organisation_id) as session:
        person = people.get_person(session, me.person_id)
        assert (person.pseudonym, person.language, person.other_languages, person.country) == ("Bahor", "tg", ["ru", "en"], "TJ")


def test_no_code_and_no_passphrase_is_in_the_database(database: Database, organisation_id: str, clock: StandingClock) -> None:
    joined = join(database, clock)
    with database.read() as session, everyone(session):
        rows = people.list_recovery_codes(session, joined.person_id)
    assert len(rows) == 10
    secret = joined.recovery_codes[0].replace("-", "").encode()
    assert all(secret not in row.code_hash + row.salt for row in rows)
