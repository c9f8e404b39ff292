           05  NAME            PIC X(4).
