//! A session: connected to the right server, as the right user.
//!
//! The server's key must be known beforehand, by the settings or by a file of OpenSSH. There is no trust on first use: nobody
//! sits there who could compare a fingerprint.

use std::borrow::Cow;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use concordat_record::{Place, Problem};
use russh::client::{self, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::ssh_key::{Algorithm, HashAlg};
use russh::keys::{PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, decode_secret_key, known_hosts};
use russh_sftp::client::{Config, SftpSession};

use super::SftpServer;
use crate::secret::Secret;
use crate::transport::patience::Failure;

/// A session over SSH and the files behind it.
pub(super) struct Session {
    /// Held because the connection ends with it.
    _connection: Handle<Checked>,
    pub files: SftpSession,
}

/// Opens a session.
pub(super) async fn connect(server: &SftpServer) -> Result<Session, Failure> {
    let known = known_keys(server)?;
    let refusal = Arc::new(Mutex::new(None));
    let checked = Checked { server: server.clone(), known: known.clone(), refusal: refusal.clone() };
    let address = (server.host.as_str(), server.port);
    let connecting = client::connect(Arc::new(settings(&known)), address, checked);
    let connected = in_time(server, connecting).await?;
    let mut connection = connected.map_err(|error| {
        let refused = refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
        refused.map_or_else(|| failed(server, &error), Failure::lasting)
    })?;
    in_time(server, log_in(server, &mut connection)).await??;
    let opening = async {
        let channel = connection.channel_open_session().await?;
        channel.request_subsystem(true, "sftp").await?;
        Ok::<_, russh::Error>(channel.into_stream())
    };
    let stream = in_time(server, opening).await?.map_err(|error| failed(server, &error))?;
    let request_timeout_secs = server.patience.timeout.as_secs().max(1);
    let files = SftpSession::new_with_config(stream, Config { request_timeout_secs, ..Config::default() });
    let files = in_time(server, files).await?.map_err(|_| {
        let sentence = format!("`{}` gives this user no files", server.host);
        Failure::lasting(
            problem(server, "fetch.no-connection", sentence)
                .advise("ask its operator to allow SFTP for the user"),
        )
    })?;
    Ok(Session { _connection: connection, files })
}

/// A step of the connection, in the time it may take.
pub(super) async fn in_time<T>(server: &SftpServer, step: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(server.patience.timeout, step).await.map_err(|_| {
        let seconds = server.patience.timeout.as_secs_f32();
        let sentence = format!("`{}` did not answer within {seconds} s", server.host);
        Failure::passing(problem(server, "fetch.timeout", sentence))
    })
}

fn problem(server: &SftpServer, code: &'static str, sentence: String) -> Problem {
    Problem::new(code, sentence).at(Place::file(format!("{}:{}", server.host, server.port)))
}

/// Asks for a key of the kinds that are known, so that a server with several shows one that can be checked.
fn settings(known: &[PublicKey]) -> client::Config {
    let mut algorithms: Vec<Algorithm> = Vec::new();
    for key in known {
        if key.algorithm().is_rsa() {
            // Never with SHA-1.
            for hash in [HashAlg::Sha512, HashAlg::Sha256] {
                algorithms.push(Algorithm::Rsa { hash: Some(hash) });
            }
        } else {
            algorithms.push(key.algorithm());
        }
    }
    algorithms.dedup();
    let mut settings = client::Config { nodelay: true, ..client::Config::default() };
    settings.preferred.key = Cow::Owned(algorithms);
    settings
}

/// The keys that the server may have.
fn known_keys(server: &SftpServer) -> Result<Vec<PublicKey>, Failure> {
    let mut known = Vec::new();
    for line in &server.host_keys {
        known.push(PublicKey::from_openssh(line.trim()).map_err(|_| {
            let sentence = "a `host_key` is not written as OpenSSH writes the key of a server".to_owned();
            Failure::lasting(
                problem(server, "fetch.host-key", sentence).advise(
                    "copy the line of its file `/etc/ssh/ssh_host_ed25519_key.pub`: `ssh-ed25519 AAAA…`",
                ),
            )
        })?);
    }
    if let Some(file) = &server.known_hosts {
        let read = known_hosts::known_host_keys_path(&server.host, server.port, file);
        let read = std::fs::metadata(file)
            .map_err(|error| error.to_string())
            .and_then(|_| read.map_err(|error| error.to_string()));
        match read {
            Ok(keys) => known.extend(keys.into_iter().map(|(_, key)| key)),
            Err(why) => {
                let sentence = format!("`{}` cannot be read: {why}", file.display());
                return Err(Failure::lasting(problem(server, "fetch.host-key", sentence)));
            }
        }
    }
    if known.is_empty() {
        let sentence = format!("nobody has said which key `{}` has, so it is not trusted", server.host);
        return Err(Failure::lasting(problem(server, "fetch.host-key", sentence).advise(
            "ask its operator for the key of the server and write it as `host_key`, or name a file with `known_hosts`",
        )));
    }
    Ok(known)
}

/// Checks whom we talk to.
pub(super) struct Checked {
    server: SftpServer,
    known: Vec<PublicKey>,
    /// Why the server was refused.
    refusal: Arc<Mutex<Option<Problem>>>,
}

impl client::Handler for Checked {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        let key = match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => key,
            PublicKeyOrCertificate::Certificate(_) => return Ok(false),
        };
        if self.known.iter().any(|known| known.key_data() == key.key_data()) {
            return Ok(true);
        }
        let fingerprint = key.fingerprint(HashAlg::Sha256);
        let sentence = format!(
            "`{}` shows another key than the one that is known: {} {fingerprint}",
            self.server.host,
            key.algorithm()
        );
        let refusal = problem(&self.server, "fetch.host-key", sentence).advise(
            "somebody may be listening in: ask its operator, on another way, whether the key was changed, and write the new one then",
        );
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal);
        Ok(false)
    }
}

/// By key first, then by password, as the settings have them.
async fn log_in(server: &SftpServer, connection: &mut Handle<Checked>) -> Result<(), Failure> {
    let refused = |error: russh::Error| failed(server, &error);
    if let Some((key, word)) = &server.key {
        let key =
            decode_secret_key(key.reveal(), word.as_ref().map(Secret::reveal)).map_err(|_| {
                let sentence = "the private key cannot be read".to_owned();
                Failure::lasting(problem(server, "fetch.key", sentence).advise(
                    "check `key_file`; for an encrypted key say where its word is kept: `key_password`",
                ))
            })?;
        // Only RSA keys sign in several ways; asking takes a second with servers that do not say.
        let hash = if key.algorithm().is_rsa() {
            connection.best_supported_rsa_hash().await.map_err(refused)?.flatten()
        } else {
            None
        };
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
        if connection.authenticate_publickey(&server.user, key).await.map_err(refused)?.success() {
            return Ok(());
        }
    }
    if let Some(password) = &server.password {
        let answer =
            connection.authenticate_password(&server.user, password.reveal()).await.map_err(refused)?;
        if answer.success() || answered(server, connection, password).await.map_err(refused)? {
            return Ok(());
        }
    }
    let sentence = format!("`{}` does not let the user `{}` in", server.host, server.user);
    Err(Failure::lasting(
        problem(server, "fetch.refused", sentence).advise("check `user`, and the key or the password"),
    ))
}

/// RFC 4256: some servers ask for the password in their own words.
async fn answered(
    server: &SftpServer,
    connection: &mut Handle<Checked>,
    password: &Secret,
) -> Result<bool, russh::Error> {
    const MOST_QUESTIONS: usize = 5;
    let mut said = connection.authenticate_keyboard_interactive_start(&server.user, None).await?;
    for _ in 0..MOST_QUESTIONS {
        match said {
            KeyboardInteractiveAuthResponse::Success => return Ok(true),
            KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(false),
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                let answers = prompts.iter().map(|_| password.reveal().to_owned()).collect();
                said = connection.authenticate_keyboard_interactive_respond(answers).await?;
            }
        }
    }
    Ok(false)
}

/// What the library says when a connection fails.
fn failed(server: &SftpServer, error: &russh::Error) -> Failure {
    let name = &server.host;
    match error {
        russh::Error::NoCommonAlgo { .. } => {
            let sentence =
                format!("`{name}` has no key of a kind that is known, or speaks only outdated SSH: {error}");
            Failure::lasting(
                problem(server, "fetch.host-key", sentence)
                    .advise("check `host_key`: it may be of another kind than the server's"),
            )
        }
        russh::Error::IO(io) if io.kind() == io::ErrorKind::Other || io.kind() == io::ErrorKind::NotFound => {
            let sentence = format!("the name `{name}` is not known: {io}");
            Failure::passing(problem(server, "fetch.no-connection", sentence).advise("check `host`"))
        }
        other => {
            let sentence = format!("`{name}` cannot be reached: {other}");
            Failure::passing(
                problem(server, "fetch.no-connection", sentence).advise("check `host` and `port`"),
            )
        }
    }
}

/// What the server says of a file.
pub(super) fn file_failed(shown: &str, error: &russh_sftp::client::error::Error) -> Failure {
    use russh_sftp::client::error::Error;
    use russh_sftp::protocol::StatusCode;
    let problem = |code, sentence: String| Problem::new(code, sentence).at(Place::file(shown));
    match error {
        Error::Status(status) if status.status_code == StatusCode::NoSuchFile => {
            let sentence = format!("there is no file `{shown}`");
            Failure::lasting(
                problem("fetch.no-such-file", sentence)
                    .advise("check `path`; a relative one begins in the user's own folder"),
            )
        }
        Error::Status(status) if status.status_code == StatusCode::PermissionDenied => {
            Failure::lasting(problem("fetch.refused", format!("the user may not read `{shown}`")))
        }
        Error::Status(_) => {
            Failure::lasting(problem("fetch.cannot-read", format!("`{shown}` cannot be read: {error}")))
        }
        other => {
            Failure::passing(problem("fetch.broke-off", format!("`{shown}` cannot be read now: {other}")))
        }
    }
}
