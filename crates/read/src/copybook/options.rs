//! The options of the kind `copybook`, as the reference page has them: first how the file is divided, then what the bytes mean.

use crate::section::OptionDoc;

pub(super) const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "path",
        form: "text or list of texts",
        default: "required, unless there is a text",
        meaning: "the copybook, relative to the body's folder; of several, the records (01 levels) of all describe the same bytes",
    },
    OptionDoc {
        name: "copy_paths",
        form: "list of texts",
        default: "none",
        meaning: "folders in which COPY finds copybooks, after the folder of the one that copies; a name is found in upper and lower \
                  case, alone or with .cpy, .cbl, .cob, .copy, .inc or .txt",
    },
    OptionDoc {
        name: "records",
        form: "list of texts",
        default: "all",
        meaning: "the records (01 levels) of the copybook that the file has",
    },
    OptionDoc {
        name: "text",
        form: "text",
        default: "none",
        meaning: "the copybook itself, instead of a file: what `inspect` writes when it has inferred one",
    },
    OptionDoc {
        name: "code_page",
        form: "text",
        default: "cp037",
        meaning: "what the bytes mean: an EBCDIC page such as cp037, cp273, cp500, cp1047, cp1140, cp939 (with characters of two \
                  bytes), a DOS page such as cp850, or ascii, latin-1, windows-1252, shift_jis, utf-8, utf-16be and others",
    },
    OptionDoc {
        name: "record_format",
        form: "F, FB, V, VB, VS, VBS or D",
        default: "F",
        meaning: "how records are divided: by their fixed length (F), in blocks (FB), by a descriptor word before each (V), in blocks that have one too (VB), the same with records in several parts (VS, VBS), or by line ends (D); a field that a shorter record does not reach is null",
    },
    OptionDoc {
        name: "record_word",
        form: "table",
        default: "as IBM writes it",
        meaning: "how the word before each record is written: `byte_order = \"little\"`; `counts_itself = false` when its length does not count the word, or `adjustment = 2` for any other difference; `length_bytes = \"2\"` or `\"4\"` when all of its two or four bytes are the length, instead of two of four (`\"2+2\"`)",
    },
    OptionDoc {
        name: "block_word",
        form: "table",
        default: "as IBM writes it",
        meaning: "the same for the word before each block; with FB it says that there are such words",
    },
    OptionDoc {
        name: "block_length",
        form: "whole number",
        default: "no blocks",
        meaning: "bytes of each block of an FB file, when what is left of a block behind its last record is filled up",
    },
    OptionDoc {
        name: "records_per_block",
        form: "whole number",
        default: "no blocks",
        meaning: "the same as a number of records",
    },
    OptionDoc {
        name: "record_length",
        form: "whole number",
        default: "as the copybook says",
        meaning: "the bytes of one record, when it is longer than the copybook; the rest is passed over",
    },
    OptionDoc {
        name: "record_length_field",
        form: "text",
        default: "none",
        meaning: "the field that holds the bytes of its record, prefix and suffix included, or arithmetic on fields: `ITEMS * 10 + 200`",
    },
    OptionDoc {
        name: "record_lengths",
        form: "table",
        default: "none",
        meaning: "lengths by the value of that field: `{ \"A\" = 120, \"B\" = 80, \"_\" = 60 }`, where `_` stands for all other values",
    },
    OptionDoc {
        name: "minimum_record_length",
        form: "whole number",
        default: "0",
        meaning: "a shorter record is rejected, where lengths vary",
    },
    OptionDoc {
        name: "maximum_record_length",
        form: "whole number",
        default: "no limit",
        meaning: "a longer record is rejected, where lengths vary",
    },
    OptionDoc {
        name: "record_prefix_bytes",
        form: "whole number",
        default: "0",
        meaning: "bytes at the beginning of each record that the copybook does not describe",
    },
    OptionDoc {
        name: "record_suffix_bytes",
        form: "whole number",
        default: "0",
        meaning: "the same at its end",
    },
    OptionDoc {
        name: "line_end",
        form: "any, lf, crlf, cr, nl or none",
        default: "any",
        meaning: "what ends a line (D): LF also behind CR, in EBCDIC also NL; or nothing, when lines are all as long as the record",
    },
    OptionDoc {
        name: "partial_last_record",
        form: "reject or keep",
        default: "reject",
        meaning: "whether a last record that is not whole is kept (F); fields that it does not reach are null",
    },
    OptionDoc {
        name: "after_broken_word",
        form: "stop or search",
        default: "stop",
        meaning: "what to do behind a word that cannot be one: nothing, or go on at the next place where the words of several records fit; what lies between is one reject",
    },
    OptionDoc {
        name: "file_header_bytes",
        form: "whole number",
        default: "0",
        meaning: "bytes at the beginning of the file that are no record",
    },
    OptionDoc {
        name: "file_trailer_bytes",
        form: "whole number",
        default: "0",
        meaning: "bytes at the end of the file that are no record",
    },
    OptionDoc {
        name: "file_header",
        form: "table",
        default: "none",
        meaning: "the first record, when another 01 level describes it: `{ record = \"HEADER-RECORD\", carry = [\"RUN-DATE\"] }`; the fields to carry become columns of each row",
    },
    OptionDoc {
        name: "file_trailer",
        form: "table",
        default: "none",
        meaning: "the same for the last record, which is left out: `{ record = \"TRAILER-RECORD\" }`",
    },
    OptionDoc {
        name: "segments",
        form: "table",
        default: "none",
        meaning: "which description holds for which records, where a file has several kinds: `field`, and `records = { \"COMPANY\" = \"C\", \
                  \"CONTACT\" = [\"P\", \"Q\"] }` with the field's values; `parents = { \"CONTACT\" = \"COMPANY\" }` makes rows of the parents, \
                  with lists of what follows each, or with `rows = \"records\"` leaves a row for each record, with `carry = true` the \
                  parents' values in it, with `ids = \"ID\"` generated identifiers; `only` lists the segments to read; `others` says \
                  what becomes of records with other values: `\"reject\"`, `\"skip\"` or `\"keep\"`",
    },
    OptionDoc {
        name: "reference_format",
        form: "auto, fixed or free",
        default: "auto",
        meaning: "whether the copybook uses columns 7 to 72 (fixed) or all columns (free)",
    },
    OptionDoc {
        name: "first_column",
        form: "whole number",
        default: "8",
        meaning: "where the text of the copybook begins in fixed format; the column before it holds the indicator",
    },
    OptionDoc {
        name: "last_column",
        form: "whole number",
        default: "72",
        meaning: "where the text of the copybook ends in fixed format",
    },
    OptionDoc {
        name: "decimal_point",
        form: "period or comma",
        default: "period",
        meaning: "the decimal point in pictures and values; `comma` where programs say DECIMAL-POINT IS COMMA",
    },
    OptionDoc {
        name: "binary_size",
        form: "2-4-8, 1-2-4-8 or 1--8",
        default: "2-4-8",
        meaning: "the bytes of COMP and COMP-5 numbers: as IBM has it, with single bytes as GnuCOBOL has it, or as few as hold the \
                  digits as Micro Focus has it",
    },
    OptionDoc {
        name: "byte_order",
        form: "big or little",
        default: "big with an EBCDIC code page, else little",
        meaning: "the byte order of COMP-5, and of COMP-1 and COMP-2 in IEEE 754",
    },
    OptionDoc {
        name: "floating_point",
        form: "ibm or ieee",
        default: "ibm with an EBCDIC code page, else ieee",
        meaning: "whether COMP-1 and COMP-2 are IBM hexadecimal or IEEE 754 numbers",
    },
    OptionDoc {
        name: "variable_occurs",
        form: "maximum, shift or padded",
        default: "shift where records have lengths of their own, else maximum",
        meaning: "where the fields behind a list of varying length (OCCURS DEPENDING ON) stand: behind the room for its most occurrences \
                  (maximum), or behind those that it has, as IBM's COBOL has it; with record format F the record then ends with its \
                  last field (shift), or is as long as the longest one (padded)",
    },
    OptionDoc {
        name: "counts",
        form: "table",
        default: "none",
        meaning: "numbers of occurrences by the words in a field that a list depends on: `{ \"SIZE-CODE\" = { \"A\" = 1, \"B\" = 5 } }`",
    },
    OptionDoc {
        name: "renames",
        form: "true or false",
        default: "false",
        meaning: "whether other names for fields (level 66) become columns too",
    },
    OptionDoc {
        name: "national",
        form: "utf-16be or utf-16le",
        default: "utf-16be",
        meaning: "how national text (PIC N) and digits are written",
    },
    OptionDoc {
        name: "code_pages",
        form: "table",
        default: "none",
        meaning: "the code page of single fields, or of all fields in a group: `{ \"NAME\" = \"cp1025\" }`",
    },
    OptionDoc {
        name: "null_when",
        form: "list of spaces, low-values, high-values, zeros",
        default: "spaces, low-values",
        meaning: "what counts as nothing. A text of nothing else is null, or empty when it is not in the list; a DISPLAY or packed number of \
                  nothing else is null, or rejected; `zeros` makes numbers that are zero, and texts of the digit 0 only, null. With BLANK \
                  WHEN ZERO, spaces are zero",
    },
    OptionDoc {
        name: "null_fields",
        form: "table",
        default: "none",
        meaning: "the same for single fields, or for all in a group: `{ \"END-DATE\" = [\"spaces\", \"zeros\"] }`",
    },
    OptionDoc {
        name: "signs",
        form: "strict or lenient",
        default: "strict",
        meaning: "whether numbers that no compiler writes so are read too: a positive sign where the picture has none, spaces before the \
                  digits, a missing separate sign, a negative packed number without `S`",
    },
    OptionDoc {
        name: "ascii_signs",
        form: "usual, fujitsu or realia",
        default: "usual",
        meaning: "how the sign is punched over a digit in ASCII: as GnuCOBOL and Micro Focus write it (`p` to `y` are negative) or EBCDIC \
                  becomes when it is translated (`{ A-I`, `} J-R`), or as the compilers of Fujitsu or Realia do",
    },
    OptionDoc {
        name: "conditions",
        form: "list, columns or reject",
        default: "list",
        meaning: "what becomes of condition-names (level 88): they stand in the layout that `inspect` shows, each is a column that is true or \
                  false, or records are rejected whose field has none of the values that its names stand for",
    },
    OptionDoc {
        name: "redefines",
        form: "table",
        default: "each description that fits",
        meaning: "which description of the same bytes holds: `\"CORP-DATA\" = { when = \"ORG-TYPE\", is = [\"1\", \"5\"] }`, or any condition: \
                  `\"CORP-DATA\" = \"ORG-TYPE in (1, 5) and not (AMOUNT > 100 or IS-CLOSED)\"`, where a name alone is one of level 88",
    },
];
