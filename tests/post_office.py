"""A mail server on loopback that speaks SMTP over a real socket and keeps what it is handed; with or without TLS, a passphrase, moods."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Handed:
    """One mail as it came: from and to of the envelope, what was said before, and the text itself."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, read by the standard library."""
        return message_from_bytes(self.raw, policy=default)


@dataclass
class PostOffice:
    """What a server was handed and heard.

    `answers`: what it says to a command instead of yes, such as {"RCPT": "550 no"}; an empty one: it hangs up.
    """

    port: int = 0
    handed: list[Handed] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME",)
    login: str = ""
    context: ssl.SSLContext | None = None
    at_once: bool = False


class _Line(socketserver.StreamRequestHandler):
    """One connection."""

    timeout = 10
    office: PostOffice

    def handle(self) -> None:
        """Talk until the other side is done."""
        self.safe, self.known = False, not self.office.login
        self.sender, self.recipients = "", list[str]()
        if self.office.context and self.office.at_once and not self._encrypt():
            return
        self._say(self.office.answers.get("HELLO", "220 ready"))
        while line := self.rfile.readline(2000):
            text = line.decode().strip()
            self.office.heard.append(text)
            if not self._answer(text.split(" ")[0].split(":")[0].upper(), text):
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _answer(self, verb: str, text: str) -> bool:
        """Answer one command; whether to go on."""
        if verb in self.office.answers:
            if not self.office.answers[verb]:
                return False
            self._say(self.office.answers[verb])
            return not self.office.answers[verb].startswith("421")
        if verb == "STARTTLS":
            self._say("220 go on")
            return self._encrypt()
        if verb == "QUIT":
            self._say("221 bye")
            return False
        if verb in ("MAIL", "RCPT", "DATA") and not self.known:
            self._say("530 who are you")
            return True
        self._take(verb, text)
        return True

    def _take(self, verb: str, text: str) -> None:
        if verb == "EHLO":
            offered = [*self.office.extensions]
            offered += ["STARTTLS"] if self.office.context and not self.safe else []
            offered += ["AUTH PLAIN"] if self.office.login else []
            for word in offered:
                self._say(f"250-{word}")
        elif verb == "AUTH":
            self.known = base64.b64decode(text.split(" ")[2]).decode().strip("\0") == self.office.login
            self._say("235 come in" if self.known else "535 no")
            return
        elif verb == "MAIL":
            self.sender, self.recipients = text.partition("<")[2].partition(">")[0], []
        elif verb == "RCPT":
            self.recipients.append(text.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            self._say("354 go on")
            raw = b""
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                raw += line.removeprefix(b".")
            self.office.handed.append(Handed(self.sender, self.recipients, raw))
            self._say(self.office.answers.get("END", "250 taken"))
            return
        self._say("250 ok")

    def _encrypt(self) -> bool:
        assert self.office.context
        try:
            line = self.office.context.wrap_socket(self.connection, server_side=True)
        except OSError:
            return False
        self.connection, self.safe = line, True
        self.rfile, self.wfile = line.makefile("rb"), socketserver._SocketWriter(line)  # type: ignore[attr-defined] # the library's own
        return True

    def finish(self) -> None:
        """Close what TLS was put over."""
        super().finish()
        self.connection.close()


@contextmanager
def open_post(office: PostOffice) -> Iterator[PostOffice]:
    """Open a mail server on loopback."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = False
        allow_reuse_address = True

        def handle_error(self, *_: object) -> None:
            """Say nothing: the other side may go when it likes."""

    handler = type("Line", (_Line,), {"office": office})
    with Server(("127.0.0.1", 0), handler) as server:
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()


def make_certificate(folder: Path) -> Path:
    """A self-made certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post.example")])
    now = datetime.now(UTC)  # noqa: TID251 - certificates are looked at by the clock of the machine
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "post.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


def tls(file: Path) -> ssl.SSLContext:
    """What a server with this certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
