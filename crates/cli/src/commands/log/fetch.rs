//! The public files of another body's log, from its node.

use concordat_flow::Body;
use concordat_prove::Fetch;
use concordat_record::{BodyId, Problem};
use concordat_serve::{Client, Deadlines};
use concordat_sign::VerifierKey;
use tokio::runtime::Runtime;

use crate::report::Failure;
use crate::running;

/// Another body's node.
pub struct Remote {
    runtime: Runtime,
    client: Client,
    body: BodyId,
    key: VerifierKey,
}

impl Remote {
    /// The node at an address of the federation list: `https://host:port/log`.
    ///
    /// # Errors
    /// `log.unknown-address` when no body of the list has it.
    pub fn connect(url: &str, us: &Body) -> Result<Self, Failure> {
        let address = url.trim_start_matches("https://").trim_end_matches('/').trim_end_matches("/log");
        let member =
            us.federation.as_ref().and_then(|list| list.members().find(|member| member.address == address));
        let member = member.ok_or_else(|| {
            Problem::new("log.unknown-address", format!("no body of the federation list is at `{address}`"))
                .advise("use the address of the list, followed by `/log`")
        })?;
        let tls = running::tls(us, &crate::system::world())?;
        Ok(Self {
            runtime: crate::system::runtime()?,
            client: Client::new(tls.into(), Deadlines::default()),
            body: member.id.clone(),
            key: member.signing_key.clone(),
        })
    }

    /// The key of that body.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }
}

impl Fetch for Remote {
    fn fetch(&self, path: &str) -> Result<Option<Vec<u8>>, Problem> {
        let uri = self.client.uri(&self.body, &format!("/log/{path}"))?;
        let request = http::Request::get(uri)
            .body(Vec::new())
            .map_err(|error| Problem::new("log.address", format!("the address cannot be used: {error}")))?;
        let response = self.runtime.block_on(self.client.send(&self.body, request))?;
        match response.status() {
            http::StatusCode::OK => Ok(Some(response.into_body())),
            http::StatusCode::NOT_FOUND => Ok(None),
            status => Err(Problem::new("log.not-served", format!("the node answered {status} for `{path}`"))),
        }
    }
}
