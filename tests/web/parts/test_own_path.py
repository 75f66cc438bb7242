import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from elearn.web.parts.own_path import own_path, posting_endpoint


@pytest.mark.parametrize("path", ["/", "/en/", "/en/courses/?q=a#b", "/ru/learn/", "/en/search?q=%D0%BF"])
def test_paths_of_this_site_are_followed(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "learn",
        "//a.example",
        "///a.example",
        "/\\a.example",
        "https://a.example/",
        "/\ta",
        "/a\nb",
        "/a b",
        "/" + "a" * 2000,
        "https://[a/",
    ],
)
def test_everything_else_is_not(text: str | None) -> None:
    assert own_path(text) == ""


@given(st.text())
def test_what_is_followed_begins_with_one_slash(text: str) -> None:
    found = own_path(text)
    assert found == "" or (found == text and found[0] == "/" and found[1:2] not in ("/", "\\"))


def test_only_addresses_that_take_a_form_have_an_endpoint(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert posting_endpoint(app, "/en/account/exit") == "account.leave"
        assert posting_endpoint(app, "/en/account/exit?x=1") == "account.leave"
        assert posting_endpoint(app, "/en/courses/") == ""
        assert posting_endpoint(app, "/en/courses") == ""
        assert posting_endpoint(app, "/nowhere") == ""
        assert posting_endpoint(app, "//localhost/en/account/exit") == ""
