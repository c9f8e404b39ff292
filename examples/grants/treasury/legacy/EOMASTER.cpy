      *****************************************************************
      * EOMASTER - EXEMPT ORGANIZATIONS MASTER FILE, MONTHLY EXTRACT.
      * ONE RECORD FOR EACH ORGANIZATION, FIXED LENGTH, 320 BYTES,
      * EBCDIC CODE PAGE 37, NO RECORD SEPARATORS.
      *
      * THE LAYOUT IS MADE FOR THE CONCORDAT EXAMPLE. THE VALUES ARE
      * THOSE THE INTERNAL REVENUE SERVICE PUBLISHED, FEBRUARY 2021.
      *****************************************************************
       01  EO-RECORD.
      *    POSITION IN THE EXTRACT, FROM ONE.
           05  EO-SEQUENCE               PIC S9(9)  COMP.
      *    EMPLOYER IDENTIFICATION NUMBER: THE KEY.
           05  EO-EIN                    PIC 9(9).
           05  EO-NAME                   PIC X(70).
      *    THE PUBLISHER'S EXTRACT WAS BLANKED HERE: PEOPLE'S NAMES.
           05  EO-IN-CARE-OF             PIC X(35).
           05  EO-ADDRESS.
               10  EO-STREET             PIC X(35).
               10  EO-CITY               PIC X(22).
               10  EO-STATE              PIC X(2).
               10  EO-ZIP                PIC X(9).
               10  EO-ZIP-PARTS REDEFINES EO-ZIP.
                   15  EO-ZIP5           PIC 9(5).
                   15  EO-ZIP4           PIC 9(4).
      *    GROUP EXEMPTION NUMBER, ZEROS WHEN NOT IN A GROUP.
           05  EO-GROUP                  PIC X(4).
      *    PARAGRAPH OF 501(C), OR 90 TO 92 FOR TRUSTS.
           05  EO-SUBSECTION             PIC X(2).
           05  EO-AFFILIATION            PIC X.
      *    UP TO FOUR CLASSIFICATIONS WITHIN THE SUBSECTION.
           05  EO-CLASSIFICATION         PIC 9  OCCURS 4 TIMES.
      *    MONTH OF THE RULING THAT RECOGNIZED THE EXEMPTION.
           05  EO-RULING.
               10  EO-RULING-YEAR        PIC 9(4).
               10  EO-RULING-MONTH       PIC 9(2).
           05  EO-DEDUCTIBILITY          PIC X.
           05  EO-FOUNDATION             PIC X(2).
      *    UP TO THREE ACTIVITY CODES, ZEROS WHEN UNUSED.
           05  EO-ACTIVITY               PIC X(3)  OCCURS 3 TIMES.
           05  EO-ORGANIZATION           PIC X.
           05  EO-STATUS                 PIC X(2).
      *    YYYYMM, SPACES WHEN NO RETURN IS ON FILE.
           05  EO-TAX-PERIOD             PIC X(6).
           05  EO-ASSET-CODE             PIC X.
           05  EO-INCOME-CODE            PIC X.
           05  EO-FILING-REQUIREMENT     PIC X(2).
           05  EO-PF-FILING-REQUIREMENT  PIC X.
           05  EO-ACCOUNTING-PERIOD      PIC 9(2).
      *    Y WHEN THE AMOUNT IS KNOWN, N WHEN ITS ZERO MEANS NOTHING.
           05  EO-AMOUNTS-KNOWN.
               10  EO-ASSET-KNOWN        PIC X.
               10  EO-INCOME-KNOWN       PIC X.
               10  EO-REVENUE-KNOWN      PIC X.
      *    WHOLE DOLLARS.
           05  EO-ASSET-AMOUNT           PIC S9(13) COMP-3.
           05  EO-INCOME-AMOUNT          PIC S9(13) COMP-3.
           05  EO-REVENUE-AMOUNT         PIC S9(13).
      *    NATIONAL TAXONOMY OF EXEMPT ENTITIES.
           05  EO-NTEE-CODE              PIC X(4).
           05  EO-SORT-NAME              PIC X(35).
           05  FILLER                    PIC X(20).
