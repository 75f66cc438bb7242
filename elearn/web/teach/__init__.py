"""Pages of trainers and translators: none yet."""

from elearn.web.teach.blueprint import blueprint

__all__ = ["blueprint"]
