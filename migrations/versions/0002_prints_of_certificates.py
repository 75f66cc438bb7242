"""Prints of certificates that bear a name: only the salted hash of the name is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential_print",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_credential_print"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_credential_print_organisation_id_organisation"),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name="fk_credential_print_credential_id_credential"),
    )
    op.create_index("ix_credential_print_credential_id", "credential_print", ["credential_id"])


def downgrade() -> None:
    op.drop_table("credential_print")
