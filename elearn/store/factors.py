"""Second factors: time codes, passkeys, and sign-ins that wait for one. Rows and queries; the rules are actions'."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, and_, delete, func, literal, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, JsonObject, upsert
from elearn.store.people import PersonRow
from elearn.store.tenancy import Tenant


class SecondFactorRow(Tenant, Base):
    """The sealed seed of a person's time codes; `last_step` is the last step used, `confirmed_on` is empty until the first code."""

    __tablename__ = "second_factor"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(BigInteger)
    confirmed_on: Mapped[date | None]


class PasskeyRow(Tenant, Base):
    """A passkey: its credential id in base64url, its COSE public key, and the count it last signed with."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str]
    created_on: Mapped[date]
    used_on: Mapped[date | None]


class SignInStepRow(Tenant, Base):
    """A sign-in (or the adding of a passkey) half done: known by the hash of its token, over after minutes, used once."""

    __tablename__ = "sign_in_step"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str]
    challenge: Mapped[bytes | None]
    facts: Mapped[JsonObject]
    ends_at: Mapped[datetime] = mapped_column(index=True)


def find_factor(session: Session, person_id: str) -> SecondFactorRow | None:
    """The person's time codes, confirmed or not, or None."""
    return session.scalar(select(SecondFactorRow).where(SecondFactorRow.person_id == person_id))


def put_seed(session: Session, person_id: str, seed: bytes, *, organisation_id: str) -> bool:
    """Keep a sealed seed that no code has confirmed yet, in place of an earlier such; False when confirmed codes stand already."""
    row = {"person_id": person_id, "organisation_id": organisation_id, "seed": seed, "last_step": 0}
    put = upsert(session, SecondFactorRow).values(row)
    again = put.on_conflict_do_update(
        index_elements=["person_id"], set_={"seed": seed, "last_step": 0}, where=SecondFactorRow.confirmed_on.is_(None)
    )
    return session.scalar(again.returning(SecondFactorRow.person_id)) is not None


def has_factor(session: Session, person_id: str) -> bool:
    """Whether a sign-in of this person needs a second factor: her time codes are confirmed."""
    wanted = select(SecondFactorRow.person_id).where(SecondFactorRow.person_id == person_id, SecondFactorRow.confirmed_on.is_not(None))
    return session.scalar(wanted) is not None


def count_without_factor(session: Session, roles: Sequence[str]) -> int:
    """How many people in these roles have no second factor yet, in all organisations the session sees."""
    confirmed = select(SecondFactorRow.person_id).where(SecondFactorRow.confirmed_on.is_not(None))
    wanted = select(func.count(PersonRow.id)).where(PersonRow.role.in_(roles), PersonRow.state == "active", PersonRow.id.not_in(confirmed))
    return session.scalar(wanted) or 0


def confirm_factor(session: Session, person_id: str, today: date) -> None:
    """Note that a code of the app fits: from now on sign-in asks for one."""
    session.execute(update(SecondFactorRow).where(SecondFactorRow.person_id == person_id).values(confirmed_on=today))


def use_step(session: Session, person_id: str, step: int) -> bool:
    """Use up a step, and all before it, by one statement; False when it was used before."""
    later = update(SecondFactorRow).where(SecondFactorRow.person_id == person_id, SecondFactorRow.last_step < step).values(last_step=step)
    return session.scalar(later.returning(SecondFactorRow.person_id)) is not None


def delete_factor(session: Session, person_id: str) -> None:
    """Drop the time codes of a person, and her passkeys, which are worth nothing without them."""
    session.execute(delete(PasskeyRow).where(PasskeyRow.person_id == person_id))
    session.execute(delete(SecondFactorRow).where(SecondFactorRow.person_id == person_id))


def list_passkeys(session: Session, person_id: str, *, limit: int = 20) -> list[PasskeyRow]:
    """The passkeys of a person, the eldest first."""
    wanted = select(PasskeyRow).where(PasskeyRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(PasskeyRow.created_on, PasskeyRow.id).limit(limit)))


def find_passkey(session: Session, passkey_id: str, person_id: str) -> PasskeyRow | None:
    """The passkey with this id if it is this person's, or None."""
    return session.scalar(select(PasskeyRow).where(PasskeyRow.id == passkey_id, PasskeyRow.person_id == person_id))


def add_passkey(session: Session, row: PasskeyRow) -> bool:
    """Keep a passkey; False when one with this id is kept already, whoever's."""
    names = ("id", "person_id", "organisation_id", "public_key", "sign_count", "label", "created_on")
    kept = upsert(session, PasskeyRow).values({name: getattr(row, name) for name in names}).on_conflict_do_nothing()
    return session.scalar(kept.returning(PasskeyRow.id)) is not None


def use_passkey(session: Session, passkey_id: str, person_id: str, *, count: int, today: date) -> bool:
    """Note by one statement what a passkey signed with; False when its count did not grow. Devices that do not count always say 0."""
    grew = or_(PasskeyRow.sign_count < count, and_(PasskeyRow.sign_count == 0, literal(count) == 0))
    used = update(PasskeyRow).where(PasskeyRow.id == passkey_id, PasskeyRow.person_id == person_id, grew)
    return session.scalar(used.values(sign_count=count, used_on=today).returning(PasskeyRow.id)) is not None


def delete_passkey(session: Session, passkey_id: str, person_id: str) -> bool:
    """Drop a passkey of a person; False when there is none such."""
    gone = delete(PasskeyRow).where(PasskeyRow.id == passkey_id, PasskeyRow.person_id == person_id)
    return session.scalar(gone.returning(PasskeyRow.id)) is not None


def find_step(session: Session, hashed: str, purpose: str, now: datetime) -> SignInStepRow | None:
    """What waits under the hash of this token for this purpose, as it is now, if its time is not over, or None."""
    wanted = select(SignInStepRow).where(SignInStepRow.token_hash == hashed, SignInStepRow.purpose == purpose, SignInStepRow.ends_at > now)
    return session.scalar(wanted.execution_options(populate_existing=True))


def use_challenge(session: Session, hashed: str, challenge: bytes, following: bytes) -> bool:
    """Put the next challenge in place of one that was answered, by one statement; False when it was answered before."""
    used = update(SignInStepRow).where(SignInStepRow.token_hash == hashed, SignInStepRow.challenge == challenge)
    return session.scalar(used.values(challenge=following).returning(SignInStepRow.token_hash)) is not None


def take_step(session: Session, hashed: str) -> bool:
    """Use up what waits, by one statement; False when a rival was faster."""
    gone = delete(SignInStepRow).where(SignInStepRow.token_hash == hashed)
    return session.scalar(gone.returning(SignInStepRow.token_hash)) is not None


def count_steps(session: Session, person_id: str) -> int:
    """How much waits for a person."""
    return session.scalar(select(func.count(SignInStepRow.token_hash)).where(SignInStepRow.person_id == person_id)) or 0


def delete_steps(session: Session, person_id: str) -> None:
    """Drop all that waits for a person."""
    session.execute(delete(SignInStepRow).where(SignInStepRow.person_id == person_id))


def delete_ended_steps(session: Session, now: datetime) -> None:
    """Drop what nobody finished in time, of all organisations."""
    session.execute(delete(SignInStepRow).where(SignInStepRow.ends_at <= now))
