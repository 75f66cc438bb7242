"""Rules for style sheets: raw colours in tokens.css alone, logical directions only, no loose tokens."""

import re
from collections.abc import Iterator
from pathlib import Path

from PIL import ImageColor

from tests.house import tree

_COMMENT = re.compile(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'", re.DOTALL)
_DECLARATION = re.compile(r"(?P<name>[-\w]+)\s*:\s*(?P<value>[^;{}]+)(?=[;}])")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(", re.IGNORECASE)
_SIDES = re.compile(
    r"^(?:left|right|(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?|border-(?:top|bottom)-(?:left|right)-radius)$"
)
_SIDED_VALUE = frozenset({"float", "clear", "text-align", "caption-side"})
# Pillow knows the colour names of CSS; system colours and `transparent` are not raw.
_NAMED = frozenset(ImageColor.colormap)


def _declarations(file: Path) -> Iterator[tuple[str, str]]:
    text = _COMMENT.sub("", file.read_text(encoding="utf-8"))
    for found in _DECLARATION.finditer(text):
        yield found["name"], found["value"].strip()


def _words(value: str) -> set[str]:
    """Give the bare words of a value; names of custom properties are not words."""
    return set(re.findall(r"(?<![-\w])[a-z]+(?![-\w(])", re.sub(r"--[-\w]+", "", value.lower())))


def test_raw_colours_stand_in_the_tokens_alone() -> None:
    raw = [
        f"{tree.name(file)}: {name}: {value}"
        for file in tree.style_sheets()
        if file.name != "tokens.css"
        for name, value in _declarations(file)
        if _COLOUR.search(value) or _NAMED & _words(value)
    ]
    assert raw == []


def test_directions_are_logical() -> None:
    sided = [
        f"{tree.name(file)}: {name}: {value}"
        for file in tree.style_sheets()
        for name, value in _declarations(file)
        if _SIDES.match(name) or (name in _SIDED_VALUE and _words(value) & {"left", "right"})
    ]
    assert sided == []


def test_every_token_that_is_used_is_defined() -> None:
    text = "".join(_COMMENT.sub("", file.read_text(encoding="utf-8")) for file in tree.style_sheets())
    defined = set(re.findall(r"(--[-\w]+)\s*:", text))
    assert sorted(set(re.findall(r"var\((--[-\w]+)", text)) - defined) == []


def test_every_token_is_used() -> None:
    text = "".join(_COMMENT.sub("", file.read_text(encoding="utf-8")) for file in tree.style_sheets())
    defined = set(re.findall(r"(--[-\w]+)\s*:", (tree.STATIC / "css" / "tokens.css").read_text(encoding="utf-8")))
    assert sorted(defined - set(re.findall(r"var\((--[-\w]+)", text))) == []


def test_no_style_sheet_fetches_anything() -> None:
    assert [
        tree.name(file)
        for file in tree.style_sheets()
        if re.search(r"@import|url\((?!['\"]?(?:data:|#))", file.read_text(encoding="utf-8"))
    ] == []
