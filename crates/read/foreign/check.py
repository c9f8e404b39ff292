"""What this crate reads and writes, held against programs of others. See README.md."""

import sys

sys.dont_write_bytecode = True

import soap  # noqa: E402

soap.main()
