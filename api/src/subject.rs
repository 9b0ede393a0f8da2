//! Persons who ask what is known of them: their visits are found, exported and erased (product.md V5).

use std::{collections::BTreeMap, time::Duration};

use nagare_runtime::{Audit, AuditEntry, Context, ListedErasure, caught_up};
use nagare_schema::{
    ERASED_VISITS_MAX, ErasureReply, ErasureRequest, Hit, RestateReply, SiteId, UnixMillis, UnixSeconds, VisitId,
    VisitorId, decode, erase_subject, partition_of, restate_subject,
};
use prometheus::Registry;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    ApiError, ApiOptions,
    auth::Signer,
    error::Fault,
    metrics::Metrics,
    plan::{self, STORED, Whose},
    query::Engine,
    segment::{Context as SegmentContext, Segment},
};

/// Visits of one person at most.
const VISITS_MAX: u64 = 10_000;
/// For so long after its last action a visit may go on: what a processor holds, and an hour for clocks
/// that differ. It is erased when it has ended, so that nothing is added to what is gone.
const OPEN_S: i64 = 3 * 3600;
/// Time a projector gets to erase [`ERASED_VISITS_MAX`] visits.
const ERASE_WITHIN: Duration = Duration::from_secs(300);
/// Time until all that was told before is in the tables.
const PROJECTED_WITHIN: Duration = Duration::from_secs(60);
/// What the signed receipt of an erasure is good for.
const AUDIENCE: &str = "nagare.erasure";

/// A visit of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubjectVisit {
    /// Its id.
    #[schema(value_type = u64)]
    pub visit: VisitId,
    /// Whose, as in segments.
    pub visitor: String,
    /// The user id, where the site told one.
    pub user_id: String,
    /// The address as stored.
    pub address: String,
    /// First action, in seconds since 1970.
    pub first_at: i64,
    /// Last action.
    pub last_at: i64,
}

/// What was erased, as its receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    aud: String,
    /// The site.
    pub site: SiteId,
    /// When, in seconds since 1970.
    pub erased_at: i64,
    /// Who asked for it.
    pub erased_by: String,
    /// How many visits.
    pub visits: usize,
    /// SHA-256 of their ids in order, a line each: proves of a known id that it is meant.
    pub digest: String,
    /// Facts that are gone, by table.
    pub rows: BTreeMap<String, u64>,
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) login: &'a str,
    pub(crate) now: UnixMillis,
}

/// Finds, exports and erases. Cheap to clone.
#[derive(Clone)]
pub struct Subjects {
    engine: Engine,
    context: Context,
    audit: Audit,
    signer: Signer,
}

impl Subjects {
    pub(crate) fn new(context: &Context, engine: Engine, audit: Audit, signer: Signer) -> Self {
        Self { engine, context: context.clone(), audit, signer }
    }

    /// Opens what the command line needs.
    ///
    /// # Errors
    /// When the deployment is not initialised, or a broker refuses.
    pub async fn open(context: &Context) -> Result<Self, ApiError> {
        let config = context.directory.snapshot();
        let deployment = config.deployment.as_ref().ok_or(ApiError::NotInitialised)?;
        // Nobody reads them, and an api of this process has its own.
        let metrics = Metrics::new(&Registry::new())?;
        let engine = Engine::new(context.clickhouse.clone(), ApiOptions::default(), metrics);
        let audit = Audit::open(&context.jetstream, context.log.replicas()).await?;
        Ok(Self::new(context, engine, audit, Signer::new(&deployment.secret)))
    }

    /// The visits of a person as an operator asks for them.
    ///
    /// # Errors
    /// When the segment is not valid, or lets more through than one person's visits.
    pub async fn visits_of(&self, site: SiteId, segment: &str) -> Result<Vec<SubjectVisit>, ApiError> {
        self.find(site, segment).await.map_err(|fault| ApiError::Query(fault.message))
    }

    /// All that is stored of visits, by table, as an operator asks for it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn export_as(
        &self,
        login: &str,
        now: UnixMillis,
        (site, visits): (SiteId, &[SubjectVisit]),
    ) -> Result<Value, ApiError> {
        let exported = self.export(Asker { login, now }, site, visits).await;
        exported.map_err(|fault| ApiError::Query(fault.message))
    }

    /// Erases visits as an operator asks for it; returns the receipt.
    ///
    /// # Errors
    /// When a visit may still go on, or the projector does not answer.
    pub async fn erase_as(
        &self,
        login: &str,
        now: UnixMillis,
        (site, visits): (SiteId, &[SubjectVisit]),
    ) -> Result<String, ApiError> {
        let erased = self.erase(Asker { login, now }, site, visits).await;
        erased.map(|(_, receipt)| receipt).map_err(|fault| ApiError::Query(fault.message))
    }

    /// Erases again what is left of the visits of an erasure: those that were over by then. Tells how many.
    ///
    /// # Errors
    /// When the projector does not answer.
    pub async fn erase_again(&self, login: &str, now: UnixMillis, erasure: &ListedErasure) -> Result<usize, ApiError> {
        let site = erasure.request.site;
        let ids = erasure.request.visits.iter().map(|visit| visit.0).collect();
        let whose = Whose::Ended { ids, until: UnixSeconds(erasure.at.0 - OPEN_S) };
        let failed = |fault: Fault| ApiError::Query(fault.message);
        let visits = self.read(site, &whose).await.map_err(failed)?;
        if !visits.is_empty() {
            self.erase(Asker { login, now }, site, &visits).await.map_err(failed)?;
        }
        Ok(visits.len())
    }

    /// What a receipt says, if this deployment signed it.
    pub fn verify(&self, receipt: &str) -> Option<Erased> {
        self.signer.verify(AUDIENCE, receipt)
    }

    /// The visits of a site that a segment lets through: all of them or an error. No segment is no person.
    pub(crate) async fn find(&self, site: SiteId, segment: &str) -> Result<Vec<SubjectVisit>, Fault> {
        let config = self.context.directory.snapshot();
        let sites = [site];
        let context = SegmentContext { config: &config, sites: &sites, is_user: true, hides_visitors: false };
        let segment = Segment::parse(Some(segment), context)?.ok_or_else(|| Fault::missing("segment"))?;
        self.read(site, &Whose::Segment(segment)).await
    }

    /// Those of the visits with these numbers that are there.
    pub(crate) async fn by_numbers(&self, site: SiteId, numbers: Vec<u64>) -> Result<Vec<SubjectVisit>, Fault> {
        self.read(site, &Whose::Numbered(numbers)).await
    }

    async fn read(&self, site: SiteId, whose: &Whose) -> Result<Vec<SubjectVisit>, Fault> {
        let rows = self.engine.rows(&plan::subject_visits(site, whose, VISITS_MAX + 1)).await?;
        if rows.len() as u64 > VISITS_MAX {
            return Err(Fault::bad_request(format!(
                "These are more than {VISITS_MAX} visits: not those of one person."
            )));
        }
        let visits: Option<Vec<SubjectVisit>> = rows.iter().map(|row| visit(row)).collect();
        visits.ok_or_else(|| Fault::unavailable("The answer of the database cannot be read."))
    }

    /// All that is stored of visits, by table.
    pub(crate) async fn export(&self, asker: Asker<'_>, site: SiteId, visits: &[SubjectVisit]) -> Result<Value, Fault> {
        let ids: Vec<VisitId> = visits.iter().map(|visit| visit.visit).collect();
        let mut tables = Map::new();
        for (table, facts) in STORED {
            let mut records = Vec::new();
            for some in ids.chunks(ERASED_VISITS_MAX) {
                records.extend(self.engine.records(&plan::stored(facts, site, some)).await?);
            }
            tables.insert(table.to_owned(), records.into_iter().map(readable).map(Value::Object).collect());
        }
        self.record(asker, "subject.exported", &about(site, &ids)).await;
        Ok(Value::Object(tables))
    }

    /// Erases visits from the tables and the log; returns what is gone and the signed receipt.
    pub(crate) async fn erase(
        &self,
        asker: Asker<'_>,
        site: SiteId,
        visits: &[SubjectVisit],
    ) -> Result<(Erased, String), Fault> {
        let now = UnixSeconds::from(asker.now).0;
        let last_at = visits.iter().map(|visit| visit.last_at).max().unwrap_or(0);
        if last_at + OPEN_S > now {
            let minutes = (last_at + OPEN_S - now) / 60 + 1;
            return Err(Fault::bad_request(format!("A visit may still go on. Erase it in {minutes} minutes.")));
        }
        let ids: Vec<VisitId> = visits.iter().map(|visit| visit.visit).collect();
        let mut rows: BTreeMap<String, u64> = BTreeMap::new();
        for some in ids.chunks(ERASED_VISITS_MAX) {
            for (table, gone) in self.request(site, some).await? {
                *rows.entry(table).or_default() += gone;
            }
        }
        let erased = Erased {
            aud: AUDIENCE.to_owned(),
            site,
            erased_at: now,
            erased_by: asker.login.to_owned(),
            visits: ids.len(),
            digest: digest(&ids),
            rows,
        };
        let receipt = self.signer.sign(&erased).ok_or_else(|| Fault::unavailable("The receipt cannot be signed."))?;
        self.record(asker, "subject.erased", &about(site, &ids)).await;
        Ok((erased, receipt))
    }

    /// Has the owners of the site's partition erase some of the visits: its state begins anew in the log
    /// without them, and what was told before is erased once all of it is in the tables.
    async fn request(&self, site: SiteId, visits: &[VisitId]) -> Result<BTreeMap<String, u64>, Fault> {
        let config = self.context.directory.snapshot();
        if config.sites.get(&site).is_some_and(|site| site.shards > 1) {
            return Err(Fault::bad_request("Visits of a site with several shards cannot be erased yet."));
        }
        let partition = partition_of(site, 0, config.partitions());
        let request = ErasureRequest { site, visits: visits.to_vec() };
        let restated = self.ask(restate_subject(partition), &request).await;
        if restated == Some(RestateReply::Restated)
            && caught_up(&self.context, PROJECTED_WITHIN).await.is_ok()
            && let Some(ErasureReply::Erased(rows)) = self.ask(erase_subject(partition), &request).await
        {
            return Ok(rows);
        }
        Err(Fault::unavailable("The visits were not erased, or not all of them. Ask again."))
    }

    async fn ask<T: DeserializeOwned>(&self, subject: String, request: &ErasureRequest) -> Option<T> {
        let payload = serde_json::to_vec(request).unwrap_or_default();
        let request = async_nats::Request::new().payload(payload.into()).timeout(Some(ERASE_WITHIN));
        let answered = self.context.nats.send_request(subject, request).await.ok()?;
        serde_json::from_slice(&answered.payload).ok()
    }

    async fn record(&self, asker: Asker<'_>, action: &str, target: &str) {
        let entry = AuditEntry {
            at: asker.now,
            actor: asker.login.to_owned(),
            action: action.to_owned(),
            target: target.to_owned(),
            outcome: "done".to_owned(),
            address: String::new(),
        };
        self.audit.record(entry).await;
    }
}

/// Says which visits are meant without saying whose.
fn about(site: SiteId, visits: &[VisitId]) -> String {
    format!("idSite={site} visits={} digest={}", visits.len(), digest(visits))
}

fn digest(visits: &[VisitId]) -> String {
    let mut ids: Vec<u64> = visits.iter().map(|visit| visit.0).collect();
    ids.sort_unstable();
    let hash = ids.into_iter().fold(Sha256::new(), |hash, id| hash.chain_update(format!("{id}\n")));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn visit(row: &[Value]) -> Option<SubjectVisit> {
    let text = |at: usize| row.get(at)?.as_str().map(str::to_owned);
    Some(SubjectVisit {
        visit: VisitId(row.first()?.as_u64()?),
        visitor: VisitorId(row.get(1)?.as_u64()?).to_string(),
        user_id: text(2)?,
        address: text(3)?,
        first_at: row.get(4)?.as_i64()?,
        last_at: row.get(5)?.as_i64()?,
    })
}

/// A fact as people read it: ids as texts, and a hit as what was sent.
fn readable(mut fact: Map<String, Value>) -> Map<String, Value> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for name in ["visitor_id", "config_id"] {
        if let Some(id) = fact.get(name).and_then(Value::as_u64) {
            fact.insert(name.to_owned(), VisitorId(id).to_string().into());
        }
    }
    let version = fact.get("codec_version").and_then(Value::as_u64).and_then(|version| u16::try_from(version).ok());
    let payload = fact.get("payload").and_then(Value::as_str).and_then(|payload| STANDARD.decode(payload).ok());
    if let (Some(version), Some(payload)) = (version, payload) {
        let hit = decode::<Hit>(version, &payload).ok().and_then(|hit| serde_json::to_value(hit).ok());
        fact.insert("payload".to_owned(), hit.unwrap_or_else(|| json!(null)));
    }
    fact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_tells_the_visits_whatever_their_order() {
        let (a, b) = ([VisitId(3), VisitId(12)], [VisitId(12), VisitId(3)]);
        assert_eq!(digest(&a), digest(&b));
        assert_ne!(digest(&a), digest(&[VisitId(3)]));
        assert!(about(SiteId(1), &a).starts_with("idSite=1 visits=2 digest="));
    }

    #[test]
    fn a_receipt_is_read_as_it_was_signed_and_by_the_same_secret_only() {
        let erased = Erased {
            aud: AUDIENCE.to_owned(),
            site: SiteId(1),
            erased_at: 1_700_000_000,
            erased_by: "root".to_owned(),
            visits: 1,
            digest: digest(&[VisitId(3)]),
            rows: BTreeMap::from([("visits".to_owned(), 1)]),
        };
        let signer = Signer::new("one");
        let receipt = signer.sign(&erased).unwrap();
        assert_eq!(signer.verify(AUDIENCE, &receipt), Some(erased));
        assert_eq!(Signer::new("two").verify::<Erased>(AUDIENCE, &receipt), None);
        assert_eq!(signer.verify::<Erased>("nagare", &receipt), None);
    }

    #[test]
    fn ids_are_exported_as_segments_name_them() {
        let fact = json!({ "visitor_id": 255, "visit_id": 7 });
        let Value::Object(fact) = fact else { panic!("an object") };
        assert_eq!(Value::Object(readable(fact)), json!({ "visitor_id": "00000000000000ff", "visit_id": 7 }));
    }
}
