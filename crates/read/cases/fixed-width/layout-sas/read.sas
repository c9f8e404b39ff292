data cases;
  infile 'cases.txt';
  input @1 CASENO $5. @6 SURNAME $10.
        @16 BORN $8. @24 AMOUNT 8.2;
run;
