"""The English sentences of the printed certificate, by key. Data only: the web layer hands in their translations.

Label-like on purpose: verbs and their order differ too much between our languages to build one sentence around a name.
"""

from collections.abc import Mapping
from typing import Final

Texts = Mapping[str, str]

ENGLISH: Final[Texts] = {
    "heading": "Certificate",
    "awarded-to": "Awarded to",
    "completed": "for completing the course",
    "covers": "What the course covers",
    "issued": "Issued",
    "expires": "Valid until",
    "hours": "Hours of study",
    "result": "Result",
    "passed": "Passed",
    "passed-with-grade": "Passed, %(percent)s",
    "release": "Course edition",
    "issued-by": "Issued by",
    "number": "Certificate number",
    "check-by-code": "To check this certificate, scan the code.",
    "check-at-address": "To check this certificate, scan the code or enter its number at %(address)s",
    "name-code": "Name code",
    "name-code-use": "With this code and the name anybody can confirm that they belong to this certificate. Show it only if you want that.",
    "name-by-hand": "Name, written by hand",
    "qr-description": "QR code with the signed facts of this certificate",
    "mark-description": "Three ascending steps",
    "credential-description": "The signed certificate as data",
    "holder-description": "The name code of the holder",
}
