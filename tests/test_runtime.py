from datetime import UTC
from pathlib import Path

import pytest

from elearn.config import Settings
from elearn.errors import Refused
from elearn.runtime import PURPOSES, Runtime, load_keys, make_keys, open_runtime, utc_now


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    make_keys(tmp_path / "keys", data=tmp_path / "data")
    return tmp_path / "keys", tmp_path / "data"


def test_the_first_run_draws_a_key_for_each_purpose_and_the_next_finds_them(folders: tuple[Path, Path]) -> None:
    keys, data = folders
    found = load_keys(keys, data=data)
    assert found == make_keys(keys, data=data)
    assert len({getattr(found, purpose)[0].secret for purpose in PURPOSES}) == len(PURPOSES)
    assert all(len(getattr(found, purpose)[0].secret) == 32 for purpose in PURPOSES)
    assert found.session[0].secret.hex() not in repr(found)


def test_older_keys_stay_behind_the_current_one(folders: tuple[Path, Path]) -> None:
    keys, data = folders
    file = keys / "session.key"
    file.write_text(f"new {'0123456789abcdef' * 3 + 'fedcba9876543210'}\n{file.read_text()}\n")
    assert load_keys(keys, data=data).session[0].id == "new"
    assert len(load_keys(keys, data=data).session) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "key-malformed"),
        ("id", "key-malformed"),
        ("id xyz", "key-malformed"),
        ("id 0123", "key-malformed"),
        ("id " + "ab" * 32, "key-example"),
        ("ключ", "key-missing"),
    ],
)
def test_a_key_that_is_none_is_refused(folders: tuple[Path, Path], content: str, code: str) -> None:
    keys, data = folders
    (keys / "seal.key").write_text(content)
    with pytest.raises(Refused, match=code):
        load_keys(keys, data=data)


def test_a_missing_a_readable_and_a_repeated_key_are_refused(folders: tuple[Path, Path]) -> None:
    keys, data = folders
    (keys / "index.key").chmod(0o644)
    with pytest.raises(Refused, match="key-readable"):
        load_keys(keys, data=data)
    (keys / "index.key").chmod(0o600)
    (keys / "index.key").write_text((keys / "seal.key").read_text())
    with pytest.raises(Refused, match="key-repeated"):
        load_keys(keys, data=data)
    (keys / "index.key").unlink()
    with pytest.raises(Refused, match="key-missing"):
        load_keys(keys, data=data)


def test_keys_never_lie_in_the_data_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="keys-inside-data"):
        make_keys(tmp_path / "data" / "keys", data=tmp_path / "data")


def test_a_runtime_opens_what_the_settings_name(settings: Settings, runtime: Runtime) -> None:
    opened = open_runtime(settings)
    assert opened.keys == runtime.keys
    assert opened.clock().tzinfo is UTC
    assert opened.chance.random() < 1
    opened.database.dispose()
    before = utc_now()
    assert before <= opened.clock() <= utc_now()


def test_a_key_prints_without_its_secret(tmp_path: Path) -> None:
    keys = make_keys(tmp_path / "keys", data=tmp_path / "data")
    shown = repr(keys) + str(keys)
    for key in (*keys.session, *keys.seal, *keys.index, *keys.audit, *keys.certificate):
        assert key.id in shown
        assert key.secret.hex() not in shown
        assert repr(key.secret) not in shown
