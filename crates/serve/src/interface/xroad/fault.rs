//! Errors as X-Road makes them (PR-REST §4.6, and `ErrorCodes` of 7.8): a fault code, a text and an identifier for the log.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

/// How fault codes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultSpelling {
    /// `server.serverproxy.access_denied`, as X-Road writes since 7.8.0 (February 2026).
    #[default]
    SnakeCase,
    /// `Server.ServerProxy.AccessDenied`, as it wrote up to 7.7; for clients that compare the text.
    PascalCase,
}

macro_rules! codes {
    ($($variant:ident = $code:literal,)*) => {
        /// The fault codes that this edge makes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Code {$($variant),*}

        impl Code {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$variant),*];

            fn as_str(self) -> &'static str {
                match self {$(Self::$variant => $code),*}
            }
        }
    };
}
codes! {
    AccessDenied = "server.serverproxy.access_denied",
    UnknownService = "server.serverproxy.unknown_service",
    ServiceDisabled = "server.serverproxy.service_disabled",
    InvalidClientIdentifier = "server.clientproxy.invalid_client_identifier",
    InvalidSecurityServer = "server.clientproxy.invalid_security_server",
    UnknownClient = "server.clientproxy.unknown_member",
    UnknownProvider = "server.clientproxy.unknown_member",
    SslAuthenticationFailed = "server.clientproxy.ssl_authentication_failed",
    NetworkError = "server.clientproxy.network_error",
    IoError = "server.clientproxy.io_error",
    InternalError = "server.clientproxy.internal_error",
    BadRequest = "client.bad_request",
    InvalidHttpMethod = "client.invalid_http_method",
}

impl Code {
    pub(super) fn spelt(self, spelling: FaultSpelling) -> String {
        match spelling {
            FaultSpelling::SnakeCase => self.as_str().to_owned(),
            FaultSpelling::PascalCase => {
                self.as_str().split('.').map(pascal_case).collect::<Vec<_>>().join(".")
            }
        }
    }

    /// 500 for whatever begins with `server.`, else 400; there is no 401, 403 or 404 on this path.
    fn status(self) -> StatusCode {
        if self.as_str().starts_with("server.") {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::BAD_REQUEST
        }
    }
}

/// The old spelling of one part of a code.
fn pascal_case(part: &str) -> String {
    match part {
        "clientproxy" => "ClientProxy".into(),
        "serverproxy" => "ServerProxy".into(),
        _ => part
            .split('_')
            .filter_map(|word| word.split_at_checked(1))
            .fold(String::new(), |text, (first, rest)| text + &first.to_ascii_uppercase() + rest),
    }
}

/// One error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: Code,
    message: String,
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(rename = "type")]
    code: &'a str,
    message: &'a str,
    detail: &'a str,
}

impl Fault {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// As JSON, or as XML when the caller wants it. `detail` is what the log has beside this fault.
    pub(super) fn response(&self, spelling: FaultSpelling, detail: &str, request: &HeaderMap) -> Response {
        let code = self.code.spelt(spelling);
        let (content_type, body) = if let Some(content_type) = xml_type(request) {
            (content_type, self.xml(&code, detail).into_bytes())
        } else {
            let written = Written { code: &code, message: &self.message, detail };
            // INVARIANT: three texts always serialise.
            ("application/json;charset=utf-8", serde_json::to_vec(&written).unwrap_or_default())
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Ok(code) = HeaderValue::from_str(&code) {
            headers.insert("x-road-error", code);
        }
        response
    }

    fn xml(&self, code: &str, detail: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><type>{}</type><message>{}</message><detail>{}</detail></error>\n",
            escaped(code),
            escaped(&self.message),
            escaped(detail)
        )
    }
}

/// The XML type that a caller accepts: the first of the three in order; weights are ignored, as X-Road does.
fn xml_type(request: &HeaderMap) -> Option<&'static str> {
    let accepted = request.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .map(|part| part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .find_map(|kind| match kind.as_str() {
            "application/xml" => Some("application/xml;charset=utf-8"),
            "text/xml" | "text/*" => Some("text/xml;charset=utf-8"),
            _ => None,
        })
}

/// Character data of XML 1.0; characters that XML cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\t' | '\n' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            character if character.is_control() => escaped.push('\u{fffd}'),
            character => escaped.push(character),
        }
        escaped
    })
}
