           05  :TAG:-PERSON.
               10  :TAG:-NO        PIC 9(LEN).
               10  :TAG:-NAME      PIC-OF-NAME.
