"""One transaction a deed: the web writes nothing itself, a deed never commits. Imports cannot say this, the syntax tree can."""

import ast
from collections.abc import Iterator

from tests.house import tree

#: The database itself: everything else asks it for a transaction.
_DATABASE = ("store/engine.py", "store/together.py")
_SESSIONS = frozenset({"session", "db", "connection", "transaction"})


def _calls(*folders: str, methods: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the receiver and the place of every method call of these names."""
    for file in tree.python_files(*folders):
        for node in ast.walk(tree.syntax(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
                yield ast.unparse(node.func.value), f"{tree.name(file)}:{node.lineno} {ast.unparse(node.func)}"


def test_the_web_never_writes_to_a_session_itself() -> None:
    writes = [
        place for receiver, place in _calls("elearn/web", methods=frozenset({"add", "add_all", "delete", "merge"})) if _is_session(receiver)
    ]
    assert writes == []
    ended = [place for _, place in _calls("elearn/web", methods=frozenset({"flush", "commit", "rollback"}))]
    assert [place for place in ended if "web/kept.py" not in place] == []  # there a packer is flushed


def test_a_deed_never_commits() -> None:
    commits = _calls("elearn/actions", "elearn/store", methods=frozenset({"commit"}))
    assert [place for receiver, place in commits if _is_session(receiver) and not any(one in place for one in _DATABASE)] == []


def _is_session(receiver: str) -> bool:
    return receiver.rpartition(".")[2] in _SESSIONS
