"""A lesson on paper: what is folded on the screen is there, and a title stands on the page of what it names."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.conftest import OpenTab

pytestmark = pytest.mark.browser

_TABLES = "courses/rights-and-obligations/promises/what-our-states-promised/"


@pytest.mark.parametrize("edge", ["0mm", "10mm", "15mm", "20mm"])
def test_no_table_is_torn_from_its_title(open_tab: OpenTab, tmp_path: Path, edge: str) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("there is no pdftotext on this machine")
    tab = open_tab("ru", script=False)
    tab.go(_TABLES)
    titles = tab.page.locator("summary").all_inner_texts()
    paper = tmp_path / "lesson.pdf"
    tab.page.pdf(path=paper, format="A4", margin={"top": edge, "bottom": edge, "left": edge, "right": edge})
    read = subprocess.run([reader, "-layout", str(paper), "-"], capture_output=True, check=True).stdout.decode()
    lines = [page.strip().splitlines() for page in read.split("\f") if page.strip()]
    assert {"ICERD", "ICPPED"} <= set(read.split())
    assert not {page[-1].strip() for page in lines} & set(titles)
