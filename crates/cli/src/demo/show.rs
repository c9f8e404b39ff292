//! What the demo prints for people.

use std::path::Path;

use concordat_flow::Snapshot;

use super::bodies::{GRANTS, Nodes};
use super::layout::LaidOut;
use super::result::{Answered, Batch, DemoResult, Proof, Refused};
use crate::report::{self, Outcome, percent, table};

/// Step 1.
pub fn laid_out(laid_out: &LaidOut) -> Outcome {
    let how = if laid_out.is_new {
        "laid out with new keys and signed agreements"
    } else {
        "found as the last run left it"
    };
    report::line(format!("1  Four bodies in {}, {how}", laid_out.folder.display()))?;
    for moved in &laid_out.moved {
        report::line(format!("   port {} ({}) is taken; using {}", moved.taken, moved.whose, moved.used))?;
    }
    Ok(())
}

/// The heading of step 2.
pub fn refreshing() -> Outcome {
    report::line("\n2  Refresh three registers from their legacy systems")
}

/// One register of step 2.
pub fn register(snapshot: &Snapshot) -> Outcome {
    report::line(format!(
        "   {:<22} {:>7} records, {} in quarantine",
        snapshot.register.as_str(),
        snapshot.records,
        snapshot.quarantined
    ))?;
    for line in snapshot.quality_lines() {
        report::line(format!("     {line}"))?;
    }
    Ok(())
}

/// Step 3.
pub fn started(nodes: &Nodes) -> Outcome {
    report::line("\n3  Four nodes: TLS 1.3 between them, both sides with certificates; each signs and logs")?;
    for (id, running) in nodes.iter() {
        report::line(format!("   {id:<31} {}", running.node.body().settings.node.address))?;
    }
    Ok(())
}

/// Step 4.
pub fn answers(answers: &[Answered], proofs: &[Proof]) -> Outcome {
    report::line("\n4  A grants officer asks about three applicants: name and address, no number")?;
    let mut applicant = "";
    let mut rows: Vec<[String; 3]> = Vec::new();
    let flush = |rows: &mut Vec<[String; 3]>| -> Outcome {
        if !rows.is_empty() {
            report::line(indent(&table(["Fact", "Answer", "From"], rows)))?;
            rows.clear();
        }
        Ok(())
    };
    let mut notes: Vec<String> = Vec::new();
    for answer in answers {
        if answer.applicant != applicant {
            flush(&mut rows)?;
            notes.drain(..).try_for_each(report::line)?;
            applicant = &answer.applicant;
            report::line(format!("\n   {applicant}"))?;
        }
        if !answer.recognised {
            rows.push([
                "(the register)".into(),
                "knows no such organisation".into(),
                answer.provider.clone(),
            ]);
        }
        for (fact, value) in &answer.facts {
            rows.push([fact.clone(), report::value(value), answer.provider.clone()]);
        }
        notes.extend(note(answer, proofs));
    }
    flush(&mut rows)?;
    notes.drain(..).try_for_each(report::line)
}

/// How surely a body recognised an applicant, on what, what it withheld, and whether it is proven.
fn note(answer: &Answered, proofs: &[Proof]) -> Vec<String> {
    let proven = proofs.iter().filter(|proof| proof.exchange == answer.exchange).all(|proof| proof.verified);
    let proof = if proven { "proven in both logs, checked offline" } else { "NOT PROVEN" };
    let Some(probability) = answer.probability else {
        return vec![format!("     {}: {proof}", answer.provider)];
    };
    let on: Vec<String> = answer
        .compared
        .iter()
        .map(|compared| format!("{} {:+.1}", compared.level, compared.weight))
        .collect();
    let withheld: Vec<String> = answer.withheld.iter().map(concordat_record::Name::words).collect();
    vec![
        format!("     {}: {proof}", answer.provider),
        format!("       match {} on {}", percent(probability), on.join(", ")),
        format!(
            "       withheld: {}",
            if withheld.is_empty() { "nothing".to_owned() } else { withheld.join(", ") }
        ),
    ]
}

/// Step 5.
pub fn refusals(refusals: &[Refused]) -> Outcome {
    report::line("\n5  What is refused, and why")?;
    for refused in refusals {
        report::line(format!("   {}\n     {}: {}", refused.attempt, refused.code, refused.reason))?;
    }
    Ok(())
}

/// Step 6.
pub fn batch(batch: &Batch) -> Outcome {
    report::line(format!(
        "\n6  {} institutions matched against the Treasury's register by name and address, held against {} true pairs",
        batch.institutions, batch.true_pairs
    ))?;
    let row = |name: &str, precision: f64, recall: f64, unverified: String| {
        [name.to_owned(), format!("{precision:.3}"), format!("{recall:.3}"), unverified]
    };
    report::line(indent(&table(
        ["", "precision", "recall", "unverified"],
        &[
            row("Concordat", batch.precision, batch.recall, batch.unverified.to_string()),
            row("same name, same state", batch.plain_precision, batch.plain_recall, String::new()),
        ],
    )))
}

/// Whether everything shown is true, and how long it took.
pub fn verdict(result: &DemoResult) -> Outcome {
    let s = &result.seconds;
    let total = s.lay_out + s.refresh + s.start + s.ask + s.refuse + s.batch;
    if result.failures.is_empty() {
        return report::line(format!("\nEverything shown was checked and holds. {total:.1} s in all."));
    }
    report::line("\nNot as it should be:")?;
    result.failures.iter().try_for_each(|failure| report::line(format!("   {failure}")))
}

/// Step 7.
pub fn staying_up(nodes: &Nodes, laid_out: &LaidOut) -> Outcome {
    let Some(console) = nodes.console(GRANTS) else { return Ok(()) };
    report::line(format!(
        "\n7  The grants office's console: http://{console}/sign-in   access code {}\n   \
         Ask from a system of yours: curl -H \"Authorization: Bearer $(cat {})\" http://{console}/registers\n   \
         Ctrl-C stops all four.",
        laid_out.access_code,
        shown(&laid_out.system_key_file)
    ))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n")
}
