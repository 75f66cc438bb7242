"""What people choose about themselves from lists: languages and country, named in the reader's language."""

from typing import Final

from wtforms import SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from elearn.lang import LANGUAGES, OWN_NAMES
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.parts.blocks import countries

_LANGUAGES: Final[dict[str, str]] = {tag: OWN_NAMES[tag] for tag in LANGUAGES}


def language_field() -> SelectField:
    """Give a field for one of the five languages, each by its own name."""
    return SelectField(lazy_gettext("Language"), choices=_LANGUAGES, validate_choice=False)


def languages_field() -> SelectMultipleField:
    """Give tick boxes for any of the five languages."""
    return SelectMultipleField(
        lazy_gettext("Other languages I read"),
        choices=_LANGUAGES,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )


def country_field() -> SelectField:
    """Give a field for a country or none; its choices are filled for each request."""
    return SelectField(lazy_gettext("Country"), choices={}, validate_choice=False)


def fill_countries(field: SelectField) -> None:
    """Name the countries in the reader's language."""
    field.choices = {"": gettext("None, or I would rather not say")} | {country.code: country.name for country in countries()}
