//! Page URLs: normalising (`tracking.md` §1.9) and the pieces that other rules need.

use std::{borrow::Cow, collections::HashSet};

use encoding_rs::{Encoding, UTF_8};
use nagare_schema::{EXCLUDED_PARAMETERS, PageUrl, UrlPrefix};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;

/// Bytes of a page URL (`page_maximum_length`).
pub const PAGE_BYTES_MAX: usize = 1024;

/// What may stand unescaped in a user name or password.
const USER_INFO: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// Which parts of a page URL do not name the page.
#[derive(Debug, Default)]
pub struct UrlRules {
    excluded: HashSet<String>,
    patterns: Vec<Regex>,
    keep_fragment: bool,
}

impl UrlRules {
    /// Rules from excluded names; `/…/` is a regular expression on the lower-case name.
    pub fn new<'a>(excluded: impl IntoIterator<Item = &'a str>, keep_fragment: bool) -> Self {
        let mut rules = Self { keep_fragment, ..Self::default() };
        for name in excluded.into_iter().chain(EXCLUDED_PARAMETERS) {
            let name = name.trim().to_lowercase();
            match name.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
                Some((pattern, _)) => rules.patterns.extend(Regex::new(pattern)),
                None => {
                    rules.excluded.insert(name);
                }
            }
        }
        rules
    }

    fn excludes(&self, name: &str) -> bool {
        if self.patterns.is_empty() && name.bytes().all(|byte| !byte.is_ascii_uppercase() && byte.is_ascii()) {
            return self.excluded.contains(name);
        }
        let name = name.to_lowercase();
        self.excluded.contains(&name) || self.patterns.iter().any(|pattern| pattern.is_match(&name))
    }
}

/// A URL in its parts, none of them decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// Before `://`.
    pub scheme: &'a str,
    /// `user:password` before `@`.
    pub user_info: Option<&'a str>,
    /// As written.
    pub host: &'a str,
    /// With its colon, or empty.
    pub port: &'a str,
    /// From the first slash, or empty.
    pub path: &'a str,
    /// After the first `?`.
    pub query: Option<&'a str>,
    /// After the first `#`.
    pub fragment: Option<&'a str>,
}

impl<'a> UrlParts<'a> {
    /// Splits an absolute URL; `None` for anything else (§1.9 steps 3 and 9).
    pub fn parse(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !is_page_scheme(scheme) {
            return None;
        }
        let (rest, fragment) = split_optional(rest, '#');
        let (rest, query) = split_optional(rest, '?');
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let (user_info, host_port) =
            authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
        let (host, port) = split_port(host_port)?;
        (!host.is_empty()).then_some(Self { scheme, user_info, host, port, path, query, fragment })
    }
}

fn split_optional(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_page_scheme(scheme: &str) -> bool {
    let mut bytes = scheme.bytes();
    let begins = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let continues = bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'));
    let scripts = ["javascript", "vbscript", "data"];
    begins && continues && !scripts.iter().any(|script| scheme.eq_ignore_ascii_case(script))
}

/// Host and port with its colon; `None` when the port is no port.
fn split_port(host_port: &str) -> Option<(&str, &str)> {
    let after_bracket = host_port.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = host_port[after_bracket..].find(':').map(|at| at + after_bracket) else {
        return Some((host_port, ""));
    };
    let (host, port) = host_port.split_at(colon);
    if port.len() == 1 {
        return Some((host, ""));
    }
    port[1..].parse::<u16>().ok().map(|_| (host, port))
}

/// Steps 1 of §1.9: no surrounding blanks, no line breaks or NUL, at most [`PAGE_BYTES_MAX`].
pub fn clean(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.len() <= PAGE_BYTES_MAX && !trimmed.contains(['\n', '\r', '\0']) {
        return Cow::Borrowed(trimmed);
    }
    let kept: String = trimmed.chars().filter(|c| !matches!(c, '\n' | '\r' | '\0')).collect();
    Cow::Owned(truncate(&kept, PAGE_BYTES_MAX).trim_end().to_owned())
}

/// The longest prefix of at most `bytes` bytes that ends between characters.
pub fn truncate(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes { text } else { &text[..text.floor_char_boundary(bytes)] }
}

/// Matrix parameters become a query (§1.9 step 2).
fn without_matrix(url: &str) -> Cow<'_, str> {
    let Some(semicolon) = url.find(';') else { return Cow::Borrowed(url) };
    let question = url.find('?');
    if question.is_some_and(|at| at < semicolon) {
        return Cow::Borrowed(url);
    }
    let mut text = url.to_owned();
    if let Some(at) = question {
        text.replace_range(at..=at, ";");
    }
    Cow::Owned(text.replacen(';', "?", 1).replace(';', "&"))
}

/// The page that a URL names, or `None` when it names none (§1.9).
pub fn normalise(raw: &str, rules: &UrlRules) -> Option<PageUrl> {
    let cleaned = clean(raw);
    let url = without_matrix(&cleaned);
    let parts = UrlParts::parse(&url)?;
    let mut text = String::with_capacity(url.len());
    text.push_str(parts.scheme);
    text.push_str("://");
    if let Some(user_info) = parts.user_info {
        text.extend(utf8_percent_encode(user_info, USER_INFO));
        text.push('@');
    }
    push_lowercase(&mut text, parts.host);
    text.push_str(parts.port);
    text.push_str(parts.path);
    if let Some(query) = parts.query {
        push_filtered(&mut text, query, '?', rules);
    }
    if let Some(fragment) = parts.fragment.filter(|_| rules.keep_fragment) {
        push_fragment(&mut text, fragment, parts.query.is_some(), rules);
    }
    Some(split_prefix(clean(&text).as_ref()))
}

fn push_lowercase(text: &mut String, host: &str) {
    if host.is_ascii() {
        text.extend(host.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        text.push_str(&host.to_lowercase());
    }
}

/// A kept fragment loses one trailing `#`, and is filtered like a query when there was none (step 7).
fn push_fragment(text: &mut String, fragment: &str, had_query: bool, rules: &UrlRules) {
    let fragment = fragment.strip_suffix('#').unwrap_or(fragment);
    if fragment.is_empty() {
        return;
    }
    if had_query {
        text.push('#');
        text.push_str(fragment);
        return;
    }
    match fragment.split_once('?') {
        Some((route, query)) => {
            text.push('#');
            text.push_str(route);
            push_filtered(text, query, '?', rules);
        }
        None => push_filtered(text, fragment, '#', rules),
    }
}

/// Appends what is left of a query after step 6, with `separator` before it when anything is.
fn push_filtered(text: &mut String, query: &str, separator: char, rules: &UrlRules) {
    let mut kept: Vec<(Cow<'_, str>, Option<&str>)> = Vec::new();
    for part in query.split('&') {
        let (name, value) = split_optional(part, '=');
        if name.is_empty() || name == "0" {
            continue;
        }
        let name = decode_brackets(name);
        if rules.excludes(&name) {
            continue;
        }
        match kept.iter_mut().find(|(known, _)| *known == name && !name.ends_with("[]")) {
            Some(known) => known.1 = value,
            None => kept.push((name, value)),
        }
    }
    let mut before = separator;
    for (name, value) in kept {
        text.push(before);
        text.push_str(&name);
        if let Some(value) = value {
            text.push('=');
            text.push_str(value);
        }
        before = '&';
    }
}

fn decode_brackets(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.replace("%5B", "[").replace("%5b", "[").replace("%5D", "]").replace("%5d", "]"))
}

/// Strips the prefix that does not name a page (step 10).
fn split_prefix(url: &str) -> PageUrl {
    let starts = |prefix: &str| url.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    let prefix = [UrlPrefix::HttpWww, UrlPrefix::HttpsWww, UrlPrefix::Http, UrlPrefix::Https]
        .into_iter()
        .find(|prefix| starts(prefix.text()))
        .unwrap_or(UrlPrefix::None);
    PageUrl { name: url[prefix.text().len()..].into(), prefix }
}

/// The URL of an outlink or download: steps 1 and 9 only.
pub fn target(raw: &str) -> Option<PageUrl> {
    let cleaned = clean(raw);
    let (scheme, rest) = cleaned.split_once("://")?;
    (is_page_scheme(scheme) && !rest.is_empty())
        .then(|| PageUrl { name: cleaned.as_ref().into(), prefix: UrlPrefix::None })
}

/// The text of a query value of a page in another character set (§5.4); `charset` is a name of the
/// web's, and one that means nothing is UTF-8.
pub fn decode_value_in(value: &str, charset: Option<&str>) -> String {
    let encoding = charset.and_then(|name| Encoding::for_label(name.as_bytes())).filter(|known| *known != UTF_8);
    let Some(encoding) = encoding else { return decode_value(value) };
    let plain = value.replace('+', " ");
    let bytes: Vec<u8> = percent_decode_str(&plain).collect();
    if std::str::from_utf8(&bytes).is_ok() {
        return decode_value(value);
    }
    encoding.decode_without_bom_handling(&bytes).0.trim().to_owned()
}

/// The text of a query value: `+` and escapes decoded, trimmed. Invalid UTF-8 stays as it was.
pub fn decode_value(value: &str) -> String {
    let plain = value.replace('+', " ");
    let decoded = percent_decode_str(&plain).decode_utf8().map(Cow::into_owned).ok();
    decoded.unwrap_or(plain).trim().to_owned()
}

/// Names and raw values of a query.
pub fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|part| !part.is_empty()).map(|part| part.split_once('=').unwrap_or((part, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_5_4_values_are_read_in_the_charset_of_the_page() {
        assert_eq!(decode_value_in("%D2%E5%F1%F2", Some("windows-1251")), "Тест");
        assert_eq!(decode_value_in("%D0%A2", Some("windows-1251")), "Т", "UTF-8 all the same");
        assert_eq!(decode_value_in("a+b", Some("nonsense")), "a b");
        assert_eq!(decode_value_in("a%20b", None), "a b");
    }

    fn check(keep_fragment: bool, input: &str, expected: Option<(&str, UrlPrefix)>) {
        let rules = UrlRules::new(["utm_source"], keep_fragment);
        let found = normalise(input, &rules);
        let found = found.as_ref().map(|page| (page.name.as_ref(), page.prefix));
        assert_eq!(found, expected, "{input}");
    }

    /// Appendix B of the tracking specification.
    #[test]
    fn appendix_b_vectors() {
        use UrlPrefix::{Http, Https, HttpsWww, None as Other};
        let shop = "https://WWW.Shop.Example/Products/Shoes?color=Red&PHPSESSID=ab12&utm_source=mail#reviews";
        check(false, shop, Some(("shop.example/Products/Shoes?color=Red", HttpsWww)));
        check(true, shop, Some(("shop.example/Products/Shoes?color=Red#reviews", HttpsWww)));
        for (input, expected) in [
            ("http://shop.example/a;jsessionid=9F;view=grid?page=2", "shop.example/a?view=grid&page=2"),
            ("http://shop.example/x?a=1;b=2", "shop.example/x?a=1;b=2"),
            ("http://shop.example/list?f[]=a&f[]=b&SID=1&x", "shop.example/list?f[]=a&f[]=b&x"),
            ("http://shop.example/list?f%5B%5D=a&f%5B%5D=b", "shop.example/list?f[]=a&f[]=b"),
            ("http://shop.example/list?a=1&a=2&b=3", "shop.example/list?a=2&b=3"),
            ("http://shop.example/?q=a%26b&&k=", "shop.example/?q=a%26b&k="),
            ("http://shop.example", "shop.example"),
            ("http://shop.example/", "shop.example/"),
            ("http://shop.example:80/x", "shop.example:80/x"),
            ("  http://shop.example/sp ace  ", "shop.example/sp ace"),
            ("http://user:p@ss@shop.example/x", "user:p%40ss@shop.example/x"),
        ] {
            check(false, input, Some((expected, Http)));
        }
        check(false, "HTTPS://shop.example/x", Some(("shop.example/x", Https)));
        check(true, "http://shop.example/app#/route?tab=2&sid=9", Some(("shop.example/app#/route?tab=2", Http)));
        check(true, "http://shop.example/app#utm_source=x&section=3", Some(("shop.example/app#section=3", Http)));
        check(false, "myapp://screen/home?sid=3", Some(("myapp://screen/home", Other)));
        for none in [
            "//cdn.shop.example/x?sid=1",
            "/relative/path?x=1",
            "http:////x",
            "http://",
            "javascript://a",
            "mailto:a@b.c",
            "http://h:99999/",
        ] {
            check(false, none, None);
        }
    }

    #[test]
    fn a_pattern_excludes_names() {
        let rules = UrlRules::new(["/^utm_.*/"], false);
        let page = normalise("http://a.b/?UTM_x=1&y=2", &rules).unwrap();
        assert_eq!(page.name.as_ref(), "a.b/?y=2");
    }

    #[test]
    fn a_target_keeps_everything() {
        let page = target(" https://Out.example/#!frag?utm_source=1 ").unwrap();
        assert_eq!(page.name.as_ref(), "https://Out.example/#!frag?utm_source=1");
        assert_eq!(target("javascript://x"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_normalised_within_bounds(raw in "\\PC*", keep in proptest::bool::ANY) {
            if let Some(page) = normalise(&raw, &UrlRules::new([], keep)) {
                proptest::prop_assert!(page.name.len() <= PAGE_BYTES_MAX);
            }
        }
    }
}
