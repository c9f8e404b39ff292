"""DuckDB reads the customers into typed record batches, on all cores."""

import os

import duckdb
from csv_common import types


def sql_type(name):
    if name.startswith("decimal"):
        return name
    return {"text": "varchar", "integer": "bigint", "number": "double", "boolean": "boolean", "date": "date"}[name]


database = duckdb.connect()
database.execute("set preserve_insertion_order = true")
columns = {column: sql_type(name) for column, name in types().items()}
result = database.execute(f"select * from read_csv('customers.csv', header = true, delim = ',', quote = '\"', columns = {columns})")
records = sum(batch.num_rows for batch in result.to_arrow_reader(10_000))
assert records == 2_000_000
print("benchmark:", os.path.getsize("customers.csv") / 1e6, "MB")
