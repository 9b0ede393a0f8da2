//! Texts of which one must be there for a pattern to be found: they spare most searches.

use fancy_regex::Expr;

/// Shorter texts are in nearly every user agent.
const TEXT_BYTES_MIN: usize = 2;
/// Alternatives of one pattern; one with more is always searched.
const TEXTS_MAX: usize = 2048;

/// Lower-case texts of which a match holds at least one; `None` when nothing can be said.
pub(crate) fn required(pattern: &str) -> Option<Vec<String>> {
    let tree = Expr::parse_tree(pattern).ok()?;
    let texts = of(&tree.expr)?;
    (texts.len() <= TEXTS_MAX).then_some(texts)
}

fn of(expression: &Expr) -> Option<Vec<String>> {
    match expression {
        Expr::Literal { val, .. } => long_enough(val),
        Expr::Concat(parts) => of_sequence(parts),
        Expr::Alt(choices) => {
            let texts: Option<Vec<_>> = choices.iter().map(of).collect();
            Some(texts?.into_iter().flatten().collect())
        }
        Expr::Group(inner) => of(inner),
        Expr::AtomicGroup(inner) => of(inner),
        Expr::Repeat { child, lo, .. } if *lo > 0 => of(child),
        _ => None,
    }
}

/// Of the parts that must all be there, the one whose shortest text is longest.
fn of_sequence(parts: &[Expr]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut keep = |texts: Option<Vec<String>>| {
        if let Some(texts) = texts
            && best.as_ref().is_none_or(|best| shortest(&texts) > shortest(best))
        {
            best = Some(texts);
        }
    };
    let mut run = String::new();
    for part in parts {
        match part {
            Expr::Literal { val, .. } => run.push_str(val),
            _ => {
                keep(long_enough(&std::mem::take(&mut run)));
                keep(of(part));
            }
        }
    }
    keep(long_enough(&run));
    best
}

fn long_enough(text: &str) -> Option<Vec<String>> {
    // Case is folded for ASCII alone, so other letters cannot be asked for.
    let longest = text.split(|c: char| !c.is_ascii()).max_by_key(|part| part.len())?;
    (longest.len() >= TEXT_BYTES_MIN).then(|| vec![longest.to_ascii_lowercase()])
}

fn shortest(texts: &[String]) -> usize {
    texts.iter().map(String::len).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expected: Option<&[&str]>) {
        let found = required(pattern);
        let found: Option<Vec<&str>> = found.as_ref().map(|texts| texts.iter().map(String::as_str).collect());
        assert_eq!(found.as_deref(), expected, "{pattern}");
    }

    #[test]
    fn texts_that_must_be_there() {
        check(r"Chrome/(\d+)", Some(&["chrome/"]));
        check("(?:BUZZ [1-7]|URBAN [123])(?:[);/ ]|$)", Some(&["buzz ", "urban "]));
        check("(?<!like )Gecko", Some(&["gecko"]));
        check(r"Foo.+LongerOne", Some(&["longerone"]));
        check("a|bb", None);
        check("Firefox?", Some(&["firefo"]));
        check("ÄBBB", Some(&["bbb"]));
        check("(", None);
    }
}
