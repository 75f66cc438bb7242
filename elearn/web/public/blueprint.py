"""The blueprint of the public pages; modules beside this one add their views to it."""

from typing import Final

from flask import Blueprint

blueprint: Final = Blueprint("public", __name__)
