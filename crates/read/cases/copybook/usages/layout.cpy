       78  TAG-LENGTH          VALUE 2.
       01  MAX-ITEMS CONSTANT AS 3.
       01  REC.
           05  A-CHAR          BINARY-CHAR UNSIGNED.
           05  A-LONG          USAGE IS BINARY-LONG SIGNED.
           05  A-DOUBLE        BINARY-DOUBLE.
           05  B-SMALL         PIC S9(5) COMP.
           05  B-NATIVE        PIC 9(3) USAGE COMPUTATIONAL-5.
           05  B-LITTLE        PIC S9(3)V9 COMP-9.
           05  B-X             PIC X(3) COMP-X.
           05  B-NINE          PIC 9(5) COMP-X.
           05  RAW             PIC X(2) COMP.
           05  P-UNSIGNED      PIC 9(4) COMP-3U.
           05  P-NO-SIGN       PIC 9(3) PACKED-DECIMAL WITH NO SIGN.
           05  AN-INDEX        INDEX.
           05  NAT             PIC 9(2) USAGE NATIONAL.
           05  UTF             PIC U(1).
           05  TAG             PIC X(TAG-LENGTH).
           05  EDITED          PIC ZZ9,99.
           05  EXPONENT        PIC +9,9E+99.
           05  ITEMS OCCURS MAX-ITEMS TIMES INDEXED BY I, J
                     PIC 9.
