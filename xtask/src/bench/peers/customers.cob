*> Writes the customer master file that the benchmark `decode` reads: as many records as the first argument says, the same ones each
*> time. Text, DISPLAY numbers and their signs are translated to EBCDIC (cp037); with -fsign=EBCDIC the signs come out as on a mainframe.
identification division.
program-id. customers.
environment division.
input-output section.
file-control.
    select customers assign to "customers.dat"
        organization is sequential.
data division.
file section.
fd customers.
01  customer-record.
    05 cust-id             pic 9(9) comp.
    05 cust-text.
       10 cust-no          pic x(10).
       10 cust-type        pic x.
       10 cust-name        pic x(40).
       10 person-data.
          15 given-name    pic x(20).
          15 birth-date    pic 9(8).
          15 gender        pic x(2).
       10 company-data redefines person-data.
          15 tax-no        pic x(14).
          15 employees     pic 9(6).
          15 founded       pic 9(8).
          15 filler        pic x(2).
       10 street           pic x(30).
       10 city             pic x(24).
       10 post-code        pic x(10).
       10 country          pic x(2).
       10 opened           pic 9(8).
    05 balance             pic s9(11)v99 comp-3.
    05 credit-limit        pic s9(9)v99 comp-3.
    05 rate                pic sv9(5) comp-3.
    05 visits              pic s9(4) comp.
    05 total-cents         pic s9(18) comp.
    05 cust-numbers.
       10 score            pic s9(5)v99.
       10 delta            pic s9(6) sign is trailing separate.
    05 orders occurs 6 times.
       10 order-date       pic 9(8).
       10 order-amount     pic s9(7)v99 comp-3.
       10 order-items      pic s9(4) comp.
    05 note                pic x(17).
working-storage section.
01  wanted-records  pic 9(9) comp-5 value 0.
01  argument        pic x(12).
01  record-no       pic 9(9) comp-5.
01  item            pic 9(9) comp-5.
01  seed            pic 9(18) comp-5 value 20260101.
01  draw          pic s9(18) comp-5.
01  digits          pic 9(9).
01  surnames.
    05 filler pic x(12) value "EXAMPLE".
    05 filler pic x(12) value "SAMPLE".
    05 filler pic x(12) value "MUSTER".
    05 filler pic x(12) value "TESTOVA".
    05 filler pic x(12) value "BEISPIEL".
    05 filler pic x(12) value "PLACEHOLDER".
    05 filler pic x(12) value "NOBODY".
01  filler redefines surnames.
    05 surname pic x(12) occurs 7 times.
01  cities.
    05 filler pic x(12) value "SPRINGFIELD".
    05 filler pic x(12) value "RIVERTON".
    05 filler pic x(12) value "LAKE TOWN".
    05 filler pic x(12) value "HILL".
    05 filler pic x(12) value "PORT ROYAL".
01  filler redefines cities.
    05 town pic x(12) occurs 5 times.
01  ascii-letters   pic x(70) value
    " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-+{}abcdefghijklmnopqrstuvwxyz/".
01  ebcdic-letters.
    05 filler pic x(27) value x"40C1C2C3C4C5C6C7C8C9D1D2D3D4D5D6D7D8D9E2E3E4E5E6E7E8E9".
    05 filler pic x(16) value x"F0F1F2F3F4F5F6F7F8F94B6B604EC0D0".
    05 filler pic x(27) value x"818283848586878889919293949596979899A2A3A4A5A6A7A8A961".
procedure division.
main.
    accept argument from command-line
    compute wanted-records = function numval(argument)
    open output customers
    perform varying record-no from 1 by 1 until record-no > wanted-records
        perform one-record
        write customer-record
    end-perform
    close customers
    stop run.

*> The next pseudo-random number, from 0 to 2147483646 (Park and Miller).
next-draw.
    compute seed = function mod(seed * 16807, 2147483647)
    move seed to draw.

one-record.
    move record-no to cust-id
    move record-no to digits
    string "K" digits delimited by size into cust-no
    perform next-draw
    move spaces to cust-name
    string surname(function mod(draw, 7) + 1) delimited by space " " digits(4:6) delimited by size into cust-name
    if function mod(draw, 4) = 0
        move "C" to cust-type
        move spaces to company-data
        string "DE" digits "X" delimited by size into tax-no
        compute employees = function mod(draw, 100000)
        compute founded = 19000101 + function mod(draw, 120) * 10000
    else
        move "P" to cust-type
        move surname(function mod(draw / 7, 7) + 1) to given-name
        compute birth-date = 19300101 + function mod(draw, 80) * 10000 + function mod(draw, 12) * 100
        if function mod(draw, 2) = 0 move "F" to gender else move "M" to gender end-if
    end-if
    perform next-draw
    move spaces to street
    string "MAIN STREET " digits(6:4) delimited by size into street
    move town(function mod(draw, 5) + 1) to city
    move digits(5:5) to post-code
    move "XX" to country
    compute opened = 19800101 + function mod(draw, 40) * 10000 + function mod(draw, 28)
    compute balance = (draw - 1000000000) / 100
    compute credit-limit = function mod(draw, 1000000) + 0.5
    compute rate = function mod(draw, 20000) / 100000
    perform next-draw
    compute visits = function mod(draw, 2000) - 500
    compute total-cents = draw * 1000003 - 1000000000000
    compute score = (function mod(draw, 200000) - 100000) / 100
    compute delta = function mod(draw, 20000) - 10000
    perform varying item from 1 by 1 until item > 6
        perform next-draw
        compute order-date(item) = 20200101 + function mod(draw, 5) * 10000 + function mod(draw, 12) * 100
        compute order-amount(item) = (function mod(draw, 10000000) - 2000000) / 100
        compute order-items(item) = function mod(draw, 100)
    end-perform
    if function mod(draw, 3) = 0 move "SEE FILE" to note else move spaces to note end-if
    inspect cust-text converting ascii-letters to ebcdic-letters
    inspect cust-numbers converting ascii-letters to ebcdic-letters
    perform varying item from 1 by 1 until item > 6
        inspect order-date(item) converting ascii-letters to ebcdic-letters
    end-perform
    inspect note converting ascii-letters to ebcdic-letters.
