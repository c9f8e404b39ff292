       01  REC.
           05  HOME.
               10  STREET      PIC X(3).
               10  ZIP         PIC 9(2).
           05  WORK.
               10  STREET      PIC X(3).
               10  FILLER      PIC X.
