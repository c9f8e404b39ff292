           05  ROUND-NAME      PICK X.
           COPY LAYOUT.
