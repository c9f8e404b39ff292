//! What every page holds, read from its HTML. The browser walk sees more; this sees it in a second.

/// Checks the promises of all pages.
pub(super) fn check_page(name: &str, html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>"), "{name}");
    assert_eq!(count(html, "<html lang=\"en\">"), 1, "{name}: language");
    assert_eq!(count(html, "<h1"), 1, "{name}: one h1");
    assert_eq!(count(html, "<main"), 1, "{name}: one main");
    assert_eq!(count(html, "class=\"skip\" href=\"#main\""), 1, "{name}: skip link");
    for word in ["<script", " style=", "<style", "<img", "javascript:", "http://", "<iframe"] {
        assert!(!html.contains(word), "{name}: {word}");
    }
    let handlers = tags(html, "").into_iter().flat_map(attributes).filter(|(key, _)| key.starts_with("on"));
    assert_eq!(handlers.count(), 0, "{name}: an event handler");
    check_identifiers(name, html);
    check_fields(name, html);
    check_forms(name, html);
    check_order_of_headings(name, html);
}

/// Ids are unique, and whatever points at an id points at one.
fn check_identifiers(name: &str, html: &str) {
    let mut ids: Vec<String> = Vec::new();
    for (key, value) in tags(html, "").into_iter().flat_map(attributes) {
        if key == "id" {
            assert!(!ids.contains(&value), "{name}: two ids {value}");
            ids.push(value);
        }
    }
    for (key, value) in tags(html, "").into_iter().flat_map(attributes) {
        let targets: Vec<&str> = match key.as_str() {
            "aria-labelledby" | "aria-describedby" | "for" => {
                value.split(' ').filter(|t| !t.is_empty()).collect()
            }
            "href" => value.strip_prefix('#').into_iter().collect(),
            _ => continue,
        };
        for target in targets {
            assert!(
                ids.iter().any(|id| id == target),
                "{name}: {key} points at {target}, which is not there"
            );
        }
    }
}

/// Every visible field has a label.
fn check_fields(name: &str, html: &str) {
    let labels: Vec<String> =
        tags(html, "label").into_iter().filter_map(|tag| attribute(tag, "for")).collect();
    for tag in tags(html, "input").into_iter().chain(tags(html, "select")) {
        if attribute(tag, "type").as_deref() == Some("hidden") {
            continue;
        }
        let id = attribute(tag, "id").unwrap_or_else(|| panic!("{name}: {tag} has no id"));
        assert!(labels.contains(&id), "{name}: {id} has no label");
    }
}

/// Every form that changes something carries the token, but for the sign-in form, which has no session yet.
fn check_forms(name: &str, html: &str) {
    for form in html.split("<form ").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        if form.contains("method=\"post\"") && !form.contains("action=\"/sign-in\"") {
            assert!(form.contains("name=\"token\""), "{name}: no token");
            assert!(!form.contains("name=\"token\" value=\"\""), "{name}: an empty token");
        }
    }
}

/// No level of headings is skipped.
fn check_order_of_headings(name: &str, html: &str) {
    let mut before = 0;
    for (place, _) in html.match_indices("<h") {
        let Some(level @ 1..=6) = html[place + 2..].chars().next().and_then(|c| c.to_digit(10)) else {
            continue;
        };
        // The error summary stands before the h1 and is a heading of its own.
        if before > 0 {
            assert!(level <= before + 1, "{name}: h{level} after h{before}");
        }
        before = level;
    }
}

fn count(html: &str, word: &str) -> usize {
    html.matches(word).count()
}

/// The start tags of one element, or of all when the name is empty.
fn tags<'a>(html: &'a str, element: &str) -> Vec<&'a str> {
    html.match_indices('<')
        .filter_map(|(place, _)| {
            let rest = &html[place + 1..];
            let tag = &rest[..rest.find('>')?];
            let name: &str = tag.split(|c: char| c.is_whitespace()).next()?;
            let wanted =
                name.chars().next()?.is_ascii_alphabetic() && (element.is_empty() || name == element);
            wanted.then_some(tag)
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    attributes(tag).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The attributes of a start tag; all of ours are in double quotes.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once("=\"") {
        let key = before.rsplit(char::is_whitespace).next().unwrap_or_default().to_owned();
        let Some((value, after)) = after.split_once('"') else { break };
        found.push((key, value.to_owned()));
        rest = after;
    }
    found
}
