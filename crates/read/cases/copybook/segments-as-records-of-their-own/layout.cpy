       01  HEAD-REC.
           05  KIND          PIC 9(2).
           05  RUN-NO        PIC 9(4).
       01  BODY-REC.
           05  KIND          PIC 9(2).
           05  AMOUNT        PIC S9(5) COMP-3.
           05  NAME          PIC X(6).
