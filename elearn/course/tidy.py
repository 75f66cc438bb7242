"""What people type in a browser, made ready for a course: line ends, NFC, no space around. Changes no word."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from elearn.course.model import Figure, Prose
from elearn.course.syntax import is_blank
from elearn.quiz.model import Question, Scene

T = TypeVar("T")

#: Markdown of several lines, where spaces before the first word mean something.
_INDENTED: Final[tuple[tuple[type[Any], str], ...]] = ((Prose, "text"), (Scene, "text"), (Question, "prompt"), (Figure, "caption"))


def tidy_text(text: str, *, keep_indent: bool = False) -> str:
    """The text with LF line ends, in NFC, without blank lines around it and spaces at its end (and start)."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    while lines and is_blank(lines[0]):
        del lines[0]
    whole = "\n".join(lines).rstrip(" \t\n")
    return whole if keep_indent else whole.lstrip(" \t")


def tidy(value: T) -> T:
    """A block, a question or a part of one with every text in it tidied."""
    assert is_dataclass(value)
    assert not isinstance(value, type)
    changes: dict[str, Any] = {}
    for field in fields(value):
        keep_indent = any(isinstance(value, owner) and field.name == name for owner, name in _INDENTED)
        changes[field.name] = _tidied(getattr(value, field.name), keep_indent=keep_indent)
    return replace(value, **changes)


def _tidied(value: object, *, keep_indent: bool) -> object:
    if isinstance(value, str):
        return tidy_text(value, keep_indent=keep_indent)
    if isinstance(value, tuple):
        return tuple(_tidied(part, keep_indent=False) for part in value)
    if is_dataclass(value):
        return tidy(value)
    return value
