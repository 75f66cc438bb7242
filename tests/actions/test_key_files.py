"""Files of keys: drawn, rotated and dropped in one step, readable by nobody else, and refused when anything is odd."""

from datetime import date
from pathlib import Path

import pytest

from elearn.actions import key_files
from elearn.actions.key_files import LIST, MOST, PURPOSES, draw_missing, drop, load, public_list, publish_rotation, rotate
from elearn.credential.keys import read_keys
from elearn.errors import NotFound, Refused

DAY = date(2026, 3, 2)
LATER = date(2026, 9, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draw_missing(tmp_path / "keys", data=tmp_path / "data", today=DAY)
    return tmp_path / "keys"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_new_key_stands_before_the_older_ones(folder: Path, data: Path) -> None:
    [first] = load(folder, data=data)["seal"]
    new = rotate(folder, "seal", data=data, today=LATER)
    kept = load(folder, data=data)["seal"]
    assert [one.key for one in kept] == [new, first.key]
    assert [one.drawn for one in kept] == [LATER, DAY]
    assert (folder / "seal.key").stat().st_mode & 0o777 == 0o600
    assert {file.name for file in folder.iterdir()} == {f"{purpose}.key" for purpose in PURPOSES}


def test_an_older_key_is_dropped_the_current_one_never(folder: Path, data: Path) -> None:
    [first] = load(folder, data=data)["index"]
    with pytest.raises(Refused, match="key-current"):
        drop(folder, "index", first.key.id, data=data)
    new = rotate(folder, "index", data=data, today=LATER)
    with pytest.raises(NotFound, match="no-key"):
        drop(folder, "index", "other", data=data)
    drop(folder, "index", first.key.id, data=data)
    assert [one.key for one in load(folder, data=data)["index"]] == [new]


def test_a_step_that_fails_leaves_the_file_as_it_was(folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "seal.key").read_text()

    def full(*_: object) -> None:
        raise OSError(28, "")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="28"):
        rotate(folder, "seal", data=data, today=LATER)
    assert (folder / "seal.key").read_text() == before
    assert len(list(folder.iterdir())) == len(PURPOSES)


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o720, 0o755, 0o777])
def test_a_folder_that_others_may_enter_is_refused(folder: Path, data: Path, mode: int) -> None:
    folder.chmod(mode)
    with pytest.raises(Refused, match="keys-folder-open"):
        load(folder, data=data)


def test_too_many_keys_are_refused(folder: Path, data: Path) -> None:
    for _ in range(MOST - 1):
        rotate(folder, "session", data=data, today=LATER)
    with pytest.raises(Refused, match="key-too-many"):
        rotate(folder, "session", data=data, today=LATER)
    with (folder / "session.key").open("a") as file:
        file.write(f"more {bytes(range(32)).hex()}\n")
    with pytest.raises(Refused, match="key-too-many"):
        load(folder, data=data)


@pytest.mark.parametrize(
    "line",
    [
        "id {digits} 2026-99-99",
        "id {digits} 2026-01-01 more",
        "{digits}",
        "i.d {digits}",
        "{long} {digits}",
        "id {digits}\nid {digits}",
    ],
)
def test_a_line_that_is_no_key_is_refused(folder: Path, data: Path, line: str) -> None:
    (folder / "seal.key").write_text(line.format(digits=bytes(range(32)).hex(), long="x" * 33) + "\n")
    with pytest.raises(Refused, match="key-malformed"):
        load(folder, data=data)


def test_keys_that_a_link_leads_into_the_data_are_refused(folder: Path, data: Path, tmp_path: Path) -> None:
    data.mkdir()
    folder.rename(data / "hidden")
    (tmp_path / "linked").symlink_to(data / "hidden")
    with pytest.raises(Refused, match="keys-inside-data"):
        load(tmp_path / "linked", data=data)


def test_public_keys_outlive_their_private_halves(folder: Path, data: Path) -> None:
    [first] = load(folder, data=data)["certificate"]
    [old] = public_list(folder, [first])
    assert (old.valid_from, old.valid_to) == (None, None)
    rotate(folder, "certificate", data=data, today=LATER)
    kept = load(folder, data=data)["certificate"]
    publish_rotation(folder, kept, today=LATER)
    drop(folder, "certificate", first.key.id, data=data)
    new, listed = public_list(folder, load(folder, data=data)["certificate"])
    assert (new.valid_from, new.valid_to) == (LATER, None)
    assert (listed.raw, listed.valid_to) == (old.raw, date(2026, 9, 3))
    assert not listed.is_valid_on(date(2026, 9, 4))
    assert (folder / LIST).stat().st_mode & 0o777 == 0o644
    assert read_keys((folder / LIST).read_text()) == (new, listed)
    rotate(folder, "certificate", data=data, today=date(2027, 1, 1))
    publish_rotation(folder, load(folder, data=data)["certificate"], today=date(2027, 1, 1))
    assert [key.valid_to for key in public_list(folder, [])] == [None, date(2027, 1, 2), date(2026, 9, 3)]


def test_a_list_of_public_keys_that_cannot_be_read_is_refused(folder: Path) -> None:
    key_files.write_whole(folder / LIST, "nonsense")
    with pytest.raises(Refused, match="key-list-unreadable"):
        public_list(folder, [])
