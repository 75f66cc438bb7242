"""The blueprint of the admin pages; modules beside this one add their views to it."""

from typing import Final

from flask import Blueprint

blueprint: Final = Blueprint("admin", __name__)
