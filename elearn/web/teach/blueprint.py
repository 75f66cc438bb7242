"""The blueprint of the teach pages; modules beside this one add their views to it."""

from typing import Final

from flask import Blueprint

blueprint: Final = Blueprint("teach", __name__)
