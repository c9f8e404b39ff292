//! The routes of the node listener.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use concordat_record::Problem;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};

use super::Node;
use super::log_file::log_file;
use crate::Tls;
use crate::listener::{PeerCertificate, read_body};
use crate::problem::problem_response;

struct Shared {
    node: Node,
    tls: Arc<Tls>,
}

/// Headers that must not be there twice: two readers could each believe another one (checklist B.7).
const ONCE: [HeaderName; 6] = [
    header::HOST,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("signature"),
    HeaderName::from_static("signature-input"),
];

pub(super) fn router(node: Node, tls: Arc<Tls>) -> Router {
    let shared = Arc::new(Shared { node, tls });
    Router::new()
        .route("/exchange/1", post(exchange))
        .route("/log/{*path}", get(log))
        .route("/health", get(|| async { ([(header::CACHE_CONTROL, "no-store")], "ok\n") }))
        .fallback(|| async { not_found() })
        .method_not_allowed_fallback(|| async {
            let problem = Problem::new("serve.method", "this method is not for this address");
            problem_response(StatusCode::METHOD_NOT_ALLOWED, &problem)
        })
        .layer(from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// What every request must pass, whatever its route.
async fn guard(
    State(shared): State<Arc<Shared>>,
    Extension(PeerCertificate(certificate)): Extension<PeerCertificate>,
    request: Request,
    next: Next,
) -> Response {
    // Checked anew for each request: the list may have changed since the handshake.
    let Some(body) = shared.tls.body_of(&certificate) else {
        tracing::warn!(target: "concordat::security", event = "certificate-not-listed");
        let problem = Problem::new("serve.not-listed", "this certificate is not in the federation list")
            .advise("have the new certificate put into the list, or renew the list on both sides");
        let mut response = problem_response(StatusCode::FORBIDDEN, &problem);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    };
    if let Some(name) = ONCE.iter().find(|name| request.headers().get_all(*name).iter().count() > 1) {
        tracing::warn!(target: "concordat::security", event = "repeated-header", %body, header = %name);
        let problem = Problem::new("serve.repeated-header", format!("the header `{name}` is there twice"));
        return problem_response(StatusCode::BAD_REQUEST, &problem);
    }
    next.run(request).await
}

async fn exchange(
    State(shared): State<Arc<Shared>>,
    Extension(PeerCertificate(certificate)): Extension<PeerCertificate>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(uri) = target_uri(&shared.node.address, &parts.headers, &parts.uri) else {
        let problem = Problem::new("serve.misdirected", "the request is for another node than this one")
            .advise(format!("this node is `{}` in the federation list", shared.node.address));
        return problem_response(StatusCode::MISDIRECTED_REQUEST, &problem);
    };
    let body = match read_body(&parts.headers, body, &shared.node.limits).await {
        Ok(body) => body,
        Err(error) => {
            tracing::warn!(target: "concordat::security", event = "body-refused", reason = ?error);
            return problem_response(error.status(), &error.problem());
        }
    };
    parts.uri = uri;
    parts.extensions.clear();
    let request = http::Request::from_parts(parts, body);
    shared.node.exchange.receive(&certificate, request).await.map(Body::from)
}

/// The `@target-uri` that a signer must have meant: ours, and only if `Host` says so too. A query is kept, an absolute
/// request line is refused because `Host` and line could differ.
fn target_uri(address: &str, headers: &HeaderMap, uri: &Uri) -> Option<Uri> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    if uri.authority().is_some() || !host.eq_ignore_ascii_case(address) {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    parts.scheme = Some(Scheme::HTTPS);
    parts.authority = Some(address.parse::<Authority>().ok()?);
    Uri::from_parts(parts).ok()
}

/// Files by their raw path: it is matched against the grammar before anything is decoded, and nothing ever is.
async fn log(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let path = uri.path().strip_prefix("/log/").unwrap_or_default();
    log_file(&shared.node.log, path).await.unwrap_or_else(not_found)
}

fn not_found() -> Response {
    problem_response(
        StatusCode::NOT_FOUND,
        &Problem::new("serve.not-found", "there is nothing at this address"),
    )
}
