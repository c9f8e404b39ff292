//! From agreement to Cedar: one `permit` for the two parties, then one `forbid` for each condition.
//!
//! Each `forbid` carries the code of the refusal it stands for, so that the engine that decides also explains: the
//! reasons for a refusal are the policies that were met, not a second copy of the conditions. All names that are written
//! into the policies come from types that allow no quotation mark ([`Name`], [`BodyId`](concordat_record::BodyId)) or from the vocabulary.

use std::fmt::Write;

use concordat_record::Name;

use super::Agreement;
use crate::refusal::RefusalCode;

impl Agreement {
    /// The Cedar policies that enforce this agreement, as text for people and for the policy engine.
    pub fn to_cedar(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_cedar(&mut text);
        text
    }

    fn write_cedar(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "// Agreement {} version {}: what {} answers.",
            self.name, self.version, self.provider
        )?;
        writeln!(text, "@agreement(\"{}\")", self.name)?;
        writeln!(text, "@threshold(\"{:?}\")", self.matching.threshold)?;
        writeln!(text, "@confirmed_by_person(\"{}\")", self.matching.confirmed_by_person)?;
        writeln!(
            text,
            "permit (\n  principal == Body::\"{}\",\n  action == Action::\"ask\",\n  resource == Register::\"{}\"\n);",
            self.consumer, self.register
        )?;
        for (code, condition) in self.conditions() {
            writeln!(
                text,
                "\n@refusal(\"{code}\")\nforbid (principal, action, resource)\nunless {{ {condition} }};"
            )?;
        }
        Ok(())
    }

    /// What must hold, each with the code of the refusal when it does not.
    fn conditions(&self) -> Vec<(RefusalCode, String)> {
        let mut conditions = vec![
            (
                RefusalCode::PurposeNotAgreed,
                format!("{}.contains(context.purpose)", set(self.purposes.iter().map(|p| p.name.as_str()))),
            ),
            (RefusalCode::AgreementNotYetInForce, format!("context.now >= {}", self.begins().seconds())),
            (RefusalCode::AgreementExpired, format!("context.now < {}", self.ends().seconds())),
            (
                RefusalCode::FactNotGranted,
                format!("{}.containsAll(context.facts)", set(self.granted().map(Name::as_str))),
            ),
            (
                RefusalCode::PropertyNotAgreed,
                format!("{}.containsAll(context.known)", set(self.known.iter().map(String::as_str))),
            ),
        ];
        if self.limits.case_reference_required {
            conditions.push((RefusalCode::CaseReferenceMissing, "context has caseReference".into()));
        }
        if let Some(per_day) = self.limits.per_day {
            conditions.push((RefusalCode::LimitReached, format!("context.usedToday < {per_day}")));
        }
        conditions
    }
}

fn set<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("{name:?}")).collect();
    format!("[{}]", quoted.join(", "))
}

/// A policy file that suspends an agreement at once, for the folder of a body's own policies. Deleting the file resumes it.
///
/// The reason travels to those who ask.
pub fn suspension(agreement: &Name, reason: &str) -> String {
    let code = RefusalCode::AgreementSuspended;
    let reason: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!(
        "// Agreement {agreement} is suspended; delete this file to resume it.\n\
         @refusal(\"{code}\")\n@reason({reason:?})\n\
         forbid (principal, action, resource)\nwhen {{ context.agreement == Agreement::\"{agreement}\" }};\n"
    )
}
