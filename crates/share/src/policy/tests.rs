use super::*;
use crate::fixture::codes;

#[test]
fn the_schema_is_well_formed_and_without_warnings() {
    let (_, warnings) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    assert_eq!(warnings.count(), 0);
}

#[test]
fn a_policy_file_may_only_forbid_what_the_schema_knows() {
    let forbid = "forbid (principal, action, resource)";
    for (text, expected) in [
        (String::new(), &[][..]),
        (format!("{forbid};"), &[]),
        (format!("@reason(\"why\")\n{forbid} when {{ context has user && context.user == \"x\" }};"), &[]),
        ("permit (principal, action, resource);".into(), &["share.own-permit:1"]),
        (format!("{forbid};\n\n// more\npermit (principal, action, resource);"), &["share.own-permit:4"]),
        (format!("{forbid}\nwhen {{ context.color == 1 }};"), &["share.policy-invalid:2"]),
        (format!("{forbid}\nwhen {{ context.user == \"x\" }};"), &["share.policy-invalid:2"]),
        (format!("{forbid}\nwhen {{ context.purpose == 1 }};"), &["share.policy-invalid:2"]),
        (format!("{forbid}\nwhen {{ context.now > \"noon\" }};"), &["share.policy-invalid:2"]),
        ("forbid (principal == Person::\"x\", action, resource);".into(), &["share.policy-invalid:1"]),
        ("forbid (principal, action == Action::\"aks\", resource);".into(), &["share.policy-invalid:1"]),
        ("forbid (principal == ?principal, action, resource);".into(), &["share.policy-template:1"]),
        (format!("@mask(\"income\")\n{forbid};"), &["share.unknown-annotation:1"]),
        (format!("@refusal(\"no-agreement\")\n{forbid};"), &["share.bad-annotation:1"]),
        (format!("{forbid};\nforbid (principal"), &["share.not-cedar:2"]),
        (format!("{forbid} when {{ false }};"), &["share.policy-suspect:1"]),
    ] {
        let found =
            OwnPolicy::parse(&text, "policies/own.cedar").err().map(|p| codes(&p)).unwrap_or_default();
        assert!(
            found.iter().any(|code| expected.contains(&code.as_str())) || found == expected,
            "{text}: {found:?}"
        );
        assert_eq!(found.is_empty(), expected.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn a_slip_in_an_annotation_finds_its_word() {
    let problems =
        OwnPolicy::parse("@reson(\"x\") forbid (principal, action, resource);", "own.cedar").unwrap_err();
    assert_eq!(problems.0[0].advice.as_deref(), Some("did you mean `@reason`?"));
}
