//! From text to federation, with every problem.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use concordat_record::{BodyId, Problem, Problems};
use concordat_sign::VerifierKey;
use toml::de::DeValue;

use super::{Federation, Member};
use crate::document::{Section, read, value};

pub(super) fn parse(text: &str, file: &str) -> Result<Federation, Problems> {
    read(text, file, |root| {
        let name = root.need("federation", value::line);
        let valid = root.expect("from").and(root.expect("until")).and_then(|()| valid(root));
        let members = root.each("body", member);
        let members = members?;
        refuse_twins(root, &members);
        Some(Federation::new(name?, valid?, members.into_iter().map(|(member, _)| member).collect()))
    })
}

fn valid(section: &Section<'_>) -> Option<(NaiveDate, NaiveDate)> {
    let (from, until) = (section.may("from", value::date), section.may("until", value::date));
    let (from, until) = (from?, until?);
    if until < from {
        let sentence = format!("the last day {until} is before the first, {from}");
        section.complain("until", Problem::new("share.dates-reversed", sentence));
    }
    Some((from, until))
}

fn member(section: &Section<'_>) -> Option<Member> {
    let id = section.need("id", value::word::<BodyId>);
    let name = section.need("name", value::line);
    let address = section.need("address", address);
    let signing_key = section.need("signing_key", signing_key);
    let certificate = section.need("certificate", certificate);
    let valid = valid(section);
    let (id, signing_key) = (id?, signing_key?);
    if signing_key.name() != id.as_str() {
        let sentence = format!("this is the key of `{}`, not of `{id}`", signing_key.name());
        section.complain("signing_key", Problem::new("share.key-of-another", sentence));
    }
    Some(Member { id, name: name?, address: address?, signing_key, certificate: certificate?, valid })
}

fn signing_key(value: &DeValue<'_>) -> Result<VerifierKey, Problem> {
    value::line(value)?.parse()
}

/// `host:port`, where the host is a name, an IPv4 address or an IPv6 address in brackets.
fn address(value: &DeValue<'_>) -> Result<String, Problem> {
    let text = value::line(value)?;
    let good = text.rsplit_once(':').is_some_and(|(host, port)| {
        let named = |host: &str| {
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        };
        let bracketed = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok());
        let numbered =
            port.chars().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0);
        (named(host) || bracketed) && numbered
    });
    good.then_some(text).ok_or_else(|| {
        Problem::new("share.bad-address", "this is not the address of a node")
            .advise("write host and port, as in \"node.example.org:7443\"")
    })
}

fn certificate(value: &DeValue<'_>) -> Result<Vec<u8>, Problem> {
    let text: String = value::paragraph(value)?.split_whitespace().collect();
    STANDARD.decode(text).ok().filter(|der| is_one_sequence(der)).ok_or_else(|| {
        Problem::new("share.bad-certificate", "this is not a certificate in DER, written in base64")
            .advise("copy the lines between `BEGIN CERTIFICATE` and `END CERTIFICATE` of the body's file")
    })
}

/// A certificate is one DER SEQUENCE with a length in two bytes or three, and nothing after it (X.690 §8.1.3, RFC 5280 §4.1).
/// What is in it is looked at by TLS; here it must only be whole.
fn is_one_sequence(der: &[u8]) -> bool {
    let (length, header) = match der {
        [0x30, 0x82, high, low, ..] => (usize::from(*high) << 8 | usize::from(*low), 4),
        [0x30, 0x81, length, ..] => (usize::from(*length), 3),
        _ => return false,
    };
    der.len() == header + length
}

/// Two bodies with one address, key or certificate: one would answer for the other. One body twice is a change of key, and
/// then both entries say from when until when.
fn refuse_twins(root: &Section<'_>, members: &[(Member, usize)]) {
    let mut seen: HashMap<(&str, Vec<u8>), &Member> = HashMap::new();
    for (member, offset) in members {
        let complain = |sentence: String, advice: &str| {
            root.complain_at("body", *offset, Problem::new("share.twice", sentence).advise(advice));
        };
        for (what, value) in [
            ("address", member.address.to_ascii_lowercase().into_bytes()),
            ("signing key", member.signing_key.to_string().into_bytes()),
            ("certificate", member.certificate.clone()),
        ] {
            if let Some(other) = seen.insert((what, value), member).filter(|other| other.id != member.id) {
                complain(
                    format!("`{}` has the {what} of `{}`", member.id, other.id),
                    "each body has its own",
                );
            }
        }
        let same = seen.insert(("id", member.id.as_str().as_bytes().to_vec()), member);
        if same.is_some_and(|other| other.valid.is_none() || member.valid.is_none()) {
            complain(
                format!("`{}` is in the list twice", member.id),
                "remove one, or give both `from` and `until` when the body changes its key",
            );
        }
    }
}
