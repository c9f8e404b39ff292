"""The least that any reader of EBCDIC must do: look every byte up in a table. No numbers, no columns, no checks."""

import gzip

TIMES = 20

data = gzip.open("examples/grants/treasury/legacy/eo-master.dat.gz").read()
for _ in range(TIMES):
    data.decode("cp037")
print("benchmark:", TIMES * len(data) / 1e6, "MB")
