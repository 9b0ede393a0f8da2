//! Persons who ask what is known of them (product.md V5).

use anyhow::{Context as _, ensure};
use libtest_mimic::Trial;
use nagare_tests::{ADMIN_TOKEN, Rest, Stack, unix_now};
use serde_json::Value;

use crate::{
    consistency::{alike, send_traffic},
    world::alone,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![alone("subjects::a_person_is_found_exported_and_erased_and_nobody_else", erase)]
}

/// One of the visitors of the random traffic, of whom no other shares the id.
const VISITOR: &str = "0000000000000005";
/// After so long a visit has ended for good.
const ENDED_S: i64 = 4 * 3600;
/// Tables that hold facts of visits.
const TABLES: [&str; 5] = ["hits", "visits", "actions", "conversions", "conversion_items"];

async fn erase() -> anyhow::Result<()> {
    let stack = Stack::up().await?;
    let site = stack.matomo().add_site("Shop", &[("ecommerce", "1")]).await?;
    send_traffic(&stack.tracker(site), unix_now() - ENDED_S).await?;
    stack.caught_up().await?;
    let (rest, path) = (Rest::new(stack.url()), format!("/api/v1/sites/{site}/subjects"));
    let asked = format!("{path}?segment=visitorId%3D%3D{VISITOR}");
    refused(&rest, &path, &asked).await?;
    let found = rest.send("GET", &asked, ADMIN_TOKEN, &Value::Null).await?;
    let visits = found.body.as_array().map_or(0, Vec::len);
    ensure!(visits > 0 && found.body[0]["visitor"] == VISITOR, "{found:?}");
    let exported = format!("{path}/export?segment=visitorId%3D%3D{VISITOR}");
    let exported = rest.send("GET", &exported, ADMIN_TOKEN, &Value::Null).await?.body;
    let tables = ["hits", "visits", "actions"].map(|table| exported[table].as_array().map_or(0, Vec::len));
    ensure!(tables[0] >= visits && tables[1] == visits && tables[2] > 0, "{tables:?} of {visits}");
    ensure!(exported["hits"][0]["payload"]["site"] == site, "{}", exported["hits"][0]);
    let before = total(&stack, site).await?;
    let erased = rest.send("DELETE", &asked, ADMIN_TOKEN, &Value::Null).await?;
    ensure!(erased.status == 200 && erased.body["visits"] == visits, "{erased:?}");
    ensure!(erased.body["rows"]["visits"] == visits && erased.body["rows"]["hits"] == tables[0], "{erased:?}");
    ensure!(rest.send("GET", &asked, ADMIN_TOKEN, &Value::Null).await?.body == serde_json::json!([]), "it is found");
    gone(&stack, site, &found.body).await?;
    let after = total(&stack, site).await?;
    ensure!(after == before - i64::try_from(visits)?, "{before} visits, {after} after {visits} were erased");
    alike(&stack, site).await?;
    receipt(&stack, &erased.text("receipt")?).await?;
    others(&stack, site).await?;
    stack.finish().await
}

/// Nobody without a right, nobody without a segment, and no visit that may go on.
async fn refused(rest: &Rest, path: &str, asked: &str) -> anyhow::Result<()> {
    for (method, path, bearer, expected) in [
        ("GET", asked, "", 401),
        ("DELETE", asked, "", 401),
        ("DELETE", path, ADMIN_TOKEN, 400),
        ("DELETE", &format!("{path}?segment="), ADMIN_TOKEN, 400),
        ("DELETE", &format!("{path}?segment=nothing%3D%3D1"), ADMIN_TOKEN, 400),
    ] {
        let status = rest.send(method, path, bearer, &Value::Null).await?.status;
        ensure!(status == expected, "{method} {path}: {status}");
    }
    Ok(())
}

async fn total(stack: &Stack, site: u32) -> anyhow::Result<i64> {
    let asked = [("idSite", site.to_string()), ("period", "range".to_owned()), ("date", "last8".to_owned())];
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let visits = stack.matomo().call("VisitsSummary.getVisits", &asked).await?;
    visits["value"].as_i64().with_context(|| format!("{visits}"))
}

async fn gone(stack: &Stack, site: u32, visits: &Value) -> anyhow::Result<()> {
    let clickhouse = stack.clickhouse()?;
    let ids: Vec<String> = visits.as_array().into_iter().flatten().map(|visit| visit["visit"].to_string()).collect();
    let of_visits = format!("visit_id IN ({})", ids.join(", "));
    let of_visitor = format!("visitor_id = reinterpretAsUInt64(reverse(unhex('{VISITOR}')))");
    for (table, of) in TABLES.map(|table| (table, &of_visits)).into_iter().chain([("visitors", &of_visitor)]) {
        let sql = format!("SELECT toInt64(count()) FROM nagare.{table} WHERE site_id = {site} AND {of}");
        let rows = clickhouse.number(&sql).await?;
        ensure!(rows == 0, "{rows} rows are left in {table}");
    }
    Ok(())
}

/// The receipt verifies as it is and in no other way, and the security log says who did what.
async fn receipt(stack: &Stack, receipt: &str) -> anyhow::Result<()> {
    let told = stack.command(&["subject", "verify", receipt]).await?;
    ensure!(told.contains("\"digest\""), "{told}");
    let forged = receipt.replacen('.', ".A", 1);
    ensure!(stack.command(&["subject", "verify", &forged]).await.is_err(), "a forged receipt verifies");
    let audit = stack.command(&["audit", "export"]).await?;
    for action in ["subject.exported", "subject.erased"] {
        ensure!(audit.contains(action), "{action} is not in the security log:\n{audit}");
    }
    ensure!(!audit.contains(VISITOR), "the security log says whom it was about");
    Ok(())
}

/// Clients of Matomo and the command line do the same; a visit that may go on stays.
async fn others(stack: &Stack, site: u32) -> anyhow::Result<()> {
    let (matomo, site_text) = (stack.matomo(), site.to_string());
    let whose = [("idSite", site_text.as_str()), ("segment", "visitorId==0000000000000008")];
    let found = matomo.call("PrivacyManager.findDataSubjects", &whose).await?;
    let visit = found[0]["idVisit"].as_u64().context("nobody is found")?.to_string();
    let visits = [("visits[0][idsite]", site_text.as_str()), ("visits[0][idvisit]", visit.as_str())];
    let exported = matomo.call("PrivacyManager.exportDataSubjects", &visits).await?;
    ensure!(exported["log_visit"].as_array().is_some_and(|rows| rows.len() == 1), "{exported}");
    let gone = matomo.call("PrivacyManager.deleteDataSubjects", &visits).await?;
    ensure!(gone["log_visit"] == 1, "{gone}");
    let whose = ["--site", &site_text, "--segment", "visitorId==000000000000000b"];
    let found = stack.command(&[["subject", "find"].as_slice(), &whose].concat()).await?;
    ensure!(found.contains("000000000000000b"), "{found}");
    let receipt = stack.command(&[["subject", "erase"].as_slice(), &whose].concat()).await?;
    stack.command(&["subject", "verify", receipt.trim()]).await?;
    stack.tracker(site).hit(&[("_id", VISITOR), ("url", "https://x.example/again")]).await?;
    stack.caught_up().await?;
    let whose = ["--site", &site_text, "--segment", "visitorId==0000000000000005"];
    let refused = stack.command(&[["subject", "erase"].as_slice(), &whose].concat()).await;
    ensure!(refused.is_err_and(|error| error.to_string().contains("may still go on")), "an open visit is erased");
    alike(stack, site).await
}
