//! The style sheet and the mark, inside the program.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

const STYLE: &str = include_str!("../assets/concordat.css");
const MARK: &str = include_str!("../assets/mark.svg");

/// Changes whenever an asset changes, so that browsers may keep what they have.
pub(crate) const REVISION: u32 = fnv(MARK.as_bytes(), fnv(STYLE.as_bytes(), 0x811c_9dc5));

/// `GET /assets/concordat.css`
pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

/// `GET /assets/mark.svg`
pub(crate) async fn mark() -> Response {
    asset("image/svg+xml", MARK)
}

fn asset(content_type: &'static str, text: &'static str) -> Response {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, text).into_response()
}

/// FNV-1a, 32 bits: names a revision, protects nothing.
const fn fnv(bytes: &[u8], mut hash: u32) -> u32 {
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_stays_small_and_loads_nothing() {
        assert!(STYLE.len() < 40_000, "{} bytes", STYLE.len());
        for word in ["@import", "url(", "http:", "https:", "expression("] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
