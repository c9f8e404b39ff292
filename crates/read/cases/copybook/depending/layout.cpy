       01  ORDER-REC.
           05  LINES-NO        PIC 9(1).
           05  ORDER-LINE OCCURS 1 TO 3 TIMES DEPENDING ON LINES-NO
                   ASCENDING KEY IS ITEM.
               10  ITEM        PIC X(2).
