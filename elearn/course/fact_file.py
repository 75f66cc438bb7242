"""One CSV of fact data, in both directions. What the values of a column mean is not known here, only which there are."""

import csv
import io
import re
from typing import Final

from elearn.course.model import FactTable, Row
from elearn.course.problems import Report
from elearn.course.syntax import decode
from elearn.lang import ALPHA3

_COLUMN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_STATUS: Final = ("verified", "partially_verified", "general_knowledge", "to_check", "not_found")
#: The columns with a fixed meaning: what may stand in them, if anything does.
_FIXED: Final = {
    **dict.fromkeys(("fact_status", "dates_status", "finding_status"), _STATUS),
    "confidence": ("high", "medium", "low"),
    "country": tuple(ALPHA3.values()),
}


def read_fact_table(name: str, key: tuple[str, ...], data: bytes, report: Report) -> FactTable:
    """The table of a CSV file: UTF-8, a header row, every row as long as the header, keys once."""
    records = _records(decode(data, report) or "", report)
    columns = tuple(cell.strip(" \t") for cell in records[0][1]) if records else ()
    usable = _check_header(columns, key, report)
    rows: dict[str, Row] = {}
    for line, cells in records[1:] if usable else ():
        if len(cells) != len(columns):
            report.error("csv-row-length", line, found=len(cells), expected=len(columns))
            continue
        row = dict(zip(columns, cells, strict=True))
        _check_fixed(row, line, report)
        joined = "/".join(row[column] for column in key)
        if not all(row[column] for column in key):
            report.error("csv-empty-key", line)
        if joined in rows:
            report.error("csv-duplicate-row", line, key=joined)
        rows[joined] = row
    return FactTable(name, key, columns, rows)


def _check_fixed(row: Row, line: int, report: Report) -> None:
    for column, values in _FIXED.items():
        if row.get(column) and row[column] not in values:
            report.error("wrong-value", line, key=column, expected=", ".join(values))


def _records(text: str, report: Report) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if cells:
                records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        report.error("csv-syntax", line, detail=str(error))
    return records


def _check_header(columns: tuple[str, ...], key: tuple[str, ...], report: Report) -> bool:
    usable = True
    seen: set[str] = set()
    for column in columns:
        if not _COLUMN.fullmatch(column) or column in seen:
            report.error("csv-header", 1, column=column)
            usable = False
        seen.add(column)
    for column in key:
        if column not in columns:
            report.error("csv-key-column", 1, column=column)
            usable = False
    return usable


def write_fact_table(table: FactTable) -> str:
    """The table as CSV text with LF line ends, rows in the order of the table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows.values():
        writer.writerow([row.get(column, "") for column in table.columns])
    return out.getvalue()
