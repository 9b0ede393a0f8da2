//! Who may call what, and what a request can do to a method: every registered method as every role on
//! an own and a foreign site (product.md S6), and hostile text in every parameter (S7, S8, S9).
//!
//! The methods and their cells are those of `api/src/methods/permissions.txt`, which a test of the
//! api holds equal to the registry.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, LiveSocket, Stack, workspace};
use tokio::time::Instant;

use crate::world::alone;

/// Requests at the same time.
const REQUESTS_AT_ONCE: usize = 16;
/// Appears in everything of the foreign site, and in nothing else.
const MARK: &str = "zq7f3a";
/// Of so many reports one meets a parameter.
const REPORTS_PER_PARAMETER: usize = 16;
const PASSWORD: &str = "violet harbour 9 lanterns";
/// Texts that break out of SQL, HTML, bound parameters, numbers and lists when they are not handled.
const HOSTILE: [&str; 8] = [
    "'; DROP TABLE visits; --",
    "1 UNION ALL SELECT password_hash FROM users",
    "<script>alert(1)</script>",
    "\u{0}\u{1}\u{feff}\u{202e}",
    "{value:String} ? $1 `x` \\' \\",
    "-99999999999999999999999.5e309",
    "a,b;c==d,;;((",
    "../../../../etc/passwd%00",
];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        alone("access::every_method_is_refused_to_whom_the_matrix_refuses_it", the_matrix_holds),
        alone("access::no_parameter_of_any_method_breaks_the_server", no_parameter_breaks_the_server),
    ]
}

/// One line of the matrix: a method, what it requires, and which of the callers may call it on the own and on the foreign site.
struct Row {
    method: String,
    permission: String,
    cells: [String; 2],
}

impl Row {
    fn is_report(&self) -> bool {
        self.permission == "View" && self.method.contains(".get") && !self.method.starts_with("API.")
    }
}

fn matrix() -> anyhow::Result<Vec<Row>> {
    let text = std::fs::read_to_string(workspace().join("api/src/methods/permissions.txt"))?;
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let (method, permission) = (words.next()?.to_owned(), words.next()?.to_owned());
        Some(Row { method, permission, cells: [words.next()?.to_owned(), words.next()?.to_owned()] })
    };
    text.lines().map(|line| row(line).with_context(|| line.to_owned())).collect()
}

/// A stack with an own site of three users and a foreign site that nobody but the superuser may see.
struct Tenants {
    stack: Stack,
    http: reqwest::Client,
    own: u32,
    foreign: u32,
    /// Tokens in the order of the cells.
    tokens: [String; 6],
}

impl Tenants {
    async fn new() -> anyhow::Result<Self> {
        let stack = Stack::up().await?;
        let matomo = stack.matomo();
        let own = matomo.add_site("Own", &[]).await?;
        let (name, url) = (format!("Site {MARK}"), format!("https://{MARK}.example"));
        let foreign = matomo.add_site(&name, &[("urls[0]", url.as_str()), ("group", MARK)]).await?;
        let mut tokens = vec![ADMIN_TOKEN.to_owned()];
        for (login, access) in [("adam", "admin"), ("wren", "write"), ("vera", "view")] {
            let (email, site) = (format!("{login}@example.org"), own.to_string());
            let account = [("userLogin", login), ("password", PASSWORD), ("email", email.as_str())];
            matomo.call("UsersManager.addUser", &account).await?;
            let grant = [("userLogin", login), ("access", access), ("idSites", site.as_str())];
            matomo.call("UsersManager.setUserAccess", &grant).await?;
            let confirmed = [("userLogin", login), ("passwordConfirmation", PASSWORD), ("description", "test")];
            let token = matomo.call("UsersManager.createAppSpecificTokenAuth", &confirmed).await?;
            tokens.push(token["value"].as_str().context("no token")?.to_owned());
        }
        tokens.extend(["anonymous".to_owned(), "f".repeat(32)]);
        let tokens = tokens.try_into().map_err(|_| anyhow::anyhow!("six callers are expected"))?;
        Ok(Self { stack, http: reqwest::Client::new(), own, foreign, tokens })
    }

    /// Hits of both sites, so that there is something to see.
    async fn visit(&self) -> anyhow::Result<()> {
        let (title, user) = (format!("Title {MARK}"), format!("user {MARK}"));
        let page = format!("https://{MARK}.example/{MARK}");
        let foreign = [("_id", "00000000000000ab"), ("url", page.as_str()), ("action_name", title.as_str())];
        let foreign: Vec<_> = foreign.into_iter().chain([("uid", user.as_str()), ("urlref", page.as_str())]).collect();
        self.stack.tracker(self.foreign).hit(&foreign).await?;
        let own = [("_id", "00000000000000ac"), ("url", "https://site.example/own"), ("action_name", "Own page")];
        self.stack.tracker(self.own).hit(&own).await?;
        self.stack.caught_up().await
    }

    /// Calls with the token in the body.
    async fn call(&self, caller: usize, method: &str, parameters: &[(&str, &str)]) -> anyhow::Result<Answered> {
        let fixed = [("module", "API"), ("method", method), ("token_auth", self.tokens[caller].as_str())];
        let form: Vec<_> = fixed.iter().chain(parameters).collect();
        let answer = self.http.post(format!("{}/index.php", self.stack.url())).form(&form).send().await?;
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
        Ok(Answered { status: answer.status().as_u16(), is_page, body: answer.text().await.unwrap_or_default() })
    }
}

/// What a call is answered with.
struct Answered {
    status: u16,
    /// A browser would show it as a page.
    is_page: bool,
    body: String,
}

async fn the_matrix_holds() -> anyhow::Result<()> {
    let tenants = Tenants::new().await?;
    tenants.visit().await?;
    let rows = matrix()?;
    ensure!(rows.len() > 100, "{} methods are registered", rows.len());
    let tenants = &tenants;
    stream::iter(rows.iter().map(|row| async move {
        refused_as_recorded(tenants, row).await?;
        reads_nothing_foreign(tenants, row).await
    }))
    .buffer_unordered(REQUESTS_AT_ONCE)
    .try_collect::<()>()
    .await?;
    for token in &tenants.tokens[1..] {
        let Ok(mut socket) = LiveSocket::open(tenants.stack.url(), tenants.foreign, token).await else { continue };
        let frame = socket.next(Instant::now() + std::time::Duration::from_secs(15)).await;
        ensure!(frame.is_err(), "a socket of the foreign site received {frame:?}");
    }
    Ok(())
}

async fn refused_as_recorded(tenants: &Tenants, row: &Row) -> anyhow::Result<()> {
    for (site, cells) in [tenants.own, tenants.foreign].into_iter().zip(&row.cells) {
        let site = site.to_string();
        for (caller, cell) in cells.char_indices().filter(|(_, cell)| *cell == '-') {
            let parameters = [("idSite", site.as_str()), ("period", "day"), ("date", "today"), ("format", "json")];
            let Answered { status, body, .. } = tenants.call(caller, &row.method, &parameters).await?;
            let refused = status == 401 && body.contains("\"error\"");
            ensure!(refused, "{} as caller {caller} ({cell}) on site {site}: {status} {body}", row.method);
        }
    }
    Ok(())
}

/// Whatever way a site is asked for, nothing of the foreign one is answered to users of the own one.
async fn reads_nothing_foreign(tenants: &Tenants, row: &Row) -> anyhow::Result<()> {
    let (own, foreign) = (tenants.own, tenants.foreign);
    let both = format!("{own},{foreign}");
    let query = format!("method={}&idSite={foreign}&period=day&date=today", row.method);
    let today = [("period", "day"), ("date", "today"), ("expanded", "1"), ("format", "json")];
    for caller in 1..tenants.tokens.len() {
        for site in [foreign.to_string(), both.clone(), "all".to_owned(), own.to_string()] {
            let segment = format!("visitCount>=0,pageTitle=@Title;siteHour>=0 or 1=1,idSite=={foreign}");
            for more in [("flat", "1"), ("segment", segment.as_str())] {
                let parameters: Vec<_> = today.into_iter().chain([("idSite", site.as_str()), more]).collect();
                let body = tenants.call(caller, &row.method, &parameters).await?.body;
                ensure!(!body.contains(MARK), "{} as caller {caller} of site {site}: {body}", row.method);
            }
        }
        let body = tenants.call(caller, "API.getBulkRequest", &[("urls[0]", &query), ("format", "json")]).await?.body;
        ensure!(!body.contains(MARK), "{} in bulk as caller {caller}: {body}", row.method);
    }
    Ok(())
}

async fn no_parameter_breaks_the_server() -> anyhow::Result<()> {
    let tenants = Tenants::new().await?;
    tenants.visit().await?;
    let (rows, names) = (matrix()?, parameter_names()?);
    ensure!(names.len() > 60 && names.contains("segment"), "the parameters found are {names:?}");
    let (tenants, names) = (&tenants, &names);
    stream::iter(rows.iter().enumerate().map(|(at, row)| async move {
        // Reports share their code, so that each need not meet every parameter.
        let every = if row.is_report() { REPORTS_PER_PARAMETER } else { 1 };
        for (nth, name) in names.iter().enumerate().filter(|(nth, _)| (at + nth).is_multiple_of(every)) {
            survives(tenants, row, &[name], HOSTILE[(at + nth) % HOSTILE.len()]).await?;
        }
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        for text in [HOSTILE[at % HOSTILE.len()], HOSTILE[(at + 1) % HOSTILE.len()]] {
            survives(tenants, row, &all, text).await?;
            survives(tenants, row, &["segment"], &format!("pageTitle=@{text}")).await?;
        }
        Ok::<_, anyhow::Error>(())
    }))
    .buffer_unordered(REQUESTS_AT_ONCE)
    .try_collect::<()>()
    .await?;
    // The tables are still there, and so is what was in them.
    let visits = tenants.stack.clickhouse()?.number("SELECT sum(sign) FROM visits").await?;
    ensure!(visits == 2, "{visits} visits are left");
    Ok(())
}

/// The server answers, with no failure of its own and no script of the request's.
async fn survives(tenants: &Tenants, row: &Row, names: &[&str], text: &str) -> anyhow::Result<()> {
    let site = tenants.own.to_string();
    let base = [("idSite", site.as_str()), ("period", "day"), ("date", "today"), ("format", "html")];
    let usual = base.into_iter().filter(|(name, _)| !names.contains(name));
    // The caller and the method stay what they are.
    let hostile = names.iter().filter(|name| !["module", "method", "format"].contains(*name)).map(|name| (*name, text));
    let parameters: Vec<_> = usual.chain(hostile).collect();
    let Answered { status, is_page, body } = tenants.call(0, &row.method, &parameters).await?;
    ensure!(status < 500, "{} with {names:?} = {text:?}: {status} {body}", row.method);
    ensure!(!is_page || !body.contains("<script>alert(1)"), "{} with {names:?} answers a script: {body}", row.method);
    Ok(())
}

/// The names of all parameters that the api reads: what its sources give to the readers of `Params`.
fn parameter_names() -> anyhow::Result<BTreeSet<String>> {
    const READERS: [&str; 9] =
        ["text(", "filled(", "required(", "list(", "flag(", "api_parameter(", ".get(", "number(", ">("];
    let mut names = BTreeSet::new();
    let mut folders = vec![workspace().join("api/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path)?;
                let pieces: Vec<&str> = text.split('"').collect();
                let read = pieces.windows(2).filter(|pair| READERS.iter().any(|reader| pair[0].ends_with(reader)));
                let word = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                names.extend(read.map(|pair| pair[1].to_owned()).filter(|name| word(name)));
            }
        }
    }
    Ok(names)
}
