"""Pages of trainers and translators."""

from elearn.web.teach import cohorts
from elearn.web.teach.blueprint import blueprint

__all__ = ["blueprint", "cohorts"]
