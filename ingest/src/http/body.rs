//! Bodies: bounded before and after decompression, then read as a form.

use std::io::Read;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures_util::stream;
use nagare_schema::DropReason;

use crate::params::{Params, Value, from_bytes};

/// Bytes of a body as it is sent.
pub(crate) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of a body once it is decompressed.
pub(crate) const BODY_BYTES_UNPACKED_MAX: usize = 16 * 1024 * 1024;
/// Fields of a multipart form that are read.
const FIELDS_MAX: usize = 1000;
const FORM: &[u8] = b"application/x-www-form-urlencoded";
const MULTIPART: &[u8] = b"multipart/form-data";

/// Reads a body whole and decompresses it.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, DropReason> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(DropReason::TooLarge);
    }
    let sent = axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| too_large_or_broken(&error))?;
    let Some(encoding) = headers.get(header::CONTENT_ENCODING) else { return Ok(sent) };
    match encoding.as_bytes() {
        b"" | b"identity" => Ok(sent),
        b"gzip" | b"x-gzip" => unpack(flate2::read::MultiGzDecoder::new(&*sent)),
        b"deflate" => unpack(flate2::read::ZlibDecoder::new(&*sent)),
        _ => Err(DropReason::MalformedBody),
    }
}

fn too_large_or_broken(error: &axum::Error) -> DropReason {
    use std::error::Error;
    // The limit is told apart by its text only: its type is not public here.
    let limited = error.source().is_some_and(|source| source.to_string().contains("length limit exceeded"));
    if limited { DropReason::TooLarge } else { DropReason::MalformedBody }
}

fn unpack(packed: impl Read) -> Result<Bytes, DropReason> {
    let mut unpacked = Vec::new();
    let read = packed.take(BODY_BYTES_UNPACKED_MAX as u64 + 1).read_to_end(&mut unpacked);
    if unpacked.len() > BODY_BYTES_UNPACKED_MAX {
        return Err(DropReason::TooLarge);
    }
    read.map(|_| unpacked.into()).map_err(|_| DropReason::MalformedBody)
}

/// The parameters of a form body; none when it is no form.
pub(super) async fn form<'a>(headers: &HeaderMap, body: &'a Bytes) -> Result<Params<'a>, DropReason> {
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes()).unwrap_or_default();
    let is = |name: &[u8]| kind.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if body.is_empty() {
        Ok(Params::default())
    } else if is(FORM) {
        Ok(Params::from_form(body))
    } else if is(MULTIPART) {
        multipart(&from_bytes(kind), body.clone()).await
    } else {
        Ok(Params::default())
    }
}

async fn multipart(kind: &str, body: Bytes) -> Result<Params<'static>, DropReason> {
    let boundary = multer::parse_boundary(kind).map_err(|_| DropReason::MalformedBody)?;
    let whole = stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = multer::Multipart::new(whole, boundary);
    let mut params = Params::default();
    for _ in 0..FIELDS_MAX {
        let Some(field) = form.next_field().await.map_err(|_| DropReason::MalformedBody)? else { break };
        // A file is no parameter.
        let Some(name) = field.name().filter(|_| field.file_name().is_none()).map(str::to_owned) else { continue };
        let value = field.bytes().await.map_err(|_| DropReason::MalformedBody)?;
        params.add(&name, || Value::Text(from_bytes(&value).into_owned().into()));
    }
    Ok(params)
}
