"""PostgreSQL's row security as a second wall: a transaction reads and writes the rows of one organisation, or says that it needs all.

SQLite has nothing of the kind: there the filter of the data layer stands alone.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: A migration that makes a table of an organisation walls it in the same way and names it in a tuple of this name; a test counts.
WALLED = (
    "account_notice",
    "approval",
    "attempt",
    "attempt_step",
    "audit_key",
    "cohort",
    "cohort_member",
    "contact",
    "credential",
    "credential_print",
    "enrolment",
    "invite",
    "passkey",
    "person",
    "progress_fact",
    "progress_summary",
    "recovery_code",
    "second_factor",
    "sign_in_step",
    "trusted_device",
    "web_session",
)
#: Settings that nobody has made are NULL or empty: then no row is seen and none may be written.
SEEN = "organisation_id = current_setting('elearn.organisation', true) OR current_setting('elearn.everyone', true) = 'on'"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in WALLED:
        op.execute(f"CREATE POLICY organisation ON {table} USING ({SEEN}) WITH CHECK ({SEEN})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in WALLED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY organisation ON {table}")
