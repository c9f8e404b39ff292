//! One file, read on a thread of its own a few pieces ahead of whoever reads here.

use std::io::{self, Read, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use concordat_record::{Place, Problem};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::session::{connect, file_failed, in_time};
use super::{SftpServer, runtime};
use crate::ahead::Bytes;
use crate::fault::carry;
use crate::transport::http::changed;
use crate::transport::patience::{Failure, Reopen};

/// Bytes of one piece.
const PIECE: usize = 256 << 10;
/// Pieces that wait to be taken.
const AHEAD: usize = 8;

/// A file that is being read.
pub(super) struct OpenFile {
    server: SftpServer,
    path: String,
    shown: String,
    /// What it was when it was opened first: size and time of change.
    was: Option<Stamp>,
}

/// What tells a file from a changed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: Option<u64>,
    modified: Option<u32>,
}

enum Message {
    Opened(Stamp),
    Piece(Vec<u8>),
    Failed(Failure),
    End,
}

impl OpenFile {
    pub fn new(server: SftpServer, path: String, shown: String) -> Self {
        Self { server, path, shown, was: None }
    }
}

impl Reopen for OpenFile {
    fn open_at(&mut self, offset: u64) -> Result<Bytes, Failure> {
        let (sender, pieces) = sync_channel(AHEAD);
        let (server, path, shown) = (self.server.clone(), self.path.clone(), self.shown.clone());
        let spawned = thread::Builder::new().name("fetch-sftp".into()).spawn(move || {
            let ended =
                runtime().and_then(|runtime| runtime.block_on(pump(&server, &path, &shown, offset, &sender)));
            // Whoever read may have gone; then nobody wants to know.
            let _ = sender.send(ended.err().map_or(Message::End, Message::Failed));
        });
        spawned.map_err(|error| {
            let sentence = format!("a connection cannot be set up: {error}");
            Failure::lasting(Problem::new("fetch.no-connection", sentence).at(Place::file(&self.shown)))
        })?;
        let pieces = Pieces { from: pieces, piece: Vec::new(), at: 0 };
        let now = match pieces.receive() {
            Message::Opened(now) => now,
            Message::Failed(failure) => return Err(failure),
            _ => {
                let sentence = format!("`{}` broke off before it began", self.shown);
                return Err(Failure::passing(
                    Problem::new("fetch.broke-off", sentence).at(Place::file(&self.shown)),
                ));
            }
        };
        match self.was {
            Some(was) if was != now => return Err(Failure::lasting(changed(&self.shown))),
            _ => self.was = Some(now),
        }
        Ok(Box::new(pieces))
    }

    fn size(&self) -> Option<u64> {
        self.was?.size
    }
}

/// Reads a file to its end, or until nobody takes the pieces any more.
async fn pump(
    server: &SftpServer,
    path: &str,
    shown: &str,
    offset: u64,
    sender: &SyncSender<Message>,
) -> Result<(), Failure> {
    let session = connect(server).await?;
    let failed = |error| file_failed(shown, &error);
    let mut file = in_time(server, session.files.open(path)).await?.map_err(failed)?;
    let metadata = in_time(server, file.metadata()).await?.map_err(failed)?;
    if metadata.is_dir() {
        let sentence = format!("`{shown}` is a folder, not a file");
        let problem = Problem::new("fetch.is-folder", sentence).at(Place::file(shown));
        return Err(Failure::lasting(problem.advise("for all files in it, add `/*` to its name")));
    }
    let stamp = Stamp { size: metadata.size, modified: metadata.mtime };
    let broke_off = |error: io::Error| {
        let sentence = format!("`{shown}` broke off: {error}");
        Failure::passing(Problem::new("fetch.broke-off", sentence).at(Place::file(shown)))
    };
    file.seek(SeekFrom::Start(offset)).await.map_err(broke_off)?;
    if !handed(sender, Message::Opened(stamp)).await {
        return Ok(());
    }
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE {
            let read = in_time(server, file.read_buf(&mut piece)).await?.map_err(broke_off)?;
            if read == 0 {
                break;
            }
        }
        let is_last = piece.len() < PIECE;
        if !piece.is_empty() && !handed(sender, Message::Piece(piece)).await {
            return Ok(());
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Hands a message over; false when nobody takes it any more. While it waits the connection is kept alive.
async fn handed(sender: &SyncSender<Message>, mut message: Message) -> bool {
    const PAUSE: Duration = Duration::from_millis(2);
    loop {
        match sender.try_send(message) {
            Ok(()) => return true,
            Err(TrySendError::Disconnected(_)) => return false,
            Err(TrySendError::Full(same)) => message = same,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What the thread hands over.
struct Pieces {
    from: Receiver<Message>,
    piece: Vec<u8>,
    at: usize,
}

impl Pieces {
    /// The thread keeps the time of each step, so it always says something in the end.
    fn receive(&self) -> Message {
        self.from.recv().unwrap_or(Message::End)
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.piece.len() {
            match self.receive() {
                Message::Piece(piece) => (self.piece, self.at) = (piece, 0),
                Message::End | Message::Opened(_) => return Ok(0),
                Message::Failed(failure) if failure.passing => {
                    return Err(io::Error::new(
                        io::ErrorKind::ConnectionReset,
                        failure.problem.sentence.clone(),
                    ));
                }
                Message::Failed(failure) => return Err(carry(*failure.problem)),
            }
        }
        let read = Read::read(&mut self.piece.get(self.at..).unwrap_or_default(), buffer)?;
        self.at += read;
        Ok(read)
    }
}
