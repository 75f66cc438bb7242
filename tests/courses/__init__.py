"""Where the courses are that tests read: small ones made for tests, and the real ones of the product."""

from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
MINIMAL: Final = HERE / "minimal"
EVERY_KIND: Final = HERE / "every_kind"
SHIPPED: Final = HERE.parent.parent / "courses"


def all_courses() -> tuple[Path, ...]:
    """Every course folder, of the tests and of the product."""
    return tuple(sorted(toml.parent for folder in (HERE, SHIPPED) for toml in folder.glob("*/course.toml")))
