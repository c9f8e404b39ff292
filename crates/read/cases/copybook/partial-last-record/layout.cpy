       01  R.
           05  ID            PIC 9(3).
           05  NAME          PIC X(5).
