       01  REC.
           05  T               PIC N(5).
           05  N               PIC 9(2) USAGE NATIONAL.
