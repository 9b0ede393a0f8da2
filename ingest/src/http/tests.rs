//! Requests and their answers (`tracking.md` §1), through the router.

use std::io::{Read, Write};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use nagare_schema::DropReason;

use super::{answer::GIF, body::BODY_BYTES_MAX, body::BODY_BYTES_UNPACKED_MAX};
use crate::fake::{Mood, SECURE, SUPER, Stage, VIEW, WRITE};

const HIT: &str = "/matomo.php?idsite=1&rec=1&url=http%3A%2F%2Fsite.example%2F";

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn section_1_4_a_page_view_is_stored_before_its_image_is_sent() {
    let stage = Stage::new();
    let answer = stage.get(HIT).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, GIF);
    assert_eq!(GIF.len(), 43);
    assert_eq!(answer.header("content-type"), "image/gif");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let hits = stage.log.hits();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].url.as_deref(), Some("http://site.example/"));
    stage.assert_balanced();
}

#[tokio::test]
async fn section_1_4_statuses() {
    let stage = Stage::new();
    for (path, status) in [
        ("/matomo.php?idsite=1&rec=1&send_image=0", 204),
        ("/matomo.php?idsite=1&rec=1&send_image=00", 200),
        ("/piwik.php?idsite=1", 200),
        ("/matomo.php?idsite=3&rec=1", 400),
        ("/matomo.php?idsite=0&rec=1", 400),
        ("/matomo.php?idsite=abc&rec=1", 400),
        ("/matomo.php?rec=1", 400),
        ("/matomo.php?idsite=1&rec=1&cid=short", 400),
        ("/matomo.php?idsite=1&rec=1&idgoal=9", 400),
        ("/matomo.php?idsite=1&rec=1&country=de", 400),
        ("/matomo.php", 200),
        ("/matomo.php?", 200),
    ] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.body.is_empty(), status == 204, "{path}");
    }
    assert_eq!(stage.log.hits().len(), 2);
    assert_eq!(stage.dropped(DropReason::UnknownSite), 4);
    assert_eq!(stage.dropped(DropReason::NotRecorded), 1);
    stage.assert_balanced();
}

#[tokio::test]
async fn section_1_4_the_notice_is_an_error_unless_it_is_asked_for() {
    let stage = Stage::new();
    assert!(stage.get("/matomo.php").await.text().contains("Nagare"));
    let posted = stage.post("/matomo.php", "").await;
    assert_eq!(posted.status, StatusCode::BAD_REQUEST);
    assert!(posted.text().contains("Nagare"));
}

#[tokio::test]
async fn section_1_4_other_sites_may_post() {
    let stage = Stage::new();
    let post = |origin: Option<&str>| {
        let request = Request::post(HIT);
        let request = origin.map_or(Request::post(HIT), |origin| request.header("origin", origin));
        stage.send(request.body(Body::empty()).unwrap())
    };
    let answer = post(None).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(answer.header("cache-control"), "");
    assert_eq!(post(Some("https://shop.example")).await.header("access-control-allow-origin"), "https://shop.example");
    let preflight = Request::options(HIT).header("access-control-request-headers", "x");
    let answer = stage.send(preflight.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-methods"), "GET, POST");
    assert_eq!(answer.header("access-control-allow-headers"), "*");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(stage.log.hits().len(), 2, "a preflight request is no hit");
}

#[tokio::test]
async fn section_1_2_the_query_wins_over_the_form() {
    let stage = Stage::new();
    let answer = stage.post("/matomo.php?idsite=1&action_name=query", "idsite=9&rec=1&action_name=body&uid=u").await;
    assert_eq!(answer.status, StatusCode::OK);
    let hits = stage.log.hits();
    assert_eq!(hits[0].title.as_deref(), Some("query"));
    assert_eq!(hits[0].user_id.as_deref(), Some("u"));
}

#[tokio::test]
async fn section_1_2_multipart_forms_are_read() {
    let stage = Stage::new();
    let body = "--x\r\ncontent-disposition: form-data; name=\"idsite\"\r\n\r\n1\r\n\
        --x\r\ncontent-disposition: form-data; name=\"rec\"\r\n\r\n1\r\n--x--\r\n";
    let request = Request::post("/matomo.php").header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(stage.send(request.body(body.into()).unwrap()).await.status, StatusCode::OK);
    assert_eq!(stage.log.hits().len(), 1);
}

#[tokio::test]
async fn section_1_1_the_mixed_paths_take_hits_or_serve_the_tracker() {
    let stage = Stage::new();
    for path in ["/js/", "/js/index.php", "/js/tracker.php"] {
        assert_eq!(stage.get(&format!("{path}?idsite=1&rec=1")).await.body, GIF);
        assert_eq!(stage.post(path, "idsite=1&rec=1").await.body, GIF);
        assert_ne!(stage.get(path).await.header("content-type"), "image/gif");
    }
    assert_eq!(stage.log.hits().len(), 6);
}

#[tokio::test]
async fn section_1_1_the_tracker_is_cached_by_its_tag() {
    let stage = Stage::new();
    let answer = stage.get("/matomo.js").await;
    if answer.status == StatusCode::NOT_FOUND {
        return; // Built without the tracker.
    }
    assert_eq!(answer.header("content-type"), "application/javascript; charset=UTF-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=864000");
    let again = Request::get("/nagare.js").header("if-none-match", answer.header("etag"));
    let again = stage.send(again.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    let packed = Request::get("/matomo.js").header("accept-encoding", "br, gzip");
    let packed = stage.send(packed.body(Body::empty()).unwrap()).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_eq!(packed.header("vary"), "accept-encoding");
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, answer.body);
}

#[tokio::test]
async fn section_1_5_bulk_answers() {
    let stage = Stage::new();
    let good = "?idsite=1&rec=1&url=http%3A%2F%2Fsite.example%2F";
    for (body, expected) in [
        (
            format!(r#"{{"requests":["{good}",{{"idsite":1,"rec":1}}]}}"#),
            r#"{"status":"success","tracked":2,"invalid":0}"#,
        ),
        (
            format!(r#"{{"requests":["dropped","{good}","?idsite=9&rec=1",null]}}"#),
            r#"{"status":"success","tracked":2,"invalid":1}"#,
        ),
        (
            format!(r#"{{"requests":["dropped","{good}","?idsite=9"],"token_auth":"{SUPER}"}}"#),
            r#"{"status":"success","tracked":1,"invalid":1,"invalid_indices":[1]}"#,
        ),
        (
            format!(r#"{{"requests":["?idsite=9"],"token_auth":"{WRITE}"}}"#),
            r#"{"status":"success","tracked":0,"invalid":1}"#,
        ),
        ("{\"requests\":\n[\"?idsite=1&re\r\nc=0\"]}".to_owned(), r#"{"status":"success","tracked":1,"invalid":0}"#),
        (r#"{"requests":["#.to_owned(), r#"{"status":"success","tracked":0,"invalid":0}"#),
        (r#"{"requests":7}"#.to_owned(), r#"{"status":"success","tracked":0,"invalid":0}"#),
    ] {
        let answer = stage.post("/matomo.php", body.clone()).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, expected), "{body}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    assert_eq!(stage.log.hits().len(), 4);
    let quiet = stage.post("/matomo.php", format!(r#"{{"requests":["{good}"],"send_image":0}}"#)).await;
    assert_eq!((quiet.status, quiet.body.len()), (StatusCode::NO_CONTENT, 0));
    stage.assert_balanced();
}

#[tokio::test]
async fn section_1_5_a_custom_action_of_no_kind_ends_a_bulk_request() {
    let stage = Stage::new();
    let body = r#"{"requests":["?idsite=1&rec=1","?idsite=1&rec=1&ca=1","?idsite=1&rec=1"]}"#;
    let answer = stage.post("/matomo.php", body).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.text(), r#"{"status":"error","tracked":1,"invalid":0}"#);
    assert_eq!(stage.log.hits().len(), 0, "nothing is half-written");
    stage.assert_balanced();
}

#[tokio::test]
async fn section_1_6_where_a_token_counts() {
    let stage = Stage::new();
    let place = |token: &str, site: u32| format!("idsite={site}&rec=1&country=de&token_auth={token}");
    for (token, site, status) in [(SUPER, 2, 200), (WRITE, 1, 200), (WRITE, 2, 400), (VIEW, 1, 400), (SECURE, 1, 400)] {
        let answer = stage.get(&format!("/matomo.php?{}", place(token, site))).await;
        assert_eq!(answer.status.as_u16(), status, "{token} {site}");
    }
    assert_eq!(stage.post("/matomo.php", place(SECURE, 1)).await.status, StatusCode::OK);
    let twice = format!("/matomo.php?token_auth={SECURE}");
    assert_eq!(stage.post(&twice, place(SECURE, 1)).await.status, StatusCode::BAD_REQUEST);
    let bulk = format!(r#"{{"requests":["?idsite=1&rec=1&cip=1.2.3.4"],"token_auth":"{SECURE}"}}"#);
    assert!(stage.post("/matomo.php", bulk).await.text().contains("\"invalid\":1"));
}

#[tokio::test]
async fn a_body_is_bounded_before_and_after_decompression() {
    let stage = Stage::new();
    let gzip = |body: Vec<u8>| {
        let request = Request::post("/matomo.php").header("content-encoding", "gzip");
        stage.send(request.header("content-type", "application/x-www-form-urlencoded").body(body.into()).unwrap())
    };
    let announced = Request::post(HIT).header("content-length", BODY_BYTES_MAX + 1).body(Body::from("x")).unwrap();
    assert_eq!(stage.send(announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let block = Bytes::from(vec![b'x'; 1024 * 1024]);
    let blocks = std::iter::repeat_n(block, BODY_BYTES_MAX / (1024 * 1024) + 1).map(Ok::<_, std::io::Error>);
    let endless = Body::from_stream(futures_util::stream::iter(blocks));
    assert_eq!(stage.post("/matomo.php", endless).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(gzip(packed(&vec![b'x'; BODY_BYTES_UNPACKED_MAX + 1])).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stage.dropped(DropReason::TooLarge), 3);
    assert_eq!(gzip(b"no gzip".to_vec()).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(stage.dropped(DropReason::MalformedBody), 1);
    assert_eq!(gzip(packed(b"idsite=1&rec=1")).await.status, StatusCode::OK);
    assert_eq!(stage.log.hits().len(), 1);
    stage.assert_balanced();
}

#[tokio::test]
async fn a_bulk_request_of_too_many_hits_is_refused_whole() {
    let stage = Stage::new();
    let requests = vec!["null"; crate::params::REQUESTS_MAX + 1].join(",");
    let answer = stage.post("/matomo.php", format!("{{\"requests\":[{requests}]}}")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(start_paused = true)]
async fn overload_is_told_at_once_and_counted() {
    let stage = Stage::new();
    stage.log.set(Mood::Hangs);
    let waiting: Vec<_> = (0..16).map(|_| tokio::spawn(crate::fake::answer(stage.router(), get(HIT)))).collect();
    tokio::task::yield_now().await;
    while stage.intake.in_flight.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let answer = stage.get(HIT).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(stage.dropped(DropReason::Overload), 1);
    for answer in waiting {
        assert_eq!(answer.await.unwrap().status, StatusCode::OK, "spooled after a while");
    }
    stage.assert_balanced();
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}
