//! A disk in memory that forgets what was not synchronised, and fails when it is told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::Disk;

/// What a crash leaves of the things that were not synchronised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    /// The process was killed: the system still has everything.
    Kill,
    /// The power failed: nothing that was not synchronised is left.
    PowerLoss,
    /// The power failed and some of it is left, as these bits have it.
    Torn(u64),
}

/// How one call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It failed and did nothing.
    NotStored,
    /// It failed, but was done anyway.
    Stored,
    /// It did half of what it should: half of the bytes are written.
    Half,
    /// It did nothing, and no later call does: the machine is gone.
    Dead,
}

#[derive(Clone, Debug, Default)]
struct File {
    now: Vec<u8>,
    durable: Vec<u8>,
    /// It was made anew and not synchronised since: its old content is not safe either.
    rewritten: bool,
}

impl File {
    /// The content after a crash, chosen among what may be left.
    fn after(&self, crash: Crash, chance: u64) -> Vec<u8> {
        let safe: &[u8] = if self.rewritten { &[] } else { &self.durable };
        let half = self.now.len().midpoint(safe.len());
        match (crash, chance % 4) {
            (Crash::Kill, _) | (Crash::Torn(_), 0) => self.now.clone(),
            (Crash::Torn(_), 1) if self.now != self.durable => self.now.get(..half).unwrap_or(safe).into(),
            (Crash::Torn(_), 2) => self.durable.clone(),
            _ => safe.into(),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct State {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    calls: u64,
    fail: Option<(u64, Failure)>,
}

/// The disk; clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Simulated {
    state: Arc<Mutex<State>>,
    locked: Arc<AtomicBool>,
}

struct Lock(Arc<AtomicBool>);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Simulated {
    /// The call with this number, counted from now on and from zero, fails.
    pub(crate) fn fail(&self, call: u64, failure: Failure) {
        let mut state = self.state.lock().unwrap();
        state.calls = 0;
        state.fail = Some((call, failure));
    }

    /// How many calls that change something there were since [`Simulated::fail`].
    pub(crate) fn calls(&self) -> u64 {
        self.state.lock().unwrap().calls
    }

    /// The disk as it is found after a crash.
    pub(crate) fn after(&self, crash: Crash) -> Self {
        let state = self.state.lock().unwrap();
        let mut after = State::default();
        let mut bits = if let Crash::Torn(seed) = crash { seed } else { 0 };
        let mut chance = || {
            // Knuth's linear congruence: cheap, and the same every time.
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bits >> 32
        };
        let survives = |chance: u64| match crash {
            Crash::Kill => true,
            Crash::PowerLoss => false,
            Crash::Torn(_) => chance % 2 == 1,
        };
        let mut names = state.durable_names.clone();
        for (name, file) in &state.names {
            if state.durable_names.get(name) != Some(file) && survives(chance()) {
                names.insert(name.clone(), *file);
            }
        }
        for name in state.durable_names.keys() {
            if !state.names.contains_key(name) && survives(chance()) {
                names.remove(name);
            }
        }
        for (name, file) in names {
            let content = state.files[file].after(crash, chance());
            after.files.push(File { now: content.clone(), durable: content, rewritten: false });
            after.names.insert(name.clone(), after.files.len() - 1);
            after.durable_names.insert(name, after.files.len() - 1);
        }
        Self { state: Arc::new(Mutex::new(after)), locked: Arc::default() }
    }

    /// Changes a file behind the log's back; none removes it.
    pub(crate) fn tamper(&self, path: &str, content: Option<Vec<u8>>) {
        let mut state = self.state.lock().unwrap();
        let Some(content) = content else {
            state.names.remove(path);
            state.durable_names.remove(path);
            return;
        };
        let file = state.files.len();
        state.files.push(File { now: content.clone(), durable: content, rewritten: false });
        state.names.insert(path.into(), file);
        state.durable_names.insert(path.into(), file);
    }

    /// The content of every file that has a name.
    pub(crate) fn all_bytes(&self) -> Vec<Vec<u8>> {
        let state = self.state.lock().unwrap();
        state.names.values().map(|file| state.files[*file].now.clone()).collect()
    }

    /// Does something that changes the disk, or fails as told. The change gets the bytes it may write.
    fn change(
        &self,
        bytes: &[u8],
        change: impl FnOnce(&mut State, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        let call = state.calls;
        state.calls += 1;
        let failed = Err(io::Error::other("simulated failure"));
        match state.fail {
            Some((at, Failure::Dead)) if call >= at => failed,
            Some((at, Failure::NotStored)) if call == at => failed,
            Some((at, Failure::Stored)) if call == at => change(&mut state, bytes).and(failed),
            Some((at, Failure::Half)) if call == at => {
                change(&mut state, &bytes[..bytes.len() / 2]).and(failed)
            }
            _ => change(&mut state, bytes),
        }
    }

    fn look<T>(&self, path: &str, look: impl FnOnce(Option<&[u8]>) -> T) -> T {
        let state = self.state.lock().unwrap();
        look(state.names.get(path).map(|file| state.files[*file].now.as_slice()))
    }
}

impl State {
    fn file(&mut self, path: &str) -> &mut File {
        let next = self.files.len();
        let file = *self.names.entry(path.into()).or_insert(next);
        if file == next {
            self.files.push(File::default());
        }
        &mut self.files[file]
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Disk for Simulated {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.look(path, |bytes| bytes.map(<[u8]>::to_vec)))
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let skip = usize::try_from(offset).unwrap();
        Ok(self
            .look(path, |bytes| bytes.unwrap_or_default().iter().skip(skip).take(length).copied().collect()))
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(self.look(path, |bytes| bytes.map(|bytes| bytes.len() as u64)))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let state = self.state.lock().unwrap();
        let within = |path: &&String| folder.is_empty() || path.starts_with(&format!("{folder}/"));
        Ok(state.names.keys().filter(within).cloned().collect())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.change(bytes, |state, bytes| {
            let file = state.file(path);
            file.now = bytes.into();
            file.rewritten = true;
            Ok(())
        })
    }

    fn write_at(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(bytes, |state, bytes| {
            let file = &mut state.file(path).now;
            let offset = usize::try_from(offset).unwrap();
            file.resize(file.len().max(offset + bytes.len()), 0);
            file[offset..offset + bytes.len()].copy_from_slice(bytes);
            Ok(())
        })
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        self.change(&[], |state, _| {
            state.file(path).now.truncate(usize::try_from(length).unwrap());
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change(&[], |state, _| {
            let file = state.names.remove(from).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            state.names.insert(to.into(), file);
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.change(&[], |state, _| {
            state.names.remove(path);
            Ok(())
        })
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        self.change(&[], |state, _| {
            if !state.names.contains_key(path) {
                return Err(io::Error::from(io::ErrorKind::NotFound));
            }
            let file = state.file(path);
            file.durable = file.now.clone();
            file.rewritten = false;
            Ok(())
        })
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        self.change(&[], |state, _| {
            let inside = |path: &String| folder_of(path) == folder;
            state.durable_names.retain(|path, _| !inside(path));
            let names: Vec<_> = state.names.iter().filter(|(path, _)| inside(path)).collect();
            let names: Vec<_> = names.into_iter().map(|(path, file)| (path.clone(), *file)).collect();
            state.durable_names.extend(names);
            Ok(())
        })
    }

    fn lock(&self, _path: &str) -> io::Result<Option<Box<dyn Send + Sync>>> {
        let taken = self.locked.swap(true, Ordering::SeqCst);
        Ok((!taken).then(|| Box::new(Lock(self.locked.clone())) as Box<dyn Send + Sync>))
    }

    fn is_locked(&self, _path: &str) -> io::Result<bool> {
        Ok(self.locked.load(Ordering::SeqCst))
    }
}
