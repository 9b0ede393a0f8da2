//! Asks a projector for the numbers by which clients of Matomo know things (`nagare_schema::Numbered`).

use std::time::Duration;

use nagare_schema::{NumberReply, NumberRequest, SUBJECT_NUMBERS};

use crate::error::Fault;

/// Time a projector gets: it numbers whatever is new, not only what is asked for.
const NUMBER_WITHIN: Duration = Duration::from_secs(30);

/// Has numbers given. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Numberer {
    nats: async_nats::Client,
}

impl Numberer {
    pub(crate) fn new(nats: async_nats::Client) -> Self {
        Self { nats }
    }

    /// Has everything numbered that is in the tables; `from` is the smallest id that is known to have no number.
    pub(crate) async fn number(&self, from: u64) -> Result<(), Fault> {
        let payload = serde_json::to_vec(&NumberRequest { from }).unwrap_or_default();
        let request = async_nats::Request::new().payload(payload.into()).timeout(Some(NUMBER_WITHIN));
        let answered = self.nats.send_request(SUBJECT_NUMBERS, request).await;
        match answered.ok().and_then(|message| serde_json::from_slice(&message.payload).ok()) {
            Some(NumberReply::Numbered) => Ok(()),
            Some(NumberReply::Failed) | None => {
                Err(Fault::unavailable("New visits have no numbers yet: no projector gave them any. Ask again."))
            }
        }
    }
}
