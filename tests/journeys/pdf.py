"""A PDF as a picture, by poppler."""

import shutil
import subprocess
from pathlib import Path

import pytest


def page_picture(pdf: Path) -> Path:
    """Draw the first page at 150 dots an inch."""
    drawer = shutil.which("pdftoppm")
    if drawer is None:
        pytest.skip("there is no pdftoppm on this machine")
    subprocess.run([drawer, "-r", "150", "-png", "-singlefile", str(pdf), str(pdf.with_suffix(""))], check=True)
    return pdf.with_suffix(".png")
