//! Takes a document at its word: runs the commands that it shows.

use std::process::Command;

use crate::Outcome;

/// The commands of the fenced block in a document (the first word) that contains a text (the second).
pub fn command(words: &[String]) -> Outcome<Command> {
    let [document, wanted] = words else { return Err("documented FILE WORD".into()) };
    let text = std::fs::read_to_string(document)?;
    let script =
        shown(&text, wanted).ok_or_else(|| format!("{document} shows no command with `{wanted}`"))?;
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", &script]);
    Ok(shell)
}

/// Writes the fenced block of TOML in a document (the first word) that contains a text (the second) to a file (the third): what
/// the document asks its reader to save.
pub fn excerpt(words: &[String]) -> Outcome {
    let [document, wanted, file] = words else { return Err("excerpt DOCUMENT WORD FILE".into()) };
    let text = std::fs::read_to_string(document)?;
    let block =
        block(&text, "toml", wanted).ok_or_else(|| format!("{document} has no `{wanted}` to save"))?;
    Ok(std::fs::write(file, format!("{block}\n"))?)
}

/// The lines of the first fenced block in a language that contains a text.
fn block<'a>(document: &'a str, language: &str, wanted: &str) -> Option<&'a str> {
    let blocks = document.split("\n```").skip(1).step_by(2);
    let mut blocks = blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'));
    blocks.find(|block| block.contains(wanted))
}

/// The lines after a prompt `$ ` and their continuations (after a backslash, or while a quotation is open), in the first fenced block that contains the text.
fn shown(document: &str, wanted: &str) -> Option<String> {
    let block = block(document, "console", wanted)?;
    let (mut script, mut continues) = (String::new(), false);
    for line in block.lines() {
        let command = line.strip_prefix("$ ").or(continues.then_some(line));
        if let Some(command) = command {
            script.push_str(command);
            script.push('\n');
        }
        let is_quoting = script.matches('\'').count() % 2 == 1;
        continues = is_quoting || command.is_some_and(|command| command.ends_with('\\'));
    }
    Some(script)
}

#[cfg(test)]
mod tests {
    use super::{block, shown};

    #[test]
    fn commands_are_taken_from_the_block_that_shows_the_word() {
        let document =
            "a\n```toml\nx = 'curl'\n```\nb\n```console\n$ curl one \\\n    two\nan answer\n$ true\n```\n";
        assert_eq!(shown(document, "curl").as_deref(), Some("curl one \\\n    two\ntrue\n"));
        let quoted = "\n```console\n$ curl --data '{\n  1\n}'\nan answer\n```\n";
        assert_eq!(shown(quoted, "curl").as_deref(), Some("curl --data '{\n  1\n}'\n"));
        assert_eq!(shown(document, "wget"), None);
        assert_eq!(block(document, "toml", "curl"), Some("x = 'curl'"));
    }
}
