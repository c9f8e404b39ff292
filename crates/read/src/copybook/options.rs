//! The options of the kind `copybook`, as the reference page has them: first how the file is divided, then what the bytes mean.

use crate::section::OptionDoc;

pub(super) const OPTIONS: &[OptionDoc] = &[
    OptionDoc {
        name: "path",
        form: "text",
        default: "required",
        meaning: "the copybook, relative to the body's folder",
    },
    OptionDoc {
        name: "code_page",
        form: "text",
        default: "cp037",
        meaning: "what the bytes mean: an EBCDIC page such as cp037, cp273, cp500, cp1047, cp1140, or ascii, latin-1, \
                  windows-1252, utf-8",
    },
    OptionDoc {
        name: "record_format",
        form: "F, FB, V, VB or D",
        default: "F",
        meaning: "how records are divided: by their fixed length (F, FB), by a descriptor word before each (V), in blocks that have \
                  one too (VB), or by line ends (D); a field that a shorter record does not reach is null",
    },
    OptionDoc {
        name: "record_word",
        form: "table",
        default: "as IBM writes it",
        meaning: "how the word before each record is written: `byte_order = \"little\"`, and `adjustment = 4` when its length does \
                  not count the word itself",
    },
    OptionDoc {
        name: "block_word",
        form: "table",
        default: "as IBM writes it",
        meaning: "the same for the word before each block",
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
        name: "record_length",
        form: "whole number",
        default: "as the copybook says",
        meaning: "the bytes of one record, when it is longer than the copybook; the rest is passed over",
    },
    OptionDoc {
        name: "reference_format",
        form: "auto, fixed or free",
        default: "auto",
        meaning: "whether the copybook uses columns 7 to 72 (fixed) or all columns (free)",
    },
    OptionDoc {
        name: "binary_size",
        form: "2-4-8 or 1-2-4-8",
        default: "2-4-8",
        meaning: "the bytes of COMP and COMP-5 numbers: as IBM has it, or with single bytes as GnuCOBOL has it",
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
        name: "redefines",
        form: "table",
        default: "each description that fits",
        meaning: "which description of the same bytes holds: `\"CORP-DATA\" = { when = \"ORG-TYPE\", is = [\"1\", \"5\"] }`",
    },
];
