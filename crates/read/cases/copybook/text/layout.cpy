       01  TEXTS.
           05  NAME            PIC X(10).
           05  INITIALS        PIC A(2).
           05  RIGHT-TEXT      PIC X(6) JUSTIFIED RIGHT.
           05  FILLER          PIC X(2) VALUE 'AB'.
           05  EDITED          PIC ZZ,ZZ9.99-.
           05  CODE-NO         PIC XX.
               88  GOOD        VALUE 'A1' 'A2' THRU 'A9'.
