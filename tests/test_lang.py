import pytest

from elearn.lang import unseen, visible


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u00ad", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_a_sign_that_cannot_be_seen_is_named_and_dropped(sign: str) -> None:
    assert unseen(f"қа{sign}дам") == sign
    assert visible(f"қа{sign}дам") == "қадам"


@pytest.mark.parametrize("text", ["", "Ӯғул ҷӯра\n\tgül – ýagyş", "№ 7 «ёлка» 🌱"])
def test_the_writing_of_our_languages_stays_as_it_is(text: str) -> None:
    assert (unseen(text), visible(text)) == ("", text)
