//! The console in a real browser: `crates/console/browser`, on the demo's grants office.

use std::process::Command;

use crate::machine::{CHROMIUM, NODE, NPM, provide};
use crate::test::background::Background;
use crate::test::{Tally, journey};
use crate::{Outcome, workspace};

/// An applicant of the example, as the officer enters it.
const APPLICANT: &str = r#"{
    "legalName": "Thomas More University",
    "registeredAddress.thoroughfare": "333 Thomas More Pkwy.",
    "registeredAddress.postName": "Crestview Hills",
    "registeredAddress.adminUnitL2": "KY",
    "registeredAddress.postCode": "41017"
}"#;

/// Installs the driver and the accessibility rules as locked, then walks over the pages. Pictures of them stay under the
/// target folder, in `scratch/browser/pictures`.
pub fn run() -> Outcome<Tally> {
    provide(&[NODE, NPM, CHROMIUM])?;
    let walker = workspace::root().join("crates/console/browser");
    let installed =
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&walker).status()?;
    if !installed.success() {
        return Err("`npm ci` failed".into());
    }
    let mut tally = Tally::default();
    let scratch = journey::scratch("browser")?;
    let mut demo = Command::new(workspace::program()?);
    demo.args(["demo", "--folder", "demo"]).current_dir(&scratch);
    let mut demo = Background::start(demo, &scratch.join("demo.log"))?;
    demo.wait_until(|said| {
        if said.contains("/sign-in") { Ok(()) } else { Err(format!("no console:\n{said}").into()) }
    })?;
    let settings: toml::Table =
        std::fs::read_to_string(scratch.join("demo/grants/concordat.toml"))?.parse()?;
    let console = settings.get("console").and_then(|console| console.get("address")?.as_str());
    let address = format!("http://{}", console.ok_or("the console has no address")?);
    let code = std::fs::read_to_string(scratch.join("demo/access-code"))?;
    let mut walk = Command::new("node");
    walk.args(["walk.js", &address, code.trim()])
        .arg(scratch.join("pictures"))
        .arg(APPLICANT)
        .current_dir(&walker);
    let walked = if walk.status()?.success() { Ok(()) } else { Err("see above".into()) };
    tally.count("the console, walked by all visitors", &walked);
    tally.count("the demo stops when interrupted", &demo.stop());
    Ok(tally)
}
