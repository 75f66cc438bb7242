"""Zip archives from strangers: looked through before a byte is unpacked, unpacked under a hard limit. Knows nothing of courses."""

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from elearn.course.problems import Report
from elearn.errors import Problem

MOST_FILES: Final = 2_000
MOST_BYTES: Final = 100_000_000
MOST_RATIO: Final = 100

_MEGABYTE: Final = 1_000_000
_STORE_ABOVE_RATIO: Final = 50
_CHUNK: Final = 65_536
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_ENTRY_MARK: Final = b"PK\x01\x02"
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ARCHIVE_ENDS: Final = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar", ".epub", ".docx", ".xlsx", ".pptx")
_ARCHIVE_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)

PathCheck = Callable[[Iterable[str]], tuple[Problem, ...]]
Files = dict[str, bytes]


def unpack(data: bytes, check_paths: PathCheck) -> tuple[Files, tuple[Problem, ...]]:
    """The files of a zip, or what is wrong with it; never more than MOST_BYTES in memory besides the zip itself."""
    if problems := size_problems(data.count(_ENTRY_MARK), len(data)):
        return {}, problems
    report = Report("")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            entries = opened.infolist()
            problems = _look_through(entries, report) + check_paths(_name(entry) for entry in entries)
            if problems:
                return {}, problems
            files = _read_all(opened, [entry for entry in entries if not entry.is_dir()], report)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):  # all that zipfile says of bad data
        report.error("source-damaged")
        return {}, report.problems()
    return files, report.problems()


def size_problems(count: int, total: int) -> tuple[Problem, ...]:
    """What is wrong with so many files of so many bytes together."""
    report = Report("")
    if count > MOST_FILES:
        report.error("source-too-many-files", limit=MOST_FILES)
    if total > MOST_BYTES:
        report.error("source-too-large", limit=MOST_BYTES // _MEGABYTE)
    return report.problems()


def _name(entry: zipfile.ZipInfo) -> str:
    return entry.orig_filename.removesuffix("/")


def _look_through(entries: list[zipfile.ZipInfo], report: Report) -> tuple[Problem, ...]:
    for entry in entries:
        code = _entry_code(entry)
        if code:
            report.error(code, name=entry.orig_filename)
    return report.problems() + size_problems(len(entries), sum(entry.file_size for entry in entries))


def _entry_code(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    verdicts = (
        ("source-encrypted", bool(entry.flag_bits & _ENCRYPTED)),
        ("source-symlink", kind == stat.S_IFLNK),
        ("source-not-a-file", kind not in {0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}),
        ("source-name-not-text", not entry.flag_bits & _UTF8_NAME and not entry.orig_filename.isascii()),
        ("source-archive-inside", entry.orig_filename.lower().endswith(_ARCHIVE_ENDS)),
        ("source-method", entry.compress_type not in _METHODS),
        ("source-compressed-too-much", entry.file_size > MOST_RATIO * entry.compress_size),
    )
    return next((code for code, holds in verdicts if holds), "")


def _read_all(opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo], report: Report) -> Files:
    files: Files = {}
    left = MOST_BYTES
    for entry in entries:
        body = _read(opened, entry, left)
        left -= len(body)
        if left < 0:
            report.error("source-too-large", limit=MOST_BYTES // _MEGABYTE)
            return {}
        if body.startswith(_ARCHIVE_STARTS):
            report.error("source-archive-inside", name=entry.orig_filename)
        files[_name(entry)] = body
    return files


def _read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    body = bytearray()
    with opened.open(entry) as stream:  # what the zip says of its sizes is not believed
        while len(body) <= left and (chunk := stream.read(_CHUNK)):
            body += chunk
    return bytes(body)


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files in sorted order, without dates, that `unpack` takes back."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = 3  # the same bytes on every system
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            squeezed = len(zlib.compress(files[name]))
            entry.compress_type = zipfile.ZIP_STORED if squeezed * _STORE_ABOVE_RATIO < len(files[name]) else zipfile.ZIP_DEFLATED
            packed.writestr(entry, files[name])
    return out.getvalue()
