//! The Send page: a form with a file, what would arrive and where, and then the message; once.

use std::time::Duration;

use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    browser::{Browser, Seen},
    who::school,
};
use crate::support::School;

/// The form as a browser sends it, with a file.
async fn previews(browser: &mut Browser, fields: &[(&'static str, String)], file: Option<(&'static str, Vec<u8>)>) -> Seen {
    let csrf = browser.get("/settings").await.csrf();
    let mut form = Form::new().text("csrf", csrf);
    for (name, value) in fields {
        form = form.text(*name, value.clone());
    }
    let file = file.map_or_else(|| Part::bytes(Vec::new()).file_name(""), |(name, bytes)| Part::bytes(bytes).file_name(name));
    let request = browser.request(Method::POST, "/send/preview").multipart(form.part("file", file));
    browser.take(request).await
}

/// What the second step carries on.
fn carried(seen: &Seen) -> Vec<(String, String)> {
    let form = seen.text().split("action=\"/send\"").nth(1).expect("a form that sends");
    let form = form.split("</form>").next().expect("it ends");
    let value = |input: &str, name: &str| {
        let found = input.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        found.map(|text| text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&").replace("&#39;", "'"))
    };
    form.split("<input").skip(1).filter_map(|input| Some((value(input, "name")?, value(input, "value")?))).collect()
}

async fn confirms(browser: &mut Browser, seen: &Seen) -> Seen {
    let fields = carried(seen);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/send", &fields).await
}

fn kept(school: &School) -> usize {
    std::fs::read_dir(school.data().join("announcements")).map_or(0, Iterator::count)
}

fn fields(of: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let usual =
        [("text", "Ertaga <yopiq> & tamom"), ("markup", "plain"), ("to", "ticked"), ("silent", "yes"), ("as", "document")];
    let mut all: Vec<_> = usual.into_iter().filter(|(name, _)| !of.iter().any(|(other, _)| other == name)).collect();
    all.extend(of);
    all.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

#[tokio::test]
async fn a_message_with_a_file_is_looked_at_and_sent_once_to_what_was_ticked() {
    let (school, base, _, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let page = boss.get("/send").await;
    let tick = format!("type=\"checkbox\" name=\"chat\" value=\"{}\"", grade2.id);
    assert!(page.text().contains(&tick) && page.text().contains("<legend>Groups</legend>"), "{}", page.text());
    let chat = grade2.id.to_string();
    let topic = format!("{}/5", grade2.id);
    school.sim.topic(&grade2, 5, false);
    let asked = fields(&[("chat", &chat), ("topics", &topic)]);
    let preview = previews(&mut boss, &asked, Some(("Jadval.pdf", b"a timetable".to_vec()))).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    for words in ["Nothing is sent yet", "Ertaga &#60;yopiq&#62; &#38; tamom", "Grade 2 · Grade 2/5", "Jadval.pdf", "At once"] {
        assert!(preview.text().contains(words), "{words}: {}", preview.text());
    }
    assert!(grade2.texts().iter().all(|text| !text.contains("Ertaga")) && kept(&school) == 1);
    let sent = confirms(&mut boss, &preview).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let again = confirms(&mut boss, &preview).await;
    assert_eq!(again.header("location"), sent.header("location"), "one preview is one message");
    for topic in [None, Some(5)] {
        let shown = grade2.reads().await;
        let file = shown.document.expect("a file");
        assert_eq!(
            (file.name.as_str(), file.bytes.as_slice(), shown.text.as_str()),
            ("Jadval.pdf", &b"a timetable"[..], "Ertaga <yopiq> & tamom")
        );
        assert_eq!(shown.topic, topic);
    }
    let gone = async {
        while kept(&school) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(40), gone).await.expect("the file goes once it is everywhere");
    let late = confirms(&mut boss, &preview).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text().contains("choose it again"), "{}", late.text());
}

#[tokio::test]
async fn a_preview_shows_markup_as_telegram_shows_it_and_nothing_else() {
    let (school, base, _, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let chat = grade2.id.to_string();
    let link = "<a target=\"_blank\" rel=\"noopener noreferrer nofollow\" href=\"https://a.uz\">here</a>";
    let shown = [
        ("html", "<b>Ertaga</b> <a href='https://a.uz'>here</a>", format!("<b>Ertaga</b> {link}")),
        ("markdown_v2", "*Ertaga* [here](https://a.uz) ||x||", format!("<b>Ertaga</b> {link} <span class=\"spoiler\">x</span>")),
        ("markdown", "*Ertaga* <script>", "<b>Ertaga</b> &#60;script&#62;".to_owned()),
        ("html", "<script>alert(1)</script>", "&#60;script&#62;alert(1)&#60;/script&#62;</div><p class=\"flaw\">".to_owned()),
        ("html", "<a href='javascript:alert(1)//.'>x</a>", "<span class=\"link\">x</span>".to_owned()),
    ];
    for (markup, text, expected) in shown {
        let seen = previews(&mut boss, &fields(&[("chat", &chat), ("markup", markup), ("text", text)]), None).await;
        assert!(seen.text().contains(&expected), "{text}: {}", seen.text());
        assert!(!seen.text().contains("<script>"), "{}", seen.text());
    }
}

#[tokio::test]
async fn what_cant_be_sent_is_a_sentence_and_leaves_nothing_behind() {
    let (school, base, ann, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let chat = grade2.id.to_string();
    let large = Some(("wall.jpg", vec![1; 10_000_001]));
    let seen = previews(&mut boss, &fields(&[("chat", &chat), ("as", "photo")]), large).await;
    assert!(seen.status == StatusCode::PAYLOAD_TOO_LARGE && seen.text().contains("takes 10 MB"), "{}", seen.text());
    let wrong = [
        (fields(&[]), None, "nobody to send it to"),
        (fields(&[("chat", &chat), ("text", " ")]), None, "nothing to send"),
        (fields(&[("chat", &chat), ("topics", "the first one")]), None, "topics can&#39;t be read"),
        (fields(&[("chat", &chat), ("at", "2020-01-01T09:00")]), None, "still to come"),
        (fields(&[("chat", &chat)]), Some(("empty.pdf", Vec::new())), "The file is empty"),
    ];
    for (asked, file, words) in wrong {
        let seen = previews(&mut boss, &asked, file).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}: {}", seen.text());
        assert!(seen.text().contains(words), "{words}: {}", seen.text());
    }
    // What isn't a form of ours doesn't get to the disk, nor does anything of a teacher's.
    let foreign = Form::new().text("csrf", "x").part("file", Part::bytes(b"x".to_vec()).file_name("x"));
    assert_eq!(boss.take(boss.request(Method::POST, "/send/preview").multipart(foreign)).await.status, StatusCode::FORBIDDEN);
    let mut teacher = Browser::of(&base, &school, &ann).await;
    let seen = previews(&mut teacher, &fields(&[("chat", &chat)]), Some(("x.pdf", b"x".to_vec()))).await;
    assert_eq!((seen.status, kept(&school)), (StatusCode::FORBIDDEN, 0));
}

#[tokio::test]
async fn what_is_larger_than_telegram_takes_is_refused_with_a_sentence_and_kept_nowhere() {
    let (school, base, _, _, grade2) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let chat = grade2.id.to_string();
    let is_refused = |seen: &Seen| seen.status == StatusCode::PAYLOAD_TOO_LARGE && seen.text().contains("takes 50 MB");
    // It says how large it is, or only shows it as it comes.
    let large = vec![7; 51_000_000];
    let seen = previews(&mut boss, &fields(&[("chat", &chat)]), Some(("film.mp4", large.clone()))).await;
    assert!(is_refused(&seen), "{seen:?}");
    let csrf = boss.get("/settings").await.csrf();
    let stream =
        futures::stream::iter(large.chunks(64 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>());
    let part = Part::stream(reqwest::Body::wrap_stream(stream)).file_name("film.mp4");
    let seen =
        boss.take(boss.request(Method::POST, "/send/preview").multipart(Form::new().text("csrf", csrf).part("file", part))).await;
    assert!(is_refused(&seen), "{seen:?}");
    // What nobody would wait for is refused before any of it came.
    let cookies: Vec<_> = boss.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST /send/preview HTTP/1.1\r\nHost: x\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000000\r\n\r\n",
        cookies.join("; ")
    );
    let mut line = TcpStream::connect(base.trim_start_matches("http://")).await.expect("connects");
    line.write_all(head.as_bytes()).await.expect("writes");
    let mut answer = [0; 12];
    line.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 413");
    assert_eq!(kept(&school), 0);
}

#[tokio::test]
async fn where_programs_send_is_the_same_page_for_people_who_are_signed_in() {
    let (school, base, ann, ..) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let mut stranger = Browser::at(&base);
    assert!(stranger.get("/telegram/send-message/").await.text().contains("Programs POST here"));
    let mut teacher = Browser::of(&base, &school, &ann).await;
    assert!(teacher.get("/telegram/send-message/").await.text().contains("Programs POST here"));
    let page = boss.get("/telegram/send-message/").await;
    assert!(page.text().contains("action=\"/send/preview\"") && page.text().contains("enctype=\"multipart/form-data\""));
}
