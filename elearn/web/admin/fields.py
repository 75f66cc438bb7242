"""Fields of the office's forms that say in our words what to type: days and whole numbers."""

from typing import Any

from wtforms import DateField, IntegerField

from elearn.web.i18n import gettext


class DayField(DateField):
    """A day as YYYY-MM-DD, which is what browsers send and what can be typed without their calendar."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the day, or say how one is written."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Write a day as year-month-day, for example 2026-09-30.")) from error


class NumberField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the number, or say what one is."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Write a whole number, for example 12.")) from error
