"""What a person must be told about her own account: a code and a day, until she has seen it. Rows and queries only."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base, new_id
from elearn.store.tenancy import Tenant


class AccountNoticeRow(Tenant, Base):
    """One thing that happened to an account, to be told at the next sign-in."""

    __tablename__ = "account_notice"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str]
    on: Mapped[date]
