"""Second factors: time codes, passkeys, and sign-ins that wait for one. Rows and queries; the rules are actions'."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base, JsonObject
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
