       01  CUSTOMER.
           COPY PERSN.
           COPY ROUND REPLACING ==A== BY.
           COPY ROUND.
           COPY "../../secret".
           05  LAST-FIELD      PIC Q.
