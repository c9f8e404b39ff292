//! Making a node's certificate: self-signed, Ed25519, for one body and its addresses.

use std::net::IpAddr;
use std::time::Duration;

use concordat_record::{BodyId, Entropy, Problem, Timestamp};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ED25519, SanType, SerialNumber,
};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::Identity;

/// What stands before the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410 §7).
const PKCS8_ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Makes a key and a certificate for it: self-signed, no authority over others, for client and server, valid in a span.
///
/// `addresses` are the hosts under which other bodies reach the node: names or IP addresses, with or without a port.
///
/// # Errors
/// `serve.certificate-address` when an address is neither; `serve.certificate-dates` when the span is empty or begins
/// before 1970; `serve.certificate` when the certificate cannot be made.
pub fn make_certificate(
    body: &BodyId,
    addresses: &[&str],
    not_before: Timestamp,
    not_after: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Identity, Problem> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, body.as_str());
    params.serial_number = Some(serial_number(entropy));
    (params.not_before, params.not_after) = span(not_before, not_after)?;
    params.subject_alt_names =
        addresses.iter().map(|address| alternative_name(address)).collect::<Result<_, _>>()?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];

    let mut key = PKCS8_ED25519.to_vec();
    key.extend(random::<32>(entropy));
    let failed =
        |error| Problem::new("serve.certificate", format!("the certificate cannot be made: {error}"));
    let pair =
        KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key.as_slice()), &PKCS_ED25519)
            .map_err(failed)?;
    let certificate = params.self_signed(&pair).map_err(failed)?;
    Ok(Identity::from_der(certificate.der().to_vec(), key))
}

/// The moments in the type of the certificate maker, whose crate is not ours to name.
fn span<T>(not_before: Timestamp, not_after: Timestamp) -> Result<(T, T), Problem>
where
    T: From<std::time::SystemTime>,
{
    if not_after <= not_before {
        return Err(Problem::new("serve.certificate-dates", "the certificate would end before it begins"));
    }
    let moment = |at: Timestamp| {
        u64::try_from(at.seconds())
            .map(|seconds| T::from(std::time::UNIX_EPOCH + Duration::from_secs(seconds)))
            .map_err(|_| Problem::new("serve.certificate-dates", "the certificate would begin before 1970"))
    };
    Ok((moment(not_before)?, moment(not_after)?))
}

/// 16 bytes, positive and never zero (RFC 5280 §4.1.2.2).
fn serial_number(entropy: &dyn Entropy) -> SerialNumber {
    let mut bytes = random::<16>(entropy);
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    SerialNumber::from_slice(&bytes)
}

fn alternative_name(address: &str) -> Result<SanType, Problem> {
    let host = super::host_and_port(address).map_or_else(|_| address.to_owned(), |(host, _)| host);
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(ip));
    }
    let wrong = || {
        Problem::new(
            "serve.certificate-address",
            format!("`{address}` is neither a host name nor an IP address"),
        )
        .advise("write it as other bodies reach the node, such as `concordat.example.org` or `10.1.2.3`")
    };
    if host.is_empty() || !host.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) {
        return Err(wrong());
    }
    host.try_into().map(SanType::DnsName).map_err(|_| wrong())
}

fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
