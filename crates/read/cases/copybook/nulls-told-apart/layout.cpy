       01  REC.
           05  A-TEXT          PIC X(3).
           05  A-NUMBER        PIC 9(3).
           05  A-PACKED        PIC S9(3) COMP-3.
           05  A-BLANK         PIC 9(3) BLANK WHEN ZERO.
           05  AN-EDITED       PIC ZZ9.
           05  END-DATE        PIC 9(4).
