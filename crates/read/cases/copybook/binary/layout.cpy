       01  BINARY-NUMBERS.
           05  HALF            PIC S9(4) COMP.
           05  WORD            PIC S9(7)V99 BINARY.
           05  DOUBLE-WORD     PIC S9(18) COMP-4.
           05  NATIVE-UNSIGNED PIC 9(4) COMP-5.
           05  NATIVE-LONG     PIC 9(18) COMP-5.
           05  SHORT-FLOAT     COMP-1.
           05  LONG-FLOAT      COMP-2.
