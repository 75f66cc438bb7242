"""Cohorts, the second factor, sealed contacts, deeds that need two, notices to people, checkpoints of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "cohort",
    "cohort_member",
    "second_factor",
    "passkey",
    "sign_in_step",
    "contact",
    "approval",
    "account_notice",
    "audit_checkpoint",
)

Column = sa.Column[object]


def upgrade() -> None:
    cohorts()
    factors()
    organisation_deeds()
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoint"),
    )
    changed()


def downgrade() -> None:
    with op.batch_alter_table("web_session") as batch:
        batch.drop_column("factored")
        batch.add_column(sa.Column("csrf_secret", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("web_session") as batch:
        batch.alter_column("csrf_secret", server_default=None)
    op.execute("DELETE FROM recovery_code WHERE purpose <> 'passphrase'")
    with op.batch_alter_table("recovery_code") as batch:
        batch.drop_column("purpose")
        batch.drop_column("ends_on")
    with op.batch_alter_table("invite") as batch:
        batch.drop_constraint("fk_invite_cohort_id_cohort", type_="foreignkey")
        batch.drop_index("ix_invite_cohort_id")
        for name in ("cohort_id", "sheet", "made_on"):
            batch.drop_column(name)
    for table in reversed(TABLES):
        op.drop_table(table)


def changed() -> None:
    """New columns of earlier tables; whoever was signed in proved one factor only."""
    with op.batch_alter_table("invite") as batch:
        batch.add_column(sa.Column("cohort_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("sheet", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("made_on", sa.Date(), nullable=False, server_default="1970-01-01"))
        batch.create_foreign_key("fk_invite_cohort_id_cohort", "cohort", ["cohort_id"], ["id"])
        batch.create_index("ix_invite_cohort_id", ["cohort_id"])
    with op.batch_alter_table("recovery_code") as batch:
        batch.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default="passphrase"))
        batch.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("web_session") as batch:
        batch.add_column(sa.Column("factored", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.drop_column("csrf_secret")
    for table, columns in (("invite", ("sheet", "made_on")), ("recovery_code", ("purpose",)), ("web_session", ("factored",))):
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.alter_column(name, server_default=None)


def of_organisation(*columns: Column) -> tuple[Column, ...]:
    return (*columns, sa.Column("organisation_id", sa.Text(), nullable=False))


def pointing(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def cohorts() -> None:
    op.create_table(
        "cohort",
        *of_organisation(
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("trainer_id", sa.Text(), nullable=True),
            sa.Column("starts_on", sa.Date(), nullable=False),
            sa.Column("ends_on", sa.Date(), nullable=True),
            sa.Column("languages", sa.JSON(), nullable=False),
            sa.Column("courses", sa.JSON(), nullable=False),
            sa.Column("closed", sa.Boolean(), nullable=False),
            sa.Column("created_on", sa.Date(), nullable=False),
        ),
        pointing("cohort", "organisation_id", "organisation"),
        pointing("cohort", "trainer_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_cohort"),
    )
    op.create_index("ix_cohort_organisation_id_starts_on", "cohort", ["organisation_id", "starts_on"])
    op.create_index("ix_cohort_trainer_id", "cohort", ["trainer_id"])
    op.create_table(
        "cohort_member",
        *of_organisation(
            sa.Column("cohort_id", sa.Text(), nullable=False),
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column("joined_on", sa.Date(), nullable=False),
        ),
        pointing("cohort_member", "organisation_id", "organisation"),
        pointing("cohort_member", "cohort_id", "cohort"),
        pointing("cohort_member", "person_id", "person"),
        sa.PrimaryKeyConstraint("cohort_id", "person_id", name="pk_cohort_member"),
    )
    op.create_index("ix_cohort_member_person_id", "cohort_member", ["person_id"])


def factors() -> None:
    op.create_table(
        "second_factor",
        *of_organisation(
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column("seed", sa.LargeBinary(), nullable=False),
            sa.Column("last_step", sa.BigInteger(), nullable=False),
            sa.Column("confirmed_on", sa.Date(), nullable=True),
        ),
        pointing("second_factor", "organisation_id", "organisation"),
        pointing("second_factor", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_factor"),
    )
    op.create_table(
        "passkey",
        *of_organisation(
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column("public_key", sa.LargeBinary(), nullable=False),
            sa.Column("sign_count", sa.BigInteger(), nullable=False),
            sa.Column("label", sa.Text(), nullable=False),
            sa.Column("created_on", sa.Date(), nullable=False),
            sa.Column("used_on", sa.Date(), nullable=True),
        ),
        pointing("passkey", "organisation_id", "organisation"),
        pointing("passkey", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])
    op.create_table(
        "sign_in_step",
        *of_organisation(
            sa.Column("token_hash", sa.Text(), nullable=False),
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column("purpose", sa.Text(), nullable=False),
            sa.Column("challenge", sa.LargeBinary(), nullable=True),
            sa.Column("facts", sa.JSON(), nullable=False),
            sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        ),
        pointing("sign_in_step", "organisation_id", "organisation"),
        pointing("sign_in_step", "person_id", "person"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_step"),
    )
    op.create_index("ix_sign_in_step_person_id", "sign_in_step", ["person_id"])
    op.create_index("ix_sign_in_step_ends_at", "sign_in_step", ["ends_at"])


def organisation_deeds() -> None:
    op.create_table(
        "contact",
        *of_organisation(
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column("name", sa.LargeBinary(), nullable=True),
            sa.Column("email", sa.LargeBinary(), nullable=True),
            sa.Column("email_index", sa.Text(), nullable=True),
            sa.Column("consent_on", sa.Date(), nullable=False),
        ),
        pointing("contact", "organisation_id", "organisation"),
        pointing("contact", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name="pk_contact"),
    )
    op.create_index("ix_contact_organisation_id_email_index", "contact", ["organisation_id", "email_index"])
    op.create_table(
        "approval",
        *of_organisation(
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("deed", sa.Text(), nullable=False),
            sa.Column("facts", sa.JSON(), nullable=False),
            sa.Column("person_id", sa.Text(), nullable=True),
            sa.Column("asked_by", sa.Text(), nullable=True),
            sa.Column("decided_by", sa.Text(), nullable=True),
            sa.Column("state", sa.Text(), nullable=False),
            sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        ),
        pointing("approval", "organisation_id", "organisation"),
        *(pointing("approval", column, "person") for column in ("person_id", "asked_by", "decided_by")),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
    )
    op.create_index("ix_approval_organisation_id_state", "approval", ["organisation_id", "state"])
    for column in ("person_id", "asked_by", "decided_by"):
        op.create_index(f"ix_approval_{column}", "approval", [column])
    op.create_table(
        "account_notice",
        *of_organisation(
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("person_id", sa.Text(), nullable=False),
            sa.Column("code", sa.Text(), nullable=False),
            sa.Column("on", sa.Date(), nullable=False),
        ),
        pointing("account_notice", "organisation_id", "organisation"),
        pointing("account_notice", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_account_notice"),
    )
    op.create_index("ix_account_notice_person_id", "account_notice", ["person_id"])
