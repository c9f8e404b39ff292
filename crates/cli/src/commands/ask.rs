//! `concordat ask`

use std::path::PathBuf;

use clap::Args;
use concordat_record::{BodyId, Name, Problem, Problems, SubjectProperty};
use serde_json::{Value, json};

use crate::folder::{Folder, read_text};
use crate::plain_http;
use crate::report::{self, Failure, Form, Outcome, table};

/// Asks another body about a person or an organisation, through the running node of this one (`concordat run`), as one of this
/// body's systems.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  concordat ask --body grants --provider US/GOV/TREASURY/EXEMPT \\\n    --register exempt-organisations --purpose grant-eligibility --case G-2026-0200 \\\n    legalName=\"Thomas More College\" registeredAddress.adminUnitL2=NH"
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
    /// The file that holds the key of the system that asks; `keys/system.key` in the body's folder when not given
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
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
        let settings = self.body.whatever_is_sound()?.settings;
        let path = format!("/registers/{}/{}/ask", self.provider, self.register);
        let (key, question) = (self.key()?, self.question());
        let asking = plain_http::post(settings.console.address, &path, &key, &question);
        let reply = crate::system::runtime()?.block_on(asking)?;
        match (self.output, reply.is_success) {
            (Form::Text, true) => show(&reply.body),
            (Form::Text, false) => Err(not_answered(&reply.body).into()),
            (Form::Json, is_success) => {
                report::json(&reply.body)?;
                if is_success { Ok(()) } else { Err(Failure::Said) }
            }
        }
    }

    fn key(&self) -> Result<String, Problem> {
        let file = self.key_file.clone().unwrap_or_else(|| self.body.path.join("keys/system.key"));
        let text = read_text(&file).map_err(|problem| {
            problem.advise("put the key of one of this body's systems there; `concordat init` printed one")
        })?;
        Ok(text.trim().to_owned())
    }

    fn question(&self) -> Value {
        let known = self.known.iter().map(|known| (known.property.clone(), Value::from(known.value.clone())));
        json!({
            "purpose": self.purpose,
            "case_reference": self.case,
            "facts": self.facts,
            "subject": known.collect::<serde_json::Map<_, _>>(),
        })
    }
}

/// What the node's problem document (RFC 9457) says: its only complaint, or all of several.
fn not_answered(document: &Value) -> Problems {
    let several = document["problems"].as_array().filter(|several| !several.is_empty());
    let complaints = several.map_or(std::slice::from_ref(document), Vec::as_slice);
    let mut problems = Problems::none();
    for complaint in complaints {
        let text = |key: &str| complaint[key].as_str();
        let sentence = text("detail").or_else(|| text("sentence")).unwrap_or("the node gave no reason");
        let code = text("code").map_or_else(String::new, |code| format!(" ({code})"));
        let problem = Problem::new("ask.not-answered", format!("{sentence}{code}"));
        problems.push(match text("advice") {
            Some(advice) => problem.advise(advice),
            None => problem,
        });
    }
    problems
}

fn show(reply: &Value) -> Outcome {
    let answer = &reply["answer"];
    let exchange = answer["exchange"].as_str().unwrap_or_default();
    let Some(matched) = answer.get("match") else {
        return report::line(format!("the register knows no such subject\nexchange {exchange}"));
    };
    let facts = answer["facts"].as_array().into_iter().flatten();
    let rows: Vec<[String; 2]> = facts
        .map(|fact| [fact["name"].as_str().unwrap_or_default().to_owned(), report::value(&fact["value"])])
        .collect();
    report::line(table(["Fact", "Answer"], &rows))?;
    report::line(format!(
        "match {}; exchange {exchange}; signature and proof verified",
        report::percent(matched["probability"].as_f64().unwrap_or_default())
    ))
}
