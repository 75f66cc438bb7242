"""One macro a file (inner ones stay inside), explained on top, in use, and to be seen on the pattern page."""

from pathlib import Path

import pytest
from jinja2 import nodes

from tests.house import tree

COMPONENTS = tree.templates("components")
PATTERNS = tree.TEMPLATES / "admin" / "patterns.html"


def _imports(file: Path) -> set[str]:
    """Give the components that a template imports, directly."""
    found = tree.template_tree(file).find_all((nodes.FromImport, nodes.Import))
    names = {node.template.value for node in found if isinstance(node.template, nodes.Const)}  # type: ignore[attr-defined]
    return {Path(name).stem for name in names if name.startswith("components/")}


def _imports_deep(file: Path) -> set[str]:
    """Give the components that a template shows: its own imports, those of its layout and those of other components."""
    layouts = [node.template.value for node in tree.template_tree(file).find_all(nodes.Extends) if isinstance(node.template, nodes.Const)]
    found = _imports(file).union(*(_imports_deep(tree.TEMPLATES / layout) for layout in layouts))
    for name in sorted(found):
        found |= _imports(tree.TEMPLATES / "components" / f"{name}.html")
    return found


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_a_component_is_one_macro_of_the_same_name(file: Path) -> None:
    assert file.stem.replace("-", "_") in [node.name for node in tree.template_tree(file).find_all(nodes.Macro)]


def test_nobody_imports_the_inner_macros_of_a_component() -> None:
    inner = [
        f"{tree.name(file)}: {name}"
        for file in tree.templates()
        for node in tree.template_tree(file).find_all(nodes.FromImport)
        if isinstance(node.template, nodes.Const) and node.template.value.startswith("components/")
        for name in (name if isinstance(name, str) else name[0] for name in node.names)
        if name != Path(node.template.value).stem.replace("-", "_")
    ]
    assert inner == []


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_a_component_says_on_top_how_it_is_used(file: Path) -> None:
    comment = file.read_text(encoding="utf-8").partition("#}")[0]
    assert comment.startswith("{#")
    assert f"{{{{ {file.stem.replace('-', '_')}(" in comment


def _named_by_views() -> set[str]:
    """Give the components that Python code renders on their own, by their file name."""
    code = [file.read_text(encoding="utf-8") for file in tree.python_files("elearn/web")]
    renderers = "".join(text for text in code if "components/" in text)
    return {file.stem for file in COMPONENTS if f'"{file.stem}"' in renderers or f"components/{file.name}" in renderers}


def test_every_component_is_used() -> None:
    used = _named_by_views().union(*(_imports(file) for file in tree.templates() if file != PATTERNS))
    assert sorted({file.stem for file in COMPONENTS} - used) == []


def test_every_component_is_shown_on_the_pattern_page() -> None:
    assert sorted({file.stem for file in COMPONENTS} - _imports_deep(PATTERNS)) == []
