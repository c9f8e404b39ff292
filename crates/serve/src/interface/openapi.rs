//! The OpenAPI 3.1 description of what this body may ask, made from the catalogue: a path for each register, with its own
//! purposes, facts and properties as closed lists, and an example that can be sent as it is.

use std::collections::BTreeMap;

use concordat_record::{BodyId, Datatype, Name, Vocabulary};
use serde_json::{Map, Value, json};

use super::rest::ask_path;
use crate::{Offer, OfferedFact, OfferedPurpose};

/// The description for the systems of `body`.
pub(super) fn describe(body: &BodyId, offers: &[Offer]) -> Value {
    let mut by_path: BTreeMap<String, Vec<&Offer>> = BTreeMap::new();
    for offer in offers {
        by_path.entry(ask_path(offer)).or_default().push(offer);
    }
    let mut paths: Map<String, Value> = by_path
        .iter()
        .filter_map(|(path, offers)| {
            Some((path.clone(), json!({ "post": operation(offers.first()?, offers) })))
        })
        .collect();
    paths.insert("/registers".into(), json!({ "get": catalogue() }));
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": format!("What {body} may ask"),
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Facts from the registers of other public bodies, as the agreements in force allow.",
            "description": "Each register has one path. An answer carries the facts, how surely the subject was recognised, \
                and a proof that the exchange was logged. A refusal is a problem document (RFC 9457) with a code.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "The key of the consuming system." },
            },
            "schemas": schemas(),
            "responses": { "Problem": problem() },
        },
    })
}

fn operation(first: &Offer, offers: &[&Offer]) -> Value {
    let agreements: Vec<String> = offers
        .iter()
        .map(|offer| format!("* {}: `{}`, until {}", offer.title, offer.agreement, offer.until))
        .collect();
    let refusal = json!({ "$ref": "#/components/responses/Problem" });
    let mut responses = json!({ "200": answered(offers) });
    for status in ["400", "401", "403", "404", "413", "415", "422", "429", "500", "502", "503", "504"] {
        responses[status] = refusal.clone();
    }
    json!({
        "operationId": format!("ask_{}_{}", first.register, first.provider.as_str().replace('/', "_")),
        "summary": format!("Ask {} of {}", first.register, first.provider),
        "description": format!("Agreements in force:\n{}", agreements.join("\n")),
        "tags": [first.provider],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": question(first, offers), "example": example(first) } },
        },
        "responses": responses,
    })
}

/// The body of a question, with closed lists.
fn question(first: &Offer, offers: &[&Offer]) -> Value {
    let purposes = unique(offers.iter().flat_map(|offer| &offer.purposes), |purpose| &purpose.name);
    let facts = unique(offers.iter().flat_map(|offer| &offer.facts), |fact| &fact.name);
    let mut known: Vec<&String> = offers.iter().flat_map(|offer| &offer.known).collect();
    known.sort();
    known.dedup();
    let properties: Map<String, Value> =
        known.iter().map(|path| ((*path).clone(), property(&first.class, path))).collect();
    let mut required = vec!["purpose", "subject"];
    if offers.iter().all(|offer| offer.case_reference_required) {
        required.push("case_reference");
    }
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": {
            "purpose": {
                "enum": names(&purposes, |purpose| &purpose.name),
                "description": lines(&purposes, |purpose: &OfferedPurpose| (&purpose.name, &purpose.text)),
            },
            "facts": {
                "type": "array",
                "uniqueItems": true,
                "items": { "enum": names(&facts, |fact| &fact.name) },
                "description": format!(
                    "All that are granted when left out.\n{}",
                    lines(&facts, |fact: &OfferedFact| (&fact.name, &fact.title))
                ),
            },
            "subject": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": false,
                "properties": properties,
                "description": format!("What is known of the {}; may be nested at the dots.", first.class),
            },
            "case_reference": {
                "type": "string", "maxLength": 255, "description": "The case that causes the question.",
            },
            "user": { "type": "string", "maxLength": 255, "description": "The person behind the system." },
        },
    })
}

fn property(class: &str, path: &str) -> Value {
    let described = Vocabulary::core().path(class, path).ok();
    let title = described.as_ref().map_or(path, |property| property.title);
    let mut schema = json!({ "type": "string", "title": title, "maxLength": 255 });
    if let Some("date") = described.and_then(|property| format_of(property.datatype)) {
        schema["format"] = "date".into();
    }
    schema
}

/// A question that can be sent as it is: the first purpose, two properties.
fn example(offer: &Offer) -> Value {
    let subject: Map<String, Value> = offer
        .known
        .iter()
        .take(2)
        .map(|path| {
            let described = Vocabulary::core().path(&offer.class, path).ok();
            let is_date = described.as_ref().is_some_and(|property| property.datatype == Datatype::Date);
            let title = described.map_or(path.as_str(), |property| property.title);
            (path.clone(), if is_date { "2001-02-03".into() } else { format!("Example {title}").into() })
        })
        .collect();
    let mut example = json!({
        "purpose": offer.purposes.first().map(|purpose| &purpose.name),
        "facts": offer.facts.iter().map(|fact| &fact.name).collect::<Vec<_>>(),
        "subject": subject,
    });
    if offer.case_reference_required {
        example["case_reference"] = "CASE-2026-0001".into();
    }
    example
}

/// The answer of one register: its facts by name, each with its type or null.
fn answered(offers: &[&Offer]) -> Value {
    let facts = unique(offers.iter().flat_map(|offer| &offer.facts), |fact| &fact.name);
    let of_register: Vec<Value> = facts
        .iter()
        .map(|fact| {
            json!({
                "type": "object",
                "title": fact.title,
                "required": ["name", "value"],
                "properties": { "name": { "const": fact.name }, "value": value_schema(fact.datatype) },
            })
        })
        .collect();
    json!({
        "description": "The answer, with what proves it.",
        "content": { "application/json": { "schema": {
            "allOf": [
                { "$ref": "#/components/schemas/Answered" },
                { "type": "object", "properties": { "answer": {
                    "type": "object",
                    "properties": { "facts": { "type": "array", "items": { "oneOf": of_register } } },
                } } },
            ],
        } } },
    })
}

fn value_schema(datatype: Datatype) -> Value {
    let kind = match datatype {
        Datatype::Boolean => "boolean",
        Datatype::Integer => "integer",
        Datatype::Decimal => "number",
        Datatype::Text | Datatype::Date | Datatype::Uri => "string",
    };
    let mut schema = json!({ "type": [kind, "null"] });
    if let Some(format) = format_of(datatype) {
        schema["format"] = format.into();
    }
    schema
}

fn format_of(datatype: Datatype) -> Option<&'static str> {
    match datatype {
        Datatype::Date => Some("date"),
        Datatype::Uri => Some("uri"),
        _ => None,
    }
}

fn catalogue() -> Value {
    json!({
        "operationId": "registers",
        "summary": "What may be asked, one entry for each agreement in force",
        "responses": {
            "200": {
                "description": "The catalogue.",
                "content": { "application/json": { "schema": {
                    "type": "object",
                    "required": ["registers"],
                    "properties": {
                        "registers": { "type": "array", "items": { "$ref": "#/components/schemas/Offer" } },
                    },
                } } },
            },
            "401": { "$ref": "#/components/responses/Problem" },
        },
    })
}

fn problem() -> Value {
    json!({
        "description": "A refusal or another problem.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    })
}

/// The shapes that all registers share; read from a file, because a schema is easier to read as itself.
fn schemas() -> Value {
    // INVARIANT: the file is part of the program and the description's snapshot test parses it.
    #[expect(clippy::expect_used, reason = "embedded data, parsed by a test")]
    serde_json::from_str(include_str!("schemas.json")).expect("schemas.json is well formed")
}

fn unique<'a, T>(all: impl Iterator<Item = &'a T>, name: impl Fn(&T) -> &Name) -> Vec<&'a T> {
    let mut unique: Vec<&T> = Vec::new();
    for one in all {
        if !unique.iter().any(|other| name(other) == name(one)) {
            unique.push(one);
        }
    }
    unique
}

fn names<'a, T>(all: &[&'a T], name: impl Fn(&'a T) -> &'a Name) -> Vec<&'a Name> {
    all.iter().map(|one| name(one)).collect()
}

fn lines<'a, T>(all: &[&'a T], line: impl Fn(&'a T) -> (&'a Name, &'a String)) -> String {
    let lines = all.iter().map(|one| line(one)).map(|(name, text)| format!("* `{name}`: {text}"));
    lines.collect::<Vec<_>>().join("\n")
}
