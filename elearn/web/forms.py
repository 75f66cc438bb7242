"""The base of every form: fields listed one by one, messages in the reader's language, what was typed kept."""

import secrets
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from elearn.errors import Invalid, Problem
from elearn.web.i18n import catalogue, gettext, language, lazy_gettext
from elearn.web.messages import problem_sentence, sentence


class _Words:
    """WTForms' own messages through our catalogue."""

    def gettext(self, message: str) -> str:
        return gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return catalogue(language()).ngettext(singular, plural, n)  # WTForms fills the places itself


class Form(FlaskForm):  # type: ignore[misc] # Flask-WTF ships no types
    """A form with our messages. Tokens are checked for the whole application at once, so not here again."""

    class Meta:
        """Settings that WTForms reads."""

        csrf = False
        words: ClassVar[_Words] = _Words()

        def get_translations(self, _form: object) -> _Words:
            """Give WTForms our words."""
            return self.words

    def add_error(self, name: str, message: str) -> None:
        """Put an error that a deed found beside its field."""
        field: Any = self[name]
        field.errors = [*field.errors, message]

    def show_problems(self, error: Invalid, names: dict[str, str]) -> None:
        """Put each problem beside its field; `names` maps the fields of the deed to those of the form."""
        for problem in error.problems:
            self._show(problem, names)
        if not error.problems:
            self.form_errors.append(sentence(error.code, error.params))

    def _show(self, problem: Problem, names: dict[str, str]) -> None:
        name = names.get(problem.where.file, problem.where.file)
        if name in self:
            self.add_error(name, problem_sentence(problem))
        else:
            self.form_errors.append(problem_sentence(problem))


class OnceForm(Form):
    """A form that creates something: its one-time key makes a double click one deed."""

    key = HiddenField(default=lambda: secrets.token_urlsafe(16))


def needed(message: str | None = None) -> list[Any]:
    """Give the validators of a field that must be filled: `message` says what to do."""
    return [InputRequired(message or lazy_gettext("Please fill this in.")), short(5000)]


def short(most: int) -> Length:
    """Give the validator of a text that may have up to `most` characters."""
    return Length(max=most, message=lazy_gettext("This is too long. Please keep it under %(max)s characters."))
