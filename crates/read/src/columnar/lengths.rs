//! The lengths in Arrow IPC, looked at before the library makes room for them ("IPC Streaming Format" and "IPC File Format" of the Arrow
//! specification): a message ends within its file, and what is packed in it unpacks to something in proportion.
//!
//! Only metadata is read here, and the first bytes of packed buffers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use arrow::ipc::{Message, RecordBatch, root_as_footer, root_as_message};

/// More bytes of metadata than this are no metadata.
const MOST_METADATA: u64 = 64 << 20;
/// Buffers of one message that unpack to no more are harmless.
const HARMLESS: u64 = 64 << 20;
/// What is larger is no more than so many times as large as it was packed. LZ4 does not reach it; values that are all the same do with
/// Zstandard, but not in millions of rows at once.
const MOST_RATIO: u64 = 1000;
/// Rows of one message. Columns that are null throughout take no bytes, so the bytes do not tell.
const MOST_ROWS: i64 = i32::MAX as i64;

/// Why the lengths of a file cannot be.
pub(super) type Reason = String;

/// Looks at all messages of a file or stream.
pub(super) fn weigh(file: &File, is_file: bool) -> Result<(), Reason> {
    let size = file.metadata().map_err(|error| error.to_string())?.len();
    let scale = Scale { file, size };
    if is_file { scale.file() } else { scale.stream() }
}

struct Scale<'a> {
    file: &'a File,
    size: u64,
}

impl Scale<'_> {
    fn stream(&self) -> Result<(), Reason> {
        let mut at = 0;
        while let Some((behind, length)) = self.heading(at)? {
            if length == 0 {
                return Ok(());
            }
            let body_at = behind + length;
            let metadata = self.metadata(behind, length)?;
            at = body_at + self.message(&metadata, body_at)?;
        }
        Ok(())
    }

    /// Before each message: a mark that older writers left out, and the length of its metadata. None at the end of the stream.
    fn heading(&self, at: u64) -> Result<Option<(u64, u64)>, Reason> {
        if at + 4 > self.size {
            return Ok(None);
        }
        let [first] = self.words(at)?;
        let (behind, length) = match first {
            super::ipc::CONTINUATION => {
                let [length] = self.words(at + 4)?;
                (at + 8, length)
            }
            length => (at + 4, length),
        };
        let length = u64::try_from(length).map_err(|_| "a message has a negative length".to_owned())?;
        Ok(Some((behind, length)))
    }

    /// The footer has the place of each message.
    fn file(&self) -> Result<(), Reason> {
        const BEHIND_FOOTER: u64 = 10;
        let end = self.size.checked_sub(BEHIND_FOOTER).ok_or("it is too short for a footer")?;
        let [length] = self.words(end)?;
        let length = u64::try_from(length).ok().filter(|length| *length <= end);
        let length = length.ok_or("its footer would be longer than the file")?;
        let bytes = self.metadata(end - length, length)?;
        let footer = root_as_footer(&bytes).map_err(|error| error.to_string())?;
        let blocks = footer.dictionaries().into_iter().chain(footer.recordBatches()).flatten();
        for block in blocks {
            let outside = || "a message lies outside of the file".to_owned();
            let lengths = [block.offset(), block.metaDataLength().into(), block.bodyLength()];
            let [Ok(at), Ok(metadata), Ok(body)] = lengths.map(u64::try_from) else { return Err(outside()) };
            let body_at = at.saturating_add(metadata);
            if body_at.saturating_add(body) > self.size {
                return Err(outside());
            }
            let Some((behind, length)) = self.heading(at)? else { return Err(outside()) };
            let metadata = self.metadata(behind, length.min(body_at.saturating_sub(behind)))?;
            self.message(&metadata, body_at)?;
        }
        Ok(())
    }

    /// Looks at a message and gives the length of its body.
    fn message(&self, metadata: &[u8], body_at: u64) -> Result<u64, Reason> {
        let message = root_as_message(metadata).map_err(|error| error.to_string())?;
        let body = u64::try_from(message.bodyLength()).ok();
        let left = self.size.saturating_sub(body_at);
        let body = body.filter(|body| *body <= left).ok_or_else(|| {
            format!("a message would have {} bytes, where {left} are left", message.bodyLength())
        })?;
        if let Some(batch) = batch_of(&message) {
            self.batch(&batch, body_at, body)?;
        }
        Ok(body)
    }

    fn batch(&self, batch: &RecordBatch<'_>, body_at: u64, body: u64) -> Result<(), Reason> {
        if !(0..=MOST_ROWS).contains(&batch.length()) {
            return Err(format!("a batch would have {} rows, more than {MOST_ROWS}", batch.length()));
        }
        if batch.compression().is_none() {
            return Ok(());
        }
        let mut unpacked = 0u64;
        for buffer in batch.buffers().into_iter().flatten() {
            let (Ok(offset), Ok(length)) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length()))
            else {
                return Err("a buffer has a negative length".into());
            };
            if offset.saturating_add(length) > body {
                return Err("a buffer lies outside of its message".into());
            }
            if length >= 8 {
                // -1 stands for a buffer that is not packed after all.
                let [low, high] = self.words(body_at + offset)?;
                let size = i64::from(high) << 32 | i64::from(low.cast_unsigned());
                unpacked = unpacked.saturating_add(u64::try_from(size).unwrap_or(length));
            }
        }
        let most = HARMLESS.max(body.saturating_mul(MOST_RATIO));
        if unpacked > most {
            return Err(format!("a message of {body} bytes would unpack to {unpacked}"));
        }
        Ok(())
    }

    fn metadata(&self, at: u64, length: u64) -> Result<Vec<u8>, Reason> {
        let left = self.size.saturating_sub(at);
        if length > left.min(MOST_METADATA) {
            return Err(format!(
                "the metadata of a message would have {length} bytes, where {left} are left"
            ));
        }
        let mut bytes = Vec::new();
        self.at(at).and_then(|file| file.take(length).read_to_end(&mut bytes)).map_err(|e| e.to_string())?;
        Ok(bytes)
    }

    fn words<const N: usize>(&self, at: u64) -> Result<[i32; N], Reason> {
        let mut file = self.at(at).map_err(|error| error.to_string())?;
        let mut words = [0; N];
        for word in &mut words {
            let mut bytes = [0; 4];
            file.read_exact(&mut bytes).map_err(|error| error.to_string())?;
            *word = i32::from_le_bytes(bytes);
        }
        Ok(words)
    }

    fn at(&self, at: u64) -> io::Result<&File> {
        let mut file = self.file;
        file.seek(SeekFrom::Start(at))?;
        Ok(file)
    }
}

fn batch_of<'a>(message: &Message<'a>) -> Option<RecordBatch<'a>> {
    message.header_as_record_batch().or_else(|| message.header_as_dictionary_batch()?.data())
}
