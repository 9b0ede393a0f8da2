use zxcvbn::{Score, zxcvbn};

/// Characters of a password at least.
const CHARS_MIN: usize = 12;
/// Characters that are judged; what follows only makes a password longer.
const JUDGED_CHARS_MAX: usize = 64;

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// Too few characters.
    Short,
    /// It is among the common ones, or close to them, or made of the account's own words.
    Common,
}

impl Weakness {
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Short => "a password has at least 12 characters",
            Self::Common => "this password is too common; choose another",
        }
    }
}

/// What makes a password too weak, if anything does; `own` are words of the account.
pub(crate) fn weakness(password: &str, own: &[&str]) -> Option<Weakness> {
    if password.chars().count() < CHARS_MIN {
        return Some(Weakness::Short);
    }
    let judged: String = password.chars().take(JUDGED_CHARS_MAX).collect();
    (zxcvbn(&judged, own).score() < Score::Two).then_some(Weakness::Common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str, expected: Option<Weakness>) {
        assert_eq!(weakness(password, &["jane.doe", "jane.doe@example.org"]), expected, "{password}");
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        check("Tr0ub4dor&3", Some(Weakness::Short));
        check("password1234", Some(Weakness::Common));
        check("123456789012", Some(Weakness::Common));
        check("qwertyuiop123", Some(Weakness::Common));
        check("aaaaaaaaaaaaaaaa", Some(Weakness::Common));
        check("jane.doe@example.org", Some(Weakness::Common));
        check("violet harbour 9 lanterns", None);
    }
}
