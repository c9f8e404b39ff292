//! The one visible list of reasons why a question gets no answer.
//!
//! The order of the list is the order in which a question meets the reasons: when several agreements could have answered,
//! the one that came furthest explains the refusal, because it is the nearest miss. The purpose comes before the dates:
//! it shows which agreement was meant.

use std::fmt;
use std::str::FromStr;

use concordat_record::{ExchangeId, Name, Refusal, Timestamp};

#[cfg(test)]
mod tests;

macro_rules! refusals {
    ($($variant:ident, $code:literal, $when:literal, $reason:literal, $advice:literal;)*) => {
        /// Why a question gets no answer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode {$(
            #[doc = $when]
            $variant,
        )*}

        impl RefusalCode {
            /// All codes, in the order in which a question meets them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code as it travels.
            pub fn code(self) -> &'static str {
                match self {$(Self::$variant => $code),*}
            }

            /// When it is used, for the reference page.
            pub fn when(self) -> &'static str {
                match self {$(Self::$variant => $when),*}
            }

            /// The reason, for the person who asked.
            pub fn reason(self) -> &'static str {
                match self {$(Self::$variant => $reason),*}
            }

            /// What that person can do.
            pub fn advice(self) -> &'static str {
                match self {$(Self::$variant => $advice),*}
            }
        }
    };
}

refusals! {
    BodyNotInFederation, "body-not-in-federation",
        "The certificate or key belongs to no body of the federation list, or the body's entry is not valid now.",
        "the body that asks is not in the federation list",
        "ask whoever keeps the federation list to add your body, its address, key and certificate";
    SignatureInvalid, "signature-invalid",
        "The message signature is missing, does not cover what it must, or does not verify with the body's key.",
        "the signature of the question does not verify",
        "check that the signing key is the one in the federation list and that nothing between the nodes rewrites messages";
    ClockSkew, "clock-skew",
        "The question was signed more than a minute before or after the clock of the node that is asked.",
        "the clocks of the two nodes differ too much",
        "set the clock of your node from a time server and ask again";
    Replayed, "replayed",
        "A question with this nonce or exchange number has been received before.",
        "the question has been received before",
        "ask again: every question needs a new exchange number and nonce";
    ConsumerMismatch, "consumer-mismatch",
        "The question names another consumer than the body whose key and certificate brought it.",
        "the question names another body than the one that sent it",
        "ask in the name of your own body";
    QuestionMalformed, "question-malformed",
        "The question is not well formed: no fact, a repeated fact or property, a class or property the vocabulary does not have, or too much of something.",
        "the question is not well formed",
        "correct the question; the reference of the interface shows one";
    ProviderMismatch, "provider-mismatch",
        "The question is addressed to another body than the node that received it.",
        "the question is addressed to another body",
        "check the address of the provider in the federation list";
    RegisterUnknown, "register-unknown",
        "The body publishes no register of this name.",
        "the body publishes no such register",
        "look the register up in the catalogue of the body";
    NoAgreement, "no-agreement",
        "The two bodies have no agreement about this register.",
        "the two bodies have no agreement about this register",
        "draft an agreement, have both bodies sign it, and put it into the folder of agreements";
    PurposeNotAgreed, "purpose-not-agreed",
        "The purpose of the question is none of the agreement's.",
        "the purpose of the question is not one of the agreement",
        "ask for an agreed purpose, or have both bodies sign a version that names this one";
    AgreementNotYetInForce, "agreement-not-yet-in-force",
        "The agreement begins on a later day.",
        "the agreement is not yet in force",
        "ask again when the agreement has begun";
    AgreementExpired, "agreement-expired",
        "The last day of the agreement has passed, at admission or while the answer was being prepared.",
        "the agreement has expired",
        "review the agreement, then sign a new version with later dates";
    AgreementSuspended, "agreement-suspended",
        "A policy file of the body suspends the agreement for now.",
        "the agreement is suspended for now",
        "ask the contact of the body that is asked when it will be resumed";
    FactNotGranted, "fact-not-granted",
        "At least one fact asked for is not granted; the whole question is refused and the facts are named.",
        "the agreement does not grant every fact that was asked",
        "leave the named facts out, or have both bodies sign a version that grants them";
    PropertyNotAgreed, "property-not-agreed",
        "The question tells the provider something about the subject that the agreement does not list.",
        "the question tells more about the subject than the agreement allows",
        "leave the named properties out";
    CaseReferenceMissing, "case-reference-missing",
        "The agreement requires a case reference in each question.",
        "the agreement requires a case reference",
        "add the number of the case that causes the question";
    LimitReached, "limit-reached",
        "As many questions as the agreement allows in a day have been asked today (UTC).",
        "the agreement's number of questions for a day has been reached",
        "ask again tomorrow, or have both bodies sign a version with a higher limit";
    PolicyForbids, "policy-forbids",
        "A policy file of the body forbids what the agreement alone would allow.",
        "a policy of the body that is asked forbids it",
        "ask the contact of the body that is asked";
    PolicyError, "policy-error",
        "A policy could not be evaluated, so nothing is answered.",
        "a policy could not be evaluated, so nothing is answered",
        "tell the contact of the body that is asked; its log names the policy";
    SubjectTooVague, "subject-too-vague",
        "The register's source is asked at the moment of the question, and needs a property of the subject that the question does not tell, or has more records that fit than are compared.",
        "the question tells too little of the subject to ask the register's source",
        "tell more of what the agreement allows about the subject";
    SourceBusy, "source-busy",
        "The register's source is asked at the moment of the question, and as many questions as it can bear at once are being put to it.",
        "too many questions are being put to the register's source at once",
        "ask again in a moment";
    SourceUnavailable, "source-unavailable",
        "The register's source is asked at the moment of the question, and is down, too slow, at fault, or left alone for a while because it failed several times.",
        "the register's source cannot be asked now",
        "ask again later";
    MatchNotSure, "match-not-sure",
        "A record was found that is less sure to be the subject than the agreement demands.",
        "the record that was found is not surely the subject",
        "tell more of what the agreement allows about the subject";
    MatchNotConfirmed, "match-not-confirmed",
        "The agreement demands that a person confirms the match before facts leave, and nobody has yet.",
        "a person must confirm the match before facts leave",
        "wait for the body that is asked to confirm the match, then ask again";
    NotAvailable, "not-available",
        "The node cannot answer now: the register has no snapshot, a source owner has paused it, or the log cannot be written.",
        "the body cannot answer from this register now",
        "ask again later";
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for RefusalCode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|code| code.code() == text).ok_or(())
    }
}

/// One question refused: the code, and what is particular to this question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub code: RefusalCode,
    /// The agreement that came nearest to allowing it.
    pub agreement: Option<Name>,
    /// Particulars: the facts, properties or dates that the reason is about. Never a value of the subject.
    pub detail: Option<String>,
    /// What the operator of the refusing node must know, such as the policy that failed. It does not travel.
    pub cause: Option<String>,
}

impl Refused {
    /// A refusal with nothing particular to say.
    pub fn new(code: RefusalCode) -> Self {
        Self { code, agreement: None, detail: None, cause: None }
    }

    /// The same refusal, with its particulars.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same refusal, under an agreement.
    #[must_use]
    pub fn under(mut self, agreement: &Name) -> Self {
        self.agreement = Some(agreement.clone());
        self
    }

    /// The reason with its particulars, for the person who asked.
    pub fn reason(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.code.reason()),
            None => self.code.reason().to_owned(),
        }
    }

    /// The refusal as it travels and is logged.
    pub fn refusal(&self, exchange: &ExchangeId, now: Timestamp) -> Refusal {
        Refusal {
            exchange: exchange.clone(),
            refused: now,
            code: self.code.code().to_owned(),
            reason: self.reason(),
            advice: self.code.advice().to_owned(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason(), self.code)
    }
}

impl std::error::Error for Refused {}
