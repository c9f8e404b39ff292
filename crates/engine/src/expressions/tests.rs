use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow::datatypes::{DataType, Field, Int64Type};
use proptest::prelude::*;

use super::*;
use crate::{DECIMAL, FUNCTIONS, cell_text};

fn lists() -> Arc<CodeLists> {
    let mut lists = CodeLists::none();
    let labels = [("R", "red"), ("7", "seventh")];
    lists.insert("colours", labels.map(|(code, label)| (code.into(), label.into())).into());
    lists.insert("status", BTreeMap::new());
    Arc::new(lists)
}

/// Five made-up records.
fn records() -> RecordBatch {
    let name = StringArray::from(vec![Some("ACME"), Some(" bolt  works "), Some("x"), None, Some("")]);
    let amount = StringArray::from(vec![Some("12"), Some("0"), Some("secret"), None, Some("4")]);
    let count = Int64Array::from(vec![Some(3), Some(0), Some(5), None, Some(0)]);
    let ruled = Date32Array::from(vec![Some(0), Some(1), None, Some(20_000), Some(-1)]);
    let town = StringArray::from(vec!["A", "B", "C", "D", "E"]);
    let upper = StringArray::from(vec!["1", "2", "3", "4", "5"]);
    let years = ListArray::from_iter_primitive::<Int64Type, _, _>([
        Some(vec![Some(1), Some(2)]),
        Some(vec![]),
        None,
        Some(vec![Some(9)]),
        Some(vec![None]),
    ]);
    let code = Arc::new(Field::new("code", DataType::Utf8, true));
    let group = StructArray::from(vec![(code, Arc::new(town.clone()) as ArrayRef)]);
    RecordBatch::try_from_iter_with_nullable([
        ("name", Arc::new(name) as ArrayRef, true),
        ("amount_text", Arc::new(amount), true),
        ("count", Arc::new(count), true),
        ("ruled", Arc::new(ruled), true),
        ("registeredAddress.postName", Arc::new(town), true),
        ("EO_NAME", Arc::new(upper), true),
        ("years", Arc::new(years), true),
        ("head", Arc::new(group), true),
    ])
    .unwrap()
}

fn compile(outputs: &[Output]) -> Result<Expressions, Vec<(usize, Problem)>> {
    Expressions::compile(&Engine::new(), &lists(), &records().schema(), outputs)
}

fn column(sql: &str, wanted: Wanted) -> Vec<Option<String>> {
    let expressions =
        compile(&[Output::new("out", sql, wanted)]).unwrap_or_else(|problems| panic!("{sql}: {problems:?}"));
    let evaluated = expressions.evaluate(&records()).unwrap();
    assert_eq!(evaluated.failures, [], "{sql}");
    let column = evaluated.batch.column(0);
    (0..column.len()).map(|row| cell_text(column, row)).collect()
}

#[test]
fn an_expression_gives_a_value_for_each_record() {
    for (sql, first, second) in [
        ("name", "ACME", " bolt  works "),
        ("NAME", "ACME", " bolt  works "),
        ("upper(squash(name))", "ACME", "BOLT WORKS"),
        ("eo_name", "1", "2"),
        ("\"EO_NAME\"", "1", "2"),
        ("\"registeredAddress.postName\"", "A", "B"),
        ("registeredAddress.postName", "A", "B"),
        ("registeredaddress.POSTNAME || '!'", "A!", "B!"),
        ("head.code", "A", "B"),
        ("head['code']", "A", "B"),
        ("years[1]", "1", "null"),
        ("array_length(years)", "2", "0"),
        ("array_to_string(years, '-')", "1-2", ""),
        ("CASE WHEN count > 2 THEN 'many' ELSE 'few' END", "many", "few"),
        ("0.1 + 0.2 = 0.3", "true", "true"),
        ("count * 0.1", "0.3", "0"),
        ("CAST(ruled AS VARCHAR)", "1970-01-01", "1970-01-02"),
        ("date_part('year', ruled)", "1970", "1970"),
        ("to_date('2020-02-29')", "2020-02-29", "2020-02-29"),
        ("coalesce(nullif(name, 'ACME'), '-')", "-", " bolt  works "),
        ("trim(both ' ' from name)", "ACME", "bolt  works"),
        ("TRY_CAST(amount_text AS INT)", "12", "0"),
        ("count IN (3, 4)", "true", "false"),
        ("name LIKE 'A%'", "true", "false"),
        ("regexp_replace(name, '[aeiou]', '_', 'g')", "ACME", " b_lt  w_rks "),
        ("digits(amount_text)", "12", "0"),
        ("date_of('20240' || eo_name || '01', 'YYYYMMDD')", "2024-01-01", "2024-02-01"),
        ("date_of('1' || eo_name, CASE WHEN count = 3 THEN 'MM' ELSE 'YYYY' END)", "null", "0012-01-01"),
        ("code('colours', CASE WHEN count = 3 THEN 'R' END)", "red", "null"),
        ("NULL", "null", "null"),
        ("'it''s' -- said she", "it's", "it's"),
    ] {
        let values = column(sql, Wanted::Any);
        let found = |row: usize| values.get(row).cloned().flatten().unwrap_or("null".into());
        assert_eq!((found(0).as_str(), found(1).as_str()), (first, second), "{sql}");
    }
}

#[test]
fn our_functions_do_what_their_cases_say() {
    for function in FUNCTIONS {
        assert!(function.summary.chars().all(|c| c != '.'), "{}", function.name);
        for (sql, expected) in function.cases {
            let found = column(sql, Wanted::Any).swap_remove(0).unwrap_or("null".into());
            assert_eq!(found, *expected, "{sql}");
        }
    }
}

#[test]
fn functions_are_named_once_in_order_and_show_their_cases() {
    assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
    assert!(FUNCTIONS.iter().all(|function| function.cases.len() > 3));
}

/// Every way an expression can be wrong, in the words the author will read.
#[test]
fn a_wrong_expression_says_what_is_wrong_and_what_to_do() {
    let shown: Vec<String> = [
        ("", Wanted::Any),
        ("upper(name", Wanted::Any),
        ("name ||", Wanted::Any),
        ("name 'x'", Wanted::Any),
        ("name title", Wanted::Any),
        ("name; DROP TABLE x", Wanted::Any),
        ("'open", Wanted::Any),
        ("nmae", Wanted::Any),
        ("upper(nmae) || conut", Wanted::Any),
        ("Count || \"Count\"", Wanted::Any),
        ("registeredAddress.postNmae", Wanted::Any),
        ("name = \"a text\"", Wanted::Any),
        ("other.thing", Wanted::Any),
        ("head.other", Wanted::Any),
        ("uper(name)", Wanted::Any),
        ("launder(name)", Wanted::Any),
        ("digits()", Wanted::Any),
        ("digits(ruled)", Wanted::Any),
        ("date_of(name)", Wanted::Any),
        ("code('colors', name)", Wanted::Any),
        ("code('nothing-like-it', name)", Wanted::Any),
        ("code(name, name)", Wanted::Any),
        ("sum(count)", Wanted::Any),
        ("row_number() over ()", Wanted::Any),
        ("(SELECT 1)", Wanted::Any),
        ("count IN (SELECT 1)", Wanted::Any),
        ("EXISTS (SELECT 1)", Wanted::Any),
        ("now()", Wanted::Any),
        ("current_date", Wanted::Any),
        ("random()", Wanted::Any),
        ("@secret", Wanted::Any),
        ("$1", Wanted::Any),
        ("*", Wanted::Any),
        ("name + ruled", Wanted::Any),
        ("NOT name", Wanted::Any),
        ("upper(years)", Wanted::Any),
        ("date_part('year', name, 3)", Wanted::Any),
        ("name", Wanted::As(DataType::Boolean)),
        ("name", Wanted::As(DataType::Date32)),
        ("name", Wanted::As(DataType::Int64)),
        ("count", Wanted::As(DataType::Utf8)),
        ("ruled", Wanted::As(DataType::Utf8)),
        ("years", Wanted::As(DataType::Utf8)),
        ("count * 1.5", Wanted::As(DataType::Int64)),
        ("sqrt(count)", Wanted::As(DECIMAL)),
        ("head", Wanted::Key),
        ("count > 0", Wanted::Key),
    ]
    .into_iter()
    .map(|(sql, wanted)| {
        let problems = compile(&[Output::new("out", sql, wanted)]).err().unwrap_or_default();
        let shown: Vec<String> = problems.iter().map(|(_, problem)| problem.to_string()).collect();
        format!("## {sql}\n{}\n", shown.join("\n"))
    })
    .collect();
    let shown = shown.join("\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/expressions/wrong.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &shown).unwrap();
    }
    assert_eq!(shown, std::fs::read_to_string(path).unwrap(), "run with UPDATE=1 and read the difference");
}

#[test]
fn all_problems_of_all_expressions_are_reported() {
    let outputs = [("a", "nmae || conut"), ("b", "name"), ("c", "sum(count)")];
    let outputs = outputs.map(|(name, sql)| Output::new(name, sql, Wanted::Any));
    let problems = compile(&outputs).unwrap_err();
    let found: Vec<(usize, &str)> = problems.iter().map(|(index, problem)| (*index, problem.code)).collect();
    let expected = [(0, "engine.unknown-field"), (0, "engine.unknown-field"), (2, "engine.aggregate")];
    assert_eq!(found, expected);
}

#[test]
fn only_what_fits_without_loss_is_turned_into_the_wanted_type() {
    for (sql, wanted, expected) in [
        ("CAST(count AS SMALLINT)", Wanted::As(DataType::Int64), "3"),
        ("count", Wanted::As(DECIMAL), "3"),
        ("count / 2.0", Wanted::As(DECIMAL), "1.5"),
        ("arrow_cast(name, 'Dictionary(Int32, Utf8)')", Wanted::As(DataType::Utf8), "ACME"),
        ("count", Wanted::Key, "3"),
        ("ruled", Wanted::Key, "1970-01-01"),
        ("name", Wanted::Key, "ACME"),
    ] {
        assert_eq!(column(sql, wanted)[0].as_deref(), Some(expected), "{sql}");
    }
}

#[test]
fn a_record_that_fails_is_named_and_its_neighbours_go_through() {
    let outputs = [
        Output::new("number", "CAST(amount_text AS INT)", Wanted::Any),
        Output::new("share", "12 / count", Wanted::Any),
        Output::new("name", "name", Wanted::Any),
    ];
    let evaluated = compile(&outputs).unwrap().evaluate(&records()).unwrap();
    let failed: Vec<(usize, usize)> = evaluated.failures.iter().map(|f| (f.row, f.output)).collect();
    assert_eq!(failed, [(1, 1), (2, 0), (4, 1)]);
    assert_eq!(evaluated.batch.num_rows(), 2);
    assert_eq!(cell_text(evaluated.batch.column(2), 0).as_deref(), Some("ACME"));
    assert_eq!(evaluated.keep(&records()).unwrap().num_rows(), 2);
    let said: Vec<String> = evaluated.failures.iter().map(|f| f.problem.to_string()).collect();
    let said = said.join("\n");
    assert!(!said.contains("secret"), "a value of the record is repeated: {said}");
    assert!(said.contains("cannot be turned into a whole number"), "{said}");
    assert!(said.contains("division by zero"), "{said}");
}

#[test]
fn an_expression_that_always_fails_costs_every_record_and_nothing_else() {
    let evaluated = compile(&[Output::new("x", "1 / 0", Wanted::Any)]).unwrap().evaluate(&records()).unwrap();
    assert_eq!((evaluated.failures.len(), evaluated.batch.num_rows()), (5, 0));
}

#[test]
fn an_empty_batch_and_no_expressions_are_fine() {
    let empty = records().slice(0, 0);
    let evaluated =
        compile(&[Output::new("x", "upper(name)", Wanted::Any)]).unwrap().evaluate(&empty).unwrap();
    assert_eq!(evaluated.batch.num_rows(), 0);
    let evaluated = compile(&[]).unwrap().evaluate(&records()).unwrap();
    assert_eq!(evaluated.batch.num_rows(), 5);
}

#[test]
fn a_batch_of_another_shape_is_refused() {
    let expressions = compile(&[Output::new("x", "name", Wanted::Any)]).unwrap();
    let other = records().project(&[2, 3]).unwrap();
    assert_eq!(expressions.evaluate(&other).unwrap_err().code, "engine.internal");
}

/// The planner recurses; an expression from a file must not be able to end the program.
#[test]
fn a_deep_or_long_expression_is_refused_not_run_into_the_ground() {
    for sql in [
        "(".repeat(10_000) + "1" + &")".repeat(10_000),
        "(".repeat(2_000) + "1" + &")".repeat(2_000),
        vec!["1"; 7_000].join("+"),
        vec!["name"; 2_500].join("||"),
        "NOT ".repeat(3_900) + "true",
        "upper(".repeat(2_000) + "name" + &")".repeat(2_000),
        "-".repeat(1_000) + "1",
        "CASE WHEN true THEN ".repeat(400) + "1" + &" END".repeat(400),
    ] {
        let problems = compile(&[Output::new("x", sql.clone(), Wanted::Any)]).unwrap_err();
        assert_eq!(problems[0].1.code, "engine.syntax", "{} {}", &sql[..20], problems[0].1);
    }
    let bearable = vec!["name"; 120].join("||");
    let bearable = compile(&[Output::new("x", bearable, Wanted::Any)]).unwrap();
    assert_eq!(bearable.evaluate(&records()).unwrap().failures, []);
}

#[test]
fn the_understood_expression_can_be_shown() {
    let expressions = compile(&[Output::new("x", "COUNT > 2", Wanted::Any)]).unwrap();
    assert_eq!(expressions.explain().collect::<Vec<_>>(), ["count > Int64(2)"]);
}

proptest! {
    /// Wherever a batch is cut, the same rows come out and the same rows fail.
    #[test]
    fn cutting_a_batch_changes_nothing(
        texts in proptest::collection::vec(proptest::option::of("[0-9a-z]{0,3}"), 1..60),
        cut in 0_usize..60,
    ) {
        let rows = texts.len();
        let cut = cut.min(rows);
        let column: ArrayRef = Arc::new(StringArray::from(texts));
        let batch = RecordBatch::try_from_iter_with_nullable([("t", column, true)]).unwrap();
        let outputs = [Output::new("n", "10 / CAST(t AS INT)", Wanted::Any), Output::new("t", "t", Wanted::Any)];
        let expressions =
            Expressions::compile(&Engine::new(), &lists(), &batch.schema(), &outputs).map_err(|p| p[0].1.clone()).unwrap();
        let whole = expressions.evaluate(&batch).unwrap();
        let head = expressions.evaluate(&batch.slice(0, cut)).unwrap();
        let tail = expressions.evaluate(&batch.slice(cut, rows - cut)).unwrap();
        let joined = arrow::compute::concat_batches(&whole.batch.schema(), [&head.batch, &tail.batch]).unwrap();
        prop_assert_eq!(&whole.batch, &joined);
        let mut failures = head.failures;
        failures.extend(tail.failures.into_iter().map(|f| Failure { row: f.row + cut, ..f }));
        prop_assert_eq!(whole.failures, failures);
    }
}
