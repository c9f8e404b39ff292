       01  REC.
           05  PLAIN           PIC X(3).
           05  NAMES.
               10  CYRILLIC    PIC X(3).
               10  GREEK       PIC X(3).
               10  MORE        PIC X(2) OCCURS 2.
