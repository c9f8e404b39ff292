       01  R.
           05  ID            PIC 9(3).
           05  NAME          PIC X(5).
           05  AMOUNT        PIC S9(3) COMP-3.
