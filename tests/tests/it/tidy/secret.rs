use nagare_tests::workspace;

use super::{files, none};

/// How secrets begin that somebody may have left behind: in two pieces, so that this file does not find itself.
const BEGINNINGS: [(&str, &str); 9] = [
    ("-----BEGIN ", "PRIVATE KEY"),
    ("-----BEGIN RSA ", "PRIVATE KEY"),
    ("-----BEGIN EC ", "PRIVATE KEY"),
    ("-----BEGIN OPENSSH ", "PRIVATE KEY"),
    ("AKI", "A"),
    ("ghp", "_"),
    ("github_", "pat_"),
    ("xoxb", "-"),
    ("AIz", "aSy"),
];
/// Letters and digits that follow the beginning of a token; fewer are a word.
const TOKEN_CHARS_MIN: usize = 16;

pub(crate) async fn no_secret_is_checked_in() -> anyhow::Result<()> {
    let mut problems = Vec::new();
    for file in files()? {
        // What is no text holds no secret that anybody could have pasted.
        let Ok(text) = std::fs::read_to_string(workspace().join(&file)) else { continue };
        let found = BEGINNINGS.iter().find(|(first, second)| holds(&text, &format!("{first}{second}")));
        if let Some((first, _)) = found {
            problems.push(format!("{}: something like a secret that begins with {first}", file.display()));
        }
    }
    none(&problems)
}

fn holds(text: &str, beginning: &str) -> bool {
    text.match_indices(beginning).any(|(at, _)| {
        let rest = &text[at + beginning.len()..];
        let token = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').count();
        beginning.starts_with('-') || token >= TOKEN_CHARS_MIN
    })
}
