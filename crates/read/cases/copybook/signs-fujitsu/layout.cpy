       01  REC.
           05  S               PIC S9(3).
