//! The Exempt Organizations Business Master File as a mainframe extract.
//!
//! The layout is `treasury/legacy/EOMASTER.cpy` and ours; every value is as published by the Internal Revenue Service.

use crate::Outcome;
use crate::example::ebcdic::Record;
use crate::example::{Options, csv_rows, gunzip, gzip};

/// The length of `EO-RECORD` in bytes.
const RECORD_LENGTH: usize = 320;

type Row<'a> = &'a dyn Fn(&str) -> Outcome<String>;

/// Writes one record for each organisation of the states, in the order of the published files. Returns how many.
pub fn write(options: &Options) -> Outcome<usize> {
    let (mut extract, mut sequence) = (Vec::new(), 0);
    each_row(options, |row| {
        sequence += 1;
        extract.extend(encode(sequence, row)?);
        Ok(())
    })?;
    gzip(&options.out.join("treasury/legacy/eo-master.dat.gz"), &extract)?;
    Ok(extract.len() / RECORD_LENGTH)
}

/// Every row of the published files of the states.
pub fn each_row(options: &Options, mut each: impl FnMut(Row) -> Outcome) -> Outcome {
    for state in &options.states {
        let file = options.data.join(format!("irs/eo_{}.csv.gz", state.to_lowercase()));
        csv_rows(&gunzip(&file)?, |row| each(row)).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// One record, field by field in the order of the copybook.
fn encode(sequence: i32, row: Row) -> Outcome<Vec<u8>> {
    let mut record = Record::default();
    record.binary(sequence);
    record.digits(&row("EIN")?, 9)?;
    record.text(&row("NAME")?, 70)?;
    record.text(&row("ICO")?, 35)?;
    encode_address(&mut record, row)?;
    record.text(&row("GROUP")?, 4)?;
    record.text(&row("SUBSECTION")?, 2)?;
    record.text(&row("AFFILIATION")?, 1)?;
    record.text(&row("CLASSIFICATION")?, 4)?;
    record.digits(&row("RULING")?, 6)?;
    record.text(&row("DEDUCTIBILITY")?, 1)?;
    record.text(&row("FOUNDATION")?, 2)?;
    record.text(&row("ACTIVITY")?, 9)?;
    record.text(&row("ORGANIZATION")?, 1)?;
    record.text(&row("STATUS")?, 2)?;
    record.text(&row("TAX_PERIOD")?, 6)?;
    record.text(&row("ASSET_CD")?, 1)?;
    record.text(&row("INCOME_CD")?, 1)?;
    record.text(&row("FILING_REQ_CD")?, 2)?;
    record.text(&row("PF_FILING_REQ_CD")?, 1)?;
    record.digits(&row("ACCT_PD")?, 2)?;
    encode_amounts(&mut record, row)?;
    record.text(&row("NTEE_CD")?, 4)?;
    record.text(&row("SORT_NAME")?, 35)?;
    record.text("", 20)?;
    if record.0.len() != RECORD_LENGTH {
        return Err(format!("a record of {} bytes, not {RECORD_LENGTH}", record.0.len()).into());
    }
    Ok(record.0)
}

/// The published ZIP is `99999-9999`; a mainframe keeps nine digits and redefines them as two numbers.
fn encode_address(record: &mut Record, row: Row) -> Outcome {
    record.text(&row("STREET")?, 35)?;
    record.text(&row("CITY")?, 22)?;
    record.text(&row("STATE")?, 2)?;
    record.digits(&row("ZIP")?.replace('-', ""), 9)
}

/// A published amount may be missing, and a number field cannot say so: a flag before the amounts does.
fn encode_amounts(record: &mut Record, row: Row) -> Outcome {
    let amounts = [row("ASSET_AMT")?, row("INCOME_AMT")?, row("REVENUE_AMT")?];
    for amount in &amounts {
        record.text(if amount.is_empty() { "N" } else { "Y" }, 1)?;
    }
    let [asset, income, revenue] = amounts.map(|amount| match amount.as_str() {
        "" => Ok(0),
        text => text.parse::<i64>().map_err(|_| format!("`{text}` is not a whole number of dollars")),
    });
    record.packed(asset?, 13)?;
    record.packed(income?, 13)?;
    record.zoned(revenue?, 13)
}

#[cfg(test)]
mod tests {
    use super::{RECORD_LENGTH, encode};

    fn value(column: &str) -> String {
        match column {
            "EIN" => "012345678",
            "NAME" => "FRIENDS OF THE LIGHTHOUSE INC",
            "ZIP" => "02901-1802",
            "RULING" => "197611",
            "CLASSIFICATION" => "1000",
            "ACTIVITY" => "040041043",
            "ACCT_PD" => "12",
            "ASSET_AMT" | "INCOME_AMT" => "577261",
            "REVENUE_AMT" => "-42",
            _ => "",
        }
        .to_owned()
    }

    #[test]
    fn a_record_has_the_length_of_the_copybook_and_its_amounts_where_it_says() {
        let record = encode(7, &|column| Ok(value(column))).unwrap();
        assert_eq!(record.len(), RECORD_LENGTH);
        assert_eq!(record[..4], [0, 0, 0, 7]);
        assert_eq!(record[231..234], [0xe8, 0xe8, 0xe8]);
        assert_eq!(record[234..241], [0x00, 0x00, 0x00, 0x05, 0x77, 0x26, 0x1c]);
        assert_eq!(record[260], 0xd2);
    }

    #[test]
    fn a_missing_amount_is_flagged_and_not_taken_for_zero() {
        let missing = |column: &str| Ok(if column.ends_with("_AMT") { String::new() } else { value(column) });
        let record = encode(1, &missing).unwrap();
        assert_eq!(record[231..234], [0xd5, 0xd5, 0xd5]);
    }
}
