"""A sealed value opens in its own cell, with its own key, and nowhere else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.errors import Refused
from elearn.store.sealed import Cell, Key, blind_index, key_id, seal, unseal

OLD, NEW = Key("a1", b"o" * 32), Key("b2", b"n" * 32)
CELL = Cell("contact", "name", "row-1", "org-1")


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_shows_nothing(text: bytes) -> None:
    sealed = seal(text, CELL, [NEW, OLD])
    assert unseal(sealed, CELL, [OLD, NEW]) == text
    assert key_id(sealed) == "b2"
    assert len(text) < 8 or text not in sealed
    assert seal(text, CELL, [NEW]) != sealed


@pytest.mark.parametrize("column", ["table", "column", "row_id", "organisation_id"])
def test_a_value_copied_into_another_cell_does_not_open(column: str) -> None:
    sealed = seal(b"name", CELL, [NEW])
    with pytest.raises(Refused, match="sealed-elsewhere"):
        unseal(sealed, replace(CELL, **{column: "other"}), [NEW])


def test_cells_whose_parts_run_together_are_different_cells() -> None:
    sealed = seal(b"name", Cell("a", "bc", "d", "e"), [NEW])
    with pytest.raises(Refused):
        unseal(sealed, Cell("ab", "c", "d", "e"), [NEW])


@given(st.data())
def test_an_altered_or_cut_value_does_not_open(data: st.DataObject) -> None:
    sealed = seal(b"Aigerim", CELL, [NEW])
    at = data.draw(st.integers(0, len(sealed) - 1))
    altered = sealed[:at] + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + sealed[at + 1 :]
    for wrong in (altered, sealed[:at]):
        with pytest.raises(Refused):
            unseal(wrong, CELL, [NEW])


def test_a_key_that_is_gone_opens_nothing() -> None:
    with pytest.raises(Refused):
        unseal(seal(b"name", CELL, [OLD]), CELL, [NEW])


def test_a_blind_index_finds_the_same_text_in_the_same_organisation_only() -> None:
    found = blind_index("  Ann@Example.org ", organisation_id="one", secret=b"s" * 32)
    assert found == blind_index("ann@example.ORG", organisation_id="one", secret=b"s" * 32)
    assert found != blind_index("ann@example.org", organisation_id="two", secret=b"s" * 32)
    assert found != blind_index("ann@example.org", organisation_id="one", secret=b"t" * 32)
    assert len(found) == 32
