use std::path::Path;

use nagare_tests::workspace;

use super::{files, none};

const FILE_LINES_MAX: usize = 500;
const ROOT_FILE_LINES_MAX: usize = 60;
const FUNCTION_LINES_MAX: usize = 70;
const PARAMETERS_MAX: usize = 5;

/// A function found in a source text.
struct Function {
    name: String,
    line: usize,
    lines: usize,
    parameters: usize,
}

pub(crate) async fn sources_keep_their_limits() -> anyhow::Result<()> {
    let mut problems = Vec::new();
    for file in files()? {
        let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        if !["rs", "ts", "tsx", "js", "mjs"].contains(&extension.as_str()) || file.ends_with("Cargo.lock") {
            continue;
        }
        let text = std::fs::read_to_string(workspace().join(&file))?;
        let shown = file.display();
        let lines = text.lines().count();
        if lines > limit_of(&file) {
            problems.push(format!("{shown}: {lines} lines, at most {}", limit_of(&file)));
        }
        for function in functions(&text, &extension) {
            let Function { name, line, lines, parameters } = function;
            if lines > FUNCTION_LINES_MAX {
                problems.push(format!("{shown}:{line}: {name} has {lines} lines, at most {FUNCTION_LINES_MAX}"));
            }
            if parameters > PARAMETERS_MAX {
                problems.push(format!("{shown}:{line}: {name} has {parameters} parameters, at most {PARAMETERS_MAX}"));
            }
        }
    }
    none(&problems)
}

pub(crate) async fn exceptions_give_a_reason() -> anyhow::Result<()> {
    // In two pieces, so that this file does not find itself.
    let forbidden = [concat!("#[", "allow("), concat!("#![", "allow("), concat!("@ts-", "ignore")];
    let mut problems = Vec::new();
    for file in files()? {
        let extension = file.extension().unwrap_or_default();
        if !["rs", "ts", "tsx"].iter().any(|known| extension == *known) {
            continue;
        }
        let text = std::fs::read_to_string(workspace().join(&file))?;
        for (number, line) in text.lines().enumerate() {
            if forbidden.iter().any(|word| line.contains(word)) {
                problems.push(format!("{}:{}: expect with a reason instead", file.display(), number + 1));
            }
        }
    }
    none(&problems)
}

fn limit_of(file: &Path) -> usize {
    let root = ["lib.rs", "main.rs"].iter().any(|name| file.ends_with(name));
    if root { ROOT_FILE_LINES_MAX } else { FILE_LINES_MAX }
}

/// The functions of a formatted text: from a line that begins one to the brace that closes it at the
/// same depth. Test modules are left out.
fn functions(text: &str, extension: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|line| *line == "mod tests {").unwrap_or(lines.len());
    let mut found = Vec::new();
    for (index, line) in lines[..end].iter().enumerate() {
        let Some(name) = begins(line, extension) else { continue };
        let depth = line.len() - line.trim_start().len();
        let closes = |line: &&str| line.len() - line.trim_start().len() == depth && line.trim_start().starts_with('}');
        let Some(length) = lines[index..end].iter().position(closes) else { continue };
        // A declaration without a body ends before the next brace.
        let signature: String = lines[index..=index + length].join("\n");
        let Some(brace) = signature.find('{') else { continue };
        if signature.find(";\n").is_some_and(|declaration| declaration < brace) {
            continue;
        }
        let parameters = count_parameters(&signature);
        found.push(Function { name: name.to_owned(), line: index + 1, lines: length + 1, parameters });
    }
    found
}

/// The name of the function that begins in this line.
fn begins<'a>(line: &'a str, extension: &str) -> Option<&'a str> {
    let mut words = line.trim_start();
    let prefixes: &[&str] = if extension == "rs" {
        &["pub(crate) ", "pub(super) ", "pub ", "const ", "async ", "unsafe "]
    } else {
        &["export ", "default ", "async "]
    };
    while let Some(rest) = prefixes.iter().find_map(|prefix| words.strip_prefix(prefix)) {
        words = rest;
    }
    let rest = words.strip_prefix(if extension == "rs" { "fn " } else { "function " })?;
    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(&rest[..length])
}

/// Commas at the first level of the first pair of round brackets, plus one.
fn count_parameters(signature: &str) -> usize {
    let Some(open) = parameters_open(signature) else { return 0 };
    let (mut depth, mut count, mut pending, mut before) = (0_i32, 0, false, ' ');
    for c in signature[open..].chars() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            // An arrow closes nothing.
            '>' if before == '-' || before == '=' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 1 => {
                count += 1;
                pending = false;
            }
            c if !c.is_whitespace() && depth >= 1 => pending = true,
            _ => {}
        }
        before = c;
        if depth == 0 {
            break;
        }
    }
    count + usize::from(pending)
}

/// The round bracket that opens the parameters: after the type parameters, if there are any.
fn parameters_open(signature: &str) -> Option<usize> {
    let (mut depth, mut before) = (0_i32, ' ');
    for (at, c) in signature.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            '(' if depth == 0 && at > 0 && !signature[..at].ends_with("pub") => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}
