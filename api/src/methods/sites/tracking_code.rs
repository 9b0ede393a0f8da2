//! The code that websites embed.

use nagare_schema::SiteId;
use serde_json::{Value as Json, json};

use crate::{
    error::Fault,
    methods::{Call, Method, at_once},
    permission::{Granted, Permission},
    request::{Param, Params},
    shape::url_encode,
    value::Value,
};

/// Custom variables of one scope that the code can set.
const VARIABLES_MAX: usize = 20;

pub(in crate::methods) const METHODS: &[Method] = &[
    Method::configuration("SitesManager.getJavascriptTag", Permission::View, |call, granted| {
        at_once(script(&call, &granted))
    }),
    Method::configuration("SitesManager.getImageTrackingCode", Permission::None, |call, _| at_once(image(&call))),
];

/// Where the tracker is: as `piwikUrl` says, else this server. Without scheme, with a slash at the end.
fn base(call: &Call<'_>) -> String {
    let url = call.params.filled("piwikUrl").unwrap_or(&call.origin.url);
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    format!("{}/", url.trim_end_matches('/'))
}

fn script(call: &Call<'_>, granted: &Granted) -> Result<Value, Fault> {
    let site = granted.one()?;
    let hosts: Vec<String> = call.caller.config.sites.get(&site).map_or_else(Vec::new, |site| {
        site.urls.iter().filter_map(|url| url::Url::parse(url).ok()?.host_str().map(str::to_owned)).collect()
    });
    let (base, without_script) = (base(call), call.params.flag("trackNoScript"));
    let titled = if call.params.flag("groupPageTitlesByDomain") { TITLE_BY_DOMAIN } else { "" };
    let commands: String = commands(call.params, &hosts).iter().map(line).collect();
    let mut code = format!(
        "<!-- Matomo -->\n<script>\n  var _paq = window._paq = window._paq || [];\n  /* tracker methods like \
         \"setCustomDimension\" should be called before \"trackPageView\" */\n{titled}{commands}  \
         _paq.push(['trackPageView']);\n  _paq.push(['enableLinkTracking']);\n  (function() {{\n    \
         var u=\"//{}\";\n    _paq.push(['setTrackerUrl', u+'matomo.php']);\n    \
         _paq.push(['setSiteId', '{site}']);\n    var d=document, g=d.createElement('script'), \
         s=d.getElementsByTagName('script')[0];\n    g.async=true; g.src=u+'matomo.js'; \
         s.parentNode.insertBefore(g,s);\n  }})();\n</script>\n",
        script_text(&base)
    );
    if without_script {
        let source = format!("//{base}matomo.php?idsite={site}&amp;rec=1");
        code.push_str(&format!(
            "<noscript><p><img referrerpolicy=\"no-referrer-when-downgrade\" src=\"{}\" style=\"border:0;\" alt=\"\" \
             /></p></noscript>\n",
            attribute(&source)
        ));
    }
    Ok(Value::from(code + "<!-- End Matomo Code -->\n"))
}

fn line(command: &Json) -> String {
    format!("  _paq.push({});\n", script_text(&command.to_string()))
}

/// The one command whose value only the visitor's browser knows.
const TITLE_BY_DOMAIN: &str = "  _paq.push([\"setDocumentTitle\", document.domain + \"/\" + document.title]);\n";

/// A text that cannot end the script it is in.
fn script_text(text: &str) -> String {
    text.replace('<', "\\u003C")
}

/// A text that cannot end the attribute it is in.
fn attribute(text: &str) -> String {
    text.replace('"', "&quot;").replace('<', "&lt;")
}

/// What the code tells the tracker before the first page view.
fn commands(params: &Params, hosts: &[String]) -> Vec<Json> {
    let everywhere = || hosts.iter().map(|host| format!("*.{}", host.trim_start_matches("www."))).collect::<Vec<_>>();
    let mut commands = Vec::new();
    if let (true, Some(first)) = (params.flag("mergeSubdomains"), everywhere().first()) {
        commands.push(json!(["setCookieDomain", first]));
    }
    if params.flag("mergeAliasUrls") || params.flag("crossDomain") {
        commands.push(json!(["setDomains", everywhere()]));
    }
    if params.flag("crossDomain") {
        commands.push(json!(["enableCrossDomainLinking"]));
    }
    for (name, scope) in [("visitorCustomVariables", "visit"), ("pageCustomVariables", "page")] {
        commands.extend(
            variables(params, name)
                .into_iter()
                .enumerate()
                .map(|(at, (name, value))| json!(["setCustomVariable", at + 1, name, value, scope])),
        );
    }
    for (parameter, command) in [
        ("customCampaignNameQueryParam", "setCampaignNameKey"),
        ("customCampaignKeywordParam", "setCampaignKeywordKey"),
    ] {
        commands.extend(params.filled(parameter).map(|key| json!([command, key])));
    }
    for (parameter, command) in
        [("excludedQueryParams", "setExcludedQueryParams"), ("excludedReferrers", "setExcludedReferrers")]
    {
        let list = params.list(parameter).filter(|list| !list.is_empty());
        commands.extend(list.map(|list| json!([command, list])));
    }
    if params.flag("doNotTrack") {
        commands.push(json!(["setDoNotTrack", true]));
    }
    for (parameter, command) in
        [("disableCookies", "disableCookies"), ("disableCampaignParameters", "disableCampaignParameters")]
    {
        commands.extend(params.flag(parameter).then(|| json!([command])));
    }
    commands
}

/// Names and values of custom variables: `name[0][0]=a&name[0][1]=b`.
fn variables<'a>(params: &'a Params, name: &str) -> Vec<(&'a str, &'a str)> {
    let Some(Param::Array(pairs)) = params.get(name) else { return Vec::new() };
    let pair = |(_, pair): &'a (String, Param)| match pair {
        Param::Array(texts) => match texts.as_slice() {
            [(_, name), (_, value)] => Some((name.as_text()?, value.as_text()?)),
            _ => None,
        },
        Param::Text(_) => None,
    };
    pairs.iter().filter_map(pair).take(VARIABLES_MAX).collect()
}

fn image(call: &Call<'_>) -> Result<Value, Fault> {
    let site: SiteId = call.params.required("idSite")?.parse().map_err(|_| Fault::missing("idSite"))?;
    // A scheme that `piwikUrl` has stays, behind the other one (compat quirk).
    let base = match call.params.filled("piwikUrl") {
        Some(given) => format!("http://{}/", given.trim_end_matches('/')),
        None => call.origin.url.clone(),
    };
    let optional = [("actionName", "action_name"), ("idGoal", "idgoal"), ("revenue", "revenue")];
    let given = optional.into_iter().filter_map(|(parameter, name)| Some((name, call.params.filled(parameter)?)));
    let rest: String = given.map(|(name, value)| format!("&amp;{name}={}", url_encode(value))).collect();
    let source = format!("{base}matomo.php?idsite={site}&amp;rec=1{rest}");
    Ok(Value::from(format!(
        "<!-- Matomo Image Tracker-->\n<img referrerpolicy=\"no-referrer-when-downgrade\" src=\"{}\" \
         style=\"border:0\" alt=\"\" />\n<!-- End Matomo -->",
        attribute(&source)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `reports.md` §21
    #[test]
    fn options_become_commands() {
        let params = Params::parse(
            "mergeSubdomains=1&crossDomain=1&doNotTrack=1&disableCookies=0&customCampaignNameQueryParam=c&\
             visitorCustomVariables[0][0]=a&visitorCustomVariables[0][1]=b&excludedQueryParams=x,y",
        );
        let lines: Vec<String> =
            commands(&params.unwrap(), &["www.shop.example".to_owned()]).iter().map(Json::to_string).collect();
        assert_eq!(
            lines,
            [
                r#"["setCookieDomain","*.shop.example"]"#,
                r#"["setDomains",["*.shop.example"]]"#,
                r#"["enableCrossDomainLinking"]"#,
                r#"["setCustomVariable",1,"a","b","visit"]"#,
                r#"["setCampaignNameKey","c"]"#,
                r#"["setExcludedQueryParams",["x","y"]]"#,
                r#"["setDoNotTrack",true]"#,
            ]
        );
    }

    #[test]
    fn no_value_ends_the_script() {
        assert_eq!(line(&json!(["x", "</script>"])), "  _paq.push([\"x\",\"\\u003C/script>\"]);\n");
    }
}
