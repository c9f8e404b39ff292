 *a comment                   x
  01 REC.                     tag
  05 A PIC X(2).              tag
  05 LONG-NA                  tag
 -   ME PIC 9.                tag
