       01  FIRST-REC.
           05  A               PIC X(4).
       01  SECOND-REC.
           05  B               PIC 9(3).
           05  C               PIC X(3).
