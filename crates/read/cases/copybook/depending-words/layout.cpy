       01  REC.
           05  SIZE-CODE       PIC X(2).
           05  T OCCURS 1 TO 3 TIMES DEPENDING ON SIZE-CODE OF REC
                               PIC 9.
           05  ENDING          PIC X.
