"""The mail server of the settings: the one door through which a mail leaves, for one address, with nothing in it about this machine."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from elearn.actions.deliver import Words
from elearn.errors import Refused, Unavailable
from elearn.store.base import hour, new_id

LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
#: For connecting and for each answer.
_PATIENCE: Final = 20.0
_PORTS: Final = 65_535
_LONGEST: Final = 100
_FOR_EVER: Final = 500
_OTHERS: Final = 0o077
#: Narrower than what mail allows: nothing that a header or a server could read as anything but one address.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=[^@]{{1,64}}@[^@]{{1,253}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """How mails are handed over, and from whom they are; `tls`: "starttls", "tls", or "none" on this machine only.

    `subject`: the operator's own, in place of ours.
    """

    host: str
    port: int
    tls: str
    sender: str
    name: str = ""
    subject: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    def send(self, address: str, words: Words, *, now: datetime) -> None:
        """Hand one mail over; Unavailable: later perhaps, Refused("mail-refused"): this address never."""
        message = self.compose(_plain(address), words, now=now)
        with self._connected() as server:
            _hand_over(server, message, self.sender)

    def compose(self, address: str, words: Words, *, now: datetime) -> EmailMessage:
        """The whole mail: plain text, a time to the hour, and names of the sender's choice alone."""
        message = EmailMessage(SMTP)
        message["From"] = Address(self.name, addr_spec=self.sender)
        message["To"] = Address(addr_spec=address)
        message["Subject"] = words.subject
        message["Date"] = format_datetime(hour(now))
        message["Message-ID"] = f"<{new_id()}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(words.body, cte="base64")
        return message

    @property
    def _domain(self) -> str:
        return self.sender.rpartition("@")[2]

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A server that has let us in; closed at the end, whatever it says to our farewell."""
        try:
            server = self._open()
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable("mail-login") from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise Unavailable("mail-untrusted") from error
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise Unavailable("mail-away") from error
        try:
            yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        """Connect, encrypt, sign in. The name we call ourselves is the sender's domain, never that of the machine."""
        context = ssl.create_default_context()
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, self._domain, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, self._domain, timeout=_PATIENCE)
        try:
            if self.tls == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


def problems(server: MailServer) -> Iterator[str]:
    """The codes of what cannot be used."""
    if server.tls not in ("starttls", "tls", "none"):
        yield "mail-tls"
    if server.tls == "none" and server.host not in LOCAL:
        yield "mail-unencrypted"
    if not 1 <= server.port <= _PORTS:
        yield "mail-port"
    if not _ADDRESS.fullmatch(server.sender):
        yield "mail-sender"
    if any(len(text) > _LONGEST or not text.isprintable() for text in (server.name, server.subject)):
        yield "mail-words"


def read_password(file: Path) -> str:
    """The first line of a file that nobody else may read; Refused."""
    try:
        if file.stat().st_mode & _OTHERS:
            raise Refused("mail-password-readable", file=str(file))
        return file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, ValueError) as error:
        raise Refused("mail-password-missing", file=str(file)) from error


def _plain(address: str) -> str:
    """The address as it goes over the line, its domain in ASCII; Refused where it is no single plain address."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not _ADDRESS.fullmatch(plain):
        raise Refused("mail-refused")
    return plain


def _hand_over(server: smtplib.SMTP, message: EmailMessage, sender: str) -> None:
    """One mail for one address; where the server can, no report comes back with the address in it."""
    quiet = ["NOTIFY=NEVER"] if server.has_extn("dsn") else []
    try:
        server.send_message(message, sender, [str(message["To"])], rcpt_options=quiet)
    except smtplib.SMTPRecipientsRefused as error:
        raise _verdict(min(code for code, _ in error.recipients.values())) from None
    except smtplib.SMTPSenderRefused:
        raise Unavailable("mail-sender-refused") from None
    except smtplib.SMTPResponseException as error:
        raise _verdict(error.smtp_code) from None
    except (OSError, smtplib.SMTPException):
        raise Unavailable("mail-away") from None


def _verdict(code: int) -> Refused | Unavailable:
    return Refused("mail-refused") if code >= _FOR_EVER else Unavailable("mail-away")
