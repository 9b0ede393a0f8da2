//! Short immutable texts, shared by those who hold equal ones.

use std::{
    borrow::{Borrow, Cow},
    cell::RefCell,
    fmt,
    hash::BuildHasher,
    ops::Deref,
    sync::{Arc, LazyLock},
};

use hashbrown::DefaultHashBuilder;
use serde::{Deserialize, Deserializer, Serialize, de};

/// Texts that a thread remembers of what it read last: most texts of facts come again soon.
const RECENT_MAX: usize = 2048;
/// Bytes of a text that is remembered.
const RECENT_BYTES_MAX: usize = 256;

static EMPTY: LazyLock<Text> = LazyLock::new(|| Text(Arc::from("")));
static HASHER: LazyLock<DefaultHashBuilder> = LazyLock::new(DefaultHashBuilder::default);

thread_local! {
    static RECENT: RefCell<Vec<Text>> = RefCell::new(vec![Text::default(); RECENT_MAX]);
}

/// A text that is cheap to clone. Reading facts gives equal texts the same memory where it can.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text(Arc<str>);

impl Text {
    /// True when both are the same memory.
    pub fn is_shared(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The text, in memory that was given to an equal one lately if there is such.
    fn recent(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        if text.len() > RECENT_BYTES_MAX {
            return Self::from(text);
        }
        RECENT.with_borrow_mut(|recent| {
            let place = HASHER.hash_one(text) as usize % RECENT_MAX;
            if *recent[place] != *text {
                recent[place] = Self::from(text);
            }
            recent[place].clone()
        })
    }
}

impl Default for Text {
    fn default() -> Self {
        EMPTY.clone()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self(text.into()) }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self::from(text.as_ref())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::recent(text))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_that_are_read_share_their_memory() {
        let read = |json: &str| serde_json::from_str::<Text>(json).unwrap();
        assert!(read("\"Firefox\"").is_shared(&read("\"Firefox\"")));
        assert!(read("\"\"").is_shared(&Text::from("")));
        assert_eq!(&*read("\"a\\u00e9\""), "aé");
        let long = format!("\"{}\"", "x".repeat(RECENT_BYTES_MAX + 1));
        assert!(!read(&long).is_shared(&read(&long)));
        assert!(serde_json::from_str::<Text>("1").is_err());
    }
}
