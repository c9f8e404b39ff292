       01  R.
           05  ITEMS         PIC 9.
           05  KIND          PIC X.
           05  NAME          PIC X(5).
           05  NOTE          PIC X(4) OCCURS 0 TO 3 TIMES
               DEPENDING ON ITEMS.
