"""Pages for anyone."""

from elearn.web.public import catalogue, course, entry, home, leave, mirrors, search, verify
from elearn.web.public.blueprint import blueprint

__all__ = ["blueprint", "catalogue", "course", "entry", "home", "leave", "mirrors", "search", "verify"]
