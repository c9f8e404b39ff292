           05  ADR-CITY-FLD    PIC X(2).
               88  ADR-NONE    VALUE 'NOWHERE'.
           COPY ZIP.
