"""The base of every page: a frozen dataclass that names its template. One class, one template, the same attributes."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every template receives as `page`; `title` is the text of the h1 and begins the document's title."""

    template: ClassVar[str]
    title: str
