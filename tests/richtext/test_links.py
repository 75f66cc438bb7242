import pytest

from elearn.richtext.links import Link, is_allowed, is_external, is_media, split


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("fact:standards/ICCPR-2", Link("fact", "standards/ICCPR-2")),
        ("fact:reviews/KAZ/UPR/1st%20cycle", Link("fact", "reviews/KAZ/UPR/1st cycle")),
        ("FACT:a", Link("fact", "a")),
        ("media/x.webp", Link("", "media/x.webp")),
        ("a/b:c", Link("", "a/b:c")),
        (":x", Link("", ":x")),
    ],
)
def test_a_link_is_taken_apart_at_its_scheme(href: str, link: Link) -> None:
    assert split(href) == link


@pytest.mark.parametrize(
    "href",
    ["https://x.org", "https://x.org:8443/a?b=1#c", "https://xn--80a.kz/%D1%8F", "/en/courses/", "/", "#c-a", "mailto:a.b@example.org"],
)
def test_plain_addresses_are_allowed(href: str) -> None:
    assert is_allowed(href)


@pytest.mark.parametrize(
    "href",
    [
        "",
        "http://x.org",
        "//x.org",
        "/\\x.org",
        "https://",
        "https://a@b.org",
        "https://x.org\\y",
        "https://x.org/ a",
        "https://x.org/\n",
        "javascript:1",
        "javascript:`1`",
        "data:text/html,x",
        "#a",
        "relative",
        "mailto:a@b?subject=x",
        "https://я.kz",
        "ftp://x.org",
    ],
)
def test_everything_else_is_not(href: str) -> None:
    assert not is_allowed(href)


def test_only_whole_https_addresses_are_external() -> None:
    assert is_external("https://x.org/")
    assert not is_external("/en/")


@pytest.mark.parametrize(
    ("src", "allowed"),
    [
        ("/media/a.webp", True),
        ("/media/course/a-b.1.webp", True),
        ("/media/", False),
        ("/media/../x", False),
        ("/media/a/../x", False),
        ("/media/.hidden", False),
        ("/media//x.webp", False),
        ("/media/a.webp?x", False),
        ("/other/a.webp", False),
        ("https://x.org/media/a.webp", False),
    ],
)
def test_media_come_from_the_media_folder_alone(src: str, allowed: bool) -> None:
    assert is_media(src) is allowed
