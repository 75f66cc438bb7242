import re

from elearn.access.permission import Permission


def test_every_permission_is_named_as_it_is_written() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", p) and p.name == p.replace("-", "_").upper() for p in Permission)
