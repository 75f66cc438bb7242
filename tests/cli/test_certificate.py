import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.cli.certificate import certificate
from elearn.credential import compact, keys, name, serial, status, verify
from elearn.credential.award import canonical
from tests.credential.factories import DAY, KEY, NAME, OTHER_KEY, SALT, SERIAL, make_award, make_signed
from tests.credential.test_attachment import make_pdf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a person may have it: certificates of every form with the keys beside."""
    award, signed = make_award(), canonical(make_signed())
    (tmp_path / "certificate-keys.json").write_text(json.dumps(keys.write_keys((KEY.public,))), "utf-8")
    (tmp_path / "certificate.json").write_bytes(signed)
    (tmp_path / "code.txt").write_text(compact.write(award, KEY) + "\n", "utf-8")
    holder = canonical({"type": verify.HOLDER_FILE, "name_code": name.name_code(SALT)})
    (tmp_path / "certificate.pdf").write_bytes(make_pdf(signed) + make_pdf(holder))
    return tmp_path


def run(folder: Path, file: str, *options: str, day: str = "2026-06-01") -> Result:
    return CliRunner().invoke(certificate, ["verify", str(folder / file), "--day", day, *options])


@pytest.mark.parametrize("file", ["certificate.pdf", "certificate.json", "code.txt"])
def test_a_sound_certificate_is_valid_with_the_keys_beside_it(folder: Path, file: str) -> None:
    result = run(folder, file)
    assert result.exit_code == 0
    assert result.output.startswith("VALID")
    assert SERIAL in result.output
    assert "C01, edition 3" in result.output
    assert "No status list was given" in result.output


def test_titles_and_organisations_are_told_when_they_are_signed(folder: Path) -> None:
    output = run(folder, "certificate.json").output
    assert "Title (ru):     Обещания на бумаге" in output
    assert "Issued by:      Coalition for Rights" in output


def test_a_certificate_without_an_end_says_so(folder: Path) -> None:
    (folder / "code.txt").write_text(compact.write(make_award(expires_on=None), KEY), "utf-8")
    assert "Valid until:    no end" in run(folder, "code.txt").output


def test_an_expired_and_an_altered_one_end_with_status_1(folder: Path) -> None:
    expired = run(folder, "certificate.json", day="2030-01-01")
    assert (expired.exit_code, expired.output[:7]) == (1, "EXPIRED")
    (folder / "code.txt").write_text((folder / "code.txt").read_text("utf-8").replace("QADAM1.C", "QADAM1.D"), "utf-8")
    altered = run(folder, "code.txt")
    assert (altered.exit_code, altered.output) == (
        1,
        "ALTERED: this is not what was signed. Do not trust it.\nThe signature does not fit.\n",
    )


def test_a_key_that_is_not_listed_is_not_trusted(folder: Path) -> None:
    (folder / "others.json").write_text(json.dumps(keys.write_keys((OTHER_KEY.public,))), "utf-8")
    result = run(folder, "certificate.json", "--keys", str(folder / "others.json"))
    assert (result.exit_code, result.output[:11]) == (1, "UNKNOWN KEY")


def test_a_status_list_tells_what_was_withdrawn(folder: Path) -> None:
    (folder / "status.json").write_bytes(status.write({SERIAL: "withdrawn"}, KEY, day=DAY))
    result = run(folder, "certificate.pdf", "--status", str(folder / "status.json"))
    assert (result.exit_code, result.output[:9]) == (1, "WITHDRAWN")
    assert "Status list of: 2026-03-05" in result.output


def test_a_name_is_confirmed_or_not(folder: Path) -> None:
    right = run(folder, "certificate.pdf", "--name", NAME)
    wrong = run(folder, "certificate.pdf", "--name", "Somebody Else")
    unsure = run(folder, "code.txt", "--name", NAME)
    typed = run(folder, "code.txt", "--name", NAME, "--name-code", name.name_code(SALT).lower())
    assert [one.exit_code for one in (right, wrong, unsure, typed)] == [0, 1, 1, 0]
    assert "The name is NOT the one that was signed." in wrong.output
    assert "--name-code" in unsure.output


def test_a_page_is_not_vouched_for_only_what_is_signed_in_it(folder: Path) -> None:
    file = folder / "certificate.pdf"
    file.write_bytes(file.read_bytes() + b"%drawn over\n")
    output = run(folder, "certificate.pdf").output
    assert output.startswith("VALID: the credential inside is genuine")
    assert "Compare these lines with the page" in output
    assert "The name was NOT checked." in output


def test_a_name_in_other_capitals_is_told_what_to_look_at(folder: Path) -> None:
    assert "Capitals and accents count" in run(folder, "certificate.pdf", "--name", NAME.upper()).output


def test_a_certificate_without_a_signed_name_says_so(folder: Path) -> None:
    (folder / "code.txt").write_text(compact.write(make_award(name_commitment=None), KEY), "utf-8")
    output = run(folder, "code.txt").output
    assert "No name was signed with this certificate." in output


def test_rubbish_is_unreadable_and_today_is_the_default_day(folder: Path) -> None:
    (folder / "rubbish").write_bytes(b"%PDF-1.7 \x00\xff")
    result = CliRunner().invoke(certificate, ["verify", str(folder / "rubbish")])
    assert (result.exit_code, result.output[:10]) == (1, "UNREADABLE")


def test_a_code_may_be_piped_in(folder: Path) -> None:
    options = ["--keys", str(folder / "certificate-keys.json"), "--day", "2026-06-01"]
    result = CliRunner().invoke(certificate, ["verify", "-", *options], input=(folder / "code.txt").read_bytes())
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("content", "words"), [(None, "There is no list of public keys"), ("{}", "is not a list of public keys")], ids=["missing", "damaged"]
)
def test_without_usable_keys_nothing_is_claimed(folder: Path, content: str | None, words: str) -> None:
    file = folder / "certificate-keys.json"
    file.unlink()
    if content is not None:
        file.write_text(content, "utf-8")
    result = run(folder, "certificate.json")
    assert result.exit_code == 2
    assert words in result.output.replace("\n", " ")


def test_a_status_list_of_a_stranger_is_refused(folder: Path) -> None:
    (folder / "status.json").write_bytes(status.write({}, OTHER_KEY, day=DAY))
    result = run(folder, "certificate.json", "--status", str(folder / "status.json"))
    assert result.exit_code == 2


def test_a_title_cannot_steer_the_terminal(folder: Path) -> None:
    award = make_award(serial=serial.make(bytes(15)), titles={"en": "a\x1b[2Jb", "ru": "б"})
    (folder / "certificate.json").write_bytes(canonical(make_signed(award)))
    result = run(folder, "certificate.json")
    assert "a?[2Jb" in result.output


def test_checking_loads_neither_web_nor_database_nor_printer() -> None:
    code = (
        "import sys; import elearn.cli.certificate; "
        "bad = {'flask', 'werkzeug', 'jinja2', 'sqlalchemy', 'alembic', 'typst', 'segno', 'elearn.store', 'elearn.web', 'elearn.config'}; "
        "sys.exit(','.join(sorted(bad & set(sys.modules))) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
