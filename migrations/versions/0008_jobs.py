"""Things to be done later, such as a mail that says that something is new in an account; and who wants one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WALLED = ("job",)
SEEN = "organisation_id = current_setting('elearn.organisation', true) OR current_setting('elearn.everyone', true) = 'on'"


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_job_organisation_id_organisation"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_job_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_job"),
    )
    op.create_index("ix_job_due_at", "job", ["due_at"])
    with op.batch_alter_table("contact") as batch:
        batch.add_column(sa.Column("mails", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("contact") as batch:
        batch.alter_column("mails", server_default=None)
    if op.get_bind().dialect.name == "postgresql":
        for table in WALLED:
            op.execute(f"CREATE POLICY organisation ON {table} USING ({SEEN}) WITH CHECK ({SEEN})")
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    with op.batch_alter_table("contact") as batch:
        batch.drop_column("mails")
    op.drop_index("ix_job_due_at", "job")
    op.drop_table("job")
