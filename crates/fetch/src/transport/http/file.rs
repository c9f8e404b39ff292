//! One file of a server, which can be opened from anywhere in it.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use concordat_record::{Place, Problem};
use ureq::Body;
use ureq::http::{Response, header};

use super::client::{Client, changed, text};
use crate::ahead::Bytes;
use crate::fault::carry;
use crate::transport::patience::{Failure, Patience, Reopen, Resuming};
use crate::transport::{Raw, Remote};

/// Where a file is asked for: at the same address each time, or at one that is signed anew.
#[derive(Clone)]
pub(in crate::transport) enum Address {
    Fixed(String),
    Signed(Arc<dyn Fn() -> String + Send + Sync>),
}

/// A file on a server.
#[derive(Clone)]
pub(in crate::transport) struct HttpFile {
    pub client: Client,
    pub address: Address,
    pub shown: String,
    pub patience: Patience,
}

impl fmt::Debug for HttpFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpFile").field(&self.shown).finish()
    }
}

impl Remote for HttpFile {
    fn open(&self) -> Result<Raw, Problem> {
        let open = OpenFile { file: self.clone(), tag: None, size: None, resumable: true };
        let bytes = Resuming::open(Box::new(open), self.patience, &self.shown)?;
        let size = bytes.size();
        Ok(Raw { bytes: Box::new(bytes), size })
    }

    fn size(&self) -> Option<u64> {
        None
    }
}

/// A file that is being read.
struct OpenFile {
    file: HttpFile,
    tag: Option<String>,
    size: Option<u64>,
    /// Whether bytes of the middle mean the same each time: not when the server packs its answers on the way.
    resumable: bool,
}

impl Reopen for OpenFile {
    fn open_at(&mut self, offset: u64) -> Result<Bytes, Failure> {
        let HttpFile { client, address, shown, .. } = &self.file;
        if offset > 0 && !self.resumable {
            return Err(Failure::lasting(changed(shown)));
        }
        let address = match address {
            Address::Fixed(address) => address.clone(),
            Address::Signed(sign) => sign(),
        };
        let response = client.get(&address, shown, offset, self.tag.as_deref())?;
        let tag = text(&response, &header::ETAG).map(str::to_owned);
        if offset > 0 && tag != self.tag {
            return Err(Failure::lasting(changed(shown)));
        }
        let is_part = response.status().as_u16() == 206;
        if is_part && !begins_at(&response, offset) {
            let sentence = format!("the server of `{shown}` sends another part than was asked for");
            return Err(Failure::lasting(
                Problem::new("fetch.bad-response", sentence).at(Place::file(shown)),
            ));
        }
        if offset == 0 {
            self.resumable = !response.headers().contains_key(header::CONTENT_ENCODING);
            self.size = response.body().content_length().filter(|_| self.resumable);
            self.tag = tag;
        }
        if self.size.is_some_and(|size| size > client.most_bytes) {
            return Err(Failure::lasting(too_large(shown, client.most_bytes)));
        }
        let body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let mut bytes = Limited {
            inner: body,
            left: client.most_bytes - offset.min(client.most_bytes),
            shown: shown.clone(),
        };
        if offset > 0 && !is_part {
            // The server knows no ranges: what was read before is read again, and passed over.
            let passed = io::copy(&mut (&mut bytes).take(offset), &mut io::sink());
            if passed.is_ok_and(|passed| passed == offset) {
                bytes.left = client.most_bytes - offset.min(client.most_bytes);
                return Ok(Box::new(bytes));
            }
            let sentence = format!("the server of `{shown}` broke off again");
            return Err(Failure::passing(Problem::new("fetch.broke-off", sentence)));
        }
        Ok(Box::new(bytes))
    }

    fn size(&self) -> Option<u64> {
        self.size
    }
}

/// Section 14.4.
fn begins_at(response: &Response<Body>, offset: u64) -> bool {
    let range = text(response, &header::CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
    range.and_then(|range| range.split('-').next()?.parse::<u64>().ok()) == Some(offset)
}

/// Bytes that end with a problem when there are too many.
struct Limited<R> {
    inner: R,
    left: u64,
    shown: String,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(carry(too_large(&self.shown, 0))),
        }
        Ok(read)
    }
}

fn too_large(shown: &str, most: u64) -> Problem {
    let than = if most == 0 { "the limit".to_owned() } else { format!("{most} bytes") };
    Problem::new("fetch.too-large", format!("`{shown}` is larger than {than}"))
        .at(Place::file(shown))
        .advise("raise `max_file_bytes` under `[from]` if that is right")
}
