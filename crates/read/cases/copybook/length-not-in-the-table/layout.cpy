       01  R.
           05  KIND          PIC X.
           05  NAME          PIC X(5).
           05  NOTE          PIC X(4).
