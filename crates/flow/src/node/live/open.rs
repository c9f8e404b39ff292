//! The live registers of a body, each with what asks, maps and recognises.

use std::collections::HashMap;
use std::sync::Arc;

use concordat_engine::Engine;
use concordat_link::{Recogniser, Records, estimate_unseen};
use concordat_map::LiveSettings;
use concordat_record::{Name, Problem, Problems};
use tokio::sync::Semaphore;

use super::LiveRegister;
use super::inquiry::Inquiry;
use super::mappings::Mappings;
use crate::body::{Body, LinkFile, RegisterFile};

/// All of them, by name.
pub(in crate::node) struct LiveRegisters(HashMap<Name, LiveRegister>);

impl LiveRegisters {
    /// Those of a body's folder. No source is asked yet.
    pub(in crate::node) fn open(body: &Body) -> Result<Self, Problems> {
        let files = body.registers.values().filter_map(|file| Some((file, file.register.live()?)));
        let files: Vec<(&RegisterFile, &LiveSettings)> = files.collect();
        let mut registers = HashMap::new();
        if !files.is_empty() {
            let (engine, turns) = (Engine::new(), turns(&files));
            for (file, settings) in files {
                registers.insert(file.name.clone(), open(body, file, settings, &engine, &turns)?);
            }
        }
        Ok(Self(registers))
    }

    pub(in crate::node) fn get(&self, register: &Name) -> Option<&LiveRegister> {
        self.0.get(register)
    }
}

/// The turns of each source: registers that share one share them, as many as the most careful of them allows.
fn turns(files: &[(&RegisterFile, &LiveSettings)]) -> HashMap<Name, Arc<Semaphore>> {
    let mut at_once: HashMap<Name, usize> = HashMap::new();
    for (file, settings) in files {
        let allowed = at_once.entry(file.register.source().clone()).or_insert(settings.at_once);
        *allowed = settings.at_once.min(*allowed);
    }
    at_once.into_iter().map(|(source, allowed)| (source, Arc::new(Semaphore::new(allowed)))).collect()
}

fn open(
    body: &Body,
    file: &RegisterFile,
    settings: &LiveSettings,
    engine: &Engine,
    turns: &HashMap<Name, Arc<Semaphore>>,
) -> Result<LiveRegister, Problems> {
    let name = file.register.source();
    let (source, turns) = body.sources.get(name).zip(turns.get(name)).ok_or_else(|| {
        Problem::new("body.unknown-source", format!("there is no source `{name}`")).in_file(&file.file)
    })?;
    let recogniser = body.links.get(&file.name).map(|link| recogniser(link, settings.records)).transpose()?;
    Ok(LiveRegister {
        name: file.name.clone(),
        register: file.register.clone(),
        facts: file.register.facts().map(|fact| fact.name.clone()).collect(),
        inquiry: Inquiry::new(source.source.clone(), body.path(""), turns.clone(), settings.within),
        mappings: Mappings::new(file.name.clone(), engine.clone()),
        settings: settings.clone(),
        recogniser,
    })
}

/// The register is never seen, so how telling an agreement is comes from the sample of subjects, if there is one, or from the rules alone.
fn recogniser(link: &LinkFile, records: u64) -> Result<Recogniser, Problems> {
    let mut alike = Records::new(&link.rules.properties());
    link.subjects.iter().flat_map(|sample| &sample.0).for_each(|subject| alike.push(subject));
    Recogniser::new(link.rules.clone(), &estimate_unseen(&link.rules, &alike, records))
}
