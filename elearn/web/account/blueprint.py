"""The blueprint of the account pages; modules beside this one add their views to it."""

from typing import Final

from flask import Blueprint

blueprint: Final = Blueprint("account", __name__)
