//! Reading a body whole: no more than so many bytes, no longer than so long.

use axum::body::Body;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::Limits;
use concordat_record::Problem;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    TooLarge,
    TooSlow,
    /// Compressed; refused because a small body can unfold into a huge one.
    Encoded,
    Broken,
}

impl BodyError {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    pub(crate) fn problem(self) -> Problem {
        match self {
            Self::TooLarge => Problem::new("serve.body-too-large", "the body of the request is too large"),
            Self::TooSlow => Problem::new("serve.body-too-slow", "the body of the request came too slowly"),
            Self::Encoded => Problem::new("serve.body-encoded", "the body of the request is compressed")
                .advise("send it without `Content-Encoding`"),
            Self::Broken => {
                Problem::new("serve.body-broken", "the body of the request ended early or is malformed")
            }
        }
    }
}

pub(crate) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<Vec<u8>, BodyError> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(BodyError::Encoded);
    }
    // Said to be too large: refused before the first byte is read.
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(BodyError::TooLarge);
    }
    match tokio::time::timeout(limits.body, Limited::new(body, limits.body_bytes).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooSlow),
    }
}
