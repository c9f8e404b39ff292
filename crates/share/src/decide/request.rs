//! A question as Cedar sees it: who asks which register, and a context of names, counts and the time. The values that are
//! told about the subject stay out: no policy may depend on a person, and no message of Cedar can repeat one.

use std::sync::LazyLock;

use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression};
use chrono::{DateTime, Datelike, Timelike, Utc};
use concordat_record::{Name, Question, Timestamp};

use crate::policy;

static BODY: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Body"));
static REGISTER: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Register"));
static AGREEMENT: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Agreement"));
static ACTION: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Action"));

// INVARIANT: called with the four words above only; every test of a decision passes here.
#[expect(clippy::expect_used, reason = "a plain word is the name of an entity type")]
fn kind(word: &str) -> EntityTypeName {
    word.parse().expect("a plain word is the name of an entity type")
}

fn entity(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

/// The question as Cedar sees it, checked against the schema.
pub(super) fn request(
    question: &Question,
    agreement: &Name,
    now: Timestamp,
    used_today: u64,
) -> Result<Request, String> {
    let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
    let number = RestrictedExpression::new_long;
    let moment =
        DateTime::<Utc>::from_timestamp(now.seconds(), 0).ok_or("the clock shows no possible time")?;
    let mut context = vec![
        ("agreement", RestrictedExpression::new_entity_uid(entity(&AGREEMENT, agreement.as_str()))),
        ("purpose", text(question.purpose.as_str())),
        ("facts", RestrictedExpression::new_set(question.facts.iter().map(|fact| text(fact.as_str())))),
        (
            "known",
            RestrictedExpression::new_set(question.subject.known.iter().map(|known| text(&known.property))),
        ),
        ("class", text(&question.subject.class)),
        ("now", number(now.seconds())),
        ("hour", number(moment.hour().into())),
        ("weekday", number(moment.weekday().number_from_monday().into())),
        ("usedToday", number(i64::try_from(used_today).unwrap_or(i64::MAX))),
    ];
    let case = question.case_reference.as_deref().filter(|case| !case.trim().is_empty());
    context.extend(case.map(|case| ("caseReference", text(case))));
    context.extend(question.user.as_deref().map(|user| ("user", text(user))));
    let context = Context::from_pairs(context.into_iter().map(|(key, value)| (key.to_owned(), value)))
        .map_err(|error| error.to_string())?;
    Request::new(
        entity(&BODY, question.consumer.as_str()),
        entity(&ACTION, "ask"),
        entity(&REGISTER, question.register.as_str()),
        context,
        Some(policy::schema()),
    )
    .map_err(|error| error.to_string())
}
