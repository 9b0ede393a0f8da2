//! What of an address names a page, as tracking stores it (`tracking.md` §1.9).

use nagare_schema::{EXCLUDED_PARAMETERS, Settings, Site};

/// The address without the parameters that the site excludes.
pub(crate) fn without_excluded(url: &str, site: &Site, settings: &Settings) -> String {
    let (rest, fragment) = url.split_once('#').map_or((url, None), |(rest, fragment)| (rest, Some(fragment)));
    let Some((path, query)) = rest.split_once('?') else { return url.to_owned() };
    let listed = site.excluded_parameters.iter().chain(&settings.excluded_parameters).map(String::as_str);
    let excluded: Vec<String> = listed.chain(EXCLUDED_PARAMETERS).map(|name| name.trim().to_lowercase()).collect();
    let is_kept = |parameter: &&str| {
        let name = parameter.split('=').next().unwrap_or_default().to_lowercase();
        !excluded.contains(&name)
    };
    let query = query.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let fragment = fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
    format!("{path}{query}{fragment}")
}

/// The name under which hits of the address are stored.
pub(crate) fn stored(url: &str, site: &Site, settings: &Settings) -> String {
    let url = without_excluded(url.trim(), site, settings);
    let keeps_fragment = match site.keep_url_fragment {
        0 => settings.keep_url_fragments,
        choice => choice == 1,
    };
    let url = if keeps_fragment { url.as_str() } else { url.split('#').next().unwrap_or_default() };
    let web = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    web.map_or(url, |rest| rest.strip_prefix("www.").unwrap_or(rest)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_excluded_parameters_and_fragment_name_no_page() {
        let site = Site { excluded_parameters: vec!["Own".to_owned()], ..Site::default() };
        let settings = Settings::default();
        assert_eq!(stored("https://www.h/a?sid=1&x=2&own=3#f", &site, &settings), "h/a?x=2");
        assert_eq!(stored("app://www.h/a?SessionID=x", &site, &settings), "app://www.h/a");
        assert_eq!(without_excluded("http://h/a?sid=1#f", &site, &settings), "http://h/a#f");
        let keeping = Site { keep_url_fragment: 1, ..site };
        assert_eq!(stored("http://h/#f", &keeping, &settings), "h/#f");
    }
}
