//! The replication slot and the publication on the server: whether they are as they must be, and how the slot is moved on.

use concordat_record::Problem;

use super::Changes;
use super::pgoutput::Lsn;
use crate::databases::server::Server;
use crate::postgres::session::Session;

/// Holds slot and publication against what reading the changes of one table needs.
///
/// # Errors
/// `database.no-such-slot`, `database.lost-slot`, `database.wrong-slot`, `database.no-such-publication`,
/// `database.wrong-publication`.
pub(crate) fn verify(session: &Session, changes: &Changes, schema: &str, table: &str) -> Result<(), Problem> {
    verify_slot(session, &changes.slot)?;
    verify_publication(session, &changes.publication, schema, table)
}

fn verify_slot(session: &Session, slot: &str) -> Result<(), Problem> {
    let problem = |code, sentence: String, advice: String| {
        Err(Problem::new(code, sentence).at(session.server.place().field("slot")).advise(advice))
    };
    let sql = "SELECT plugin::text, database::text, active, wal_status::text
                 FROM pg_replication_slots WHERE slot_name = $1";
    let Some(row) = session.run(session.client.query_opt(sql, &[&slot]))? else {
        let advice = format!(
            "make it once, before the table is first read whole: `SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')`"
        );
        return problem(
            "database.no-such-slot",
            format!("the server has no replication slot `{slot}`"),
            advice,
        );
    };
    let plugin: Option<String> = row.get(0);
    let database: Option<String> = row.get(1);
    let wal_status: Option<String> = row.get(3);
    if wal_status.as_deref() == Some("lost") {
        let advice = "drop the slot, make it anew and read the whole table; a larger `max_slot_wal_keep_size` keeps changes longer";
        let sentence =
            format!("the server has removed changes that were not read yet through the slot `{slot}`");
        return problem("database.lost-slot", sentence, advice.into());
    }
    if plugin.as_deref() != Some("pgoutput") || database.as_deref() != Some(session.server.database.as_str())
    {
        let sentence = format!(
            "the slot `{slot}` is one of the plug-in {} and the database {}",
            plugin.as_deref().unwrap_or("none"),
            database.as_deref().unwrap_or("none"),
        );
        return problem(
            "database.wrong-slot",
            sentence,
            "make one of the plug-in pgoutput in this database".into(),
        );
    }
    if row.get(2) {
        let sentence = format!("another program reads from the slot `{slot}` now");
        return problem("database.wrong-slot", sentence, "each reader needs a slot of its own".into());
    }
    Ok(())
}

fn verify_publication(
    session: &Session,
    publication: &str,
    schema: &str,
    table: &str,
) -> Result<(), Problem> {
    let problem = |code, sentence: String, advice: String| {
        Err(Problem::new(code, sentence).at(session.server.place().field("publication")).advise(advice))
    };
    let sql = "SELECT 1 FROM pg_publication WHERE pubname = $1";
    if session.run(session.client.query_opt(sql, &[&publication]))?.is_none() {
        let advice = format!("make it: `CREATE PUBLICATION {publication} FOR TABLE {schema}.{table}`");
        let sentence = format!("the database has no publication `{publication}`");
        return problem("database.no-such-publication", sentence, advice);
    }
    let sql = "SELECT schemaname::text, tablename::text FROM pg_publication_tables WHERE pubname = $1 ORDER BY 1, 2";
    let rows = session.run(session.client.query(sql, &[&publication]))?;
    let tables: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let is_wanted = |(s, t): &&(String, String)| s == schema && t == table;
    if !tables.iter().any(|known| is_wanted(&known)) {
        let advice = format!(
            "`ALTER PUBLICATION {publication} ADD TABLE {schema}.{table}`; of a partitioned table, `SET (publish_via_partition_root = true)`"
        );
        let sentence = format!("the publication `{publication}` does not have the table `{schema}.{table}`");
        return problem("database.wrong-publication", sentence, advice);
    }
    // Once the slot is moved on, the server forgets the changes of all its tables.
    if let Some((s, t)) = tables.iter().find(|known| !is_wanted(known)) {
        let sentence = format!(
            "the publication `{publication}` has other tables too, such as `{s}.{t}`, whose changes would be lost"
        );
        return problem(
            "database.wrong-publication",
            sentence,
            "make a publication and a slot for each table".into(),
        );
    }
    Ok(())
}

/// Lets the server forget all changes before a position.
pub(crate) fn advance(server: &Server, base: &std::path::Path, slot: &str, end: Lsn) -> Result<(), Problem> {
    let session = Session::open(server, base)?;
    // A slot that is already behind the position would be an error, and there is nothing to do.
    let sql =
        "SELECT pg_replication_slot_advance(slot_name, $2::text::pg_lsn)::text FROM pg_replication_slots
                WHERE slot_name = $1 AND confirmed_flush_lsn < $2::text::pg_lsn";
    session.run(session.client.query(sql, &[&slot, &end.to_string()])).map(drop)
}
