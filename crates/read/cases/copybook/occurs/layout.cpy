       01  SCHOOL.
           05  NAME            PIC X(4).
           05  TERM OCCURS 2 TIMES INDEXED BY TERM-IX.
               10  SEASON      PIC X.
               10  MARK        PIC 9(2) OCCURS 3.
           05  CODES           PIC X OCCURS 3 TIMES.
