      * A customer master file as the benchmark `decode` reads it: 306 bytes, 38 values in each
      * record (person or company), of every usual kind.
       01  CUSTOMER-RECORD.
           05  CUST-ID             PIC 9(9) COMP.
           05  CUST-TEXT.
               10  CUST-NO         PIC X(10).
               10  CUST-TYPE       PIC X.
                   88  IS-PERSON            VALUE 'P'.
                   88  IS-COMPANY           VALUE 'C'.
               10  CUST-NAME       PIC X(40).
               10  PERSON-DATA.
                   15  GIVEN-NAME  PIC X(20).
                   15  BIRTH-DATE  PIC 9(8).
                   15  GENDER      PIC X(2).
               10  COMPANY-DATA REDEFINES PERSON-DATA.
                   15  TAX-NO      PIC X(14).
                   15  EMPLOYEES   PIC 9(6).
                   15  FOUNDED     PIC 9(8).
                   15  FILLER      PIC X(2).
               10  STREET          PIC X(30).
               10  CITY            PIC X(24).
               10  POST-CODE       PIC X(10).
               10  COUNTRY         PIC X(2).
               10  OPENED          PIC 9(8).
           05  BALANCE             PIC S9(11)V99 COMP-3.
           05  CREDIT-LIMIT        PIC S9(9)V99 COMP-3.
           05  RATE                PIC SV9(5) COMP-3.
           05  VISITS              PIC S9(4) COMP.
           05  TOTAL-CENTS         PIC S9(18) COMP.
           05  CUST-NUMBERS.
               10  SCORE           PIC S9(5)V99.
               10  DELTA           PIC S9(6) SIGN IS TRAILING SEPARATE.
           05  ORDERS OCCURS 6 TIMES.
               10  ORDER-DATE      PIC 9(8).
               10  ORDER-AMOUNT    PIC S9(7)V99 COMP-3.
               10  ORDER-ITEMS     PIC S9(4) COMP.
           05  NOTE                PIC X(17).
