//! How URLs and titles are split into folders and a leaf (`reports.md` §5.2).

use nagare_schema::{NamedSettings, named_setting};

const URL_UNDEFINED: &str = "Page URL not defined";
const TITLE_UNDEFINED: &str = " Page Name not defined";

/// What paths are split at, and how deep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathRules<'a> {
    url_delimiter: &'a str,
    /// Empty: titles are not split.
    title_delimiter: &'a str,
    /// Parts of a path at most; the last keeps the rest.
    levels_max: usize,
    /// The last part of an address that ends with a slash.
    index: &'a str,
}

impl Default for PathRules<'_> {
    fn default() -> Self {
        Self { url_delimiter: "/", title_delimiter: "", levels_max: 10, index: "index" }
    }
}

/// Labels of folders, and that of the leaf.
pub(super) type Path = (Vec<String>, String);

impl<'a> PathRules<'a> {
    pub(crate) fn new(settings: &'a NamedSettings) -> Self {
        Self {
            url_delimiter: settings.text(&named_setting::ACTION_URL_DELIMITER),
            title_delimiter: settings.text(&named_setting::ACTION_TITLE_DELIMITER),
            levels_max: usize::try_from(settings.number(&named_setting::ACTION_LEVELS_MAX)).unwrap_or(1).max(1),
            index: settings.text(&named_setting::ACTION_DEFAULT_NAME),
        }
    }

    /// Titles have folders.
    pub(crate) fn splits_titles(&self) -> bool {
        !self.title_delimiter.is_empty()
    }

    /// Of a stored URL, or of what follows its host.
    pub(super) fn of_url(&self, url: &str) -> Path {
        if url.is_empty() {
            return (Vec::new(), URL_UNDEFINED.to_owned());
        }
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = rest.find(['/', '?', '#']).map_or("", |end| &rest[end..]);
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut parts = self.split(path, self.url_delimiter);
        if path.is_empty() || path.ends_with('/') {
            parts.push(self.index.to_owned());
        }
        let leaf = parts.pop().unwrap_or_else(|| self.index.to_owned());
        (parts, format!("/{leaf}"))
    }

    pub(super) fn of_title(&self, title: &str) -> Path {
        let title = title.trim();
        if title.is_empty() {
            return (Vec::new(), TITLE_UNDEFINED.to_owned());
        }
        let mut parts = self.split(title, self.title_delimiter);
        let leaf = parts.pop().unwrap_or_else(|| title.to_owned());
        (parts, format!(" {leaf}"))
    }

    /// A title without the blanks around what it is split at.
    pub(super) fn title_of(&self, (folders, leaf): &Path) -> String {
        if folders.is_empty() && leaf == TITLE_UNDEFINED {
            return String::new();
        }
        let parts: Vec<&str> = folders.iter().map(String::as_str).chain([leaf.trim()]).collect();
        parts.join(self.title_delimiter)
    }

    /// Folders of titles as segments name them.
    pub(super) fn join_titles(&self, folders: &[String]) -> String {
        folders.join(self.title_delimiter)
    }

    fn split(&self, text: &str, delimiter: &str) -> Vec<String> {
        if delimiter.is_empty() {
            return vec![text.to_owned()];
        }
        let parts = text.splitn(self.levels_max, delimiter);
        parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check((folders, leaf): Path, expected_folders: &[&str], expected_leaf: &str) {
        assert_eq!(
            (folders, leaf.as_str()),
            (expected_folders.iter().map(|part| (*part).to_owned()).collect(), expected_leaf)
        );
    }

    #[test]
    fn a_url_is_folders_and_a_leaf() {
        let rules = PathRules::default();
        for (name, folders, leaf) in [
            ("h/a/b/", &["a", "b"][..], "/index"),
            ("h", &[], "/index"),
            ("h/", &[], "/index"),
            ("h/?a=1/2", &["?a=1"], "/2"),
            ("h?a=1", &[], "/?a=1"),
            ("h//a/ b ", &["a"], "/b"),
            ("app://h/a", &[], "/a"),
            ("/a/b", &["a"], "/b"),
            ("h/1/2/3/4/5/6/7/8/9/10/11", &["1", "2", "3", "4", "5", "6", "7", "8", "9"], "/10/11"),
            ("", &[], "Page URL not defined"),
        ] {
            check(rules.of_url(name), folders, leaf);
        }
    }

    #[test]
    fn a_title_begins_with_a_blank_and_is_split_when_a_setting_says_so() {
        let rules = PathRules::default();
        check(rules.of_title(" x / y"), &[], " x / y");
        check(rules.of_title(""), &[], " Page Name not defined");
        let rules = PathRules { title_delimiter: "/", ..rules };
        check(rules.of_title("a / b"), &["a"], " b");
        check(rules.of_title("/"), &[], " /");
    }
}
