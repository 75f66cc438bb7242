"""The first tables: organisations and their people, courses, learning, certificates, the record of acts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    *("organisation", "person", "recovery_code", "audit_key", "tombstone", "web_session", "trusted_device", "sign_in_counter", "invite"),
    *("one_time_key", "setting", "course", "release", "release_page", "search_page", "enrolment", "progress_fact", "progress_summary"),
    *("attempt", "attempt_step", "credential", "audit_entry"),
)
#: SQLite: an outside index over the words of search_page, kept in step by two triggers (nothing updates a row there).
FTS = "CREATE VIRTUAL TABLE search_words USING fts5(title_words, text_words, content='search_page', content_rowid='id')"
FTS_ADD = """CREATE TRIGGER search_words_add AFTER INSERT ON search_page BEGIN
INSERT INTO search_words (rowid, title_words, text_words) VALUES (new.id, new.title_words, new.text_words); END"""
FTS_DROP = """CREATE TRIGGER search_words_drop AFTER DELETE ON search_page BEGIN
INSERT INTO search_words (search_words, rowid, title_words, text_words) VALUES ('delete', old.id, old.title_words, old.text_words); END"""
GIN = """CREATE INDEX search_words ON search_page USING gin (
  (setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', text_words), 'D')))"""
#: An audit entry stays as it was written, whoever asks.
SQLITE_SEAL = """CREATE TRIGGER audit_entry_no_{verb} BEFORE {verb} ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"""
POSTGRES_REFUSAL = """CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$"""
POSTGRES_SEAL = """CREATE TRIGGER audit_entry_sealed BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"""

Column = sa.Column[object]


def upgrade() -> None:
    organisations()
    ways_in()
    forms()
    courses()
    learning()
    attempts()
    records()
    if op.get_bind().dialect.name == "sqlite":
        for statement in (FTS, FTS_ADD, FTS_DROP, SQLITE_SEAL.format(verb="UPDATE"), SQLITE_SEAL.format(verb="DELETE")):
            op.execute(statement)
    else:
        for statement in (GIN, POSTGRES_REFUSAL, POSTGRES_SEAL):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in ("DROP TRIGGER search_words_add", "DROP TRIGGER search_words_drop", "DROP TABLE search_words"):
            op.execute(statement)
    with op.batch_alter_table("course") as batch:
        batch.drop_constraint("fk_course_release_id_release", type_="foreignkey")
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_entry_refuse()")


def text(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.Text(), nullable=null)


def number(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.Integer(), nullable=null)


def truth(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.Boolean(), nullable=null)


def day(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.Date(), nullable=null)


def moment(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def binary(name: str) -> Column:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def json(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.JSON(), nullable=null)


def big(name: str, *, null: bool = False, counted: bool = False) -> Column:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, autoincrement=counted, nullable=null)


def wide(name: str) -> Column:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def create(table: str, columns: Sequence[Column], keys: Sequence[str], targets: dict[str, str], *constraints: sa.UniqueConstraint) -> None:
    pointers = [points(table, column, target) for column, target in targets.items()]
    op.create_table(table, *columns, key(table, *keys), *pointers, *constraints)


OWNED = {"organisation_id": "organisation"}
OWN = {**OWNED, "person_id": "person"}
OWN_COURSE = {**OWN, "course_id": "course", "release_id": "release"}


def organisations() -> None:
    organisation = [text("id"), text("slug"), text("name"), truth("open_join"), json("settings")]
    create("organisation", organisation, ["id"], {}, unique("organisation", "slug"))
    person = [
        *(text("id"), text("organisation_id"), text("handle"), text("handle_key"), text("pseudonym"), text("passphrase_hash")),
        *(text("role"), text("language"), json("other_languages"), text("country"), text("state"), day("created_on")),
        day("erase_on", null=True),
    ]
    create("person", person, ["id"], OWNED, unique("person", "handle_key"))
    index("person", "organisation_id", "handle_key")
    index("person", "erase_on")


def ways_in() -> None:
    code = [text("id"), text("organisation_id"), text("person_id"), binary("salt"), binary("code_hash"), day("used_on", null=True)]
    create("recovery_code", code, ["id"], OWN)
    create("audit_key", [text("person_id"), text("organisation_id"), binary("secret")], ["person_id"], OWN)
    create("tombstone", [text("person_id"), day("erased_on")], ["person_id"], {})
    web_session = [
        *(text("token_hash"), text("organisation_id"), text("person_id"), text("csrf_secret"), moment("created_at"), moment("seen_at")),
        *(moment("ends_at"), moment("fresh_at"), text("label"), truth("trusted")),
    ]
    create("web_session", web_session, ["token_hash"], OWN)
    create("trusted_device", [text("token_hash"), text("organisation_id"), text("person_id"), moment("ends_at")], ["token_hash"], OWN)
    for table in ("recovery_code", "web_session", "trusted_device"):
        index(table, "person_id")
    index("trusted_device", "ends_at")
    invite = [text("id"), text("organisation_id"), text("code_hash"), text("role"), moment("ends_at"), number("uses_left")]
    create("invite", invite, ["id"], OWNED, unique("invite", "code_hash"))


def forms() -> None:
    counter = [text("key"), moment("window_at"), number("window_count"), moment("day_at"), number("day_count"), moment("wait_until")]
    create("sign_in_counter", counter, ["key"], {})
    index("sign_in_counter", "day_at")
    create("one_time_key", [text("key"), text("person_id"), text("deed"), json("result", null=True), moment("at")], ["key"], {})
    index("one_time_key", "at")
    create("setting", [text("key"), json("value")], ["key"], {})


def courses() -> None:
    create("course", [text("id"), big("release_id", null=True)], ["id"], {})
    release = [
        *(big("id", counted=True), text("course_id"), number("number"), text("digest"), moment("created_at"), binary("source")),
        *(json("diff"), json("languages")),
    ]
    create("release", release, ["id"], {"course_id": "course"}, unique("release", "course_id", "number"))
    index("release", "digest")
    with op.batch_alter_table("course") as batch:
        batch.create_foreign_key("fk_course_release_id_release", "release", ["release_id"], ["id"])
    page = [big("release_id"), text("page_id"), text("language"), text("title"), json("body"), text("text")]
    create("release_page", page, ["release_id", "page_id", "language"], {"release_id": "release"})
    found = [
        *(big("id", counted=True), text("course_id"), big("release_id"), text("page_id"), text("language"), text("title"), text("text")),
        *(text("title_words"), text("text_words")),
    ]
    targets = {"course_id": "course", "release_id": "release"}
    create("search_page", found, ["id"], targets, unique("search_page", "release_id", "page_id", "language"))
    index("search_page", "course_id")


def learning() -> None:
    enrolment = [text("id"), text("organisation_id"), text("person_id"), text("course_id"), text("state"), day("created_on")]
    create("enrolment", enrolment, ["id"], {**OWN, "course_id": "course"}, unique("enrolment", "person_id", "course_id"))
    index("enrolment", "organisation_id", "course_id")
    fact = [
        *(big("id", counted=True), text("organisation_id"), text("person_id"), text("course_id"), big("release_id"), text("kind")),
        *(text("page_id"), text("ref"), number("fraction_e4", null=True), moment("hour")),
    ]
    create("progress_fact", fact, ["id"], OWN_COURSE)
    index("progress_fact", "person_id", "course_id")
    summary = [
        *(text("person_id"), text("course_id"), text("organisation_id"), big("release_id"), json("done"), number("percent")),
        *(text("last_page"), moment("complete_at", null=True), json("rule")),
    ]
    create("progress_summary", summary, ["person_id", "course_id"], OWN_COURSE)
    index("progress_summary", "organisation_id", "course_id", "complete_at")


def attempts() -> None:
    attempt = [
        *(text("id"), text("organisation_id"), text("person_id"), text("course_id"), big("release_id"), text("page_id"), text("form")),
        *(wide("seed"), text("language"), json("drawn"), text("state"), moment("started_at")),
        *(moment("ends_at", null=True), moment("submitted_at", null=True), number("fraction_e4", null=True), truth("passed", null=True)),
    ]
    create("attempt", attempt, ["id"], OWN_COURSE)
    index("attempt", "person_id", "course_id", "page_id")
    index("attempt", "organisation_id", "course_id", "state")
    step = [
        *(big("id", counted=True), text("organisation_id"), text("attempt_id"), number("number"), text("kind"), text("question_id")),
        *(json("response", null=True), text("language"), moment("at"), text("one_time_key", null=True)),
    ]
    constraints = unique("attempt_step", "attempt_id", "number"), unique("attempt_step", "one_time_key")
    create("attempt_step", step, ["id"], {**OWNED, "attempt_id": "attempt"}, *constraints)


def records() -> None:
    credential = [
        *(text("id"), text("organisation_id"), text("person_id", null=True), text("course_id"), big("release_id"), json("facts")),
        *(text("facts_hash"), json("languages"), moment("issued_at"), moment("ends_at", null=True), text("status"), text("reason")),
        *(text("replaced_by", null=True), json("document"), text("compact"), text("key_id")),
    ]
    create("credential", credential, ["id"], {**OWN_COURSE, "replaced_by": "credential"})
    index("credential", "person_id", "course_id")
    index("credential", "organisation_id", "issued_at")
    entry = [big("number"), moment("hour"), text("organisation"), text("actor"), text("verb"), text("object")]
    entry += [text("previous_hash"), text("hash")]
    create("audit_entry", entry, ["number"], {})
