use super::{Call, registry, run_method, unknown};
use crate::{error::Fault, request::Params, table::Answer};

/// Asks another method within a request: all rows unless a limit is asked for, numbers as the
/// parameters say (`reporting-api.md` §1).
pub(super) async fn ask(call: &Call<'_>, name: &str, params: &Params) -> Result<Answer, Fault> {
    let method = registry::find(name).ok_or_else(|| unknown(name))?;
    let mut params = params.clone().with("method", name);
    if params.filled("filter_limit").is_none() {
        params = params.with("filter_limit", "-1");
    }
    if params.filled("format_metrics").is_none() {
        params = params.with("format_metrics", "0");
    }
    run_method(&method, &Call { params: &params, ..*call }).await
}
