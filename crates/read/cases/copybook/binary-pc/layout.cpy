       01  BINARY-NUMBERS.
           05  BYTE-NO         PIC S9(2) COMP-5.
           05  WORD-BIG        PIC S9(9) COMP.
           05  WORD-NATIVE     PIC S9(9) COMP-5.
           05  SHORT-FLOAT     COMP-1.
           05  LONG-FLOAT      COMP-2.
