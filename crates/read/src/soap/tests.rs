//! SOAP services: the cases, with descriptions in the styles of several vendors, and what a hostile one can try.

use proptest::prelude::*;

use super::documents::{Documents, Library};
use super::request::{Values, body_leaves, envelope};
use super::wsdl::{Choice, Description};
use super::xml::{escape, parse};
use crate::cases::{check, folders};
use crate::services::testing::{Reply, Web, outcome, replies};
use crate::{Asking, Source};

/// What differs in every message: identifiers, moments, numbers used once.
fn masked(text: &str) -> String {
    let mut text = text.to_owned();
    for tag in ["wsu:Created", "wsu:Expires", "wsse:Nonce", "n0:id", "Digest\""] {
        let mut from = 0;
        while let Some(at) = text[from..].find(tag).map(|at| from + at) {
            let Some(begin) = text[at..].find('>').map(|on| at + on + 1) else { break };
            let end = text[begin..].find('<').map_or(begin, |on| begin + on);
            text.replace_range(begin..end, "…");
            from = begin + "…".len() + tag.len();
        }
    }
    text
}

#[test]
fn cases() {
    for folder in folders("soap") {
        check(&folder, &masked(&outcome(&folder)));
    }
}

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/soap/");

#[test]
fn a_question_is_asked_with_its_parameters() {
    let folder = std::path::Path::new(CASES).join("dotnet");
    let responses = std::fs::read_to_string(folder.join("responses.txt")).unwrap();
    let web = Web::start(replies(&responses));
    let text =
        std::fs::read_to_string(folder.join("source.toml")).unwrap().replace("PORT", &web.port.to_string());
    let source = Source::parse(&text, "source.toml").unwrap();
    let names = ["name", "State", "MinimumRevenue", "Founded", "IncludeClosed"];
    assert_eq!(source.parameters(&folder).unwrap(), names);
    let check = |names: &[&str]| source.check_asking(&folder, names).0;
    assert_eq!(check(&["filter/State", "name"]), []);
    let problems = check(&["Stat"]);
    assert_eq!(
        (problems[0].code, problems[0].place.field.as_deref()),
        ("service.unknown-parameter", Some("Stat"))
    );
    assert_eq!(
        source.answer_columns(&folder).unwrap(),
        None,
        "how many decimals there are, only the values show"
    );
    let typed = format!("{text}\ntypes = {{ changed = \"text\", revenue = \"decimal(12,2)\" }}\n");
    let columns = Source::parse(&typed, "source.toml").unwrap().answer_columns(&folder).unwrap().unwrap();
    let ask = |name: &str, value: &str| source.ask(&folder, &Asking::with([(name.into(), value.into())]));
    let answer = ask("filter/State", "TX").unwrap().batch;
    assert_eq!((answer.num_rows(), answer.num_columns()), (2, columns.fields().len()));
    assert!(web.asked().contains("<n0:State>TX</n0:State>"), "{}", web.asked());
    let problem = ask("State", "QQ").unwrap_err();
    assert_eq!(
        (problem.code, problem.advice.as_deref()),
        ("soap.not-allowed", Some("the service allows OH, TX, ME"))
    );
    assert_eq!(ask("Stat", "TX").unwrap_err().advice.as_deref(), Some("did you mean `State`?"));
}

#[test]
fn a_description_is_read_from_the_server_itself() {
    let folder = std::path::Path::new(CASES).join("cxf");
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let page = |body: Vec<u8>| Reply { status: 200, headers: Vec::new(), body };
    let answer = replies(&std::fs::read_to_string(folder.join("responses.txt")).unwrap()).remove(0);
    let documents = ["wsdl/service.wsdl", "wsdl/port.wsdl", "wsdl/types.xsd", "wsdl/common.xsd"];
    let mut pages: Vec<Reply> = documents.into_iter().map(|name| page(file(name))).collect();
    pages.push(answer);
    let web = Web::start(pages);
    let text = std::fs::read_to_string(folder.join("source.toml")).unwrap();
    let text = text.replace("wsdl = \"wsdl/service.wsdl\"", "wsdl_from = \"/wsdl/service.wsdl?wsdl\"");
    let source = Source::parse(&text.replace("PORT", &web.port.to_string()), "source.toml").unwrap();
    let mut reader = source.open(&folder).map_err(|problem| problem.to_string()).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().batch.num_rows(), 2);
    let asked = web.asked();
    let gets: Vec<&str> = asked.lines().filter(|line| line.starts_with("> GET")).collect();
    assert_eq!(gets.len(), 4, "{asked}");
    assert_eq!(gets[1], "> GET /wsdl/port.wsdl");
}

#[test]
fn inspecting_a_description_lists_its_operations_and_proposes_a_source() {
    let look = |case: &str, file: &str| {
        let inspection =
            crate::inspect(&std::path::Path::new(CASES).join(case), file.as_ref(), None).unwrap();
        assert!(
            Source::parse(&inspection.proposal.source, "a.toml").is_ok(),
            "{}",
            inspection.proposal.source
        );
        (inspection.to_string(), inspection.proposal.source)
    };
    let (shown, source) = look("dotnet", "wsdl/registry.wsdl");
    for line in [
        "FindOrganisations (port RegistrySoap, SOAP 1.1)",
        "  takes name?, State?, MinimumRevenue?, Founded?, IncludeClosed?",
        "  gives rows `FindOrganisationsResponse/FindOrganisationsResult/Organisation`: @changed, Number, Name",
        "Ping (port RegistrySoap, SOAP 1.1)\n  takes nothing\n  gives one record",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    let expected =
        "host = \"registry.example.org\"\nwsdl = \"wsdl/registry.wsdl\"\noperation = \"FindOrganisations\"\n";
    assert!(source.contains(expected), "{source}");
    let (shown, source) = look("x-road", "wsdl/population.wsdl");
    assert!(shown.contains("it imports `http://x-road.eu/xsd/xroad.xsd`, which is not there"), "{shown}");
    assert!(source.contains("\"http://x-road.eu/xsd/xroad.xsd\" = \"wsdl/xroad.xsd\""), "{source}");
}

#[test]
fn hostile_xml_is_refused() {
    let deep = format!("{}{}", "<a>".repeat(300), "</a>".repeat(300));
    let billion = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
    for (text, code) in [
        (billion, "soap.dtd"),
        ("<!DOCTYPE a SYSTEM \"http://evil.example/x.dtd\"><a/>", "soap.dtd"),
        ("<a>&c;</a>", "soap.bad-xml"),
        ("<a b=\"&c;\"/>", "soap.bad-xml"),
        (deep.as_str(), "soap.too-deep"),
        ("<a><b></a>", "soap.bad-xml"),
        ("<a>", "soap.bad-xml"),
        ("<x:a/>", "soap.bad-xml"),
        ("", "soap.bad-xml"),
        ("<?xml version=\"1.0\" encoding=\"klingon\"?><a/>", "soap.bad-xml"),
    ] {
        assert_eq!(parse(text.as_bytes(), "x").unwrap_err().code, code, "{text:.60}");
    }
    assert_eq!(parse(b"\xff\xfe<\0a\0/\0>\0", "x").unwrap().name.local.as_ref(), "a");
    assert_eq!(
        parse(b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe4&#x20AC;&lt;</a>", "x").unwrap().text,
        "ä€<"
    );
    assert_eq!(parse(b"<a>\xe4</a>", "x").unwrap_err().sentence, "the document is not in UTF-8");
}

/// A few lines that describe an endless, or a very large, request.
#[test]
fn a_schema_that_contains_itself_ends() {
    let mut types = String::new();
    for level in 0..60 {
        let element = format!("<xs:element name='e' type='t:T{}'/>", (level + 1) % 60).repeat(40);
        let parts = ["<xs:complexType name='T", &level.to_string(), "'><xs:sequence>", &element];
        types.extend(parts.into_iter().chain(["</xs:sequence></xs:complexType>"]));
    }
    let wsdl = format!(
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' xmlns:t='urn:t' xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/' \
         targetNamespace='urn:t'><types><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t'>{types}\
         <xs:element name='Ask' type='t:T0'/></xs:schema></types><message name='M'><part name='p' element='t:Ask'/></message>\
         <portType name='P'><operation name='Ask'><input message='t:M'/></operation></portType>\
         <binding name='B' type='t:P'><s:binding/><operation name='Ask'><s:operation/><input><s:body use='literal'/></input></operation></binding>\
         <service name='S'><port name='P' binding='t:B'><s:address location='https://x.example/s'/></port></service></definitions>"
    );
    let base = tempfile::tempdir().unwrap();
    std::fs::write(base.path().join("a.wsdl"), wsdl).unwrap();
    let mut documents = Documents::new(Library::Folder(base.path()), base.path(), &[]);
    let description = Description::load("a.wsdl", &mut documents).unwrap();
    let operation = description.operation(&Choice::default()).unwrap();
    let leaves = body_leaves(&operation.input);
    assert!(leaves.len() < 100_000, "{}", leaves.len());
    assert!(envelope(&operation, &Values::default(), &Values::default(), "").is_ok());
}

fn markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<a>",
        "</a>",
        "<b x='1'>",
        "</b>",
        "<c/>",
        "<x:d xmlns:x='urn:x'>",
        "</x:d>",
        "text",
        "&amp;",
        "&#65;",
        "&e;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?p ?>",
        "<",
        ">",
        "'",
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'>",
        "</definitions>",
        "\0",
        "é",
        "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'>",
        "</soap:Envelope>",
        "<soap:Body>",
        "</soap:Body>",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in markup(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(text.as_bytes(), "x");
        let _ = parse(&bytes, "x");
    }

    #[test]
    fn what_is_escaped_comes_back(text in "[ -~äß€\n\t<>&\"']{0,40}") {
        let element = parse(format!("<a b=\"{0}\">{0}</a>", escape(&text)).as_bytes(), "x").unwrap();
        prop_assert_eq!(element.attribute("b"), Some(text.as_str()));
        prop_assert_eq!(&element.text, &text);
    }
}
