"""Reads the tables of our cases with a foreign library, and compares with what we promise to read."""

import datetime
import decimal
import json
import pathlib
import sys

from dbfread import DBF

CASES = pathlib.Path(__file__).parent.parent / "cases" / "dbase"

# Cases that the library can read, with the code page where it does not know the table's own, or none.
TABLES = {
    "dbase-iii": None, "deleted-only": None, "overflow-is-null": None, "fewer-counted": None, "trailing-bytes": None,
    "no-end-mark": None, "empty": None, "code-page-850": None, "code-page-japanese": None, "encoding-told": "cp850",
    "encoding-overrides": "cp1251", "code-page-of-shapefile": "utf-8", "memo-foxpro": "cp1252",
}
# A soft line break is a line end to us; the library leaves it as it is.
SOFT_BREAK = "\x8d\n"


def ours(case):
    """The rows of an expectation: values in the order of the fields, without their origin."""
    lines = (CASES / case / "expected.txt").read_text().splitlines()
    names = [line.split(": ")[0] for line in lines if ": " in line and not line.startswith(("{", " ", "error"))]
    rows = [json.loads(line, parse_float=decimal.Decimal) for line in lines if line.startswith("{")]
    return [[row.get(name) for name in names] for row in rows]


def comparable(value):
    """A value of the library as JSON has it."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return value.replace(SOFT_BREAK, "\r\n") or None
    if isinstance(value, float):
        return decimal.Decimal(repr(value))
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def theirs(case, encoding):
    """The rows that the library reads."""
    folder = CASES / case
    table = next(path for path in folder.iterdir() if path.suffix.lower() == ".dbf")
    found = DBF(str(table), encoding=encoding, ignore_missing_memofile=True)
    records = found.deleted if case == "deleted-only" else found
    return [[comparable(value) for value in record.values()] for record in records]


def main():
    rows = 0
    for case, encoding in TABLES.items():
        expected, found = ours(case), theirs(case, encoding)
        if len(expected) != len(found):
            sys.exit(f"{case}: we read {len(expected)} records, dbfread {len(found)}")
        for number, (own, foreign) in enumerate(zip(expected, found), 1):
            if own != foreign:
                sys.exit(f"{case}, record {number}: we read {own}, dbfread {foreign}")
            rows += 1
    print(f"dbfread agrees: {rows} records")
