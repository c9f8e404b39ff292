//! Links to the next page: the header `Link` (RFC 8288) and references to the same server (RFC 3986, §5).

use concordat_record::Problem;

/// The target of the relation `next`.
pub(crate) fn next_link(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some(begin) = rest.find('<') {
        let (target, behind) = rest.get(begin + 1..)?.split_once('>')?;
        // Up to the next link; a comma within a parameter's quotation marks belongs to it.
        let mut quoted = false;
        let end = behind.char_indices().find(|(_, letter)| {
            quoted ^= *letter == '"';
            *letter == ',' && !quoted
        });
        let end = end.map_or(behind.len(), |(at, _)| at);
        let (parameters, next) = behind.split_at(end);
        if parameters.split(';').any(is_next) {
            return Some(target.trim());
        }
        rest = next;
    }
    None
}

fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let relations = value.trim().trim_matches('"');
    name.trim().eq_ignore_ascii_case("rel")
        && relations.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
}

/// The path and query that a reference means, seen from the request it came with. It has to stay on the server: credentials go with it.
pub(crate) fn resolve(origin: &str, path: &str, reference: &str) -> Result<String, Problem> {
    let reference = reference.split('#').next().unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    if reference.contains("://") || reference.starts_with("//") {
        let own = same_origin(origin, reference);
        return own.map(|own| if own.starts_with('/') { own.into() } else { format!("/{own}") }).ok_or_else(
            || {
                let to = reference.split(['?', '@']).next().unwrap_or_default();
                Problem::new("http.elsewhere", format!("the link leads to another server: `{to}`")).advise(
                    "links are followed on the server that `host` names only; name the one that they lead to",
                )
            },
        );
    }
    Ok(match reference.chars().next() {
        Some('/') => reference.into(),
        Some('?') => format!("{path}{reference}"),
        _ => {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{reference}")
        }
    })
}

/// What stands behind the origin of an address, if it is this one.
fn same_origin<'a>(origin: &str, address: &'a str) -> Option<&'a str> {
    let (scheme, host) = origin.split_once("://")?;
    let rest = match address.split_once("://") {
        Some((known, rest)) => known.eq_ignore_ascii_case(scheme).then_some(rest)?,
        None => address.strip_prefix("//")?,
    };
    let (authority, behind) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let usual = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(usual).unwrap_or(authority);
    authority.eq_ignore_ascii_case(host).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::{next_link, resolve};

    #[test]
    fn the_next_link_is_found_among_others() {
        for (header, expected) in [
            ("<https://a/x?page=2>; rel=\"next\"", Some("https://a/x?page=2")),
            ("<a>; rel=\"prev\", <b>; title=\"x, y\"; rel=\"last next\"", Some("b")),
            ("</x>; rel=next", Some("/x")),
            ("<a>; rel=\"nextish\"", None),
            ("<a", None),
            ("", None),
        ] {
            assert_eq!(next_link(header), expected, "{header}");
        }
    }

    #[test]
    fn a_reference_stays_on_the_server() {
        let go = |reference: &str| resolve("https://api.example.org", "/v1/list?page=1", reference);
        for (reference, expected) in [
            ("https://api.example.org/v1/list?page=2", "/v1/list?page=2"),
            ("https://API.example.org:443/v1/list?page=2#x", "/v1/list?page=2"),
            ("https://api.example.org?page=2", "/?page=2"),
            ("//api.example.org/x", "/x"),
            ("/v2", "/v2"),
            ("?page=2", "/v1/list?page=2"),
            ("more?page=2", "/v1/more?page=2"),
        ] {
            assert_eq!(go(reference).unwrap(), expected);
        }
        for reference in [
            "https://evil.example/x",
            "http://api.example.org/x",
            "https://api.example.org:8443/x",
            "https://api.example.org@evil.example/",
            "//evil.example/",
            "https://api.example.org.evil.example/",
        ] {
            assert_eq!(go(reference).unwrap_err().code, "http.elsewhere", "{reference}");
        }
    }
}
