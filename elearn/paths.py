"""Where the files that travel with the product are: inside the wheel, or beside the package in a checkout."""

from pathlib import Path
from typing import Final

#: The SQLite database of an installation, in its data folder.
DATABASE_FILE: Final = "elearn.sqlite3"
_PACKAGE = Path(__file__).parent


def data(name: str) -> Path:
    """The folder `courses`, `translations` or `migrations`, from the wheel if it is there, else from the checkout."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.exists() else _PACKAGE.parent / name
