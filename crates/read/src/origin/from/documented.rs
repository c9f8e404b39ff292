//! The visible list of transports, each with its options.

use crate::section::OptionDoc;
use crate::services::http::{KEY, KEY_HEADER, PASSWORD, TOKEN, USER};
use crate::services::server::HOST;
use crate::tls::{CA_FILE, CERTIFICATE_FILE, KEY_FILE, TLS};

/// One way to files on other machines, documented for the reference page.
#[derive(Clone, Copy, Debug)]
pub struct TransportDoc {
    /// The word in `transport = "…"`.
    pub name: &'static str,
    /// What it is, in one line.
    pub meaning: &'static str,
    /// Its options in `[from]`, in the order of the reference page.
    pub options: &'static [OptionDoc],
}

/// Every way to files on other machines. To add one: a line here, and one in `From::configure`.
pub const TRANSPORTS: &[TransportDoc] = &[
    TransportDoc {
        name: "sftp",
        meaning: "a server that speaks SFTP, of OpenSSH or another; `path` may be a pattern, and a relative one begins in the user's own folder",
        options: SFTP,
    },
    TransportDoc {
        name: "s3",
        meaning: "a bucket of S3-compatible storage; `path` is the key of an object, or a pattern for several",
        options: S3,
    },
    TransportDoc {
        name: "http",
        meaning: "an HTTP server; `path` is the path of one file on it, with a query if it takes one",
        options: HTTP,
    },
];

/// The option of `[from]` that decides which others there are.
pub const FROM_OPTIONS: &[OptionDoc] = &[OptionDoc {
    name: "transport",
    form: "`sftp`, `s3`, `http`",
    default: "required",
    meaning: "how the other machine is talked to",
}];

const TIMEOUT: OptionDoc = OptionDoc {
    name: "timeout",
    form: "whole number",
    default: "30",
    meaning: "seconds to wait for a connection, for an answer, and for the next bytes; a whole file may take longer",
};
const RETRIES: OptionDoc = OptionDoc {
    name: "retries",
    form: "whole number",
    default: "3",
    meaning: "how often a connection that fails or breaks off is tried again, after pauses of 1, 2, 4 … seconds; reading goes on where it broke off",
};
const PORT: OptionDoc = OptionDoc {
    name: "port",
    form: "whole number",
    default: "443, or 80 without TLS",
    meaning: "the server's port",
};
const MAX_FILE_BYTES: OptionDoc = OptionDoc {
    name: "max_file_bytes",
    form: "whole number",
    default: "1099511627776",
    meaning: "the most bytes that a file may have, as it lies",
};

const SFTP: &[OptionDoc] = &[
    HOST,
    OptionDoc { name: "port", form: "whole number", default: "22", meaning: "the server's port" },
    OptionDoc { name: "user", form: "text", default: "required", meaning: "the user to log in as" },
    OptionDoc {
        name: "key_file",
        form: "text",
        default: "none",
        meaning: "the user's private key, in the form of OpenSSH, PKCS 8 or PuTTY",
    },
    OptionDoc {
        name: "key_password",
        form: "secret",
        default: "none",
        meaning: "the word that the private key is encrypted with: `{ env = \"NAME\" }` or `{ file = \"keys/NAME\" }`",
    },
    OptionDoc {
        name: "password",
        form: "secret",
        default: "none",
        meaning: "the user's password, instead of a key: `{ env = \"NAME\" }` or `{ file = \"keys/NAME\" }`",
    },
    OptionDoc {
        name: "host_key",
        form: "list of texts",
        default: "those of `known_hosts`",
        meaning: "the keys that the server may have, as its `.pub` file has them: `ssh-ed25519 AAAA…`; a server with another key is not trusted",
    },
    OptionDoc {
        name: "known_hosts",
        form: "text",
        default: "none",
        meaning: "a file of OpenSSH with the keys of servers, instead of `host_key`",
    },
    TIMEOUT,
    RETRIES,
];

const S3: &[OptionDoc] = &[
    OptionDoc { name: "bucket", form: "text", default: "required", meaning: "the name of the bucket" },
    OptionDoc {
        name: "region",
        form: "text",
        default: "us-east-1",
        meaning: "the region, as the storage calls it",
    },
    OptionDoc {
        name: "host",
        form: "text",
        default: "Amazon's server of the region",
        meaning: "the server's name or address",
    },
    PORT,
    OptionDoc {
        name: "path_style",
        form: "true or false",
        default: "true where `host` is set",
        meaning: "whether the bucket is the first part of the path; else it is the first part of the server's name",
    },
    OptionDoc {
        name: "access_key",
        form: "secret",
        default: "none: a public bucket",
        meaning: "the identifier of the access key: `{ env = \"AWS_ACCESS_KEY_ID\" }` or `{ file = \"keys/NAME\" }`",
    },
    OptionDoc {
        name: "secret_key",
        form: "secret",
        default: "none",
        meaning: "the secret key: `{ env = \"AWS_SECRET_ACCESS_KEY\" }` or `{ file = \"keys/NAME\" }`",
    },
    OptionDoc {
        name: "session_token",
        form: "secret",
        default: "none",
        meaning: "the token of a session, with credentials that expire",
    },
    TLS,
    CA_FILE,
    CERTIFICATE_FILE,
    KEY_FILE,
    MAX_FILE_BYTES,
    TIMEOUT,
    RETRIES,
];

const HTTP: &[OptionDoc] = &[
    HOST,
    PORT,
    TLS,
    CA_FILE,
    CERTIFICATE_FILE,
    KEY_FILE,
    USER,
    PASSWORD,
    TOKEN,
    KEY,
    KEY_HEADER,
    OptionDoc {
        name: "redirects",
        form: "`same-server`, `anywhere`",
        default: "same-server",
        meaning: "where the server may send us; credentials go to no other server",
    },
    MAX_FILE_BYTES,
    TIMEOUT,
    RETRIES,
];
