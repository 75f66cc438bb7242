"""Each page template has one Page class, and the two name the same attributes, in both directions."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

import elearn.web
from elearn.web.pages import Page
from tests.house import tree


def _page_classes() -> list[type[Page]]:
    for module in pkgutil.walk_packages(elearn.web.__path__, "elearn.web."):
        importlib.import_module(module.name)
    # A dataclass with slots is made twice; the module holds the one that counts.
    made = {cls for cls in _below(Page) if "template" in vars(cls) and getattr(sys.modules[cls.__module__], cls.__name__) is cls}
    return sorted(made, key=lambda cls: cls.template)


def _below(cls: type[Page]) -> Iterator[type[Page]]:
    for child in cls.__subclasses__():
        yield child
        yield from _below(child)


def _families(file: Path, seen: set[Path]) -> set[Path]:
    """Collect a template with everything that it extends or includes: all of them receive `page`."""
    if file in seen:
        return seen
    seen.add(file)
    for node in tree.template_tree(file).find_all((nodes.Extends, nodes.Include)):
        for other in _named(node.template):  # type: ignore[attr-defined]
            _families(other, seen)
    return seen


def _named(name: nodes.Node) -> list[Path]:
    """Give the template of a fixed name, every template of the folder for a name made from parts."""
    if isinstance(name, nodes.Const):
        return [tree.TEMPLATES / name.value]
    start = next((part.value for part in name.find_all(nodes.Const) if "/" in str(part.value)), "")
    return tree.templates(str(Path(start).parent)) if start else []


def _used(file: Path) -> set[str]:
    return {
        node.attr
        for member in _families(file, set())
        for node in tree.template_tree(member).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "page"
    }


def _properties(cls: type[Page]) -> dict[str, set[str]]:
    """Give the properties of a page class, each with the fields that it reads."""
    found = {name: thing for name, thing in inspect.getmembers(cls) if isinstance(thing, property)}
    return {name: _reads(thing) for name, thing in found.items()}


def _reads(thing: property) -> set[str]:
    assert thing.fget is not None
    body = ast.parse(textwrap.dedent(inspect.getsource(thing.fget)))
    return {n.attr for n in ast.walk(body) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"}


CLASSES = _page_classes()


def test_every_page_template_has_exactly_one_class() -> None:
    owned = Counter(cls.template for cls in CLASSES)
    files = {file.relative_to(tree.TEMPLATES).as_posix() for audience in tree.AUDIENCES for file in tree.templates(audience)}
    assert sorted(files - set(owned)) == []
    assert sorted(set(owned) - {file.relative_to(tree.TEMPLATES).as_posix() for file in tree.templates()}) == []
    assert [template for template, times in owned.items() if times > 1] == []


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.template)
def test_a_page_is_a_frozen_dataclass(cls: type[Page]) -> None:
    assert dataclasses.is_dataclass(cls)
    assert cls.__dataclass_params__.frozen  # type: ignore[attr-defined]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.template)
def test_a_template_uses_only_what_its_page_has(cls: type[Page]) -> None:
    has = {field.name for field in dataclasses.fields(cls)} | set(_properties(cls))
    assert sorted(_used(tree.TEMPLATES / cls.template) - has) == []


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.template)
def test_a_page_holds_only_what_its_template_uses(cls: type[Page]) -> None:
    used = _used(tree.TEMPLATES / cls.template)
    used |= {name for prop, reads in _properties(cls).items() if prop in used for name in reads}
    assert sorted({field.name for field in dataclasses.fields(cls)} - used) == []
