"""`elearn keys` as an operator uses it, over the life of an installation."""

import re

from click.testing import CliRunner, Result

from elearn.actions import key_files
from elearn.cli import main
from elearn.config import Settings
from elearn.runtime import PURPOSES, Runtime
from elearn.store.factors import SecondFactorRow
from elearn.store.sealed import seal, unseal
from elearn.store.sealed_columns import SEALED
from elearn.store.tenancy import everyone
from tests.factories import make_person


def run(*words: str, status: int = 0) -> str:
    result: Result = CliRunner().invoke(main, ["keys", *words])
    assert result.exit_code == status, result.output
    return result.output


def secrets(settings: Settings) -> list[str]:
    return [one.key.secret.hex() for kept in key_files.load(settings.keys, data=settings.data).values() for one in kept]


def test_keys_are_listed_with_their_age_and_without_their_secrets(installed: Runtime) -> None:
    run("rotate", "session")
    lines = run("list").splitlines()
    assert [line.split()[0] for line in lines] == ["session", *PURPOSES]
    assert re.fullmatch(r"session +[0-9a-f]{8} +[01] days +current", lines[0])  # midnight may pass between two commands
    assert lines[1].endswith("older")
    assert not any(secret in run("list") + run("check") for secret in secrets(installed.settings))
    assert run("check") == "In order: 5 purposes, 6 keys.\n"


def test_a_sealing_key_is_rotated_everything_sealed_anew_and_the_old_one_dropped(installed: Runtime, organisation_id: str) -> None:
    with installed.database.transaction() as session, everyone(session):
        person = make_person(session, organisation_id)
        cell = SEALED[0].cell(person.id, organisation_id)
        hers = {"person_id": person.id, "organisation_id": organisation_id}
        session.add(SecondFactorRow(**hers, seed=seal(b"seed", cell, installed.keys.seal), last_step=0, confirmed_on=None))
    old = installed.keys.seal[0].id
    assert "elearn keys reseal --restarted" in run("rotate", "seal")
    assert "Restart the service first" in run("retire", "seal", old, status=1)
    assert "still needed by 1 values" in run("retire", "seal", old, "--restarted", status=1)
    assert "Restart the service first" in run("reseal", status=1)
    assert "still needed by 1 values" in run("retire", "seal", old, "--restarted", status=1)
    assert run("reseal", "--restarted") == "1 values were sealed anew.\n"
    assert "is gone" in run("retire", "seal", old, "--restarted")
    assert "no key" in run("retire", "seal", old, "--restarted", status=1)
    new = key_files.load(installed.settings.keys, data=installed.settings.data)["seal"]
    with installed.database.read() as session, everyone(session):
        row = session.get(SecondFactorRow, person.id)
        assert row is not None
        assert unseal(row.seed, cell, [one.key for one in new]) == b"seed"
    assert "In order" in run("check")


def test_a_lost_sealing_key_is_told(installed: Runtime, organisation_id: str) -> None:
    with installed.database.transaction() as session, everyone(session):
        person = make_person(session, organisation_id)
        hers = {"person_id": person.id, "organisation_id": organisation_id}
        session.add(SecondFactorRow(**hers, seed=b"gone\0sealed", last_step=0, confirmed_on=None))
    assert "1 sealed values name a key that is not here" in run("check", status=1)
    assert "1 values could not be opened" in run("reseal", "--restarted", status=1)


def test_the_current_key_stays_and_the_certificate_key_stays_published(installed: Runtime) -> None:
    old = installed.keys.certificate[0].id
    assert "is the current one" in run("retire", "certificate", old, "--restarted", status=1)
    run("rotate", "certificate")
    assert "is gone" in run("retire", "certificate", old, "--restarted")
    listed = key_files.public_list(installed.settings.keys, [])
    assert [key.raw for key in listed][1:] == [key.raw for key in installed.keys.published]
