from pathlib import Path

import pytest

from elearn.config import Settings, export, load
from elearn.errors import Invalid


def test_nothing_given_is_a_local_installation_on_sqlite() -> None:
    settings = load({})
    assert settings == Settings()
    assert settings.database == f"sqlite:///{Path('data/elearn.sqlite3').absolute()}"
    assert not settings.secure


def test_the_environment_overrules_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('site_name = "Step"\nproxy_hops = 1\nmirrors = ["https://a.example", ""]\ndemo = true\n')
    given = {
        "ELEARN_CONFIG": str(file),
        "ELEARN_SITE_NAME": " Next ",
        "ELEARN_TRUSTED_HOSTS": "a.example, b.example,",
        "ELEARN_PUBLIC_URL": "https://a.example/",
        "ELEARN_DATABASE_URL": "postgresql://host/name",
        "ELEARN_DATA": "/srv/data",
        "OTHER": "ignored",
    }
    settings = load(given)
    assert (settings.site_name, settings.proxy_hops, settings.mirrors, settings.demo) == ("Next", 1, ("https://a.example",), True)
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert (settings.public_url, settings.secure) == ("https://a.example", True)
    assert (settings.database, settings.data) == ("postgresql://host/name", Path("/srv/data"))
    assert load({}, file).site_name == "Step"


@pytest.mark.parametrize(("name", "value"), [("ELEARN_PROXY_HOPS", "many"), ("ELEARN_DEMO", "perhaps")])
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(Invalid, match="bad-setting") as invalid:
        load({name: value})
    assert name.endswith(str(invalid.value.params["name"]).upper())


@pytest.mark.parametrize(
    ("text", "code"), [("colour = 1", "unknown-setting"), ("not toml", "unreadable-settings"), ("mirrors = 3", "bad-setting")]
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(Invalid, match=code):
        load({}, file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="unreadable-settings"):
        load({}, tmp_path / "none.toml")


def test_the_real_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEARN_SITE_NAME", "From here")
    assert load().site_name == "From here"


def test_what_is_exported_is_read_back_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        data=Path("/srv/data"), mirrors=("https://a.example", "https://b.example"), demo=True, limit_requests=False, workers=3
    )
    for name in settings.__slots__:
        monkeypatch.setenv(f"ELEARN_{name.upper()}", "")
    export(settings)
    assert load() == settings
