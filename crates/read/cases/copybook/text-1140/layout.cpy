       01  R.
           05  PRICE PIC X(5).
