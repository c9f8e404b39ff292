"""pyarrow reads the customers into typed record batches, on one thread, batch by batch."""

import os

import pyarrow as pa
from csv_common import types
from pyarrow import csv


def arrow_type(name):
    if name.startswith("decimal"):
        precision, scale = name.removeprefix("decimal(").removesuffix(")").split(",")
        return pa.decimal128(int(precision), int(scale))
    return {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}[name]


options = csv.ConvertOptions(
    column_types={column: arrow_type(name) for column, name in types().items()}, true_values=["Y"], false_values=["N"], null_values=[""]
)
reader = csv.open_csv("customers.csv", read_options=csv.ReadOptions(use_threads=False, block_size=1 << 20), convert_options=options)
records = sum(batch.num_rows for batch in reader)
assert records == 2_000_000
print("benchmark:", os.path.getsize("customers.csv") / 1e6, "MB")
