"""Steps of an attempt lie in one tree by attempt and number: a saved answer touches that tree and no other."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = "organisation_id, attempt_id, number, kind, question_id, response, language, at, one_time_key"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rebuild(sa.PrimaryKeyConstraint("attempt_id", "number", name="pk_attempt_step"), sqlite_with_rowid=False)
    else:
        op.drop_constraint("uq_attempt_step_one_time_key", "attempt_step", type_="unique")
        op.drop_constraint("uq_attempt_step_attempt_id_number", "attempt_step", type_="unique")
        op.drop_constraint("pk_attempt_step", "attempt_step", type_="primary")
        op.drop_column("attempt_step", "id")
        op.create_primary_key("pk_attempt_step", "attempt_step", ["attempt_id", "number"])
    where = sa.text("one_time_key IS NOT NULL")
    op.create_index(
        "ix_attempt_step_one_time_key", "attempt_step", ["one_time_key"], unique=True, sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_attempt_step_one_time_key", "attempt_step")
    unique = ("attempt_id", "number"), ("one_time_key",)
    if op.get_bind().dialect.name == "sqlite":
        named = (sa.UniqueConstraint(*columns, name=f"uq_attempt_step_{'_'.join(columns)}") for columns in unique)
        rebuild(
            sa.Column("id", sa.Integer(), autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_attempt_step"), *named
        )
    else:
        op.drop_constraint("pk_attempt_step", "attempt_step", type_="primary")
        op.execute("ALTER TABLE attempt_step ADD COLUMN id BIGSERIAL CONSTRAINT pk_attempt_step PRIMARY KEY")
        for columns in unique:
            op.create_unique_constraint(f"uq_attempt_step_{'_'.join(columns)}", "attempt_step", list(columns))


def rebuild(*items: sa.schema.SchemaItem, **options: bool) -> None:
    """Copy the table into one of another shape, which SQLite cannot give a table that is there."""
    op.create_table(
        "attempt_step_new",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("one_time_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_attempt_step_organisation_id_organisation"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_attempt_step_attempt_id_attempt"),
        *items,
        **options,
    )
    op.execute(f"INSERT INTO attempt_step_new ({COLUMNS}) SELECT {COLUMNS} FROM attempt_step ORDER BY attempt_id, number")  # noqa: S608 - our own names
    op.drop_table("attempt_step")
    op.rename_table("attempt_step_new", "attempt_step")
