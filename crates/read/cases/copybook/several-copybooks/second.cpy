       01  FIRM.
           05  FILLER      PIC X.
           05  FIRM-NAME   PIC X(6).
