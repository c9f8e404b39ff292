"""The first records of the file into typed columns; dates and logical values stay text, which is less than we do."""

import tomllib

import pandas

RECORDS = 100_000

with open("parcels.toml", "rb") as source:
    columns = tomllib.load(source)["fixed-width"]["column"]
frame = pandas.read_fwf(
    "parcels.txt",
    widths=[column["length"] for column in columns],
    names=[column["name"] for column in columns],
    nrows=RECORDS,
)
assert len(frame) == RECORDS
width = sum(column["length"] for column in columns) + 1
print("benchmark:", RECORDS * width / 1e6, "MB")
