//! Live numbers.

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

use super::{browser::Browser, who::school};

/// The next figures of a stream; `None` at its end.
async fn next(stream: &mut Response, read: &mut String) -> Option<Value> {
    loop {
        if let Some((event, rest)) = read.split_once("\n\n") {
            let figures = event.split("data: ").nth(1).map(|data| serde_json::from_str(data).expect("JSON"));
            *read = rest.to_owned();
            if let Some(figures) = figures {
                return Some(figures);
            }
            continue;
        }
        match stream.chunk().await {
            Ok(Some(chunk)) => read.push_str(std::str::from_utf8(&chunk).expect("UTF-8")),
            Ok(None) | Err(_) => return None,
        }
    }
}

#[tokio::test]
async fn a_message_moves_todays_number_and_signing_out_ends_the_stream() {
    let (school, base, ann, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let mut stream = boss.request(Method::GET, "/events").send().await.expect("answers");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut read = String::new();
    let first = next(&mut stream, &mut read).await.expect("figures at once");
    assert_eq!(first["values"]["today"], "0");
    ann.says(&grade2, "hello");
    let then = next(&mut stream, &mut read).await.expect("news");
    assert_eq!((&then["values"]["today"], &then["values"]["teachers"]), (&"1".into(), &"1".into()));
    boss.submit("/sign-out", &[]).await;
    ann.says(&grade2, "again");
    assert_eq!(next(&mut stream, &mut read).await, None, "nobody listens there any more");
}

#[tokio::test]
async fn one_person_has_only_so_many_streams() {
    let (school, base, ..) = school();
    let boss = Browser::of(&base, &school, &school.boss).await;
    let mut open = Vec::new();
    for _ in 0..6 {
        let stream = boss.request(Method::GET, "/events").send().await.expect("answers");
        assert_eq!(stream.status(), StatusCode::OK);
        open.push(stream);
    }
    let beyond = boss.request(Method::GET, "/events").send().await.expect("answers");
    assert_eq!(beyond.status(), StatusCode::SERVICE_UNAVAILABLE);
    drop(open);
}
