000100******************************************************************
000200* A record that is put together from other copybooks             *
000300******************************************************************
       REPLACE ==PIC-OF-NAME== BY ==PIC X(4)==.
CHG001 01  CUSTOMER.
           COPY person REPLACING ==:TAG:== BY ==CUST==
                                 ==LEN== BY ==3==.
           COPY "ADDRESS.CPY" OF COMMON SUPPRESS
                REPLACING LEADING ==ADR-== BY ==HOME-==
                          TRAILING ==-FLD== BY ====
                          'NOWHERE' BY 'XX'.
           EXEC SQL INCLUDE TAIL END-EXEC.
