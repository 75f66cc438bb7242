"""Source: the files of a course as path → bytes, from a folder or a zip. The only core file that touches a disk; knows no format."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from elearn.course import archive
from elearn.course.problems import Report
from elearn.errors import Invalid, Problem

MOST_FILES: Final = archive.MOST_FILES
MOST_BYTES: Final = archive.MOST_BYTES

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\\:*?"<>|]')
_LONGEST_PATH: Final = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Files of a course, sorted by path: relative, with `/`, safe to write below any folder. Raises Invalid for other paths."""

    files: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _refuse(_path_problems(self.files) or _folder_problems(self.files))
        object.__setattr__(self, "files", dict(sorted(self.files.items())))

    @classmethod
    def from_folder(cls, folder: Path) -> "Source":
        """Every file below a folder, without hidden ones. Raises Invalid for links, special files and too much."""
        if not folder.is_dir():
            _refuse(_one("source-folder-missing", folder.name))
        files: dict[str, bytes] = {}
        total = 0
        for path in _walk(folder):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                _refuse(_one("source-symlink", name))
            if path.is_dir():
                _refuse(_one("source-bad-path", name))
            if not path.is_file():
                _refuse(_one("source-not-a-file", name))
            total += path.stat().st_size
            _refuse(archive.size_problems(len(files) + 1, total))
            files[unicodedata.normalize("NFC", name)] = path.read_bytes()
        return cls(files)

    @classmethod
    def from_zip(cls, data: bytes) -> "Source":
        """The files of a zip, without hidden ones and without a folder around them all. Raises Invalid before unpacking anything unsafe."""
        files, problems = archive.unpack(data, _path_problems)
        _refuse(problems)
        shown = {unicodedata.normalize("NFC", path): body for path, body in files.items() if not _is_hidden(path)}
        if not shown:
            _refuse(_one("source-empty", ""))
        return cls(_without_outer_folder(shown))

    def to_zip(self) -> bytes:
        """A zip with these files: the same files always give the same bytes."""
        return archive.pack(self.files)

    def to_folder(self, folder: Path) -> None:
        """Write the files below a folder, which is made if needed."""
        for name, body in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)

    def digest(self) -> str:
        """SHA-256 in hex over the sorted paths, the lengths and the bytes."""
        state = hashlib.sha256()
        for path, body in self.files.items():
            state.update(path.encode() + b"\0" + len(body).to_bytes(8, "big") + body)
        return state.hexdigest()


def _walk(folder: Path, left: int = _LONGEST_PATH) -> Iterator[Path]:
    """What is in a folder and its folders, but no folder itself unless its path leaves no room for a file."""
    for path in sorted(folder.iterdir()):
        if _is_hidden(path.name):
            continue
        room = left - len(path.name) - 1
        if path.is_dir() and not path.is_symlink() and room > 0:
            yield from _walk(path, room)
        else:
            yield path


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


def _without_outer_folder(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    outer = next(iter(files)).split("/")[0] + "/"
    if f"{outer}course.toml" in files and all(path.startswith(outer) for path in files):
        return {path.removeprefix(outer): body for path, body in files.items()}
    return files


def _path_problems(paths: Iterable[str]) -> tuple[Problem, ...]:
    report = Report("")
    seen: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if any(part in {"", ".", ".."} or part != part.strip(" ") for part in parts) or _UNSAFE.search(path) or len(path) > _LONGEST_PATH:
            report.error("source-bad-path", name=path)
            continue
        folded = unicodedata.normalize("NFC", path).casefold()  # some discs take both for one file
        if folded in seen:
            report.error("source-duplicate", name=path)
        seen.add(folded)
    return report.problems()


def _folder_problems(paths: Iterable[str]) -> tuple[Problem, ...]:
    report = Report("")
    folded = {unicodedata.normalize("NFC", path).casefold() for path in paths}
    for path in sorted(folded):
        parts = path.split("/")
        if any("/".join(parts[:length]) in folded for length in range(1, len(parts))):
            report.error("source-bad-path", name=path)
    return report.problems()


def _one(code: str, name: str) -> tuple[Problem, ...]:
    report = Report("")
    report.error(code, name=name)
    return report.problems()


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise Invalid("source-refused", problems)
