//! `concordat quarantine show`

use clap::Args;
use concordat_flow::quarantine::{SetAside, set_aside};
use concordat_read::copybook::CodePage;

use super::file;
use crate::folder::Folder;
use crate::report::{self, Form, Outcome};

/// Shows one record in quarantine: what is wrong with it, where, what to do, and what stands in the source. It prints personal data if the
/// source holds some.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  concordat quarantine show exempt-organisations 4711 --body treasury")]
pub struct Show {
    /// A register, or a file that `read --quarantine` has written
    #[arg(value_name = "REGISTER|FILE")]
    of: String,
    /// The record, by its number in the source
    record: u64,
    /// What the raw bytes mean: ascii, latin-1, cp037 or another code page
    #[arg(long, value_name = "PAGE", default_value = "ascii")]
    code_page: String,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

/// Bytes of a line of hexadecimal digits.
const LINE: usize = 16;

impl Show {
    pub fn run(self) -> Outcome {
        let record = set_aside(&file(&self.of, &self.body)?, self.record)?;
        if self.output == Form::Json {
            return report::json(&record);
        }
        let page = CodePage::named(&self.code_page)?;
        describe(&record)?;
        for (name, value) in record.fields.iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            report::line(format!("  {name:<32} {value}"))?;
        }
        let raw = record.raw.unwrap_or_default();
        for (number, bytes) in raw.chunks(LINE).enumerate() {
            report::line(dump(number * LINE, bytes, &page))?;
        }
        Ok(())
    }
}

fn describe(record: &SetAside) -> Outcome {
    let byte = record.byte_offset.map_or_else(String::new, |byte| format!(" at byte {byte}"));
    let file = record.place.file.as_ref().map_or_else(String::new, |file| format!(" of {file}"));
    report::line(format!("record {}{byte}{file}", record.record_number))?;
    let field = record.place.field.as_ref().map_or_else(String::new, |field| format!("{field}: "));
    report::line(format!("{}: {field}{}", record.code, record.sentence))?;
    if let Some(advice) = &record.advice {
        report::line(format!("  {advice}"))?;
    }
    Ok(())
}

/// A line of hexadecimal digits with the characters they stand for; what cannot be shown is a point.
fn dump(offset: usize, bytes: &[u8], page: &CodePage) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let letter = |byte: &u8| {
        let mut text = Vec::new();
        page.decode_into(&[*byte], &mut text);
        let letter = String::from_utf8(text).ok().and_then(|text| text.chars().next());
        letter.filter(|letter| !letter.is_control() && *letter != '\u{fffd}').unwrap_or('.')
    };
    let letters: String = bytes.iter().map(letter).collect();
    format!("  {offset:06x}  {:<47}  {letters}", digits.join(" "))
}
