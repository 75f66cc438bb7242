"""Attempts carry a number: their times are kept to the hour and cannot order them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attempt") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=True))
    # Earlier attempts of a person are numbered in the order of their start.
    op.execute(
        "UPDATE attempt SET number = (SELECT count(*) FROM attempt AS earlier WHERE earlier.person_id = attempt.person_id"
        " AND (earlier.started_at < attempt.started_at OR (earlier.started_at = attempt.started_at AND earlier.id <= attempt.id)))"
    )
    with op.batch_alter_table("attempt") as batch:
        batch.alter_column("number", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("attempt") as batch:
        batch.drop_column("number")
