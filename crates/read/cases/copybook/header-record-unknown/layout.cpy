       01  HDR.
           05  FILLER        PIC X(3).
           05  RUN-DATE      PIC 9(8).
           05  NAME          PIC X(4).
       01  R.
           05  ID            PIC 9(3).
           05  NAME          PIC X(5).
       01  TRL.
           05  FILLER        PIC X(3).
           05  TOTAL         PIC 9(3).
