"""The record of one organisation is found without walking through those of all others."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "ix_audit_entry_organisation_number_verb"


def upgrade() -> None:
    op.create_index(NAME, "audit_entry", ["organisation", "number", "verb"])


def downgrade() -> None:
    op.drop_index(NAME, "audit_entry")
