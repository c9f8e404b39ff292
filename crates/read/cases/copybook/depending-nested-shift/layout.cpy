       01  ORDER-RECORD.
           05  HEAD.
               10  ITEMS           PIC 9.
           05  ITEM OCCURS 0 TO 3 TIMES DEPENDING ON ITEMS OF HEAD
                                   INDEXED BY I.
               10  SKU             PIC X.
               10  PARTS           PIC 9.
               10  PART OCCURS 0 TO 2 TIMES DEPENDING ON PARTS
                                   PIC X(2).
           05  NOTES               PIC 9.
           05  FILLER OCCURS 0 TO 2 TIMES DEPENDING ON NOTES
                                   PIC X.
           05  LAST-FIELD          PIC X(2).
