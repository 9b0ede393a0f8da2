//! Cursors: where a page of an answer ended. Clients hand them back as they are.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use axum::http::StatusCode;

use super::problem::Problem;

/// Bytes of a cursor at most.
const BYTES_MAX: usize = 8 << 10;

pub(super) fn write<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

pub(super) fn read<T: DeserializeOwned>(cursor: &str) -> Result<T, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|bytes| bytes.len() <= BYTES_MAX);
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "'cursor' is not one that this answer gave"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = write(&(5_i64, "a/b".to_owned()));
        assert_eq!(read::<(i64, String)>(&cursor).ok(), Some((5, "a/b".to_owned())));
        assert!(read::<(i64, String)>("nonsense").is_err());
    }
}
