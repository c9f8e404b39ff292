//! Comparing a register with the fields of its source: all problems at once.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use concordat_engine::{Engine, Expressions, Output, Wanted};
use concordat_record::{BYTE_OFFSET, Problem, Problems, RECORD_NUMBER, nearest};

use super::{FACT_PREFIX, KEY, Mapping};
use crate::register::column_type;
use crate::{CheckSeverity, Register, Sql};

impl Mapping {
    /// Compares a register with the fields of its source (the two columns of origin may be among them).
    ///
    /// # Errors
    /// All problems, each at its line of the register file: those of
    /// [`Expressions::compile`](concordat_engine::Expressions::compile), and `map.unknown-field` for a field that a test
    /// case gives and the source has not.
    pub fn compile(engine: &Engine, register: &Register, source: &Schema) -> Result<Self, Problems> {
        let mut problems = Problems::none();
        let fields = with_origin(source);
        let wide = with_properties(&fields, register);
        let canonical = expressions(engine, register, &fields, canonical(register), &mut problems);
        let derived = expressions(engine, register, &wide, derived(register), &mut problems);
        let warnings = checks(register, CheckSeverity::Warning);
        let warnings = expressions(engine, register, &wide, warnings.collect(), &mut problems);
        given_fields(register, &fields, &mut problems);
        problems.0.sort_by_key(|problem| problem.place.line);
        let (Some(canonical), Some(derived), Some(warnings)) = (canonical, derived, warnings) else {
            return Err(problems);
        };
        let schema = Arc::new(mapped_schema(register));
        problems.or(Self { register: Arc::new(register.clone()), canonical, derived, warnings, schema })
    }
}

/// An output and the expression of the register file it is compiled from.
type Wish<'a> = (Output, &'a Sql);

fn canonical(register: &Register) -> Vec<Wish<'_>> {
    let key = (Output::new(KEY, &register.key.text, Wanted::Key), &register.key);
    let properties = register.properties.iter().map(|mapped| {
        let wanted = Wanted::As(column_type(mapped.property.datatype));
        (Output::new(&mapped.property.path, &mapped.sql.text, wanted), &mapped.sql)
    });
    [key].into_iter().chain(properties).collect()
}

fn derived(register: &Register) -> Vec<Wish<'_>> {
    let facts = register.facts.iter().map(|fact| {
        let wanted = Wanted::As(column_type(fact.datatype));
        (Output::new(format!("{FACT_PREFIX}{}", fact.name), &fact.sql.text, wanted), &fact.sql)
    });
    facts.chain(checks(register, CheckSeverity::Required)).collect()
}

fn checks(register: &Register, severity: CheckSeverity) -> impl Iterator<Item = Wish<'_>> {
    register
        .checks
        .iter()
        .filter(move |check| check.severity == severity)
        .map(|check| (Output::new(&check.name, &check.sql.text, Wanted::As(DataType::Boolean)), &check.sql))
}

fn expressions(
    engine: &Engine,
    register: &Register,
    input: &Schema,
    wishes: Vec<Wish<'_>>,
    problems: &mut Problems,
) -> Option<Expressions> {
    let (outputs, written): (Vec<Output>, Vec<&Sql>) = wishes.into_iter().unzip();
    Expressions::compile(engine, &register.lists, input, &outputs)
        .map_err(|found| {
            problems.extend(found.into_iter().map(|(index, problem)| {
                match (written.get(index), outputs.get(index)) {
                    (Some(sql), Some(output)) => {
                        let name = output.name.strip_prefix(FACT_PREFIX).unwrap_or(&output.name);
                        let place = sql.at(&problem.place).field(if name == KEY { "key" } else { name });
                        problem.at(place)
                    }
                    _ => problem.in_file(&register.file),
                }
            }));
        })
        .ok()
}

fn given_fields(register: &Register, fields: &Schema, problems: &mut Problems) {
    for given in register.tests.iter().flat_map(|test| &test.given) {
        if fields.index_of(&given.field).is_ok() {
            continue;
        }
        let problem = Problem::new("map.unknown-field", format!("the source has no field `{}`", given.field))
            .at(given.place.clone());
        problems.push(
            match nearest(&given.field, fields.fields().iter().map(|field| field.name().as_str())) {
                Some(near) => problem.advise(format!("did you mean `{near}`?")),
                None => problem,
            },
        );
    }
}

fn origin_fields() -> [Field; 2] {
    [Field::new(RECORD_NUMBER, DataType::UInt64, false), Field::new(BYTE_OFFSET, DataType::UInt64, true)]
}

fn with_origin(source: &Schema) -> Schema {
    let fields = source.fields().iter().map(|field| field.as_ref().clone());
    let missing = origin_fields().into_iter().filter(|field| source.index_of(field.name()).is_err());
    Schema::new(fields.chain(missing).collect::<Vec<_>>())
}

/// The fields that no property hides, then the properties.
fn with_properties(fields: &Schema, register: &Register) -> Schema {
    let hidden = |name: &str| register.property_paths().any(|path| path == name);
    let fields =
        fields.fields().iter().filter(|field| !hidden(field.name())).map(|field| field.as_ref().clone());
    Schema::new(fields.chain(property_fields(register)).collect::<Vec<_>>())
}

fn property_fields(register: &Register) -> impl Iterator<Item = Field> {
    register
        .properties
        .iter()
        .map(|mapped| Field::new(&mapped.property.path, column_type(mapped.property.datatype), true))
}

fn mapped_schema(register: &Register) -> Schema {
    let facts = register
        .facts
        .iter()
        .map(|fact| Field::new(format!("{FACT_PREFIX}{}", fact.name), column_type(fact.datatype), true));
    let fields = origin_fields().into_iter().chain([Field::new(KEY, DataType::Utf8, false)]);
    Schema::new(fields.chain(property_fields(register)).chain(facts).collect::<Vec<_>>())
}
