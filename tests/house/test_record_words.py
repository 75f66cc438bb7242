"""Every verb that a deed writes into the record has its sentence on the record page, and no sentence stands for nothing.

A recorder is `audit.record`, `audit.record_act`, and any function that takes a `verb` and hands it on; the verbs are what is written
where one is called.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from elearn.web.admin.record_words import VERBS
from tests.house import tree

#: The module that writes the rows itself.
_STORE = "elearn/store/audit.py"
#: What it offers to write with; the verb is the second argument.
_RECORDERS = ("record", "record_act")


def _recorders(syntax: ast.Module) -> dict[str, int]:
    """Give the functions of a module that take a verb, with its place among the arguments."""
    found = dict.fromkeys(_RECORDERS, 1)
    for node in ast.walk(syntax):
        if isinstance(node, ast.FunctionDef):
            names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            if "verb" in names:
                found[node.name] = names.index("verb")
    return found


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _written(call: ast.Call, place: int) -> ast.expr | None:
    named = [one.value for one in call.keywords if one.arg == "verb"]
    return named[0] if named else call.args[place] if len(call.args) > place else None


def _texts(value: ast.expr, syntax: ast.Module) -> Iterator[str]:
    """Yield the verbs that an argument may be; a parameter called verb was counted where its function is called."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body, syntax)
        yield from _texts(value.orelse, syntax)
    elif isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        yield from _table(value.value.id, syntax)
    elif not (isinstance(value, ast.Name) and value.id == "verb"):
        message = f"a verb must stand in the code as it is recorded: {ast.unparse(value)}"
        raise AssertionError(message)


def _table(name: str, syntax: ast.Module) -> Iterator[str]:
    for node in syntax.body:
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(target, ast.Name) and target.id == name:
            assert isinstance(node.value, ast.Dict)
            for value in node.value.values:
                yield from _texts(value, syntax)


def _verbs(file: Path) -> Iterator[str]:
    syntax = tree.syntax(file)
    recorders = _recorders(syntax)
    imported = "audit" in {
        alias.asname or alias.name for node in ast.walk(syntax) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    for node in ast.walk(syntax):
        if isinstance(node, ast.Call) and _name(node) in recorders and (imported or _name(node) not in _RECORDERS):
            value = _written(node, recorders[_name(node)])
            if value is not None:
                yield from _texts(value, syntax)


def test_every_verb_has_its_sentence_and_every_sentence_a_verb() -> None:
    written = {verb for file in tree.python_files("elearn") if tree.name(file) != _STORE for verb in _verbs(file)}
    assert sorted(written - set(VERBS)) == [], "give each a sentence in elearn/web/admin/record_words.py"
    assert sorted(set(VERBS) - written) == [], "nothing records these"


@pytest.mark.parametrize("call", ['audit.record(session, "new.verb")', 'audit.record_act(session, "new.verb", about="x")'])
def test_a_verb_is_found_whichever_way_it_is_written(call: str, tmp_path: Path) -> None:
    file = tmp_path / "deed.py"
    file.write_text(f"from elearn.store import audit\n\n{call}\n", encoding="utf-8")
    assert set(_verbs(file)) == {"new.verb"}


def test_the_store_has_no_other_way_to_write_a_verb() -> None:
    adding = [node for node in tree.syntax(tree.ROOT / _STORE).body if isinstance(node, ast.FunctionDef) and _takes_verb_to_write(node)]
    assert sorted(node.name for node in adding) == sorted(_RECORDERS)


def _takes_verb_to_write(function: ast.FunctionDef) -> bool:
    """Whether a verb is its second argument: where entries are looked for it stands behind others, by name."""
    names = [one.arg for one in function.args.args]
    return "verb" in names[1:2]
