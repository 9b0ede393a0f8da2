//! Several requests in one (`reporting-api.md` §7).

use super::{Answering, Call, Method, find, run_method};
use crate::{
    error::Fault,
    format,
    metrics::Family,
    permission::{Granted, Permission},
    request::{Param, Params, decode},
    table::Answer,
    value::{Record, Value},
};

const NAME: &str = "API.getBulkRequest";
/// Requests in one at most.
const REQUESTS_MAX: usize = 200;

pub(super) const METHODS: &[Method] =
    &[Method::new(NAME, Permission::None, Family::Report, |call, granted| run(call, granted))];

fn run<'a>(call: Call<'a>, _: Granted) -> Answering<'a> {
    Box::pin(answer(call))
}

async fn answer(call: Call<'_>) -> Result<Answer, Fault> {
    let urls = match call.params.get("urls") {
        Some(Param::Array(items)) => items.iter().filter_map(|(_, item)| item.as_text()).collect(),
        Some(Param::Text(text)) => vec![text.as_str()],
        None => return Err(Fault::missing("urls")),
    };
    if urls.len() > REQUESTS_MAX {
        return Err(Fault::bad_request(format!("At most {REQUESTS_MAX} requests may be sent at once.")));
    }
    let defaults = call.params.clone().without(&["urls", "method", "format"]);
    let mut answers = Vec::with_capacity(urls.len());
    for url in urls {
        let params = Params::parse(&query_of(url))?.or(&defaults);
        if params.text("method") == Some(NAME) {
            continue;
        }
        answers.push(one(&Call { params: &params, ..call }).await);
    }
    Ok(Answer::Value(Value::List(answers)))
}

/// What follows the host and path; a request may be encoded as one value.
fn query_of(url: &str) -> String {
    let url = if url.contains('=') { url.to_owned() } else { decode(url) };
    match url.split_once('?') {
        Some((before, query)) if !before.contains('=') => query.to_owned(),
        _ => url,
    }
}

async fn one(call: &Call<'_>) -> Value {
    let result = match find(call.params) {
        Ok(method) => run_method(&method, call).await,
        Err(fault) => Err(fault),
    };
    match result {
        Ok(answer) => format::decoded(&answer),
        Err(fault) => Record::default().with("result", "error").with("message", fault.message).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths_are_ignored() {
        assert_eq!(query_of("?method=a&x=1"), "method=a&x=1");
        assert_eq!(query_of("http://h/index.php?method=a"), "method=a");
        assert_eq!(query_of("method%3Da%26x%3D1"), "method=a&x=1");
        assert_eq!(query_of("method=a&url=http://h/?x"), "method=a&url=http://h/?x");
    }
}
