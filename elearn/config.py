"""Settings of an installation, from the environment (`ELEARN_…`) or a TOML file. The only reader of the environment; no secrets."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from elearn.errors import Invalid
from elearn.paths import DATABASE_FILE

PREFIX: Final = "ELEARN_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator decides; folders as paths, `public_url` without a slash at the end, empty strings mean "not set"."""

    data: Path = Path("data")
    keys: Path = Path("keys")
    database_url: str = ""
    site_name: str = "Qadam"
    public_url: str = "http://127.0.0.1:8000"
    mirrors: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    signer_socket: str = ""
    exit_url: str = "https://www.wikipedia.org/"
    workers: int = 1
    neutral_titles: bool = False
    factor_issuer: str = "Account"
    factor_label: str = "personal"
    max_body_bytes: int = 1_000_000
    limit_requests: bool = True
    demo: bool = False
    backup_folder: str = ""
    backup_recipients: tuple[str, ...] = ()
    backup_keep_days: int = 35
    mail_host: str = ""
    mail_port: int = 587
    mail_tls: str = "starttls"
    mail_user: str = ""
    mail_password_file: str = ""
    mail_sender: str = ""
    mail_name: str = ""
    mail_subject: str = ""
    worker_apart: bool = False

    @property
    def database(self) -> str:
        """The URL of the database: as given, or the SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data / DATABASE_FILE).absolute()}"

    @property
    def secure(self) -> bool:
        """Whether cookies may be sent over TLS only."""
        return self.public_url.startswith("https://")


def load(environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Settings from a TOML file, if any, overruled by the environment; Invalid names the setting that cannot be read."""
    given = os.environ if environment is None else environment  # noqa: TID251 - the one door
    chosen = file or (Path(given[f"{PREFIX}CONFIG"]) if given.get(f"{PREFIX}CONFIG") else None)
    values: dict[str, object] = dict(_read(chosen)) if chosen else {}
    known = {field.name: field for field in fields(Settings)}
    for name in known:
        if (text := given.get(PREFIX + name.upper())) is not None:
            values[name] = text
    for name in values:
        if name not in known:
            raise Invalid("unknown-setting", name=name)
    converted = {name: _convert(name, value, type(known[name].default)) for name, value in values.items()}
    return Settings(**converted)  # type: ignore[arg-type] # each value has the type of its default


def _read(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid("unreadable-settings", name=str(file)) from error


def _convert(name: str, value: object, kind: type) -> object:
    text = value.strip() if isinstance(value, str) else value
    try:
        if kind is bool:
            return _TRUTH[str(text).lower()]
        if kind is tuple:
            return tuple(str(part).strip() for part in (text.split(",") if isinstance(text, str) else list(text)) if str(part).strip())  # type: ignore[call-overload]
        converted: object = kind(text)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("bad-setting", name=name) from error
    return converted.rstrip("/") if name == "public_url" and isinstance(converted, str) else converted


_TRUTH: Final = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False, "": False}


def export(settings: Settings) -> None:
    """Put the settings into the environment, for the worker processes that a server starts."""
    for field in fields(Settings):
        value = getattr(settings, field.name)
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        os.environ[PREFIX + field.name.upper()] = text  # noqa: TID251 - the one door
