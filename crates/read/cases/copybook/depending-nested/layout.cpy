       01  REC.
           05  GROUPS          PIC 9.
           05  PER-GROUP       PIC 9.
           05  A-GROUP OCCURS 0 TO 3 TIMES DEPENDING ON GROUPS.
               10  GROUP-NAME  PIC X(2).
               10  N           PIC 9.
               10  ITEM OCCURS 0 TO 4 TIMES DEPENDING ON N.
                   15  PART    OCCURS 1 TO 2 TIMES
                               DEPENDING ON PER-GROUP PIC X.
               10  GROUP-END   PIC X.
           05  AFTER           PIC 9(2).
