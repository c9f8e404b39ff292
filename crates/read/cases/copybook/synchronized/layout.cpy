       01  REC.
           05  A               PIC X.
           05  B               PIC S9(9) COMP SYNC.
           05  TAB OCCURS 2.
               10  C           PIC X.
               10  D           PIC S9(4) COMP SYNCHRONIZED.
