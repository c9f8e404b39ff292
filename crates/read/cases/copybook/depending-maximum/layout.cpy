       01  REC.
           05  N1              PIC 9.
           05  FIRST-TABLE OCCURS 0 TO 3 TIMES DEPENDING ON N1.
               10  A           PIC X(2).
           05  N2              PIC 9.
           05  SECOND-TABLE OCCURS 0 TO 2 TIMES DEPENDING ON N2
                                       PIC X.
           05  THIRD-TABLE OCCURS 0 TO 3 TIMES DEPENDING ON N1
                                       PIC 9.
           05  LAST-FIELD      PIC X(2).
