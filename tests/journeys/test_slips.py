"""A sheet of invite codes on paper: six slips a page, none cut, each code scanned into the joining form without a script."""

import re
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from elearn.lang import LANGUAGES
from tests.journeys.conftest import OpenTab, Site, Tab, press
from tests.journeys.pdf import page_picture

pytestmark = pytest.mark.browser

#: Inner width of A4 with margins of 10 mm, in pixels of CSS.
_PAPER = 718
_FITS = "[...document.querySelectorAll('.slip')].every(slip => slip.scrollHeight <= slip.clientHeight + 1)"
#: Puts every text there so many times more.
_LONGER = """times => document.querySelectorAll('.slip__text').forEach(text => {
    const words = text.textContent; text.textContent = Array(times + 1).fill(words).join(' ');
})"""


def sheet(open_tab: OpenTab, site: Site, count: int) -> Tab:
    """Sign in as the demo's admin without a script and make so many codes."""
    tab = open_tab("en", script=False)
    tab.go("account/sign-in")
    tab.page.get_by_label("Handle").fill(site.accounts["admin"].handle)
    tab.page.locator("input[name=passphrase]").fill(site.accounts["admin"].passphrase)
    press(tab.page.get_by_role("button", name="Sign in", exact=True))
    tab.go("admin/invites/new")
    tab.page.get_by_label("For how many people").fill(str(count))
    press(tab.page.get_by_role("button", name="Make the codes"))
    return tab


def test_eight_slips_are_two_pages_and_none_is_cut(open_tab: OpenTab, site: Site, tmp_path: Path) -> None:
    page = sheet(open_tab, site, 8).page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": _PAPER, "height": 1_000})
    assert page.evaluate(_FITS)
    page.pdf(path=tmp_path / "slips.pdf", prefer_css_page_size=True)
    with pikepdf.open(tmp_path / "slips.pdf") as printed:
        assert len(printed.pages) == 2
        assert [round(float(side)) for side in printed.pages[0].mediabox[2:]] == [595, 842]
    codes = [part.inner_text() for part in page.locator(".slip__code").all()]
    picture = Image.open(page_picture(tmp_path / "slips.pdf"))
    found = sorted(code.text for code in zxingcpp.read_barcodes(picture))
    assert found == sorted(f"{site.url}/?invite={code}" for code in codes[:6])


def test_texts_of_longer_languages_are_not_cut_and_cost_paper_at_most(open_tab: OpenTab, site: Site, tmp_path: Path) -> None:
    page = sheet(open_tab, site, 6).page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": _PAPER, "height": 1_000})
    for more, pages in ((0, 1), (1, 2)):
        page.evaluate(_LONGER, more)
        assert page.evaluate(_FITS)
        page.pdf(path=tmp_path / "slips.pdf", prefer_css_page_size=True)
        with pikepdf.open(tmp_path / "slips.pdf") as printed:
            assert len(printed.pages) == pages


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_what_the_code_holds_opens_the_form_with_the_code_filled_in(open_tab: OpenTab, site: Site, tmp_path: Path, tongue: str) -> None:
    admin = sheet(open_tab, site, 1)
    admin.page.locator(".slip svg").screenshot(path=tmp_path / "code.png")
    (scanned,) = zxingcpp.read_barcodes(Image.open(tmp_path / "code.png"))
    assert re.fullmatch(rf"{re.escape(site.url)}/\?invite=(?:[0-9a-f]{{4}}-){{7}}[0-9a-f]{{4}}", scanned.text)
    guest = open_tab(tongue, script=False)
    guest.page.set_extra_http_headers({"Accept-Language": tongue})
    guest.page.goto(scanned.text)
    assert guest.page.url.startswith(f"{site.url}/{tongue}/account/join?")
    assert guest.page.locator("input[name=invite]").input_value() == scanned.text.partition("=")[2]
    assert guest.strangers() == []
