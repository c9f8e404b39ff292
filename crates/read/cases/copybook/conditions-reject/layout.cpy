       01  REC.
           05  STATE           PIC X.
               88  ACTIVE      VALUE 'A'.
               88  CLOSED      VALUES ARE 'B' 'C' THRU 'E'.
           05  AGE             PIC 9(2).
               88  CHILD       VALUE ZERO THRU 17.
               88  ADULT       VALUES 18 THROUGH 98.
           05  FLAG            PIC X.
               88  FLAG-SET    VALUE 'x' LOW-VALUES.
               88  FLAG-OTHER  VALUE X'79', SPACES.
