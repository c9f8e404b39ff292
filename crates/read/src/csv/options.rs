//! The options of the kind `csv`, in the order of the reference page.

use crate::section::{OptionDoc, option};
use crate::types;

pub(super) const OPTIONS: &[OptionDoc] = &[
    option("delimiter", "text", ",", "what stands between fields, one letter or more; \"\\t\" is a tab"),
    option(
        "merge_delimiters",
        "true or false",
        "false",
        "whether several delimiters in a row count as one, and those at both ends of a line not at all, as in columns lined up with spaces",
    ),
    option(
        "quote",
        "text",
        "\"",
        "the character around fields that hold delimiters or line ends; \"\" when there is none",
    ),
    option(
        "escape",
        "text",
        "\"\", a quotation mark is written twice",
        "the character before a mark that is meant as a letter, mostly \"\\\\\"",
    ),
    option(
        "stray_quotes",
        "\"reject\" or \"keep\"",
        "\"reject\"",
        "what becomes of a record with a quotation mark out of place: rejected, or read with the mark as a letter",
    ),
    option(
        "line_end",
        "\"lf\", \"cr\", \"any\" or the text itself",
        "\"lf\"",
        "what ends a record: LF or CRLF, CR alone, any of the three, or a mark such as \"\\u001e\"",
    ),
    option(
        "encoding",
        "text",
        "utf-8",
        "how letters are written: utf-8, utf-16le, windows-1252, iso-8859-15, macintosh, shift_jis and all others of the WHATWG's \
         list, or an EBCDIC page such as cp037",
    ),
    option("comment", "text", "none", "what lines begin with that hold no record"),
    option("skip_lines", "whole number", "0", "lines before the header or the first record"),
    option(
        "table",
        "whole number",
        "none, the whole file is one table",
        "which of several tables in the file, from 1, when empty lines set them apart; `skip_lines` counts from its first line",
    ),
    option(
        "header",
        "true, false or whole number",
        "true",
        "whether the first record holds the names of the columns, or how many records do, one above the other",
    ),
    option(
        "columns",
        "list of texts",
        "the header, or column_1, column_2, …",
        "names of the columns, instead of those in the file",
    ),
    option(
        "footer_lines",
        "whole number",
        "0",
        "lines at the end of the file that are no records; empty ones do not count",
    ),
    option(
        "footer",
        "list of texts",
        "none",
        "what the first line behind the records looks like, such as \"Total*\"; `*` stands for anything",
    ),
    option(
        "ragged",
        "\"reject\", \"pad\", \"cut\" or \"join\"",
        "\"reject\"",
        "what becomes of records with too few or too many fields: rejected; `pad` makes missing fields null and still rejects records \
         with too many; `cut` leaves those out; `join` adds them to the last column. Empty fields too many never count",
    ),
    option(
        "skip_empty",
        "true or false",
        "false",
        "whether records are passed over that hold delimiters only",
    ),
    option(
        "trim",
        "true or false",
        "false",
        "whether spaces around values, and around quotation marks, are removed; a value that is empty, or empty then, is null",
    ),
    option("null", "list of texts", "none", "values that mean null, besides the empty one"),
    option(
        "types",
        "table",
        "all columns are text",
        "types by column, such as `amount = \"decimal(12,2)\"`: text, integer, decimal(digits,places), number, boolean, date, time, \
         timestamp; the last three with a pattern, such as date(DD.MM.YYYY), date(D MONTH YYYY), time(h:mm AM), \
         timestamp(YYYYMMDDHHmmss), in which `[…]` may be missing",
    ),
    types::DECIMAL,
    types::THOUSANDS,
    types::BOOLEAN,
    types::TWO_DIGIT_YEARS_FROM,
    option(
        "trailer",
        "table",
        "none",
        "the record that states control totals: `begins_with` is how it begins, `records` the field (from 1) with the number of records, \
         `besides` how many records that number counts besides, such as the trailer itself, and `sums` the fields with sums of columns: \
         `{ amount = 3 }`. Totals that do not agree stop a refresh",
    ),
    option(
        "max_record_bytes",
        "whole number",
        "1048576",
        "a longer record is broken; keeps an open quotation mark from swallowing the file",
    ),
];
