       01  ENTITY.
           05  SEG-ID        PIC X.
           05  COMPANY.
               10  NAME      PIC X(6).
               10  STAFF     PIC 9(3).
           05  CONTACT REDEFINES COMPANY.
               10  PHONE     PIC X(5).
               10  PERSON    PIC X(4).
           05  NOTE REDEFINES COMPANY.
               10  LINE-NO   PIC 9.
               10  TEXT      PIC X(8).
