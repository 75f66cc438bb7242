"""Pages of a learner."""

from elearn.web.learn import attempt, certificates, dashboard, lesson, mistakes, page, quiz, result
from elearn.web.learn.blueprint import blueprint

__all__ = ["attempt", "blueprint", "certificates", "dashboard", "lesson", "mistakes", "page", "quiz", "result"]
