//! What is not a good request: the answers of the tracking specification §1, counted by reason, and
//! nothing half-written.

use std::{io::Write as _, time::Duration};

use anyhow::ensure;
use flate2::{Compression, write::GzEncoder};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Answer, Metrics, Rest, Tracker, unix_now, until};
use serde_json::{Value, json};

use crate::world::{SiteUnderTest, World, shared};

/// The 1×1 GIF, byte for byte.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
/// Larger than any body that is accepted, as sent or once unpacked.
const TOO_LARGE: usize = 128 * 1024 * 1024;
const BOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

pub(crate) fn trials(world: &World) -> Vec<Trial> {
    vec![
        shared(world, "bad_input::single_hits_are_answered_as_specified", single_hits_are_answered),
        shared(world, "bad_input::requests_without_a_hit_are_answered_as_specified", requests_without_a_hit),
        shared(world, "bad_input::bulk_requests_are_answered_as_specified", bulk_requests_are_answered),
        shared(world, "bad_input::privileged_parameters_need_a_token", privileged_parameters_need_a_token),
        shared(world, "bad_input::a_body_too_large_is_refused", a_body_too_large_is_refused),
        shared(world, "bad_input::a_bomb_is_refused", a_bomb_is_refused),
        shared(world, "bad_input::hostile_text_is_stored_as_text", hostile_text_is_stored_as_text),
        shared(world, "bad_input::refused_hits_are_told_by_site_day_and_reason", refused_hits_are_told),
    ]
}

/// Sends a hit and checks status, reason, and whether it is stored.
struct Check<'a> {
    site: &'a SiteUnderTest<'a>,
    tracker: Tracker,
}

impl<'a> Check<'a> {
    fn new(site: &'a SiteUnderTest<'a>) -> Self {
        Self { site, tracker: site.tracker() }
    }

    async fn hit(&self, parameters: &[(&str, &str)], status: u16, reason: Option<&str>) -> anyhow::Result<Answer> {
        let before = self.dropped(reason).await?;
        let answer = self.tracker.try_hit(parameters).await?;
        ensure!(answer.status == status, "{parameters:?}: {} and not {status}", answer.status);
        if let Some(reason) = reason {
            let counted = self.dropped(Some(reason)).await? - before;
            // Other tests share the counters, so it may be more.
            ensure!(counted >= 1.0, "{parameters:?}: not counted as {reason}");
        }
        Ok(answer)
    }

    async fn dropped(&self, reason: Option<&str>) -> anyhow::Result<f64> {
        let metrics: Metrics = self.site.stack.metrics().await?;
        let label = reason.map(|reason| format!("reason=\"{reason}\"")).unwrap_or_default();
        Ok(metrics.sum("nagare_ingest_hits_dropped_total", &label))
    }

    async fn stored(&self) -> anyhow::Result<i64> {
        self.site.stack.caught_up().await?;
        let sql = format!("SELECT count() FROM hits WHERE site_id = {}", self.site.id);
        self.site.clickhouse()?.number(&sql).await
    }
}

async fn single_hits_are_answered(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let check = Check::new(&site);
    let url = ("url", "https://site.example/");
    let answer = check.hit(&[url], 200, None).await?;
    ensure!(answer.body == GIF, "the body is {:?}", answer.body);
    ensure!(answer.header("content-type") == "image/gif", "{:?}", answer.headers);
    ensure!(answer.header("cache-control") == "no-store", "{:?}", answer.headers);
    let answer = check.hit(&[url, ("send_image", "0")], 204, None).await?;
    ensure!(answer.body.is_empty(), "a 204 has a body");
    check.hit(&[url, ("send_image", "00")], 200, None).await?;
    // Set aside: a success, and not stored; those of robots are.
    check.hit(&[url, ("rec", "0")], 200, Some("not_recorded")).await?;
    check.hit(&[url, ("ua", BOT), ("cid", "short")], 200, Some("bot")).await?;
    check.hit(&[url, ("ua", BOT)], 200, None).await?;
    check.hit(&[url, ("ua", BOT), ("send_image", "0")], 204, None).await?;
    // Refused.
    for bad in ["0", "-1", "abc", "1.5", "999999", ""] {
        check.hit(&[url, ("idsite", bad)], 400, Some("unknown_site")).await?;
    }
    for bad in [("cid", "short"), ("idgoal", "4711"), ("pf_srv", "-2")] {
        check.hit(&[url, bad], 400, Some("invalid_parameter")).await?;
    }
    check.hit(&[url, ("e_c", " "), ("e_a", "play")], 400, Some("invalid_parameter")).await?;
    ensure!(check.stored().await? == 5, "{} hits are stored", check.stored().await?);
    Ok(())
}

async fn requests_without_a_hit(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let tracker = site.tracker();
    for path in ["/matomo.php", "/piwik.php"] {
        ensure!(tracker.get(path).await?.status == 200, "GET {path} without parameters");
        let posted = tracker.post(path, &[], bytes::Bytes::new()).await?;
        ensure!(posted.status == 400, "POST {path} without parameters: {}", posted.status);
        ensure!(posted.header("access-control-allow-origin") == "*", "{:?}", posted.headers);
    }
    let origin = [("origin", "https://shop.example"), ("content-type", "application/x-www-form-urlencoded")];
    let hit = format!("idsite={}&rec=1&url=https%3A%2F%2Fsite.example%2F", site.id);
    let posted = tracker.post("/matomo.php", &origin, hit.into()).await?;
    ensure!(posted.status == 200, "a form: {}", posted.status);
    ensure!(posted.header("access-control-allow-origin") == "https://shop.example", "{:?}", posted.headers);
    ensure!(posted.header("access-control-allow-credentials") == "true", "{:?}", posted.headers);
    for path in ["/matomo.js", "/piwik.js", "/nagare.js"] {
        let script = tracker.get(path).await?;
        ensure!(script.status == 200 && script.header("content-type").contains("javascript"), "{path}: {script:?}");
    }
    Ok(())
}

async fn bulk_requests_are_answered(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let tracker = site.tracker();
    let id = site.id;
    let good = format!("?idsite={id}&rec=1&url=https%3A%2F%2Fsite.example%2F");
    let bad = "?idsite=999999&rec=1&url=https%3A%2F%2Fsite.example%2F";
    let cases = [
        (format!(r#"{{"requests":["{good}","{good}"]}}"#), r#"{"status":"success","tracked":2,"invalid":0}"#),
        (format!(r#"{{"requests":["{good}","{bad}"]}}"#), r#"{"status":"success","tracked":1,"invalid":1}"#),
        (
            format!(r#"{{"requests":["{good}","{bad}"],"token_auth":"{ADMIN_TOKEN}"}}"#),
            r#"{"status":"success","tracked":1,"invalid":1,"invalid_indices":[1]}"#,
        ),
        // A text without a question mark is no request at all; an empty one counts.
        (format!(r#"{{"requests":["nonsense","{good}",{{}}]}}"#), r#"{"status":"success","tracked":2,"invalid":0}"#),
        (r#"{"requests":[}"#.to_owned(), r#"{"status":"success","tracked":0,"invalid":0}"#),
        (r#"{"requests":"text"}"#.to_owned(), r#"{"status":"success","tracked":0,"invalid":0}"#),
        (r#"{"a":[[[[[[{"requests":["#.to_owned(), r#"{"status":"success","tracked":0,"invalid":0}"#),
    ];
    for (body, expected) in cases {
        let answer = tracker.post("/matomo.php", &[], body.clone().into()).await?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == 200 && text == expected, "{body}: {} {text}", answer.status);
        ensure!(answer.header("content-type").starts_with("application/json"), "{:?}", answer.headers);
    }
    let quiet = format!(r#"{{"requests":["{good}"],"send_image":0}}"#);
    let answer = tracker.post("/matomo.php", &[], quiet.into()).await?;
    ensure!(answer.status == 204 && answer.body.is_empty(), "send_image=0: {}", answer.status);
    let stored = Check::new(&site).stored().await?;
    ensure!(stored == 6, "{stored} hits are stored");
    Ok(())
}

async fn privileged_parameters_need_a_token(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let check = Check::new(&site);
    let url = ("url", "https://site.example/");
    let (two_days_ago, an_hour_ago) = ((unix_now() - 172_800).to_string(), (unix_now() - 3600).to_string());
    let privileged =
        [("cip", "203.0.113.7"), ("country", "de"), ("city", "Ulm"), ("lat", "48.4"), ("cdt", two_days_ago.as_str())];
    for parameter in privileged {
        check.hit(&[url, parameter], 400, Some("unauthorized")).await?;
        check.hit(&[url, parameter, ("token_auth", "wrong")], 400, Some("unauthorized")).await?;
        check.hit(&[url, parameter, ("token_auth", ADMIN_TOKEN)], 200, None).await?;
    }
    // Before exclusion: an unauthorised override of a bot is refused, too.
    check.hit(&[url, ("ua", BOT), ("country", "de")], 400, Some("unauthorized")).await?;
    check.hit(&[url, ("cdt", &an_hour_ago)], 200, None).await?;
    // Nobody tracks the future: the server's clock is used.
    check.hit(&[url, ("cdt", "99999999999")], 200, None).await?;
    let stored = check.stored().await?;
    ensure!(stored == 7, "{stored} hits are stored");
    Ok(())
}

async fn a_body_too_large_is_refused(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let mut body =
        format!(r#"{{"requests":["?idsite={}&rec=1&url=https%3A%2F%2Fsite.example%2F","#, site.id).into_bytes();
    body.resize(TOO_LARGE, b'x');
    // The server may answer and hang up before all of it is sent.
    if let Ok(answer) = site.tracker().post("/matomo.php", &[], body.into()).await {
        ensure!(answer.status == 413, "{}", answer.status);
    }
    let stored = Check::new(&site).stored().await?;
    ensure!(stored == 0, "{stored} hits of a refused body are stored");
    ensure!(Check::new(&site).dropped(Some("too_large")).await? >= 1.0, "not counted");
    Ok(())
}

async fn a_bomb_is_refused(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let good = format!("?idsite={}&rec=1&url=https%3A%2F%2Fsite.example%2F", site.id);
    let gzip = [("content-encoding", "gzip"), ("content-type", "application/json")];
    let fine = packed(format!(r#"{{"requests":["{good}"]}}"#).as_bytes(), 0)?;
    let answer = site.tracker().post("/matomo.php", &gzip, fine.into()).await?;
    ensure!(answer.status == 200 && answer.body.starts_with(br#"{"status":"success","tracked":1"#), "{answer:?}");
    let bomb = packed(format!(r#"{{"requests":["{good}","#).as_bytes(), TOO_LARGE)?;
    ensure!(bomb.len() < 1024 * 1024, "the bomb is not small");
    let answer = site.tracker().post("/matomo.php", &gzip, bomb.into()).await?;
    ensure!(answer.status == 413, "a bomb: {}", answer.status);
    let answer = site.tracker().post("/matomo.php", &gzip, "not gzip at all".into()).await?;
    ensure!(answer.status == 400, "no gzip: {}", answer.status);
    let stored = Check::new(&site).stored().await?;
    ensure!(stored == 1, "{stored} hits are stored");
    Ok(())
}

/// `start`, followed by spaces, compressed.
fn packed(start: &[u8], spaces: usize) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(start)?;
    let block = [b' '; 64 * 1024];
    for _ in 0..spaces / block.len() {
        encoder.write_all(&block)?;
    }
    Ok(encoder.finish()?)
}

async fn hostile_text_is_stored_as_text(world: World) -> anyhow::Result<()> {
    let site = SiteUnderTest::new(&world, &[]).await?;
    let titles = [
        "'; DROP TABLE visits; --",
        "<script>alert(1)</script>",
        "tab\tand \"quotes\" and \\ backslash",
        "emoji 🌊 and \u{202e}override",
    ];
    for title in titles {
        site.tracker()
            .hit(&[("_id", "00000000000000aa"), ("url", "https://site.example/"), ("action_name", title)])
            .await?;
    }
    // Broken UTF-8 and percent signs that encode nothing.
    for query in ["action_name=%ff%fe&url=https%3A%2F%2Fsite.example%2F", "action_name=100%&url=%zz"] {
        let answer =
            site.tracker().get(&format!("/matomo.php?idsite={}&rec=1&_id=00000000000000aa&{query}", site.id)).await?;
        ensure!(answer.status == 200, "{query}: {}", answer.status);
    }
    let stored: Vec<_> = site.actions().await?.into_iter().filter_map(|action| action.name).collect();
    for title in titles {
        ensure!(stored.iter().any(|name| name == title), "{title:?} is not among {stored:?}");
    }
    Ok(())
}

/// `tracking.md` §4: what was refused is visible to who may see the site, and to nobody else.
async fn refused_hits_are_told(world: World) -> anyhow::Result<()> {
    const TOLD_WITHIN: Duration = Duration::from_secs(30);
    let site = SiteUnderTest::new(&world, &[("excludedUserAgents", "Unwanted")]).await?;
    let tracker = site.tracker();
    let page = ("url", "https://site.example/");
    for ua in [BOT, BOT, "Unwanted/1.0", "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"] {
        tracker.try_hit(&[page, ("ua", ua)]).await?;
    }
    tracker.try_hit(&[page, ("rec", "0")]).await?;
    let rest = Rest::new(site.stack.url());
    let path = format!("/api/v1/sites/{}/refused", site.id);
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let expected = json!({ "bot": 2, "excluded_user_agent": 1, "not_recorded": 1 });
    let told = until("refused hits to be told", TOLD_WITHIN, || async {
        let answer = rest.send("GET", &path, ADMIN_TOKEN, &Value::Null).await?;
        ensure!(answer.status == 200, "{answer:?}");
        // Midnight may have come between.
        let days = answer.body.as_object().map(|days| days.len());
        ensure!(days == Some(1) && answer.body.get(&today) == Some(&expected), "{}", answer.body);
        Ok(Some(()))
    });
    told.await?;
    let nobody = rest.send("GET", &path, "", &Value::Null).await?;
    ensure!(nobody.status == 401, "without a token: {nobody:?}");
    let unknown = rest.send("GET", "/api/v1/sites/999999/refused", ADMIN_TOKEN, &Value::Null).await?;
    ensure!(unknown.status == 404, "another site: {unknown:?}");
    Ok(())
}
