       01  REC.
           05  MIXED       PIC X(8).
           05  KANJI       PIC G(3) USAGE DISPLAY-1.
           05  NUMBER-1    PIC 9(2).
