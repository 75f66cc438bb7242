import pytest

from elearn.actions.name import is_name


@pytest.mark.parametrize("text", ["S", "Баҳор", "Spring", " Spring ", "x" * 9, "x" * 9 + " "])
def test_what_can_be_seen_and_is_short_enough_can_be_a_name(text: str) -> None:
    assert is_name(text, longest=9)


@pytest.mark.parametrize("text", ["", " ", "\t\n", "x" * 10, "Spr\u202eing", "a\nb", "a\x00b"])
def test_nothing_too_much_or_something_unseen_cannot(text: str) -> None:
    assert not is_name(text, longest=9)
