       01  REC.
           05  AMOUNT      PIC Z,ZZ9.99-.
           05  CREDIT      PIC $$$9.99CR.
           05  STARS       PIC **9.
           05  A-DATE      PIC 99/99/9999.
           05  SCALED      PIC SVPP9.
           05  THOUSANDS   PIC 9PPP.
           05  POINTED     PIC S9(3).99.
           05  SIGNED-PT   PIC S9.9 SIGN IS LEADING SEPARATE CHARACTER.
           05  RATE        PIC -9.9(3)E-99.
