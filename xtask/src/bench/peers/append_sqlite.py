"""Durable rows of the size of a leaf, as many in one commit as there are appenders: what a database alone costs."""

import os
import sqlite3

ROWS, BATCH, BYTES = 102_400, 512, 480

for name in ("append.sqlite", "append.sqlite-wal", "append.sqlite-shm"):
    if os.path.exists(name):
        os.remove(name)
database = sqlite3.connect("append.sqlite", isolation_level=None)
database.execute("pragma journal_mode = wal")
database.execute("pragma synchronous = full")
database.execute("create table leaf (number integer primary key, entry blob)")
entry = b"x" * BYTES
for first in range(0, ROWS, BATCH):
    database.execute("begin immediate")
    database.executemany("insert into leaf values (?, ?)", ((row, entry) for row in range(first, first + BATCH)))
    database.execute("commit")
print("benchmark:", ROWS, "leaves")
