       01  REC.
           05  T               PIC X(6).
           05  N               PIC 9(2).
