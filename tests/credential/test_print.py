import io
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from elearn.credential import compact, name, print, verify  # noqa: A004 - the module is named after what it does
from elearn.credential.award import Award, canonical
from elearn.credential.print import Printed, Sheet
from elearn.errors import Invalid, Refused
from elearn.lang import LANGUAGES, Language
from tests.credential.factories import DAY, KEY, NAME, SALT, make_award, make_signed
from tests.credential.texts_sample import OBJECTIVES, SAMPLE, TITLES

LETTERS = "aq-'’.ÄÇŽŇÖŞÜÝäçžňöşüýӘҒҚҢӨҰҮҺІәғқңөұүһіӢҲҶӯЯя明😀"
PAIRS: list[tuple[Language, ...]] = [(one,) for one in LANGUAGES] + [("ru", "kk"), ("tg", "ru"), ("tk", "en")]
LONG_NAME = "Öwezgeldimyradguly Garajaýewmuhammetnazarow-Berdimyradowýewa Gurbanguly Oglugeldiýewiç Täçmyradowaguly Sapardurdynyýaz"


def make_sheet(*languages: Language, address: str = "learn.example/verify", signed_name: str | None = NAME, **changes: Any) -> Sheet:  # noqa: ANN401 - fields of Award
    fields: dict[str, Any] = {
        "languages": languages,
        "titles": {language: TITLES[language] for language in languages},
        "objectives": {language: OBJECTIVES[language] for language in languages},
        "name_commitment": name.commit(signed_name, SALT) if signed_name else None,
    }
    award: Award = make_award(**{**fields, **changes})
    text = compact.address(compact.write(award, KEY), award, public_address="https://learn.example" if address else "")
    return Sheet(award=award, credential=canonical(make_signed(award)), qr=text, texts=SAMPLE, address=address)


def printed(sheet: Sheet, typed: str | None = NAME) -> Printed:
    return print.print_pdf(sheet, name=typed, salt=SALT if typed else None)


def pages(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


@pytest.mark.parametrize("languages", PAIRS)
def test_every_language_prints_one_archival_page_that_verifies(languages: Sequence[Language]) -> None:
    sheet = make_sheet(*languages)
    made = printed(sheet)
    assert made.archival
    assert pages(made.pdf) == 1
    verdict = verify.verify(made.pdf, keys=(KEY.public,), day=DAY, name=NAME)
    assert (verdict.state, verdict.award, verdict.name) == ("valid", sheet.award, "matches")


@pytest.mark.parametrize("languages", PAIRS)
def test_the_qr_code_on_the_page_reads_back_and_verifies(languages: Sequence[Language]) -> None:
    sheet = make_sheet(*languages)
    picture = Image.open(io.BytesIO(print.print_png(sheet, name=NAME, salt=SALT, ppi=120)))
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == sheet.qr
    assert verify.verify(found.text.encode(), keys=(KEY.public,), day=DAY).state == "valid"


def test_without_an_address_the_code_holds_the_compact_text_alone() -> None:
    sheet = make_sheet("en", address="")
    picture = Image.open(io.BytesIO(print.print_png(sheet, name=NAME, salt=SALT, ppi=120)))
    assert zxingcpp.read_barcodes(picture)[0].text == compact.write(sheet.award, KEY)


def test_the_file_says_that_it_is_archival_and_accessible_and_in_which_language() -> None:
    pdf = printed(make_sheet("kk")).pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        metadata = opened.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
        assert str(opened.Root.Lang) == "kk"
        assert opened.Root.MarkInfo.Marked
        assert set(opened.attachments) == {"credential.json", "name-code.json"}


def test_the_same_input_gives_the_same_bytes_and_the_time_is_not_the_true_one() -> None:
    sheet = make_sheet("en")
    assert printed(sheet).pdf == printed(sheet).pdf
    with pikepdf.open(io.BytesIO(printed(sheet).pdf)) as opened:
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20260305120000")


def test_the_name_is_only_on_the_page_and_not_in_the_data_inside() -> None:
    pdf = printed(make_sheet("en")).pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        contents = b"".join(file.get_file().read_bytes() for file in opened.attachments.values())
    assert NAME.encode() not in contents
    assert name.name_code(SALT).encode() in contents


def test_a_name_that_was_not_signed_is_not_printed() -> None:
    with pytest.raises(Refused) as caught:
        printed(make_sheet("en"), "Somebody Else")
    assert caught.value.code == "name-differs"
    with pytest.raises(Refused) as caught:
        printed(make_sheet("en", signed_name=None))
    assert caught.value.code == "name-not-signed"
    with pytest.raises(Refused) as caught:
        print.print_pdf(make_sheet("en"), name=NAME)
    assert caught.value.code == "name-not-signed"


def test_a_name_with_hidden_signs_is_refused_before_anything_is_printed() -> None:
    with pytest.raises(Invalid) as caught:
        printed(make_sheet("en"), "Anna\u202e")
    assert caught.value.code == "name-direction"


@pytest.mark.parametrize("pseudonym", [None, "Dove"])
def test_without_a_name_the_pseudonym_or_a_line_to_write_on_is_printed(pseudonym: str | None) -> None:
    made = printed(make_sheet("ru", "kk", pseudonym=pseudonym), None)
    assert made.archival
    with pikepdf.open(io.BytesIO(made.pdf)) as opened:
        assert set(opened.attachments) == {"credential.json"}


@pytest.mark.parametrize(
    ("typed", "signs"),
    [
        ("李 明", "李 明"),
        ("Anna 😀", "😀"),
        ("Aýna 明 Öwezowa 明", "明"),
        ("ﷲ محمد", "ﷲ"),
        ("Ann\u0f71", "\u0f71"),
        ('Anna "😀" \\', "😀"),
    ],
)
@pytest.mark.parametrize("organisation", ["NGO", "明"])
def test_a_name_with_a_letter_no_font_has_is_refused_and_the_letter_named(typed: str, signs: str, organisation: str) -> None:
    with pytest.raises(Invalid, match="name-signs") as refused:
        printed(make_sheet("en", signed_name=typed, organisations=(organisation,)), typed)
    assert refused.value.params == {"signs": signs}


@given(
    st.text(st.sampled_from("Aaq-'’.ÄÇŽŇÖŞÜÝäçžňöşüýӘҒҚҢӨҰҮҺІәғқңөұүһіӢҲҶӯЯя明😀"), min_size=1, max_size=20).filter(
        lambda text: "A" in text
    )
)
@settings(max_examples=25, deadline=None)
def test_each_name_is_printed_whole_or_refused(typed: str) -> None:
    sheet = make_sheet("en", signed_name=typed)
    if {"明", "😀"} & set(typed):
        with pytest.raises(Invalid, match="name-signs"):
            printed(sheet, typed)
    else:
        assert printed(sheet, typed).archival


@pytest.mark.parametrize("typed", [None, NAME])
def test_a_title_with_a_letter_no_font_has_is_printed_without_the_standard_and_reported(typed: str | None) -> None:
    made = printed(make_sheet("en", signed_name=typed, organisations=("明",)), typed)
    assert not made.archival
    assert verify.verify(made.pdf, keys=(KEY.public,), day=DAY, name=typed).state == "valid"


@pytest.mark.parametrize("typed", ["W" * 24, "W" * 60, "W" * 120, "Щ" * 40 + " Ы", LONG_NAME])
def test_a_long_word_of_a_name_gets_smaller_instead_of_running_off_the_page(typed: str) -> None:
    sheet = make_sheet("en", signed_name=typed)
    picture = Image.open(io.BytesIO(print.print_png(sheet, name=typed, salt=SALT, ppi=60))).convert("L")
    right = picture.crop((picture.width * 285 // 297, picture.height // 10, picture.width, picture.height * 9 // 10))
    assert min(right.tobytes()) > 200


@pytest.mark.parametrize("typed", ['#panic("x") a', '"] #read("/etc/hostname")', "$x^2$ *b* @ref <a> \\ `c`", "= a\\", "// a */"])
def test_a_name_is_never_read_as_template(typed: str) -> None:
    made = printed(make_sheet("en", signed_name=typed, titles={"en": typed}, organisations=(typed,)), typed)
    assert made.archival
    assert pages(made.pdf) == 1


@pytest.mark.parametrize("languages", [("tk",), ("tk", "ru")])
@pytest.mark.parametrize("times", [1, 3, 7])
def test_however_much_there_is_to_say_it_stays_on_one_page(languages: tuple[Language, ...], times: int) -> None:
    sheet = make_sheet(
        *languages,
        signed_name=LONG_NAME,
        titles={language: (TITLES[language] + " ") * times for language in languages},
        objectives={language: OBJECTIVES[language] * times for language in languages},
        organisations=("Türkmen hukuk goraýjylarynyň bileleşigi we okuw merkezi",) * times,
    )
    made = printed(sheet, LONG_NAME)
    assert made.archival
    assert pages(made.pdf) == 1
    picture = Image.open(io.BytesIO(print.print_png(sheet, name=LONG_NAME, salt=SALT, ppi=120)))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [sheet.qr]


def test_an_award_of_few_facts_prints_too() -> None:
    sheet = make_sheet("en", hours=0, grade_e4=None, expires_on=None, objectives={})
    assert printed(sheet).archival


def test_days_and_sentences_come_from_the_caller() -> None:
    plain = make_sheet("en")
    spoken = replace(plain, issued={"en": "5 March 2026"}, expires={"en": "5 March 2029"}, texts={"en": {"heading": "Diploma"}})
    assert printed(spoken).pdf != printed(plain).pdf
    with pikepdf.open(io.BytesIO(printed(spoken).pdf)) as opened:
        assert str(opened.docinfo["/Title"]) == "Diploma"


def test_the_grade_is_written_as_the_caller_does_and_never_rounded_up() -> None:
    def said(grade: Mapping[Language, str]) -> str:
        sheet = replace(make_sheet("en", grade_e4=7999), grade=grade)
        return str(json.loads(print._inputs(sheet, NAME, SALT)["data"])["sides"][0]["result"])

    assert said({}) == "Passed, 79%"
    assert said({"en": "79\u00a0%"}) == "Passed, 79\u00a0%"


def test_many_threads_print_at_once() -> None:
    sheets = [make_sheet("en", hours=hours) for hours in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        assert len({made.pdf for made in pool.map(printed, sheets)}) == 8


def test_data_the_template_cannot_use_says_that_printing_failed() -> None:
    with pytest.raises(Invalid) as caught:
        print._without_standard({"data": "{}"}, make_award())
    assert caught.value.code == "print-failed"


def test_in_two_languages_the_address_to_check_at_is_printed_once() -> None:
    def said(*languages: Language) -> list[str]:
        sides = json.loads(print._inputs(make_sheet(*languages), NAME, SALT)["data"])["sides"]
        return [side["check"] for side in sides if "learn.example/verify" in side["check"]]

    assert len(said("en")) == 1
    assert said("en", "ru") == []
