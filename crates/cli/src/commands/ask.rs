//! `concordat ask`

use clap::Args;
use concordat_flow::Settings;
use concordat_record::{BodyId, Name, Problem, SubjectProperty};
use serde_json::{Value, json};

use crate::folder::{Folder, read_text};
use crate::plain_http;
use crate::report::{self, Failure, Form, Outcome, table};

/// Asks another body about a person or an organisation, through the running node of this one (`concordat run`), as one of this
/// body's systems.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  concordat ask --body grants --key-file grants/keys/system.key \\\n    --provider US/GOV/TREASURY/EXEMPT --register exempt-organisations --purpose grant-eligibility \\\n    --case G-2026-0200 legalName=\"Thomas More College\" registeredAddress.adminUnitL2=NH"
)]
pub struct Ask {
    /// What is known of the subject: PROPERTY=VALUE, by the property paths of the vocabulary
    #[arg(required = true, value_name = "PROPERTY=VALUE", value_parser = known)]
    known: Vec<SubjectProperty>,
    /// The body that is asked
    #[arg(long)]
    provider: BodyId,
    /// Its register
    #[arg(long)]
    register: Name,
    /// What for: a purpose of the agreement
    #[arg(long)]
    purpose: Name,
    /// A fact to ask for; may be given several times; all that the agreement grants when none is
    #[arg(long = "fact", value_name = "FACT")]
    facts: Vec<Name>,
    /// The case that causes the question
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// The file that holds the key of the system that asks
    #[arg(long, value_name = "FILE", default_value = "keys/system.key")]
    key_file: std::path::PathBuf,
    #[command(flatten)]
    body: Folder,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    output: Form,
}

fn known(text: &str) -> Result<SubjectProperty, String> {
    let (property, value) = text.split_once('=').ok_or("write PROPERTY=VALUE")?;
    Ok(SubjectProperty { property: property.to_owned(), value: value.to_owned() })
}

impl Ask {
    pub fn run(self) -> Outcome {
        let settings =
            Settings::parse(&read_text(&self.body.path.join("concordat.toml"))?, "concordat.toml")?;
        let key = read_text(&self.key_file)?;
        let path = format!("/registers/{}/{}/ask", self.provider, self.register);
        let known: serde_json::Map<String, Value> = self
            .known
            .iter()
            .map(|known| (known.property.clone(), Value::from(known.value.clone())))
            .collect();
        let question = json!({
            "purpose": self.purpose,
            "case_reference": self.case,
            "facts": self.facts,
            "subject": known,
        });
        let runtime = crate::system::runtime()?;
        let reply =
            runtime.block_on(plain_http::post(settings.console.address, &path, key.trim(), &question))?;
        if self.output == Form::Json {
            report::json(&reply.body)?;
            return if reply.is_success { Ok(()) } else { Err(Failure::Said) };
        }
        if !reply.is_success {
            let said = |key: &str| reply.body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            return Err(Problem::new("ask.not-answered", said("title")).advise(said("detail")).into());
        }
        show(&reply.body)
    }
}

fn show(reply: &Value) -> Outcome {
    let answer = &reply["answer"];
    let Some(matched) = answer.get("match") else {
        return report::line("the body knows no such subject");
    };
    let rows: Vec<[String; 2]> = answer["facts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|fact| [fact["name"].as_str().unwrap_or_default().to_owned(), fact["value"].to_string()])
        .collect();
    report::line(table(["Fact", "Answer"], &rows))?;
    report::line(format!(
        "match {:.2} %; exchange {}; signature and proof verified",
        matched["probability"].as_f64().unwrap_or_default() * 100.0,
        answer["exchange"].as_str().unwrap_or_default()
    ))
}
