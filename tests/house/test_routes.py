"""Every address is guarded by a named permission, says its language, and changes things by POST alone."""

import inspect
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from elearn.access.permission import Permission
from elearn.config import Settings
from elearn.runtime import make_keys, open_runtime
from elearn.store import migrate
from elearn.store.engine import Database
from elearn.web.app import create_app

LANGUAGE = "/<any(en,ru,kk,tg,tk):lang>/"
#: Addresses that speak no language: the way in, files, and what machines read.
BARE = ("/", "/healthz", "/mirrors.txt", "/static/", "/media/", "/robots.txt", "/sitemap.xml", "/.well-known/", "/certificates/")
#: Addresses that stand on paper and in bookmarks, below the language.
STABLE = (
    "",
    "courses/",
    "courses/<>/",
    "courses/<>/<>/<>/",
    "account/sign-in",
    "account/join",
    "verify/",
    "verify/<>",
    "admin/",
)
VIEW_LINES = 25


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("routes")
    settings = Settings(data=folder / "data", keys=folder / "keys")
    settings.data.mkdir()
    make_keys(settings.keys, data=settings.data)
    migrate.upgrade(Database(settings.database))
    return create_app(open_runtime(settings))


def _rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def test_every_address_names_a_permission(app: Flask) -> None:
    bare = [rule.rule for rule in _rules(app) if not isinstance(getattr(app.view_functions[rule.endpoint], "permission", None), Permission)]
    assert bare == []


def test_every_page_says_its_language_in_the_address(app: Flask) -> None:
    silent = [rule.rule for rule in _rules(app) if not rule.rule.startswith(LANGUAGE) and not _is_bare(rule.rule)]
    assert silent == []


def _is_bare(address: str) -> bool:
    return any(address == name or (name.endswith("/") and name != "/" and address.startswith(name)) for name in BARE)


def test_no_address_both_shows_and_changes_with_one_view(app: Flask) -> None:
    both = [rule.rule for rule in _rules(app) if {"GET", "POST"} <= (rule.methods or set())]
    assert both == []


def test_only_get_and_post_are_spoken(app: Flask) -> None:
    methods = {method for rule in _rules(app) for method in rule.methods or ()}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_stable_addresses_are_there(app: Flask) -> None:
    known = {re.sub(r"<[^>]*>", "<>", rule.rule) for rule in _rules(app)}
    assert [address for address in STABLE if f"/<>/{address}" not in known] == []
    assert {"/", "/healthz"} <= known


def test_no_view_is_longer_than_25_lines(app: Flask) -> None:
    views = {rule.endpoint: inspect.unwrap(app.view_functions[rule.endpoint]) for rule in _rules(app)}
    long = [endpoint for endpoint, view in views.items() if len(inspect.getsource(view).splitlines()) > VIEW_LINES]
    assert long == []
