       01  REC.
           05  PERSON.
               10  FIRST-NAME  PIC X(3).
               10  LAST-NAME   PIC X(3).
           05  BORN.
               10  BORN-YEAR   PIC 9(4).
               10  BORN-MONTH  PIC 9(2).
           66  WHO             RENAMES PERSON.
           66  NAME-AND-YEAR   RENAMES LAST-NAME OF PERSON
                               THRU BORN-YEAR.
           66  YEAR-AGAIN      RENAMES BORN-YEAR.
