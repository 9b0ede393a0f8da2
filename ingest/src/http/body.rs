//! Bodies: bounded before and after decompression, then read as a form.

use std::io::Read;

use axum::{
    body::{Body, HttpBody as _},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures_util::stream;
use nagare_schema::DropReason;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::params::{Params, Value, from_bytes};

/// Bytes of a body as it is sent.
pub(crate) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of a body once it is decompressed.
pub(crate) const BODY_BYTES_UNPACKED_MAX: usize = 16 * 1024 * 1024;
/// A plain body up to this length is read at once; larger ones need room.
const SMALL_BYTES_MAX: usize = 64 * 1024;
/// Kibibytes of the larger bodies that are held at a time, as sent and unpacked; more wait.
pub(crate) const LARGE_KIB_MAX: usize = 512 * 1024;
/// Fields of a multipart form that are read.
const FIELDS_MAX: usize = 1000;
const FORM: &[u8] = b"application/x-www-form-urlencoded";
const MULTIPART: &[u8] = b"multipart/form-data";

/// A body, and the room it takes as long as it is held.
pub(super) struct Held<'r> {
    pub(super) bytes: Bytes,
    _room: Option<SemaphorePermit<'r>>,
}

/// Reads a body whole and decompresses it.
pub(super) async fn read<'r>(headers: &HeaderMap, body: Body, room: &'r Semaphore) -> Result<Held<'r>, DropReason> {
    if body.is_end_stream() {
        return Ok(Held { bytes: Bytes::new(), _room: None });
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let packing = packing(headers)?;
    let sent_max = announced.unwrap_or(BODY_BYTES_MAX);
    if sent_max > BODY_BYTES_MAX {
        return Err(DropReason::TooLarge);
    }
    let needed = sent_max + if packing.is_some() { BODY_BYTES_UNPACKED_MAX } else { 0 };
    let room = match u32::try_from(needed / 1024) {
        Ok(kib) if needed > SMALL_BYTES_MAX => Some(room.acquire_many(kib).await.map_err(|_| DropReason::Overload)?),
        _ => None,
    };
    let sent = axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| too_large_or_broken(&error))?;
    let Some(packing) = packing else { return Ok(Held { bytes: sent, _room: room }) };
    let unpacked = tokio::task::spawn_blocking(move || match packing {
        Packing::Gzip => unpack(flate2::read::MultiGzDecoder::new(&*sent)),
        Packing::Deflate => unpack(flate2::read::ZlibDecoder::new(&*sent)),
    });
    Ok(Held { bytes: unpacked.await.map_err(|_| DropReason::MalformedBody)??, _room: room })
}

#[derive(Clone, Copy)]
enum Packing {
    Gzip,
    Deflate,
}

fn packing(headers: &HeaderMap) -> Result<Option<Packing>, DropReason> {
    match headers.get(header::CONTENT_ENCODING).map(|encoding| encoding.as_bytes()) {
        None | Some(b"" | b"identity") => Ok(None),
        Some(b"gzip" | b"x-gzip") => Ok(Some(Packing::Gzip)),
        Some(b"deflate") => Ok(Some(Packing::Deflate)),
        Some(_) => Err(DropReason::MalformedBody),
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
pub(crate) async fn form<'a>(headers: &HeaderMap, body: &'a Bytes) -> Result<Params<'a>, DropReason> {
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
