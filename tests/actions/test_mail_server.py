"""The door for mails: a real server on loopback is handed exactly one plain mail, encrypted, and nothing about this machine."""

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.actions import mail_server
from elearn.actions.deliver import Words
from elearn.actions.mail_server import MailServer, problems, read_password
from elearn.errors import Refused, Unavailable
from elearn.lang import LANGUAGES
from elearn.web.mail import mail_words
from tests.post_office import PostOffice, make_certificate, open_post, tls

NOW = datetime(2026, 3, 2, 9, 17, 30, tzinfo=UTC)
WORDS = Words("Something is new", "There is something new.\n.A line with a point.\n")
AYNA = "ayna@example.org"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post(PostOffice()) as made:
        yield made


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this machine believes."""
    file = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return file


def server(office: PostOffice, **given: str) -> MailServer:
    words: dict[str, str] = {"tls": "none", "sender": "news@post.example"} | given
    return MailServer(host="127.0.0.1", port=office.port, **words)


def send(office: PostOffice, address: str = AYNA, **given: str) -> None:
    server(office, **given).send(address, WORDS, now=NOW)


def test_one_plain_mail_for_one_person(office: PostOffice) -> None:
    send(office, name="News")
    (handed,) = office.handed
    message = handed.message
    assert (handed.sender, handed.recipients) == ("news@post.example", [AYNA])
    assert (message["From"], message["To"], message["Subject"]) == ("News <news@post.example>", AYNA, "Something is new")
    assert message["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == WORDS.body.replace("\n", "\r\n")
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }


def test_nothing_tells_which_machine_it_was(office: PostOffice) -> None:
    send(office)
    send(office)
    said = "\n".join([*office.heard, *(handed.raw.decode() for handed in office.handed)])
    assert office.heard[0] == "ehlo post.example"
    assert not any(name and name in said for name in (socket.gethostname(), socket.getfqdn(), "127.0.0.1"))
    ids = [handed.message["Message-ID"] for handed in office.handed]
    assert all(re.fullmatch(r"<[0-9a-f]{32}@post\.example>", name) for name in ids)
    assert ids[0] != ids[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_arrives_in_every_language_as_it_was_written(office: PostOffice, language: str) -> None:
    words = mail_words(language)
    server(office).send(AYNA, words, now=NOW)
    (handed,) = office.handed
    assert (handed.message["Subject"], handed.message.get_content()) == (words.subject, words.body.replace("\n", "\r\n"))
    assert handed.raw.isascii()
    assert max(map(len, handed.raw.splitlines())) <= 78


def test_no_report_with_the_address_comes_back_where_the_server_can_do_without(office: PostOffice) -> None:
    office.extensions = ("8BITMIME", "DSN")
    send(office)
    assert f"rcpt TO:<{AYNA}> NOTIFY=NEVER" in office.heard


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_it_is_encrypted_before_anything_is_said(certificate: Path, mode: str) -> None:
    kept = PostOffice(context=tls(certificate), at_once=mode == "tls", login="news\0a secret")
    with open_post(kept) as office:
        send(office, tls=mode, user="news", password="a secret")
    assert len(office.handed) == 1
    if mode == "starttls":
        assert office.heard[:2] == ["ehlo post.example", "STARTTLS"]


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_a_server_that_cannot_show_who_it_is_gets_nothing(tmp_path: Path, mode: str) -> None:
    kept = PostOffice(context=tls(make_certificate(tmp_path)), at_once=mode == "tls", login="news\0a secret")
    with open_post(kept) as office, pytest.raises(Unavailable, match="mail-untrusted"):
        send(office, tls=mode, user="news", password="a secret")
    assert office.handed == []
    assert not any("AUTH" in line.upper() or "RCPT" in line.upper() for line in office.heard)


def test_a_server_that_offers_no_encryption_gets_nothing(office: PostOffice) -> None:
    with pytest.raises(Unavailable, match="mail-untrusted"):
        send(office, tls="starttls", user="news", password="a secret")
    assert office.heard == ["ehlo post.example"]


def test_a_wrong_password_is_said(certificate: Path) -> None:
    with open_post(PostOffice(context=tls(certificate), login="news\0another")) as office, pytest.raises(Unavailable, match="mail-login"):
        send(office, tls="starttls", user="news", password="a secret")


@pytest.mark.parametrize(
    ("answers", "error", "code"),
    [
        ({"RCPT": "550 nobody"}, Refused, "mail-refused"),
        ({"RCPT": "450 later"}, Unavailable, "mail-away"),
        ({"MAIL": "553 not you"}, Unavailable, "mail-sender-refused"),
        ({"DATA": "554 no"}, Refused, "mail-refused"),
        ({"END": "554 looks bad"}, Refused, "mail-refused"),
        ({"END": "451 later"}, Unavailable, "mail-away"),
        ({"RCPT": "421 going"}, Unavailable, "mail-away"),
        ({"DATA": ""}, Unavailable, "mail-away"),
        ({"HELLO": "554 closed"}, Unavailable, "mail-away"),
        ({"HELLO": "no mail server at all"}, Unavailable, "mail-away"),
    ],
)
def test_what_a_server_answers_decides_whether_it_is_tried_again(
    office: PostOffice, answers: dict[str, str], error: type[Exception], code: str
) -> None:
    office.answers = answers
    with pytest.raises(error, match=code) as caught:
        send(office)
    assert AYNA not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_a_mail_that_was_taken_is_sent_whatever_is_said_to_the_farewell(office: PostOffice) -> None:
    office.answers = {"QUIT": "500 what"}
    send(office)
    assert len(office.handed) == 1


def test_where_nobody_answers_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(mail_server, "_PATIENCE", 0.1)
        with pytest.raises(Unavailable, match="mail-away"):
            send(PostOffice(port=silent.getsockname()[1]))
        port = silent.getsockname()[1]
    with pytest.raises(Unavailable, match="mail-away"):
        send(PostOffice(port=port))


@pytest.mark.parametrize(
    "address",
    [
        *("", "ayna", "@example.org", "ayna@", "ayna@example", "a@b@example.org", "a..b@example.org", ".a@example.org"),
        *("a,b@example.org", "<a>@example.org", "a b@example.org", '"a"@example.org', "a;b@example.org", "айна@example.org"),
        *("ayna@example..org", "ayna@-example.org", "ayna@exa mple.org", "ayna@[127.0.0.1]", f"{'a' * 65}@example.org"),
        *("a@example.org\r\nBcc: all@example.org", "a@example.org\n", "a\r\nRCPT TO:<b@example.org>@example.org", "a@example.org\0"),
    ],
)
def test_nothing_but_one_plain_address_gets_near_the_line(office: PostOffice, address: str) -> None:
    with pytest.raises(Refused, match="mail-refused"):
        send(office, address)
    assert office.heard == []


def test_a_domain_in_letters_of_its_country_is_written_as_servers_know_it(office: PostOffice) -> None:
    send(office, "ayna@почта.example")
    assert office.handed[0].recipients == ["ayna@xn--80a1acny.example"]


@given(st.text(max_size=80), st.text(max_size=120))
def test_no_words_make_a_header_or_a_second_recipient(address: str, subject: str) -> None:
    line = MailServer(host="127.0.0.1", port=1, tls="none", sender="news@post.example")
    try:
        plain = mail_server._plain(f"{address}@example.org")
    except Refused:
        return
    try:
        made = line.compose(plain, Words(subject, "body\n"), now=NOW)
    except ValueError:  # the library refuses a line end in a header
        assert set(subject) & set("\r\n")
        return
    head = bytes(made).partition(b"\r\n\r\n")[0]
    assert len(re.findall(rb"^(?:To|Cc|Bcc|Subject|From):", head, re.MULTILINE | re.IGNORECASE)) == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"tls": "ssl"}, "mail-tls"),
        ({"tls": "none", "host": "post.example"}, "mail-unencrypted"),
        ({"port": 0}, "mail-port"),
        ({"port": 70_000}, "mail-port"),
        ({"sender": ""}, "mail-sender"),
        ({"sender": "News <news@post.example>"}, "mail-sender"),
        ({"name": "News\r\nBcc: all@example.org"}, "mail-words"),
        ({"subject": "x" * 101}, "mail-words"),
    ],
)
def test_settings_that_cannot_be_used_are_named(given: dict[str, object], code: str) -> None:
    whole: dict[str, object] = {"host": "127.0.0.1", "port": 25, "tls": "starttls", "sender": "news@post.example"}
    assert list(problems(MailServer(**whole))) == []  # type: ignore[arg-type] # named by the tests
    assert list(problems(MailServer(**whole | given))) == [code]  # type: ignore[arg-type] # as above


def test_a_password_is_read_where_nobody_else_may(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a secret \nanother line\n")
    file.chmod(0o600)
    assert read_password(file) == "a secret"
    assert "a secret" not in repr(MailServer(host="h", port=1, tls="tls", sender="s", password=read_password(file)))
    file.chmod(0o640)
    with pytest.raises(Refused, match="mail-password-readable"):
        read_password(file)
    with pytest.raises(Refused, match="mail-password-missing"):
        read_password(tmp_path / "none")
