*> Reads the customer master file and writes a line of CSV for each record, as a COBOL programmer would: the text is translated
*> through a table, and each field is moved to its column. Columns keep their full width, which spares the trimming.
identification division.
program-id. decode.
environment division.
input-output section.
file-control.
    select customers assign to "customers.dat"
        organization is sequential.
    select lines-out assign to "customers.cobol.csv"
        organization is line sequential.
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
01  bytes-of-record redefines customer-record.
    05 filler              pic x(4).
    05 text-bytes          pic x occurs 155 times.
    05 filler              pic x(26).
    05 number-bytes        pic x occurs 14 times.
    05 order-bytes occurs 6 times.
       10 date-bytes       pic x occurs 8 times.
       10 filler           pic x(7).
    05 note-bytes          pic x occurs 17 times.
fd lines-out.
01  line-out.
    05 out-cust-id              pic 9(9).
    05 filler                   pic x.
    05 out-cust-no              pic x(10).
    05 filler                   pic x.
    05 out-cust-type            pic x.
    05 filler                   pic x.
    05 out-cust-name            pic x(40).
    05 filler                   pic x.
    05 out-given-name           pic x(20).
    05 filler                   pic x.
    05 out-birth-date           pic 9(8).
    05 filler                   pic x.
    05 out-gender               pic x(2).
    05 filler                   pic x.
    05 out-tax-no               pic x(14).
    05 filler                   pic x.
    05 out-employees            pic 9(6).
    05 filler                   pic x.
    05 out-founded              pic 9(8).
    05 filler                   pic x.
    05 out-street               pic x(30).
    05 filler                   pic x.
    05 out-city                 pic x(24).
    05 filler                   pic x.
    05 out-post-code            pic x(10).
    05 filler                   pic x.
    05 out-country              pic x(2).
    05 filler                   pic x.
    05 out-opened               pic 9(8).
    05 filler                   pic x.
    05 out-balance              pic -(11)9.99.
    05 filler                   pic x.
    05 out-credit-limit         pic -(9)9.99.
    05 filler                   pic x.
    05 out-rate                 pic -9.9(5).
    05 filler                   pic x.
    05 out-visits               pic -(4)9.
    05 filler                   pic x.
    05 out-total-cents          pic -(18)9.
    05 filler                   pic x.
    05 out-score                pic -(5)9.99.
    05 filler                   pic x.
    05 out-delta                pic -(6)9.
    05 filler                   pic x.
    05 out-order-date-1         pic 9(8).
    05 filler                   pic x.
    05 out-order-amount-1       pic -(7)9.99.
    05 filler                   pic x.
    05 out-order-items-1        pic -(4)9.
    05 filler                   pic x.
    05 out-order-date-2         pic 9(8).
    05 filler                   pic x.
    05 out-order-amount-2       pic -(7)9.99.
    05 filler                   pic x.
    05 out-order-items-2        pic -(4)9.
    05 filler                   pic x.
    05 out-order-date-3         pic 9(8).
    05 filler                   pic x.
    05 out-order-amount-3       pic -(7)9.99.
    05 filler                   pic x.
    05 out-order-items-3        pic -(4)9.
    05 filler                   pic x.
    05 out-order-date-4         pic 9(8).
    05 filler                   pic x.
    05 out-order-amount-4       pic -(7)9.99.
    05 filler                   pic x.
    05 out-order-items-4        pic -(4)9.
    05 filler                   pic x.
    05 out-order-date-5         pic 9(8).
    05 filler                   pic x.
    05 out-order-amount-5       pic -(7)9.99.
    05 filler                   pic x.
    05 out-order-items-5        pic -(4)9.
    05 filler                   pic x.
    05 out-order-date-6         pic 9(8).
    05 filler                   pic x.
    05 out-order-amount-6       pic -(7)9.99.
    05 filler                   pic x.
    05 out-order-items-6        pic -(4)9.
    05 filler                   pic x.
    05 out-note                 pic x(17).
working-storage section.
01  cp037-table.
    05 filler pic x(16) value x"000102039C09867F978D8E0B0C0D0E0F".
    05 filler pic x(16) value x"101112139D8508871819928F1C1D1E1F".
    05 filler pic x(16) value x"80818283840A171B88898A8B8C050607".
    05 filler pic x(16) value x"909116939495960498999A9B14159E1A".
    05 filler pic x(16) value x"20A0E2E4E0E1E3E5E7F1A22E3C282B7C".
    05 filler pic x(16) value x"26E9EAEBE8EDEEEFECDF21242A293BAC".
    05 filler pic x(16) value x"2D2FC2C4C0C1C3C5C7D1A62C255F3E3F".
    05 filler pic x(16) value x"F8C9CACBC8CDCECFCC603A2340273D22".
    05 filler pic x(16) value x"D8616263646566676869ABBBF0FDFEB1".
    05 filler pic x(16) value x"B06A6B6C6D6E6F707172AABAE6B8C6A4".
    05 filler pic x(16) value x"B57E737475767778797AA1BFD0DDDEAE".
    05 filler pic x(16) value x"5EA3A5B7A9A7B6BCBDBE5B5DAFA8B4D7".
    05 filler pic x(16) value x"7B414243444546474849ADF4F6F2F3F5".
    05 filler pic x(16) value x"7D4A4B4C4D4E4F505152B9FBFCF9FAFF".
    05 filler pic x(16) value x"5CF7535455565758595AB2D4D6D2D3D5".
    05 filler pic x(16) value x"30313233343536373839B3DBDCD9DA9F".
01  cp037-bytes redefines cp037-table.
    05 cp037 pic x occurs 256 times.
01  place       pic s9(9) comp-5.
01  item        pic s9(9) comp-5.
01  code-point  pic s9(9) comp-5.
01  code-byte redefines code-point pic x.
01  record-count     pic s9(9) comp-5 value 0.
01  megabytes   pic z(6)9.99.
01  at-end      pic x value "n".
procedure division.
main.
    open input customers output lines-out
    perform until at-end = "y"
        read customers
            at end move "y" to at-end
            not at end perform one-record
        end-read
    end-perform
    close customers lines-out
    compute megabytes = record-count * 306 / 1000000
    display "benchmark: " function trim(megabytes) " MB"
    stop run.

one-record.
    add 1 to record-count
    move 0 to code-point
    perform varying place from 1 by 1 until place > 155
        move text-bytes(place) to code-byte
        move cp037(code-point + 1) to text-bytes(place)
    end-perform
    perform varying place from 1 by 1 until place > 14
        move number-bytes(place) to code-byte
        move cp037(code-point + 1) to number-bytes(place)
    end-perform
    perform varying item from 1 by 1 until item > 6
        perform varying place from 1 by 1 until place > 8
            move date-bytes(item place) to code-byte
            move cp037(code-point + 1) to date-bytes(item place)
        end-perform
    end-perform
    perform varying place from 1 by 1 until place > 17
        move note-bytes(place) to code-byte
        move cp037(code-point + 1) to note-bytes(place)
    end-perform
    move all "," to line-out
    move cust-id to out-cust-id
    move cust-no to out-cust-no
    move cust-type to out-cust-type
    move cust-name to out-cust-name
    move street to out-street
    move city to out-city
    move post-code to out-post-code
    move country to out-country
    move opened to out-opened
    move balance to out-balance
    move credit-limit to out-credit-limit
    move rate to out-rate
    move visits to out-visits
    move total-cents to out-total-cents
    move score to out-score
    move delta to out-delta
    if cust-type = "P"
        move given-name to out-given-name
        move birth-date to out-birth-date
        move gender to out-gender
        move spaces to out-tax-no(1:)
        move spaces to out-employees(1:)
        move spaces to out-founded(1:)
    else
        move tax-no to out-tax-no
        move employees to out-employees
        move founded to out-founded
        move spaces to out-given-name(1:)
        move spaces to out-birth-date(1:)
        move spaces to out-gender(1:)
    end-if
    move order-date(1) to out-order-date-1
    move order-amount(1) to out-order-amount-1
    move order-items(1) to out-order-items-1
    move order-date(2) to out-order-date-2
    move order-amount(2) to out-order-amount-2
    move order-items(2) to out-order-items-2
    move order-date(3) to out-order-date-3
    move order-amount(3) to out-order-amount-3
    move order-items(3) to out-order-items-3
    move order-date(4) to out-order-date-4
    move order-amount(4) to out-order-amount-4
    move order-items(4) to out-order-items-4
    move order-date(5) to out-order-date-5
    move order-amount(5) to out-order-amount-5
    move order-items(5) to out-order-items-5
    move order-date(6) to out-order-date-6
    move order-amount(6) to out-order-amount-6
    move order-items(6) to out-order-items-6
    move note to out-note
    write line-out.
