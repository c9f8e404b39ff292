       01  REC.
           05  U               PIC 9(3).
           05  S               PIC S9(3).
           05  P               PIC S9(3) SIGN LEADING SEPARATE.
           05  Q               PIC 9(3) COMP-3.
