"""Where the walls between organisations have doors: each stands here with its reason, and a new one is seen at once."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.house import tree

_TOKEN: Final = "known by a secret that nobody guesses"
_ENTRANCE: Final = "nobody is signed in yet, so no organisation is known"
_OPERATOR: Final = "a job of the operator of the server, over all organisations"

#: Who sees everyone, function by function.
EVERYONE: Final = {
    "actions/account.py join": _ENTRANCE,
    "actions/account.py recover": _ENTRANCE,
    "actions/account.py _invite_problems": _ENTRANCE,
    "actions/coalition.py publish": "counts of all organisations, at least five of each, made once a month by the server",
    "actions/demo.py seed": "the demo makes its one organisation",
    "actions/erase.py erase_due": _OPERATOR,
    "actions/erase.py erase_again": _OPERATOR,
    "actions/erase.py sweep": _OPERATOR,
    "actions/factor.py prove": _TOKEN,
    "actions/jobs.py _claim": "takes what is longest due, whosesoever it is; what is done with it is bound to its organisation",
    "actions/keys.py _reseal_column": _OPERATOR,
    "actions/keys.py sealed_values": _OPERATOR,
    "actions/keys.py _indexed": _OPERATOR,
    "actions/passkey.py question": _TOKEN,
    "actions/passkey.py prove": _TOKEN,
    "actions/restore.py _make_current": _OPERATOR,
    "actions/session.py sign_in": _ENTRANCE,
    "actions/session.py current": _TOKEN,
    "actions/session.py sign_out": _TOKEN,
    "actions/session.py _begin_try": _ENTRANCE,
    "actions/setup.py set_up": "the first organisation is founded",
    "actions/setup.py take_over": "the first admin of an organisation comes in by its setup code",
    "actions/setup.py found": "the operator founds an organisation that nobody belongs to yet",
    "actions/setup.py renew_code": "the operator asks whether an organisation has an admin: yes or no",
    "actions/setup.py enlist": _OPERATOR,
    "actions/setup.py invite_into": _OPERATOR,
    "actions/setup.py let_join": _OPERATOR,
    "cli/worker.py _switch": _OPERATOR,
    "cli/deployment.py _people": "how many lack a second factor: one number, told to the operator of the server",
    "store/audit.py mark": "the mark of one person, by her id, who may have no organisation in this session yet",
    "store/audit.py find_mark": "as `mark`; the operator asks for it when a person proves an entry to be hers",
    "web/admin/organisations.py organisations": "the operator sees which organisations have an admin: yes or no",
    "web/limits.py _device_of": _TOKEN,
    "web/limits.py _waits": _TOKEN,
    "web/public/verify.py _find": "a certificate is public, by its number",
    "web/public/verify.py _confirms": "as above",
    "web/public/verify.py status_list": "the list of withdrawn certificates is public",
}
_BINDS: Final = "its statements name the organisation themselves"
#: Files that go round the filter of the ORM: tables without rows, statements marked as bound, the driver, text, inserts on conflict.
ROUND: Final = {
    "actions/answering.py": "saves an answer through the driver: elearn.store.answering names the organisation",
    "actions/housekeep.py": "asks SQLite whether its file is in order",
    "actions/session.py": "finds a session by the hash of its token",
    "cli/deployment.py": "lends a connection to the next",
    "cli/deployment_postgres.py": "asks PostgreSQL what its own role may do",
    "store/alone.py": "locks the database for the daily work of the server; asks for no rows",
    "store/account_notices.py": "adds a notice for each person the session sees",
    "store/answering.py": _BINDS,
    "store/attempts.py": "says in the schema which steps have a key; asks nothing",
    "store/audit.py": "the record belongs to the installation; its rows name organisations as a text",
    "store/backup_copy.py": "a backup copies all, for the operator alone",
    "store/contacts.py": "puts a row for the person of the session in place of her earlier one",
    "store/counters.py": "counters belong to no organisation",
    "store/engine.py": "this is the database",
    "store/factors.py": "puts rows for the person of the session in place of her earlier ones",
    "store/filling.py": "marks and empties a database that is being restored, for the operator alone",
    "store/schema.py": "asks which version the database is of, before anybody is served",
    "store/jobs.py": "puts a row for the person of the session in place of her earlier one",
    "store/migrate.py": "asks for the revision of the schema",
    "store/one_time.py": "keys of forms belong to no organisation",
    "store/personal.py": "walks through all tables for one person by her id; what is exported names the organisation too",
    "store/progress.py": _BINDS,
    "store/row_security.py": "tells the database what a transaction may see",
    "store/rows.py": "names all tables",
    "store/sealed_columns.py": "seals all rows anew when a key is changed, for the operator alone",
    "store/sessions.py": "finds a session by the hash of its token",
    "store/standing.py": _BINDS,
    "store/together.py": "the database's own hand for several writes at once; each names its organisation to a writer of its own",
    "web/auth.py": "finds a session by the hash of its token",
    "web/learn/attempt.py": "saves an answer: elearn.store.answering names the organisation",
    "web/learn/practice.py": "reads a standing: elearn.store.standing names the organisation",
}
#: What goes round the filter, as it is written.
_CALLS: Final = frozenset(
    {"driver_of", "Prepared", "Writer", "upsert", "text", "insert", "raw_connection", "exec_driver_sql", "from_statement"}
)
_METHODS_OF_DATABASE: Final = frozenset({"look", "write"})
_NAMES: Final = frozenset({"BOUND", "METADATA"})
_ATTRIBUTES: Final = frozenset({"__table__", "whole", "engine"})


def _relative(file: str) -> str:
    return file.removeprefix("elearn/")


def _functions(node: ast.AST, name: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the name of the function it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield name, child
        yield from _functions(child, child.name if isinstance(child, ast.FunctionDef) else name)


def _goes_round(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        owner, _, method = called.rpartition(".")
        if called in _CALLS or (called in ("session.connection", "writing.connection")) or method in ("raw_connection", "exec_driver_sql"):
            return True
        return method in _METHODS_OF_DATABASE and owner.endswith("database")
    if isinstance(node, ast.Attribute):
        return node.attr in _ATTRIBUTES and (node.attr == "__table__" or ast.unparse(node.value).endswith(("database", "self")))
    return isinstance(node, ast.Name) and node.id in _NAMES


def test_everyone_is_seen_only_where_a_reason_says_why() -> None:
    seen = {
        f"{_relative(tree.name(file))} {function}"
        for file in tree.python_files("elearn")
        for function, call in _functions(tree.syntax(file))
        if ast.unparse(call.func).rpartition(".")[2] == "everyone"
    }
    assert sorted(seen - EVERYONE.keys()) == [], "say in EVERYONE why all organisations must be seen here"
    assert sorted(EVERYONE.keys() - seen) == []


def test_the_filter_is_gone_round_only_where_a_reason_says_why() -> None:
    seen = {
        _relative(tree.name(file))
        for file in tree.python_files("elearn/store", "elearn/actions", "elearn/web", "elearn/cli")
        if any(_goes_round(node) for node in ast.walk(tree.syntax(file))) and not tree.name(file).endswith("store/tenancy.py")
    }
    assert sorted(seen - ROUND.keys()) == [], "say in ROUND why the filter of organisations does not stand here"
    assert sorted(ROUND.keys() - seen) == []


def test_what_a_session_knows_is_asked_for_only_of_tables_of_everybody() -> None:
    """`Session.get` and `merge` may answer without a query; of rows of organisations a query is asked."""
    shared = {"CourseRow", "OrganisationRow", "ReleasePageRow", "OneTimeKeyRow", "SettingRow", "TombstoneRow", "AuditCheckpointRow"}
    asked = {
        (tree.name(file), ast.unparse(node.args[0]).partition("(")[0])
        for file in tree.python_files("elearn/store", "elearn/actions", "elearn/cli")
        for node in ast.walk(tree.syntax(file))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("session.get", "session.merge", "session.get_one", "session.refresh", "session.bulk_save_objects")
    }
    assert [place for place in sorted(asked) if place[1] not in shared] == []
