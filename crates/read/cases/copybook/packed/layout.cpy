       01  PACKED.
           05  ODD-DIGITS      PIC S9(5) COMP-3.
           05  EVEN-DIGITS     PIC S9(4)V99 USAGE IS PACKED-DECIMAL.
           05  NO-SIGN         PIC 9(3) COMPUTATIONAL-3.
           05  THOUSANDS       PIC 9(3)PPP COMP-3.
           05  WIDE            PIC S9(31) COMP-3.
           05  COMP-SIX        PIC 9(4) COMP-6.
