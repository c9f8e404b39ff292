       01  REC.
           05  SIZE-CODE           PIC X(3).
           05  CELL OCCURS 0 TO 3 TIMES DEPENDING ON SIZE-CODE
                                   PIC X.
           05  SHARE               PIC 9V9.
           05  WEIGHT OCCURS 0 TO 2 TIMES DEPENDING ON SHARE
                                   PIC 9.
