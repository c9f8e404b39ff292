*> Reads the extract and writes a line of CSV for each record, as a COBOL programmer would: the text is translated through
*> a table, and each field is moved to its column. Columns keep their full width, which spares the trimming.
identification division.
program-id. decode.
environment division.
input-output section.
file-control.
    select extract assign to "legacy/eo-master.dat"
        organization is sequential.
    select lines-out assign to "eo-master.cobol.csv"
        organization is line sequential.
data division.
file section.
fd extract.
01  eo-record.
    05 eo-sequence              pic s9(9) comp.
    05 eo-text-1.
       10 eo-ein                pic 9(9).
       10 eo-name               pic x(70).
       10 eo-in-care-of         pic x(35).
       10 eo-street             pic x(35).
       10 eo-city               pic x(22).
       10 eo-state              pic x(2).
       10 eo-zip                pic x(9).
       10 eo-zip-parts redefines eo-zip.
          15 eo-zip5            pic 9(5).
          15 eo-zip4            pic 9(4).
       10 eo-group              pic x(4).
       10 eo-subsection         pic x(2).
       10 eo-affiliation        pic x.
       10 eo-classification     pic 9 occurs 4 times.
       10 eo-ruling-year        pic 9(4).
       10 eo-ruling-month       pic 9(2).
       10 eo-deductibility      pic x.
       10 eo-foundation         pic x(2).
       10 eo-activity           pic x(3) occurs 3 times.
       10 eo-organization       pic x.
       10 eo-status             pic x(2).
       10 eo-tax-period         pic x(6).
       10 eo-asset-code         pic x.
       10 eo-income-code        pic x.
       10 eo-filing             pic x(2).
       10 eo-pf-filing          pic x.
       10 eo-accounting-period  pic 9(2).
       10 eo-amounts-known      pic x occurs 3 times.
    05 eo-bytes-1 redefines eo-text-1
                                pic x occurs 230 times.
    05 eo-asset-amount          pic s9(13) comp-3.
    05 eo-income-amount         pic s9(13) comp-3.
    05 eo-text-2.
       10 eo-revenue-amount     pic s9(13).
       10 eo-ntee-code          pic x(4).
       10 eo-sort-name          pic x(35).
       10 filler                pic x(20).
    05 eo-bytes-2 redefines eo-text-2
                                pic x occurs 72 times.
fd lines-out.
01  line-out.
    05 out-sequence                pic -(9)9.
    05 filler                      pic x.
    05 out-ein                     pic 9(9).
    05 filler                      pic x.
    05 out-name                    pic x(70).
    05 filler                      pic x.
    05 out-in-care-of              pic x(35).
    05 filler                      pic x.
    05 out-street                  pic x(35).
    05 filler                      pic x.
    05 out-city                    pic x(22).
    05 filler                      pic x.
    05 out-state                   pic x(2).
    05 filler                      pic x.
    05 out-zip                     pic x(9).
    05 filler                      pic x.
    05 out-zip5                    pic 9(5).
    05 filler                      pic x.
    05 out-zip4                    pic 9(4).
    05 filler                      pic x.
    05 out-group                   pic x(4).
    05 filler                      pic x.
    05 out-subsection              pic x(2).
    05 filler                      pic x.
    05 out-affiliation             pic x.
    05 filler                      pic x.
    05 out-classification-1        pic 9.
    05 filler                      pic x.
    05 out-classification-2        pic 9.
    05 filler                      pic x.
    05 out-classification-3        pic 9.
    05 filler                      pic x.
    05 out-classification-4        pic 9.
    05 filler                      pic x.
    05 out-ruling-year             pic 9(4).
    05 filler                      pic x.
    05 out-ruling-month            pic 9(2).
    05 filler                      pic x.
    05 out-deductibility           pic x.
    05 filler                      pic x.
    05 out-foundation              pic x(2).
    05 filler                      pic x.
    05 out-activity-1              pic x(3).
    05 filler                      pic x.
    05 out-activity-2              pic x(3).
    05 filler                      pic x.
    05 out-activity-3              pic x(3).
    05 filler                      pic x.
    05 out-organization            pic x.
    05 filler                      pic x.
    05 out-status                  pic x(2).
    05 filler                      pic x.
    05 out-tax-period              pic x(6).
    05 filler                      pic x.
    05 out-asset-code              pic x.
    05 filler                      pic x.
    05 out-income-code             pic x.
    05 filler                      pic x.
    05 out-filing                  pic x(2).
    05 filler                      pic x.
    05 out-pf-filing               pic x.
    05 filler                      pic x.
    05 out-accounting-period       pic 9(2).
    05 filler                      pic x.
    05 out-known-1                 pic x.
    05 filler                      pic x.
    05 out-known-2                 pic x.
    05 filler                      pic x.
    05 out-known-3                 pic x.
    05 filler                      pic x.
    05 out-asset-amount            pic -(13)9.
    05 filler                      pic x.
    05 out-income-amount           pic -(13)9.
    05 filler                      pic x.
    05 out-revenue-amount          pic -(13)9.
    05 filler                      pic x.
    05 out-ntee-code               pic x(4).
    05 filler                      pic x.
    05 out-sort-name               pic x(35).
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
01  code-point  pic s9(9) comp-5.
01  code-byte redefines code-point pic x.
01  record-count     pic s9(9) comp-5 value 0.
01  megabytes   pic z(6)9.99.
01  at-end      pic x value "n".
procedure division.
main.
    open input extract output lines-out
    perform until at-end = "y"
        read extract
            at end move "y" to at-end
            not at end perform one-record
        end-read
    end-perform
    close extract lines-out
    compute megabytes = record-count * 320 / 1000000
    display "benchmark: " function trim(megabytes) " MB"
    stop run.

one-record.
    add 1 to record-count
    move 0 to code-point
    perform varying place from 1 by 1 until place > 230
        move eo-bytes-1(place) to code-byte
        move cp037(code-point + 1) to eo-bytes-1(place)
    end-perform
    perform varying place from 1 by 1 until place > 72
        move eo-bytes-2(place) to code-byte
        move cp037(code-point + 1) to eo-bytes-2(place)
    end-perform
    move all "," to line-out
    move eo-sequence to out-sequence
    move eo-ein to out-ein
    move eo-name to out-name
    move eo-in-care-of to out-in-care-of
    move eo-street to out-street
    move eo-city to out-city
    move eo-state to out-state
    move eo-zip to out-zip
    move eo-zip5 to out-zip5
    move eo-zip4 to out-zip4
    move eo-group to out-group
    move eo-subsection to out-subsection
    move eo-affiliation to out-affiliation
    move eo-classification(1) to out-classification-1
    move eo-classification(2) to out-classification-2
    move eo-classification(3) to out-classification-3
    move eo-classification(4) to out-classification-4
    move eo-ruling-year to out-ruling-year
    move eo-ruling-month to out-ruling-month
    move eo-deductibility to out-deductibility
    move eo-foundation to out-foundation
    move eo-activity(1) to out-activity-1
    move eo-activity(2) to out-activity-2
    move eo-activity(3) to out-activity-3
    move eo-organization to out-organization
    move eo-status to out-status
    move eo-tax-period to out-tax-period
    move eo-asset-code to out-asset-code
    move eo-income-code to out-income-code
    move eo-filing to out-filing
    move eo-pf-filing to out-pf-filing
    move eo-accounting-period to out-accounting-period
    move eo-amounts-known(1) to out-known-1
    move eo-amounts-known(2) to out-known-2
    move eo-amounts-known(3) to out-known-3
    move eo-asset-amount to out-asset-amount
    move eo-income-amount to out-income-amount
    move eo-revenue-amount to out-revenue-amount
    move eo-ntee-code to out-ntee-code
    move eo-sort-name to out-sort-name
    write line-out.
