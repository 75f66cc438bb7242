"""One frozen sheet -> the PDF people hold. Layout is in certificate.typ; data reaches it as JSON only, never as template source.

The name is an argument of one call and of nothing else: it is not kept, logged or cached here.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

from elearn.credential import name as names
from elearn.credential.award import Award, canonical
from elearn.credential.qr import qr_png
from elearn.credential.texts import ENGLISH, Texts
from elearn.credential.verify import HOLDER_FILE
from elearn.errors import Invalid, Refused
from elearn.lang import Language

if TYPE_CHECKING:
    from typst import PDFStandard  # lives in the stubs only

_TEMPLATE: Final = Path(__file__).parent / "certificate.typ"
_STANDARDS: Final[list["PDFStandard"]] = ["a-3a", "ua-1"]
#: How the maker of the file says that no font has a form for a text, and how it writes signs inside that it would rather not show.
_UNPRINTED: Final = re.compile(r"the text `\"(.+?)\"` could not be displayed")
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_threads = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that is printed. `texts`, `issued`, `expires` and `grade` by language of the award; missing days are written as ISO 8601.

    `credential` is the canonical signed JSON, `qr` the content of the QR code, `address` the checking page as people type it.
    """

    award: Award
    credential: bytes
    qr: str
    texts: Mapping[Language, Texts]
    address: str = ""
    issued: Mapping[Language, str] = field(default_factory=dict)
    expires: Mapping[Language, str] = field(default_factory=dict)
    grade: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Printed:
    """The file; `archival` is False when a letter of a title or an organisation that no font has kept it from PDF/A and PDF/UA."""

    pdf: bytes
    archival: bool


def print_pdf(sheet: Sheet, *, name: str | None = None, salt: bytes | None = None) -> Printed:
    """The certificate as PDF/A-3a + PDF/UA-1; the same input gives the same bytes.

    With a name and its salt: Refused `name-not-signed` or `name-differs` unless the award commits to just that name.
    Without: the pseudonym, or a line to write on. Invalid as in `clean_name`; Invalid `name-signs` for a name with letters
    that no font has, which would be printed as empty boxes; Invalid `print-failed` when nothing can be made.
    """
    inputs = _inputs(sheet, name, salt)
    try:
        return Printed(_compile(inputs, sheet.award, _STANDARDS), archival=True)
    except typst.TypstError as error:
        if name is not None and (signs := _unprinted(error, names.clean_name(name))):
            code = "name-signs"
            raise Invalid(code, signs=signs) from None
        return Printed(_without_standard(inputs, sheet.award), archival=False)


def print_png(sheet: Sheet, *, name: str | None = None, salt: bytes | None = None, ppi: int = 96) -> bytes:
    """The same page as a picture, for previews."""
    pages = _compiler().compile(format="png", ppi=ppi, sys_inputs=_inputs(sheet, name, salt))
    assert isinstance(pages, bytes)
    return pages


def _unprinted(error: typst.TypstError, name: str) -> str:
    """The signs of a name for which no font has a form, as the maker of the file tells; empty when its trouble is another."""
    told = (_ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), text) for text in _UNPRINTED.findall(error.diagnostic))
    return " ".join(dict.fromkeys(text for text in told if text in name))


def _without_standard(inputs: dict[str, str], award: Award) -> bytes:
    try:
        return _compile(inputs, award, [])
    except typst.TypstError as reason:
        code = "print-failed"
        raise Invalid(code) from reason


def _compile(inputs: dict[str, str], award: Award, standards: list["PDFStandard"]) -> bytes:
    # Noon keeps the printed day the same in every zone of ours; the true hour is nobody's business.
    noon = award.issued_on.toordinal() * 86_400 - _EPOCH + 43_200
    pdf = _compiler().compile(format="pdf", pdf_standards=standards, timestamp=noon, sys_inputs=inputs)
    assert isinstance(pdf, bytes)
    return pdf


_EPOCH: Final = 719_163 * 86_400


@cache
def _fonts() -> typst.Fonts:
    """Once per process: only the fonts that travel with typst, so every machine prints the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[])


def _compiler() -> typst.Compiler:
    """One per thread: a compiler in use by two threads fails."""
    compiler: typst.Compiler | None = getattr(_threads, "compiler", None)
    if compiler is None:
        compiler = _threads.compiler = typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=_fonts())
    return compiler


def _inputs(sheet: Sheet, name: str | None, salt: bytes | None) -> dict[str, str]:
    award = sheet.award
    shown, code = award.pseudonym, None
    if name is not None:
        shown, code = _signed_name(award, name, salt)
    data = {
        "serial": award.serial,
        "organisations": award.organisations,
        "sides": [_side(sheet, language) for language in award.languages],
        # Never empty: the template looks for it in the sentences, to keep it on one line.
        "address": sheet.address or award.serial,
        "typed-at": sheet.address,
        "name": shown,
        "name_code": code,
        "holder": canonical({"type": HOLDER_FILE, "name_code": code}).decode() if code else None,
        "credential": sheet.credential.decode(),
        "qr": list(qr_png(sheet.qr)),
    }
    return {"data": json.dumps(data, ensure_ascii=False)}


def _signed_name(award: Award, name: str, salt: bytes | None) -> tuple[str, str]:
    """The clean name and its code, once the award is known to commit to them."""
    shown = names.clean_name(name)
    if award.name_commitment is None or salt is None:
        reason = "name-not-signed"
        raise Refused(reason)
    code = names.name_code(salt)
    if not names.is_name(shown, code, award.name_commitment):
        reason = "name-differs"
        raise Refused(reason)
    return shown, code


def _side(sheet: Sheet, language: Language) -> dict[str, Any]:
    """What is printed in one language."""
    award, texts = sheet.award, {**ENGLISH, **sheet.texts.get(language, {})}
    alone = len(award.languages) == 1
    check = texts["check-at-address"] % {"address": sheet.address} if sheet.address and alone else texts["check-by-code"]
    expires = sheet.expires.get(language) or award.expires_on.isoformat() if award.expires_on else None
    return {
        "language": language,
        "texts": texts,
        "title": award.titles[language],
        "objectives": award.objectives.get(language, ()),
        "issued": sheet.issued.get(language) or award.issued_on.isoformat(),
        "expires": expires,
        "hours": str(award.hours) if award.hours else None,
        "result": _result(sheet, language, texts),
        "release": str(award.release),
        "check": check,
    }


def _result(sheet: Sheet, language: Language, texts: Texts) -> str:
    percent = sheet.award.percent
    if percent is None:
        return texts["passed"]
    return texts["passed-with-grade"] % {"percent": sheet.grade.get(language) or f"{percent}%"}
