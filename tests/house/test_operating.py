"""The operator's guide is true: commands, options, settings and files that it names exist; units and proxies hold what they promise."""

import dataclasses
import re
import shutil
import ssl
import subprocess
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from elearn import config
from elearn.actions.backup import LONGEST
from elearn.cli import deployment_postgres, main
from elearn.cli.check_deploy import SENTENCES
from elearn.config import Settings
from elearn.store import engine, standby
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "operating"
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
UNITS = sorted(FOLDER.glob("*.service"))
OURS = [unit for unit in UNITS if "ExecStart=/opt/qadam" in unit.read_text(encoding="utf-8")]
SETTINGS = {field.name for field in dataclasses.fields(Settings)}

#: What every unit must say: it gains nothing, sees nothing of others, and nothing of its memory reaches a disk.
HARDENED = {
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "ProtectProc": "invisible",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "ProtectKernelTunables": "true",
    "ProtectKernelModules": "true",
    "ProtectKernelLogs": "true",
    "ProtectControlGroups": "true",
    "RestrictSUIDSGID": "true",
    "RestrictNamespaces": "true",
    "LockPersonality": "true",
    "SystemCallFilter": "@system-service",
    "SystemCallArchitectures": "native",
    "MemorySwapMax": "0",
    "LimitCORE": "0",
    "UMask": "0077",
}


def unit(file: Path) -> dict[str, list[str]]:
    """The directives of a unit, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def calls(text: str) -> Iterator[list[str]]:
    """Every call of ours in a text: the words behind `elearn`, in backticks, in a block of a shell, in a unit."""
    for words in re.findall(r"(?:`|^|\| |bin/)elearn ([a-z][^`\n|]*)", text, re.MULTILINE):
        yield words.split()


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that words call, and what is left of them."""
    found: click.Command = main
    rest = list(words)
    while isinstance(found, click.Group) and rest:
        inner = found.get_command(click.Context(found), rest[0])
        assert inner is not None, " ".join(words)
        found, rest = inner, rest[1:]
    return found, rest


@pytest.mark.parametrize("file", [ROOT / "docs" / "operating.md", *UNITS], ids=lambda file: file.name)
def test_every_call_names_a_command_and_options_that_exist(file: Path) -> None:
    for words in calls(file.read_text(encoding="utf-8")):
        command, rest = command_of(words)
        known = {name for option in command.params for name in option.opts}
        assert {word for word in rest if re.fullmatch(r"--[a-z][-a-z]*", word)} <= known, " ".join(words)


def test_the_guide_calls_every_command_for_operators() -> None:
    named = {words[0] for words in calls(GUIDE)}
    assert {"init", "serve", "backup", "restore", "drill", "check-deploy", "db", "keys", "audit", "course"} <= named


def test_every_setting_is_in_the_guide_and_no_other() -> None:
    listed = set(re.findall(r"`(\w+)`", GUIDE[GUIDE.index("## All settings") :])) - {"ELEARN_"}
    assert listed == SETTINGS
    everywhere = "".join(file.read_text(encoding="utf-8") for file in [*UNITS, *FOLDER.glob("*.toml")]) + GUIDE
    assert {name.lower() for name in re.findall(r"ELEARN_([A-Z_]+[A-Z])", everywhere)} - {"config"} <= SETTINGS


def test_every_file_that_the_guide_links_exists_and_every_example_is_linked() -> None:
    links = set(re.findall(r"\]\(([^)#:]+)\)", GUIDE))
    assert [link for link in sorted(links) if not (ROOT / "docs" / link).exists()] == []
    examples = {f"operating/{file.name}" for file in FOLDER.iterdir()}
    named = links | set(re.findall(r"docs/(operating/[\w.]+)", GUIDE))
    assert examples <= named


def test_the_settings_of_the_example_can_be_read() -> None:
    file = FOLDER / "qadam.toml"
    settings = config.load({}, file)
    assert set(tomllib.loads(file.read_text(encoding="utf-8"))) <= SETTINGS
    assert settings.secure
    assert settings.proxy_hops == 1
    assert settings.neutral_titles
    assert not settings.keys.is_relative_to(settings.data)
    assert not Path(settings.backup_folder).is_relative_to(settings.data)
    assert settings.backup_keep_days <= LONGEST


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_every_unit_is_closed(file: Path) -> None:
    said = unit(file)
    assert {name: said.get(name, ["missing"])[-1] for name in HARDENED} == HARDENED
    assert said["User"] == ["qadam-signer" if "signer" in file.name else "qadam"]


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.name)
def test_what_is_ours_has_no_way_out(file: Path) -> None:
    said = unit(file)
    if "serve" in said["ExecStart"][0]:
        assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost"])
        assert "--host 127.0.0.1" in said["ExecStart"][0]
    assert said.get("StateDirectoryMode", said.get("RuntimeDirectoryMode")) in (["0700"], ["0750"])


def test_the_signer_sees_neither_network_nor_data() -> None:
    said = unit(FOLDER / "qadam-signer.service")
    assert (said["PrivateNetwork"], said["RestrictAddressFamilies"]) == (["true"], ["AF_UNIX"])
    assert said["InaccessiblePaths"] == ["/etc/qadam /var/lib/qadam"]
    assert "StateDirectory" not in said


def test_the_worker_may_speak_to_one_more_address() -> None:
    said = unit(FOLDER / "qadam-worker.service")
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost", "192.0.2.25"])


def test_only_the_copy_to_elsewhere_may_speak_to_another_machine() -> None:
    open_ones = [file.name for file in UNITS if unit(file).get("IPAddressDeny") != ["any"]]
    assert open_ones == ["qadam-offsite.service"]
    assert unit(FOLDER / "qadam-offsite.service")["InaccessiblePaths"] == ["/etc/qadam /var/lib/qadam/data"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here: the units were read by these tests alone")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    for file in [*UNITS, *FOLDER.glob("*.timer")]:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (tmp_path / file.name).write_text(text)
    names = [str(file) for file in sorted(tmp_path.iterdir())]
    words = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert [line for line in done.stderr.splitlines() if any(Path(name).name in line for name in names)] == []


def test_backups_are_made_every_hour_and_late_ones_are_caught_up() -> None:
    timer = ConfigParser(strict=False, interpolation=None)
    timer.read(FOLDER / "qadam-backup.timer")
    assert (timer["Timer"]["OnCalendar"], timer["Timer"]["Persistent"]) == ("hourly", "true")


def test_nginx_writes_no_log_and_believes_nobody() -> None:
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    directives = [line.strip().rstrip(";") for line in text.splitlines() if not line.strip().startswith("#")]
    assert text.count("{") == text.count("}")
    assert [line for line in directives if "_log" in line] == ["access_log off", "error_log /dev/null crit"]
    assert {f"proxy_set_header X-Forwarded-{name}" for name in ("For $remote_addr", "Proto $scheme", "Host $host")} <= set(directives)
    assert "$proxy_add_x_forwarded_for" not in text
    (limit,) = re.findall(r"client_max_body_size (\d+)m", text)
    (kept,) = re.findall(r"client_body_buffer_size (\d+)m", text)
    assert int(kept) == int(limit)
    assert int(limit) * 2**20 >= Settings().max_body_bytes
    assert {"ssl_protocols TLSv1.2 TLSv1.3", "proxy_max_temp_file_size 0"} <= set(directives)
    assert sum(line.split()[0].endswith("_timeout") for line in directives if line) >= 6
    assert "Onion-Location http://" in text


def test_caddy_writes_no_log_and_believes_nobody() -> None:
    text = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    assert text.count("{") == text.count("}")
    assert "log default {\n\t\toutput discard\n" in text
    assert re.findall(r"^\s*log\b.*", text, re.MULTILINE) == ["\tlog default {"]
    assert "header_up X-Forwarded-For {remote_host}" in text
    assert re.search(r"max_size (\d)MB", text)
    assert "Onion-Location http://" in text


def test_nginx_speaks_new_tls_with_forward_secrecy_only() -> None:
    text = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    (protocols,) = re.findall(r"ssl_protocols ([^;]+);", text)
    (ciphers,) = re.findall(r"ssl_ciphers ([^;]+);", text)
    assert protocols.split() == ["TLSv1.2", "TLSv1.3"]
    assert all(re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)", name) for name in ciphers.split(":"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)  # OpenSSL knows them all
    assert {cipher["name"] for cipher in context.get_ciphers() if not cipher["name"].startswith("TLS_")} == set(ciphers.split(":"))


def test_caddy_is_left_with_its_own_tls() -> None:
    """Caddy's own choice is TLS 1.2 and 1.3 with forward secrecy; an older one would have to be asked for."""
    text = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    assert not re.search(r"\b(protocols|ciphers|auto_https|skip_verify|http://)", text.replace("Onion-Location http://", ""))


def test_nothing_of_the_site_is_reached_but_through_the_proxy() -> None:
    for file in OURS:
        started = " ".join(unit(file)["ExecStart"])
        assert " serve" not in started or "--host 127.0.0.1" in started, file.name


def test_the_onion_address_has_its_defence() -> None:
    lines = (FOLDER / "torrc").read_text(encoding="utf-8").splitlines()
    assert {"HiddenServicePoWDefensesEnabled 1", "SafeLogging 1", "SocksPort 0"} <= set(lines)
    (port,) = [line.rpartition(":")[2] for line in lines if line.startswith("HiddenServicePort")]
    said = unit(FOLDER / "qadam-onion.service")
    assert said["ExecStart"][0].endswith(f"--port {port}")
    assert "ELEARN_PROXY_HOPS=0" in said["Environment"]


def test_the_guide_speaks_of_every_danger_that_it_promised() -> None:
    headings = set(re.findall(r"^##+ (.+)$", GUIDE, re.MULTILINE))
    assert {
        "First run",
        "Service",
        "Proxy and TLS",
        "Onion address",
        "Mirrors",
        "Keys",
        "What dies with which key",
        "Backups",
        "PostgreSQL",
        "Restore",
        "Upgrade",
        "Damage",
        "What is written down",
        "When a machine is seized, or may be",
        "What Qadam does not protect from",
        "All settings",
    } <= headings
    assert "part Damage" in SENTENCES["database-damaged"]


def test_the_guide_of_the_standby_says_the_limits_of_the_code_and_the_codes_of_the_check() -> None:
    guide = (ROOT / "docs" / "postgresql-standby.md").read_text(encoding="utf-8")
    for name, words in (("statement_timeout", "a statement"), ("lock_timeout", "waiting for a lock")):
        (said,) = re.findall(rf"-c {name}=(\d+)000", str(engine._POSTGRES["options"]))
        assert f"| {words} | {said} s |" in guide
        assert f"SET {name} = '{said}s'" in guide
    assert f"waits for its standby | {standby.PATIENCE:.0f} s |" in guide
    assert "{pool_size} kept, {max_overflow} more, {pool_timeout} s for one".format(**engine._POOL) in guide
    assert f"at least {engine.MOST_CONNECTIONS} for each worker and {deployment_postgres._SPARE} more" in guide
    listed = {code for line in re.findall(r"^\| (`.*?) \|", guide, re.MULTILINE) for code in re.findall(r"`([a-z-]+)`", line)}
    source = Path(deployment_postgres.__file__).read_text(encoding="utf-8")
    assert listed == set(re.findall(r'yield "([a-z-]+)"', source))
    assert {code for code in listed if code not in SENTENCES} == set()
    assert [words for words in calls(guide) if command_of(words)[1]] == []
