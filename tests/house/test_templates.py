"""Rules for templates: one door for trusted markup, nothing inline, texts that can be translated."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.house import tree

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_INLINE = {
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "another site": re.compile(
        r"<(?:script|img|link|iframe|audio|video|source)\b[^>]*(?:src|href)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE
    ),
}
_WORDS = re.compile(r">\s*([^<>]*[A-Za-z]{2,}[^<>]*?)\s*<")
_BARE = frozenset({"Qadam"})  # the product's name is the same in every language


def _markup(file: Path) -> str:
    """Give the HTML of a template with every Jinja part replaced by an x, so that attributes stay in their tags."""
    return _JINJA.sub("x", file.read_text(encoding="utf-8"))


def test_only_the_sanitizer_makes_trusted_markup() -> None:
    makers = [
        f"{tree.name(file)}:{node.lineno}"
        for file in tree.python_files("elearn")
        if tree.name(file) != "elearn/richtext/sanitize.py"
        for node in ast.walk(tree.syntax(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Markup")
    ]
    assert makers == []


def test_no_template_switches_escaping_off() -> None:
    off = [
        f"{tree.name(file)}:{node.lineno}"
        for file in tree.templates()
        for node in tree.template_tree(file).find_all((nodes.Filter, nodes.MarkSafe, nodes.ScopedEvalContextModifier))
        if not isinstance(node, nodes.Filter) or node.name == "safe"
    ]
    assert off == []


@pytest.mark.parametrize("fault", sorted(_INLINE))
def test_no_template_holds(fault: str) -> None:
    assert [tree.name(file) for file in tree.templates() if _INLINE[fault].search(_markup(file))] == []


def test_every_text_of_a_template_can_be_translated() -> None:
    bare = [
        f"{tree.name(file)}: {words.group(1)}"
        for file in tree.templates()
        for words in _WORDS.finditer(_without_texts(file))
        if words.group(1) not in _BARE
    ]
    assert bare == []


def _without_texts(file: Path) -> str:
    """Drop what may hold letters: translated blocks, comments and Jinja itself (its places become numbers)."""
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "0", text, flags=re.DOTALL)
    return _JINJA.sub("0", text)


def test_every_name_that_a_template_imports_is_used() -> None:
    unused = []
    for file in tree.templates():
        used = {node.name for node in tree.template_tree(file).find_all(nodes.Name)}
        for imported in tree.template_tree(file).find_all(nodes.FromImport):
            names = {name if isinstance(name, str) else name[1] for name in imported.names}
            unused += [f"{tree.name(file)}: {name}" for name in sorted(names - used)]
    assert unused == []
