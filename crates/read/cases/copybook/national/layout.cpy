       01  R.
           05  A PIC N(3).
           05  B PIC X.
