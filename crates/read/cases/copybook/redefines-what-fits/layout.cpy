       01  PARTY.
           05  KIND-CODE       PIC X.
           05  ID-NO           PIC X(2).
           05  PERSON-DATA.
               10  BIRTH       PIC 9(8).
               10  SHARE       PIC S9(3) COMP-3.
           05  FIRM-DATA REDEFINES PERSON-DATA.
               10  FIRM-NAME   PIC X(10).
           05  TAX-DATA REDEFINES PERSON-DATA.
               10  TAX-NO      PIC 9(6).
           05  LAST-FIELD      PIC X.
