//! The table `[from]`: another machine that a source's files lie on. Structured settings only; there is no address to put together
//! by hand, and none that could hold a password.

mod documented;

use std::path::Path;
use std::time::Duration;

use concordat_fetch::{HttpServer, Patience, S3Bucket, Secret as Value, SftpServer, TlsSettings, Transport};
use concordat_record::{Place, Problem};

use crate::secret::Secret;
use crate::section::Section;
use crate::services::http::Login;
use crate::services::server::Server;
use crate::tls::Tls;

pub use documented::{FROM_OPTIONS, TRANSPORTS, TransportDoc};

/// Where files lie.
#[derive(Clone, Debug, Default)]
pub(crate) enum From {
    /// On this machine.
    #[default]
    Here,
    Sftp(Box<Sftp>),
    S3(Box<Storage>),
    Http(Box<Web>),
}

/// The settings of an SFTP server.
#[derive(Clone, Debug)]
pub(crate) struct Sftp {
    host: String,
    port: u16,
    user: String,
    key_file: Option<String>,
    key_password: Option<Secret>,
    password: Option<Secret>,
    host_keys: Vec<String>,
    known_hosts: Option<String>,
    patience: Patience,
}

/// The settings of an HTTP server.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    server: Server,
    login: Login,
    follows_elsewhere: bool,
    most_bytes: u64,
    patience: Patience,
}

/// The settings of a bucket.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    web: Web,
    region: String,
    bucket: String,
    path_style: bool,
    credentials: Option<(Secret, Secret, Option<Secret>)>,
}

impl From {
    /// Reads the table; notes what is wrong in the section.
    pub fn configure(section: &mut Section<'_>) -> Option<Self> {
        if !section.is_written() {
            return Some(Self::Here);
        }
        section.required_text("transport", "how the other machine is talked to: sftp, s3 or http")?;
        let choices: Vec<(&str, &TransportDoc)> =
            TRANSPORTS.iter().map(|transport| (transport.name, transport)).collect();
        let transport = section.choice("transport", &choices)?;
        let known: Vec<&str> =
            ["transport"].into_iter().chain(transport.options.iter().map(|option| option.name)).collect();
        section.refuse_unknown(&known);
        match transport.name {
            "sftp" => sftp(section).map(|settings| Self::Sftp(Box::new(settings))),
            "s3" => storage(section).map(|settings| Self::S3(Box::new(settings))),
            _ => web(section).map(|settings| Self::Http(Box::new(settings))),
        }
    }

    /// What the files are found with. Secrets are read here; nobody is connected to yet.
    pub fn transport(&self, base: &Path) -> Result<Transport, Problem> {
        Ok(match self {
            Self::Here => Transport::Folder,
            Self::Sftp(settings) => Transport::Sftp(settings.server(base)?),
            Self::S3(settings) => Transport::S3(settings.bucket(base)?),
            Self::Http(settings) => Transport::Http(settings.server(base)?),
        })
    }
}

fn patience(section: &mut Section<'_>) -> Patience {
    let mut patience = Patience::default();
    if let Some(seconds) = section.number("timeout", 1) {
        patience.timeout = Duration::from_secs(seconds.min(24 * 60 * 60));
    }
    if let Some(retries) = section.number("retries", 0) {
        patience.retries = u32::try_from(retries).unwrap_or(u32::MAX);
    }
    patience
}

fn sftp(section: &mut Section<'_>) -> Option<Sftp> {
    let host = section.required_text("host", "the server's name or address");
    let user = section.required_text("user", "the user to log in as");
    let port = section.number("port", 1).unwrap_or(22);
    let key_file = section.text("key_file").map(|file| file.value);
    let key_password = section.secret("key_password");
    let password = section.secret("password");
    let host_keys = section.texts("host_key").map(|keys| keys.value).unwrap_or_default();
    let known_hosts = section.text("known_hosts").map(|file| file.value);
    let patience = patience(section);
    let mut wrong = |code, field: &str, sentence: &str, advice: &str| {
        let place = section.here().field(field);
        section.problems.push(Problem::new(code, sentence).at(place).advise(advice));
    };
    if key_file.is_none() && password.is_none() {
        let advice = "name a private key, or say where the password is kept: `password = { env = \"NAME\" }`";
        wrong(
            "source.missing-key",
            "key_file",
            "`key_file` or `password` is missing: how the user logs in",
            advice,
        );
    }
    if host_keys.is_empty() && known_hosts.is_none() {
        let sentence = "`host_key` or `known_hosts` is missing: by what the server is known";
        let advice =
            "ask its operator for the key of the server; a server that nobody vouches for is not trusted";
        wrong("source.missing-key", "host_key", sentence, advice);
    }
    let port = u16::try_from(port).map_err(|_| {
        wrong(
            "source.wrong-form",
            "port",
            "`port` must be a whole number from 1 to 65535",
            "leave it out: 22",
        );
    });
    let (host, user, port) = (host?.value, user?.value, port.ok()?);
    Some(Sftp { host, port, user, key_file, key_password, password, host_keys, known_hosts, patience })
}

fn web(section: &mut Section<'_>) -> Option<Web> {
    let server = Server::configure(section, (80, 443));
    let login = Login::configure(section);
    let redirects = section.choice("redirects", &[("same-server", false), ("anywhere", true)]);
    let most_bytes = section.number("max_file_bytes", 1).unwrap_or(1 << 40);
    let (follows_elsewhere, patience) = (redirects.unwrap_or(false), patience(section));
    Some(Web { server: server?, login: login?, follows_elsewhere, most_bytes, patience })
}

fn storage(section: &mut Section<'_>) -> Option<Storage> {
    let bucket = section.required_text("bucket", "the name of the bucket");
    let region = section.text("region").map_or_else(|| "us-east-1".into(), |region| region.value);
    let own_host = section.has("host");
    let server = if own_host {
        Server::configure(section, (80, 443))
    } else {
        let tls = Tls::configure(section).ok();
        tls.map(|tls| Server { host: format!("s3.{region}.amazonaws.com"), port: 443, tls })
    };
    let path_style = section.flag("path_style").unwrap_or(own_host);
    let keys = (section.secret("access_key"), section.secret("secret_key"), section.secret("session_token"));
    let credentials = match keys {
        (Some(access), Some(secret), token) => Some((access, secret, token)),
        (None, None, None) => None,
        _ => {
            let sentence = "`access_key` and `secret_key` belong together, and one is missing";
            section.problems.push(Problem::new("source.missing-key", sentence).at(section.here()));
            None
        }
    };
    let most_bytes = section.number("max_file_bytes", 1).unwrap_or(1 << 40);
    let patience = patience(section);
    let web = Web { server: server?, login: Login::None, follows_elsewhere: false, most_bytes, patience };
    Some(Storage { web, region, bucket: bucket?.value, path_style, credentials })
}

impl Sftp {
    fn server(&self, base: &Path) -> Result<SftpServer, Problem> {
        let read = |secret: &Option<Secret>| {
            secret.as_ref().map(|secret| secret.read(base).map(Value::new)).transpose()
        };
        let key = match &self.key_file {
            None => None,
            Some(file) => Some((key(base, file)?, read(&self.key_password)?)),
        };
        Ok(SftpServer {
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            key,
            password: read(&self.password)?,
            host_keys: self.host_keys.clone(),
            known_hosts: self.known_hosts.as_ref().map(|file| base.join(file)),
            patience: self.patience,
        })
    }
}

/// The text of a private key.
fn key(base: &Path, file: &str) -> Result<Value, Problem> {
    Secret::File(file.to_owned())
        .read(base)
        .map(Value::new)
        .map_err(|problem| Problem { place: Place::file(file).field("key_file"), ..problem })
}

impl Web {
    fn server(&self, base: &Path) -> Result<HttpServer, Problem> {
        let login = self.login.header(base)?.map(|(name, value)| (name, Value::new(value)));
        Ok(HttpServer {
            origin: self.server.origin(),
            tls: self.server.tls.as_ref().map(|tls| trust(tls, base)).transpose()?,
            login,
            follows_elsewhere: self.follows_elsewhere,
            most_bytes: self.most_bytes,
            patience: self.patience,
        })
    }
}

fn trust(tls: &Tls, base: &Path) -> Result<TlsSettings, Problem> {
    let trust = tls.trust(base)?;
    let der = |certificates: Vec<rustls::pki_types::CertificateDer<'static>>| -> Vec<Vec<u8>> {
        certificates.into_iter().map(|certificate| certificate.to_vec()).collect()
    };
    let identity = trust.identity.map(|(chain, key)| (der(chain), Value::new(String::from_utf8_lossy(&key))));
    Ok(TlsSettings { authorities: der(trust.authorities), identity })
}

impl Storage {
    fn bucket(&self, base: &Path) -> Result<S3Bucket, Problem> {
        let credentials = match &self.credentials {
            None => None,
            Some((access, secret, token)) => {
                let token = token.as_ref().map(|token| token.read(base)).transpose()?;
                Some((Value::new(access.read(base)?), Value::new(secret.read(base)?), token.map(Value::new)))
            }
        };
        Ok(S3Bucket {
            server: self.web.server(base)?,
            region: self.region.clone(),
            bucket: self.bucket.clone(),
            path_style: self.path_style,
            credentials,
        })
    }
}
