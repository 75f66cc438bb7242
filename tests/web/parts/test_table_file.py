"""Tables as files: whatever stands in a cell, no spreadsheet works it out, and all of it comes back."""

import csv
import io
import re

from hypothesis import example, given
from hypothesis import strategies as st

from elearn.web.parts.table_file import attached, cell, csv_text

#: Everything that a text column of the databases holds: no surrogates, no zero byte.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@given(TEXTS)
@example("=HYPERLINK(1)")
@example("\t=1")
@example("'=1")
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not cell(text).startswith(FORMULA)
    assert cell(text) == (f"'{text}" if text.startswith(FORMULA) else text)


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_a_table_comes_back_as_it_was_written(rows: list[list[str]]) -> None:
    text = csv_text(rows[0], rows[1:])
    assert text.startswith("\ufeff")
    back = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert back == [[cell(one) for one in row] for row in rows]
    assert not any(one.startswith(FORMULA) for row in back for one in row)


@given(TEXTS)
@example('people".csv')
@example("люди\r\nSet-Cookie: a=b")
def test_the_name_of_a_download_is_ascii_and_stays_in_its_header(name: str) -> None:
    header = attached("x", "text/csv", name).headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]*\"; filename\*=UTF-8''[A-Za-z0-9._-]*", header)
