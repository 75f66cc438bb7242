"""Files that people take away: their names are ours, whatever was typed."""

import ast
import re

from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from tests.house import tree
from tests.visitor import Visitor, filled
from tests.web.teaching import certificate, publish_open

NAME = re.compile(r'attachment; filename="[a-z0-9][A-Za-z0-9.-]{1,60}\.(json|pdf)"')
#: What a file name may be made of: days, the beginning of a serial, and what table_file.py has stripped to plain signs.
PARTS = {"now().date().isoformat()", "serial[:5]", "safe", "quote(safe)"}


def test_every_download_has_a_name_of_ours(runtime: Runtime, learner: PersonRow, member: Visitor) -> None:
    serial = certificate(runtime, learner, publish_open(runtime))
    mine = member.client.get("/en/account/export.json?filename=x%0d%0aX-Injected: 1")
    page = member.get(f"/en/learn/certificates/{serial}/")
    data = {**filled(page.form("/print")), "name": 'Aýna "Röwşen"; filename=evil.exe'}
    printed = member.client.post(f"/en/learn/certificates/{serial}/print", data=data)
    for answer in (mine, printed):
        assert answer.status_code == 200
        assert NAME.fullmatch(answer.headers["Content-Disposition"])


def test_no_line_of_code_puts_a_typed_text_into_a_file_name() -> None:
    """A new part belongs into PARTS after somebody has looked where it comes from."""
    parts = {
        ast.unparse(value.value)
        for file in tree.python_files("elearn/web")
        for node in ast.walk(tree.syntax(file))
        if isinstance(node, ast.JoinedStr) and "filename=" in ast.unparse(node)
        for value in node.values
        if isinstance(value, ast.FormattedValue)
    }
    assert parts == PARTS
