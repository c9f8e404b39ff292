      * Signs of DISPLAY numbers: overpunched and separate, leading and trailing.
       01  AMOUNTS.
           05  UNSIGNED-NO     PIC 9(3).
           05  TRAILING-PUNCH  PIC S9(3)V99.
           05  LEADING-PUNCH   PIC S9(3) SIGN IS LEADING.
           05  TRAILING-SIGN   PIC S9(3)
               SIGN TRAILING SEPARATE CHARACTER.
           05  LEADING-SIGN    PIC S9(3) SIGN IS LEADING SEPARATE.
           05  WIDE-NO         PIC S9(20).
