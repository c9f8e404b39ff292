       01  REC.
           05  SHORT-ONE           COMP-1.
           05  LONG-ONE            COMP-2.
