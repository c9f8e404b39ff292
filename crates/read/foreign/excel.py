"""Reads our old workbooks with a foreign library, and compares with what we promise to read."""

import json
import pathlib
import sys

import xlrd

CASE = pathlib.Path(__file__).parent.parent / "cases" / "excel-97"


def ours():
    """The rows of the expectation, without their origin."""
    lines = (CASE / "expected.txt").read_text().splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    return [{name: value for name, value in row.items() if not name.startswith("_")} for row in rows]


def comparable(cell, mode):
    """A cell of the library as JSON has it; none when it is empty."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, mode).date().isoformat()
    return cell.value


def theirs():
    """The rows that the library reads, merged cells filled as the case asks for it."""
    book = xlrd.open_workbook(str(CASE / "harbours.xls"), formatting_info=True)
    sheet = next(sheet for sheet in book.sheets() if sheet.visibility == 0)
    cells = [[comparable(sheet.cell(row, column), book.datemode) for column in range(sheet.ncols)]
             for row in range(sheet.nrows)]
    for top, bottom, left, right in sheet.merged_cells:
        for row in range(top, bottom):
            cells[row][left:right] = [cells[top][left]] * (right - left)
    names = [name.lower() for name in cells[0]]
    return [{name: value for name, value in zip(names, row) if value is not None} for row in cells[1:]]


def main():
    own, foreign = ours(), theirs()
    if own != foreign:
        sys.exit(f"we read {own}, xlrd {foreign}")
    print(f"{len(own)} rows of an old workbook: the same as xlrd reads")
