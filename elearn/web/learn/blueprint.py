"""The blueprint of the learn pages; modules beside this one add their views to it."""

from typing import Final

from flask import Blueprint

blueprint: Final = Blueprint("learn", __name__)
