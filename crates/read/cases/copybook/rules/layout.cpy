       01  REC.
           05  KIND            PIC X.
               88  IS-PERSON   VALUE 'P'.
           05  AMOUNT          PIC 9(3).
           05  AS-NUMBER       PIC 9(4).
           05  AS-TEXT REDEFINES AS-NUMBER PIC X(4).
           05  AS-PAIR REDEFINES AS-NUMBER.
               10  LEFT-HALF   PIC 9(2).
               10  RIGHT-HALF  PIC 9(2).
