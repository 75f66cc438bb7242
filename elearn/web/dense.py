"""Templates without their indentation: it helps whoever edits them, not whoever reads the page. Content is never touched."""

import re
from typing import Final

from jinja2.ext import Extension

_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


class Dense(Extension):
    """Takes the indentation off a template when it is loaded, once for the life of the process."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's signature
        """Give the source without indentation; lines stay, so that errors name the right one."""
        return _INDENT.sub("", source)
