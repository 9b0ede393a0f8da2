//! Hits that wait on the disks of ingest processes: acknowledged, but not in the log yet.
//!
//! Every ingest process is a member of its role and answers, on `spooled.<member>`, how many bytes it
//! holds. Who asks whether all hits are in the tables asks them first.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use nagare_schema::BUCKET_MEMBERS;
use tokio_util::sync::CancellationToken;

use crate::{Backoff, Context, Membership, MembershipError, Role, WatermarkError};

/// Time a process gets to answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);

fn subject(member: &str) -> String {
    format!("spooled.{member}")
}

/// Joins the ingest members as `name` and answers with `bytes` until the context stops.
///
/// # Errors
/// [`MembershipError`].
pub async fn tell_spooled(
    context: &Context,
    name: &str,
    bytes: impl Fn() -> i64 + Send + 'static,
) -> Result<Membership, MembershipError> {
    let stop = context.stop.clone();
    let membership = Membership::join(&context.jetstream, Role::Ingest, name, 0, stop.clone()).await?;
    tokio::spawn(answer(context.nats.clone(), subject(&format!("{}.{name}", Role::Ingest.prefix())), bytes, stop));
    Ok(membership)
}

async fn answer(nats: async_nats::Client, subject: String, bytes: impl Fn() -> i64, stop: CancellationToken) {
    let mut backoff = Backoff::default();
    while !stop.is_cancelled() {
        if let Ok(mut questions) = nats.subscribe(subject.clone()).await {
            backoff.reset();
            loop {
                let question = tokio::select! {
                    () = stop.cancelled() => return,
                    question = questions.next() => question,
                };
                let Some(question) = question else { break };
                if let Some(reply) = question.reply {
                    // Who asked asks again when the answer is lost.
                    let _ = nats.publish(reply, bytes().to_string().into()).await;
                }
            }
        }
        if !backoff.wait(&stop).await {
            return;
        }
    }
}

/// True when an ingest process holds hits, or does not say that it holds none. One that is gone stops
/// counting when its membership expires.
///
/// # Errors
/// [`WatermarkError::Unavailable`] when the members cannot be read.
pub async fn is_spooling(context: &Context) -> Result<bool, WatermarkError> {
    let unavailable = |error: String| WatermarkError::Unavailable(error);
    let Ok(bucket) = context.jetstream.get_key_value(BUCKET_MEMBERS).await else { return Ok(false) };
    let keys = bucket.keys().await.map_err(|error| unavailable(error.to_string()))?;
    let members: Vec<String> = keys.try_collect().await.map_err(|error| unavailable(error.to_string()))?;
    for member in members.iter().filter(|member| member.starts_with(Role::Ingest.prefix())) {
        let asked = context.nats.request(subject(member), bytes::Bytes::new());
        match tokio::time::timeout(ANSWER_MAX, asked).await {
            Ok(Ok(answer)) if &answer.payload[..] == b"0" => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}
