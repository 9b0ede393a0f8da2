use std::{
    fmt::Debug,
    future::Future,
    time::{Duration, Instant},
};

use anyhow::bail;

const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// Looks again until `look` finds something. An error of `look` is one more reason to look again.
///
/// # Errors
/// When `deadline` passes first; says `what` was waited for and what was seen last.
pub async fn until<T, Look, Seen>(what: &str, deadline: Duration, mut look: Look) -> anyhow::Result<T>
where
    Look: FnMut() -> Seen,
    Seen: Future<Output = anyhow::Result<Option<T>>>,
{
    let begun = Instant::now();
    loop {
        let seen = match tokio::time::timeout(deadline, look()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => "not yet".to_owned(),
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => "no answer".to_owned(),
        };
        if begun.elapsed() > deadline {
            bail!("waited {} s for {what}: {seen}", deadline.as_secs());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Looks again until `look` equals `expected`.
///
/// # Errors
/// When `deadline` passes first; says what was seen last.
pub async fn until_equal<T, Look, Seen>(expected: T, deadline: Duration, mut look: Look) -> anyhow::Result<()>
where
    T: PartialEq + Debug,
    Look: FnMut() -> Seen,
    Seen: Future<Output = anyhow::Result<T>>,
{
    let what = format!("{expected:?}");
    let compare = || {
        let seen = look();
        let expected = &expected;
        async move {
            let seen = seen.await?;
            if seen == *expected { Ok(Some(())) } else { bail!("saw {seen:?}") }
        }
    };
    until(&what, deadline, compare).await
}
