//! S3-compatible storage: objects listed by prefix and read by signed addresses (AWS Signature Version 4 in the query).
//!
//! An address is signed anew for each request and expires soon; the secret key itself never travels.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use concordat_record::{Place, Problem};
use glob::MatchOptions;
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

use super::http::{Address, Client, HttpFile, HttpServer, without_query};
use super::patience::Failure;
use super::{Found, folder::is_pattern};
use crate::secret::Secret;
use crate::unpack::pattern;

/// A bucket of S3-compatible storage.
#[derive(Clone)]
pub struct S3Bucket {
    /// The server of the storage. It has no login: addresses are signed.
    pub server: HttpServer,
    /// The region, as the storage calls it.
    pub region: String,
    /// The name of the bucket.
    pub bucket: String,
    /// Whether the bucket is the first part of the path, not of the server's name.
    pub path_style: bool,
    /// The identifier of the access key, the secret key, and the token of a session; none for a public bucket.
    pub credentials: Option<(Secret, Secret, Option<Secret>)>,
}

/// How long a signed address holds.
const EXPIRES: Duration = Duration::from_mins(15);
/// Objects that one pattern may mean; more are a mistake.
const MOST_OBJECTS: usize = 100_000;
/// A list of a thousand objects with the longest names has less.
const LONGEST_LIST: u64 = 16 << 20;

impl S3Bucket {
    /// The objects that a key means, in the order of their names.
    pub(super) fn find(&self, key: &str) -> Result<Vec<Found>, Problem> {
        let key = key.trim_start_matches('/');
        let storage = Arc::new(self.storage()?);
        let client = Client::new(&self.server)?;
        if !is_pattern(key) {
            self.refuse_unsound(key)?;
            return Ok(vec![self.found(&storage, &client, key.to_owned())]);
        }
        let wanted = pattern(key)?;
        let prefix = key.split(['*', '?', '[']).next().unwrap_or_default();
        let options = MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let mut keys = Vec::new();
        let mut token = None;
        loop {
            let (page, next) =
                self.server.patience.persist(|| self.page(&storage, &client, prefix, token.as_deref()))?;
            // A key that ends with a slash is what consoles make of a folder.
            keys.extend(
                page.into_iter().filter(|key| wanted.matches_with(key, options) && !key.ends_with('/')),
            );
            if keys.len() > MOST_OBJECTS {
                let sentence = format!("the pattern `{key}` means more than {MOST_OBJECTS} objects");
                return Err(Problem::new("fetch.too-many-files", sentence).at(Place::file(self.shown(key))));
            }
            token = next;
            if token.is_none() {
                break;
            }
        }
        if keys.is_empty() {
            return Err(Problem::new("fetch.no-match", format!("the bucket has no object `{key}`"))
                .at(Place::file(self.shown(key)))
                .advise("check the pattern; `*` does not reach over a slash: `**/` does"));
        }
        keys.sort();
        keys.into_iter()
            .map(|key| {
                self.refuse_unsound(&key)?;
                Ok(self.found(&storage, &client, key))
            })
            .collect()
    }

    fn storage(&self) -> Result<Storage, Problem> {
        let style = if self.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let malformed = |why: String| {
            Problem::new("fetch.bad-address", format!("the bucket `{}` has no address: {why}", self.bucket))
                .advise("check `host` and `bucket`; names with dots need `path_style = true`")
        };
        let endpoint = self.server.origin.parse().map_err(|_| malformed("the host is malformed".into()))?;
        let bucket = Bucket::new(endpoint, style, self.bucket.clone(), self.region.clone())
            .map_err(|error| malformed(error.to_string()))?;
        let credentials = self.credentials.as_ref().map(|(key, secret, token)| match token {
            Some(token) => Credentials::new_with_token(key.reveal(), secret.reveal(), token.reveal()),
            None => Credentials::new(key.reveal(), secret.reveal()),
        });
        Ok(Storage { bucket, credentials })
    }

    fn found(&self, storage: &Arc<Storage>, client: &Client, key: String) -> Found {
        let shown = self.shown(&key);
        let storage = storage.clone();
        let sign =
            move || storage.bucket.get_object(storage.credentials.as_ref(), &key).sign(EXPIRES).to_string();
        let file = HttpFile {
            client: client.clone(),
            address: Address::Signed(Arc::new(sign)),
            shown: shown.clone(),
            patience: self.server.patience,
        };
        Found::there(shown, Arc::new(file))
    }

    /// A page of the bucket's list, and where the next one begins.
    fn page(
        &self,
        storage: &Storage,
        client: &Client,
        prefix: &str,
        token: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), Failure> {
        let mut list = ListObjectsV2::new(&storage.bucket, storage.credentials.as_ref());
        list.with_prefix(prefix);
        if let Some(token) = token {
            list.with_continuation_token(token);
        }
        let address = list.sign(EXPIRES).to_string();
        let shown = without_query(&address).to_owned();
        let response = client.get(&address, &shown, 0, None)?;
        let body = response.into_body().into_with_config().limit(LONGEST_LIST).read_to_vec();
        let malformed = || {
            let sentence = format!("the list of the bucket `{}` cannot be read", self.bucket);
            Failure::lasting(Problem::new("fetch.bad-response", sentence).at(Place::file(&shown)))
        };
        let body = String::from_utf8(body.map_err(|_| malformed())?).map_err(|_| malformed())?;
        let list = ListObjectsV2::parse_response(&in_namespace(&body)).map_err(|_| malformed())?;
        let keys = list.contents.into_iter().map(|object| object.key).collect();
        Ok((keys, list.next_continuation_token))
    }

    /// Parts of a key that an address cannot hold: they would lead to another object, or another bucket.
    fn refuse_unsound(&self, key: &str) -> Result<(), Problem> {
        if !key.is_empty() && key.split('/').all(|part| part != "." && part != "..") {
            return Ok(());
        }
        let sentence = format!("`{}` cannot be the key of an object", self.shown(key));
        Err(Problem::new("fetch.bad-address", sentence).advise("write the key without `.` and `..`"))
    }

    fn shown(&self, key: &str) -> String {
        format!("{}/{}", self.bucket, crate::fault::harmless(key))
    }
}

/// A list of objects in the namespace of Amazon's storage. Others name another one, such as Google's, or none, and mean the same.
fn in_namespace(list: &str) -> Cow<'_, str> {
    const ROOT: &str = "<ListBucketResult";
    let Some((before, (_, behind))) =
        list.split_once(ROOT).and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
    else {
        return list.into();
    };
    format!("{before}{ROOT} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{behind}").into()
}

/// What signs addresses.
struct Storage {
    bucket: Bucket,
    credentials: Option<Credentials>,
}

impl fmt::Debug for S3Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Bucket")
            .field("server", &self.server.origin)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
