//! Objects of S3-compatible storage, with the signature computed a second time here (AWS, *Authenticating Requests: Using Query
//! Parameters*).

use std::collections::BTreeMap;
use std::fmt::Write;

use aws_lc_rs::{digest, hmac};

use super::server::{Asked, Reply, Server};
use super::{PATIENCE, code, read};
use crate::{HttpServer, S3Bucket, Secret, Transport};

const SECRET: &str = "s3cret/key";

/// A bucket of five objects and what a console made of a folder; two on a page of its list.
fn storage(asked: &Asked) -> Reply {
    if let Err(why) = verified(asked) {
        return Reply::new(403, why);
    }
    let (path, query) = asked.target.split_once('?').unwrap();
    if ["a.csv", "b%20c.csv", "d.csv"].iter().any(|name| path.ends_with(&format!("/2024/{name}"))) {
        return Reply::file(asked, path.as_bytes(), "\"a\"");
    }
    let query = parameters(query);
    if path.trim_end_matches('/') != "/registers" || query.get("list-type").map(String::as_str) != Some("2") {
        return Reply::new(404, "");
    }
    assert_eq!(query["prefix"], "2024%2F");
    let amazon = "http://s3.amazonaws.com/doc/2006-03-01/";
    let (keys, next, namespace) = match query.get("continuation-token").map(String::as_str) {
        None => (["2024/b%20c.csv", "2024/"], Some("more"), format!(" xmlns=\"{amazon}\"")),
        // Storages of others name another namespace, or none.
        Some("more") => (
            ["2024/a.csv", "2024/old/a.csv"],
            Some("last"),
            " xmlns='http://doc.s3.amazonaws.com/2006-03-01'".to_owned(),
        ),
        Some(_) => (["2024/d.csv", "2024/d.txt"], None, String::new()),
    };
    let next =
        next.map_or(String::new(), |token| format!("<NextContinuationToken>{token}</NextContinuationToken>"));
    let contents = keys.map(|key| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>")).concat();
    let list = format!(
        "<?xml version=\"1.0\"?><ListBucketResult{namespace}><Name>registers</Name><EncodingType>url</EncodingType><IsTruncated>{}</IsTruncated>{contents}{next}</ListBucketResult>",
        !next.is_empty()
    );
    Reply::new(200, list)
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Signature Version 4 from the beginning.
fn verified(asked: &Asked) -> Result<(), String> {
    let (path, query) = asked.target.split_once('?').ok_or("no query")?;
    let mut query = parameters(query);
    let signature = query.remove("X-Amz-Signature").ok_or("not signed")?;
    let canonical: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let host = asked.header("host").ok_or("no host")?;
    let request = format!("GET\n{path}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD", canonical.join("&"));
    let date = &query["X-Amz-Date"];
    let scope = format!("{}/eu-central-1/s3/aws4_request", &date[..8]);
    if query["X-Amz-Credential"] != format!("AKID%2F{}", scope.replace('/', "%2F")) {
        return Err("wrong credential".into());
    }
    let hashed = digest::digest(&digest::SHA256, request.as_bytes());
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hexadecimal(hashed.as_ref()));
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in [&date[..8], "eu-central-1", "s3", "aws4_request"] {
        key = keyed(&key, part.as_bytes());
    }
    let expected = hexadecimal(&keyed(&key, to_sign.as_bytes()));
    if signature == expected { Ok(()) } else { Err(format!("{signature} is not {expected}")) }
}

fn keyed(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

fn bucket(server: &Server, secret: &str) -> Transport {
    Transport::S3(S3Bucket {
        server: HttpServer {
            origin: server.origin.clone(),
            tls: None,
            login: None,
            follows_elsewhere: false,
            most_bytes: 1 << 20,
            patience: PATIENCE,
        },
        region: "eu-central-1".into(),
        bucket: "registers".into(),
        path_style: true,
        credentials: Some((Secret::new("AKID"), Secret::new(secret), None)),
    })
}

#[test]
fn an_object_is_read_by_a_signed_address() {
    let server = Server::start(storage);
    let files = read(&bucket(&server, SECRET), "2024/a.csv").unwrap();
    assert_eq!(files, [("registers/2024/a.csv".into(), b"/registers/2024/a.csv".to_vec())]);
    let asked = server.asked();
    assert!(!asked[0].target.contains("s3cret") && asked[0].header("authorization").is_none());
    assert!(!format!("{:?}", bucket(&server, SECRET)).contains("s3cret"));
}

#[test]
fn a_pattern_means_objects_of_all_pages_of_the_list() {
    let server = Server::start(storage);
    let files = read(&bucket(&server, SECRET), "2024/*.csv").unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["registers/2024/a.csv", "registers/2024/b c.csv", "registers/2024/d.csv"]);
    assert_eq!(code(&bucket(&server, SECRET), "2024/*.xml"), "fetch.no-match");
}

#[test]
fn wrong_credentials_and_missing_objects_are_told_apart() {
    let server = Server::start(storage);
    assert_eq!(code(&bucket(&server, "wrong"), "2024/a.csv"), "fetch.status");
    assert_eq!(code(&bucket(&server, SECRET), "2023/a.csv"), "fetch.no-such-file");
}

#[test]
fn keys_that_lead_to_another_bucket_are_refused() {
    let server = Server::start(storage);
    for key in ["../other/a.csv", "a/./b", ""] {
        assert_eq!(code(&bucket(&server, SECRET), key), "fetch.bad-address", "{key}");
    }
    assert!(server.asked().is_empty());
}
