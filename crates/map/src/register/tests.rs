use concordat_record::Problem;

use super::*;

fn parse(text: &str) -> Register {
    let none = |path: &str| Err(Problem::new("body.missing-file", path));
    Register::parse(text, "registers/x.toml", &none).unwrap_or_else(|problems| panic!("{problems}"))
}

const MINIMAL: &str = "title = 'T'\nclass = 'LegalEntity'\nsource = 's'\nkey = 'a'\n";

#[test]
fn a_register_can_be_small() {
    let register = parse(MINIMAL);
    assert_eq!((register.title(), register.class(), register.source().as_str()), ("T", "LegalEntity", "s"));
    assert_eq!((register.properties().len(), register.facts().len(), register.checks().len()), (0, 0, 0));
}

#[test]
fn properties_and_facts_keep_the_order_of_the_file() {
    let text = "[properties]\nlegalName = 'b'\nalternativeName = 'a'\n\
                [facts.z]\ntitle = 'Z'\ntype = 'text'\nsql = 'a'\n[facts.a]\ntitle = 'A'\ntype = 'date'\nsql = 'b'\n";
    let register = parse(&format!("{MINIMAL}{text}"));
    assert_eq!(register.property_paths().collect::<Vec<_>>(), ["legalName", "alternativeName"]);
    assert_eq!(register.facts().map(|fact| fact.name.as_str()).collect::<Vec<_>>(), ["z", "a"]);
    assert_eq!(register.fact("a").map(|fact| fact.datatype), Some(Datatype::Date));
    assert!(register.fact("b").is_none());
}

#[test]
fn a_register_may_be_asked_live_within_bounds_that_need_not_be_told() {
    assert!(parse(MINIMAL).live().is_none());
    let live = "[live]\nrecords = 6_000\n[live.parameters]\nname = 'legalName'\n";
    let register = parse(&format!("{MINIMAL}{live}"));
    let live = register.live().unwrap();
    assert_eq!((live.records, live.at_once, live.most_records), (6_000, 4, 50));
    assert_eq!((live.within.as_secs(), live.place.line), (5, Some(5)));
    let parameters: Vec<_> =
        live.parameters.iter().map(|one| (one.name.as_str(), one.property.path.as_str())).collect();
    assert_eq!(parameters, [("name", "legalName")]);
}

#[test]
fn a_live_register_is_asked_with_something() {
    for text in ["[live]\nrecords = 1\n", "[live]\nrecords = 1\nparameters = {}\n", "live = true\n"] {
        let none = |path: &str| Err(Problem::new("body.missing-file", path));
        let problems = Register::parse(&format!("{MINIMAL}{text}"), "registers/x.toml", &none).unwrap_err();
        let codes: Vec<_> = problems.0.iter().map(|problem| problem.code).collect();
        assert!(matches!(codes[..], ["map.missing-key" | "map.wrong-form"]), "{text}: {codes:?}");
    }
}

/// A place inside an expression is shown where it stands in the file, whichever quotation marks were used.
#[test]
fn a_place_inside_an_expression_is_a_place_in_the_file() {
    for (value, inside, expected) in [
        ("'ab'", (1, 2), (4, 9)),
        ("\"ab\"", (1, 1), (4, 8)),
        ("\"a\\tb\"", (1, 3), (4, 7)),
        ("'''ab'''", (1, 1), (4, 10)),
        ("\"\"\"\nab\ncd\"\"\"", (2, 2), (6, 2)),
        ("'''\nab'''", (1, 2), (5, 2)),
    ] {
        let register = parse(&MINIMAL.replace("'a'", value));
        let place = register.key.at(&Place::default().line(inside.0).column(inside.1));
        assert_eq!((place.line, place.column), (Some(expected.0), Some(expected.1)), "{value}");
    }
}
