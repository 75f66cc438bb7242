"""Counters of failed tries remember each try of the last day, so that its windows slide. What was counted is let go: it lived a day."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "sign_in_counter"
COUNTED = ("window_at", "window_count", "day_at", "day_count")


def upgrade() -> None:
    op.execute("DELETE FROM sign_in_counter")
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_index("ix_sign_in_counter_day_at")
        for name in COUNTED:
            batch.drop_column(name)
        batch.add_column(sa.Column("tries", sa.JSON(), nullable=False))
        batch.add_column(sa.Column("last_at", sa.DateTime(timezone=True), nullable=False))
        batch.create_index("ix_sign_in_counter_last_at", ["last_at"])


def downgrade() -> None:
    op.execute("DELETE FROM sign_in_counter")
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_index("ix_sign_in_counter_last_at")
        batch.drop_column("tries")
        batch.drop_column("last_at")
        for name in COUNTED:
            kind = sa.DateTime(timezone=True) if name.endswith("_at") else sa.Integer()
            batch.add_column(sa.Column(name, kind, nullable=False))
        batch.create_index("ix_sign_in_counter_day_at", ["day_at"])
