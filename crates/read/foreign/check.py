"""What this crate reads and writes, held against programs of others. See README.md."""

import sys

sys.dont_write_bytecode = True

import dbase  # noqa: E402
import excel  # noqa: E402
import soap  # noqa: E402

dbase.main()
excel.main()
soap.main()
