import io
import os
import stat
import unicodedata
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.course import archive
from elearn.course.source import Source
from elearn.errors import Invalid
from tests.courses import EVERY_KIND, MINIMAL, all_courses


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as opened, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the duplicates that a test wants
        for name, body in entries:
            opened.writestr(name, body)
    return out.getvalue()


def codes(error: Invalid) -> set[str]:
    return {problem.code for problem in error.problems}


def refused(data: bytes) -> set[str]:
    with pytest.raises(Invalid) as caught:
        Source.from_zip(data)
    return codes(caught.value)


def source_or_codes(data: bytes) -> Source | set[str]:
    try:
        return Source.from_zip(data)
    except Invalid as error:
        return codes(error)


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize("folder", all_courses(), ids=lambda folder: folder.name)
def test_a_course_folder_and_its_zip_are_the_same_source(folder: Path, tmp_path: Path) -> None:
    source = Source.from_folder(folder)
    again = Source.from_zip(source.to_zip())
    source.to_folder(tmp_path / "out")
    assert again == source == Source.from_folder(tmp_path / "out")
    assert again.digest() == source.digest()
    assert again.to_zip() == source.to_zip()


def test_the_digest_tells_path_and_content_apart() -> None:
    digests = {Source(files).digest() for files in ({}, {"a": b"b"}, {"ab": b""}, {"a": b"", "b": b""}, {"b": b"a"})}
    assert len(digests) == 5
    assert all(len(digest) == 64 for digest in digests)


def test_the_order_of_the_files_does_not_matter() -> None:
    assert Source({"b": b"2", "a": b"1"}).digest() == Source({"a": b"1", "b": b"2"}).digest()


def test_hidden_files_of_a_folder_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "seen.md").write_text("x")
    assert set(Source.from_folder(tmp_path).files) == {"seen.md"}


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        Source.from_folder(tmp_path / "nowhere")
    assert codes(caught.value) == {"source-folder-missing"}


@pytest.mark.parametrize("target", ["/etc", "/etc/hostname", "nowhere"])
def test_a_link_in_a_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Invalid) as caught:
        Source.from_folder(tmp_path)
    assert codes(caught.value) == {"source-symlink"}


def test_a_pipe_in_a_folder_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Invalid) as caught:
        Source.from_folder(tmp_path)
    assert codes(caught.value) == {"source-not-a-file"}


def test_folders_without_end_in_one_another_are_refused(tmp_path: Path) -> None:
    (tmp_path / "/".join("a" * 150)).mkdir(parents=True)
    with pytest.raises(Invalid) as caught:
        Source.from_folder(tmp_path)
    assert codes(caught.value) == {"source-bad-path"}


def test_a_name_that_turns_words_around_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        Source({"media/a\u202egnp.exe": b"x"})
    assert codes(caught.value) == {"source-bad-path"}


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    (tmp_path / "a.md").write_bytes(b"12345678901")
    with pytest.raises(Invalid) as caught:
        Source.from_folder(tmp_path)
    assert codes(caught.value) == {"source-too-large"}


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../up", "a/../b", "a//b", "a/./b", "C:/x", "c:x", "a\\b", "", "a/", " a", "a\0b", "a\nb", "x" * 201, "a\udcff"],
)
def test_an_unsafe_path_is_refused(path: str) -> None:
    with pytest.raises(Invalid) as caught:
        Source({path: b""})
    assert codes(caught.value) == {"source-bad-path"}


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.md", "a/../../b", "a//b", "C:/x", "a\\b", "a\0b"])
def test_a_zip_with_an_unsafe_path_is_refused(name: str) -> None:
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    assert refused(zipped((info, b"x"))) == {"source-bad-path"}


@pytest.mark.parametrize("names", [("a.md", "a.md"), ("a.md", "A.md"), ("é.md", "e\u0301.md")])
def test_a_zip_with_a_file_twice_is_refused(names: tuple[str, str]) -> None:
    assert refused(zipped((names[0], b"1"), (names[1], b"2"))) == {"source-duplicate"}


def test_links_and_devices_in_a_zip_are_refused() -> None:
    assert refused(zipped((entry("link", stat.S_IFLNK | 0o777), b"/etc/passwd"))) == {"source-symlink"}
    assert refused(zipped((entry("pipe", stat.S_IFIFO | 0o644), b""))) == {"source-not-a-file"}


def test_a_locked_zip_is_refused() -> None:
    data = bytearray(zipped(("a.md", b"text")))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refused(bytes(data)) == {"source-encrypted"}


def test_a_zip_compressed_another_way_is_refused() -> None:
    assert refused(zipped(("a.md", b"text"), method=zipfile.ZIP_LZMA)) == {"source-method"}


def test_a_name_cannot_be_a_file_and_a_folder() -> None:
    assert refused(zipped(("a", b"1"), ("A/b.md", b"2"))) == {"source-bad-path"}


def test_a_zip_with_too_many_files_is_refused_before_it_is_opened() -> None:
    assert refused(zipped(*((f"{number}.md", b"") for number in range(2001)))) == {"source-too-many-files"}


def test_a_zip_with_too_much_in_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    assert refused(zipped(("a.md", b"12" * 600))) == {"source-too-large"}


def test_a_zip_that_lies_about_its_sizes_is_stopped_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(("a.md", os.urandom(600)), ("b.md", os.urandom(600)))
    monkeypatch.setattr(archive, "_look_through", lambda *_: ())
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    monkeypatch.setattr(archive, "size_problems", lambda *_: ())
    assert refused(data) == {"source-too-large"}


def test_a_bomb_is_refused_by_its_ratio() -> None:
    assert refused(zipped(("a.md", b"\0" * 1_000_000))) == {"source-compressed-too-much"}


@pytest.mark.parametrize("name", ["b.zip", "media/B.ZIP", "c.tar.gz"])
def test_an_archive_in_an_archive_is_refused_by_its_name(name: str) -> None:
    assert refused(zipped((name, b"x"))) == {"source-archive-inside"}


def test_an_archive_in_an_archive_is_refused_by_its_first_bytes() -> None:
    assert refused(
        zipped(
            (
                "innocent.png",
                zipped(("a.md", b"x")),
            ),
            method=zipfile.ZIP_STORED,
        )
    ) & {"source-archive-inside"}


def test_a_name_in_an_old_encoding_is_refused() -> None:
    data = zipped(("ab.md", b"x")).replace(b"ab.md", b"\x8f\xe0.md")
    assert refused(data) == {"source-name-not-text"}


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 10])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refused(data) == {"source-damaged"}


def test_a_zip_with_a_wrong_checksum_is_refused() -> None:
    data = zipped(("a.md", b"some text"), method=zipfile.ZIP_STORED).replace(b"some text", b"sane text")
    assert refused(data) == {"source-damaged"}


def test_a_zip_of_nothing_is_refused() -> None:
    assert refused(zipped()) == {"source-empty"}
    assert refused(zipped(("__MACOSX/._a", b"x"), (".DS_Store", b"x"))) == {"source-empty"}


def test_a_folder_around_the_course_is_taken_off() -> None:
    files = Source.from_folder(MINIMAL).files
    data = zipped(("minimal/", b""), *((f"minimal/{path}", body) for path, body in files.items()))
    assert Source.from_zip(data).files == files


def test_two_outer_folders_stay() -> None:
    data = zipped(("one/course.toml", b""), ("two/course.toml", b""))
    assert set(Source.from_zip(data).files) == {"one/course.toml", "two/course.toml"}


def test_very_regular_files_survive_a_zip() -> None:
    source = Source({"media/silence.wav": b"\0" * 1_000_000, "a.md": b"a" * 20_000})
    assert Source.from_zip(source.to_zip()) == source


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_zip_gives_a_source_or_problems_and_nothing_else(data: st.DataObject) -> None:
    body = bytearray(Source.from_folder(EVERY_KIND).to_zip())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    del body[data.draw(st.integers(len(body) // 2, len(body))) :]
    assert source_or_codes(bytes(body))


names = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters='\\/:*?"<>|.'), min_size=1, max_size=12
).filter(lambda name: name != "__MACOSX")


@settings(max_examples=60)
@given(st.dictionaries(st.lists(names, min_size=1, max_size=3).map("/".join), st.binary(max_size=300), min_size=1, max_size=5))
def test_any_source_survives_a_zip(files: dict[str, bytes]) -> None:
    try:
        source = Source(files)
    except Invalid:  # two names that some discs take for one
        return
    again = source_or_codes(source.to_zip())
    if isinstance(again, Source):
        assert list(again.files) == sorted(unicodedata.normalize("NFC", path) for path in files)
    else:
        assert again == {"source-archive-inside"}
