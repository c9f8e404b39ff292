//! The wire between the nodes of a test, in one process, with a place for hands that alter what it carries.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use concordat_record::{BodyId, Problem};
use http::{Request, Response};

use crate::{BoxFuture, Node, Transport};

type OnRequest = Box<dyn FnMut(&mut Request<Vec<u8>>) + Send>;
type OnResponse = Box<dyn FnMut(&Request<Vec<u8>>, &mut Response<Vec<u8>>) + Send>;

/// What the wire carried: a request as its receiver saw it, and the response as it was sent.
#[derive(Clone)]
pub struct Carried {
    pub certificate: Vec<u8>,
    pub request: Request<Vec<u8>>,
    pub response: Response<Vec<u8>>,
    /// What the receiver noted in its security log.
    pub alarm: Option<Problem>,
}

#[derive(Default)]
pub struct Wire {
    nodes: Mutex<BTreeMap<BodyId, Arc<Node>>>,
    on_request: Mutex<Option<OnRequest>>,
    on_response: Mutex<Option<OnResponse>>,
    certificate: Mutex<Option<Vec<u8>>>,
    carried: Mutex<Vec<Carried>>,
}

impl Wire {
    pub fn connect(&self, node: &Arc<Node>) {
        self.nodes.lock().unwrap().insert(node.id().clone(), node.clone());
    }

    pub fn disconnect(&self, id: &BodyId) {
        self.nodes.lock().unwrap().remove(id);
    }

    /// Alters every request on its way.
    pub fn on_request(&self, hand: impl FnMut(&mut Request<Vec<u8>>) + Send + 'static) {
        *self.on_request.lock().unwrap() = Some(Box::new(hand));
    }

    /// Alters every response on its way; the request is the one it answers.
    pub fn on_response(&self, hand: impl FnMut(&Request<Vec<u8>>, &mut Response<Vec<u8>>) + Send + 'static) {
        *self.on_response.lock().unwrap() = Some(Box::new(hand));
    }

    /// Shows the receiver this certificate, whoever sends.
    pub fn show_certificate(&self, certificate: Vec<u8>) {
        *self.certificate.lock().unwrap() = Some(certificate);
    }

    /// What was carried last.
    pub fn last(&self) -> Carried {
        self.carried.lock().unwrap().last().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.carried.lock().unwrap().len()
    }

    async fn carry(
        &self,
        certificate: &[u8],
        to: &BodyId,
        mut request: Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, Problem> {
        let node = self.nodes.lock().unwrap().get(to).cloned();
        let node = node.ok_or_else(|| Problem::new("test.no-node", "nobody is there"))?;
        if let Some(hand) = self.on_request.lock().unwrap().as_mut() {
            hand(&mut request);
        }
        let shown = self.certificate.lock().unwrap().clone();
        let certificate = shown.unwrap_or_else(|| certificate.to_owned());
        let received = node.receive(&certificate, request.clone()).await;
        let (mut response, alarm) = (received.response, received.alarm);
        let carried = Carried { certificate, request: request.clone(), response: response.clone(), alarm };
        self.carried.lock().unwrap().push(carried);
        if let Some(hand) = self.on_response.lock().unwrap().as_mut() {
            hand(&request, &mut response);
        }
        Ok(response)
    }
}

/// One body's end of the wire.
pub struct Line {
    pub certificate: Vec<u8>,
    pub wire: Arc<Wire>,
}

impl Transport for Line {
    fn send<'a>(
        &'a self,
        to: &'a BodyId,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'a, Result<Response<Vec<u8>>, Problem>> {
        Box::pin(self.wire.carry(&self.certificate, to, request))
    }
}
