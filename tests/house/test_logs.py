"""Whatever writes outside of the database stands in docs/logs.md, with its fields."""

import ast
import re
from typing import Final

from tests.house import tree

_INVENTORY: Final = (tree.ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
_TELLING: Final = re.compile(
    r"(click\.(secho|echo|ClickException|UsageError)|print|_?LOG\.\w+|logging\.(?!getLogger)\w+|sys\.(stdout|stderr)\.\w+|warnings\.warn)"
)
#: Where nothing but these may be named in a line of the log.
_FIELDS: Final = frozenset({"id", "kind", "endpoint"})


def _calls(file: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree.syntax(tree.ROOT / file)) if isinstance(node, ast.Call)]


def test_every_output_is_in_the_inventory() -> None:
    files = [tree.name(file) for file in tree.python_files("elearn")]
    telling = {file for file in files if any(_TELLING.fullmatch(ast.unparse(call.func)) for call in _calls(file))}
    told = set(re.findall(r"`(elearn/[\w/]+\.py)`", _INVENTORY))
    assert sorted(telling - told) == [], "say in docs/logs.md what it writes, who reads it, how long it stays"
    assert sorted(told - telling) == []


def test_a_line_of_the_log_names_no_more_than_the_inventory_says() -> None:
    lines = [
        call.args[0].value
        for file in tree.python_files("elearn")
        for call in _calls(tree.name(file))
        if re.fullmatch(r"_?LOG\.\w+", ast.unparse(call.func)) and isinstance(call.args[0], ast.Constant)
    ]
    assert lines
    for line in lines:
        named = set(re.findall(r"(\w+)=%s", str(line)))
        assert len(named) == str(line).count("%"), line
        assert named <= _FIELDS
        assert all(f"`{name}=`" in _INVENTORY or f"`crash {name}=`" in _INVENTORY for name in named)


def test_outside_the_commands_only_the_pages_about_faults_write_at_all() -> None:
    files = [tree.name(file) for file in tree.python_files("elearn")]
    telling = {file for file in files if any(_TELLING.fullmatch(ast.unparse(call.func)) for call in _calls(file))}
    assert {file for file in telling if not file.startswith("elearn/cli/")} == {"elearn/web/errors.py"}
