//! What Telegram sends, and what people type and press.

use std::cell::RefCell;

use crate::{
    admin::{
        self, Press,
        press::LONGEST,
        school::{ADMIN, ANN, School, presses_of, screen_of},
    },
    counter,
    domain::{
        change::Outcome,
        event::{Command, Event, Said, SharedPerson},
        ids::UserId,
        state::State,
        tally::Tally,
        work::{Buttons, Work},
    },
    membership, telegram,
    text::split::{LONGEST as LONGEST_MESSAGE, messages},
};

const BOT: &str = "rollcall_bot";
/// What Telegram knows of HTML, as far as we use it.
const TAGS: [&str; 8] = ["b", "i", "u", "s", "a", "code", "pre", "blockquote"];
const ENTITIES: [&str; 4] = ["&lt;", "&gt;", "&amp;", "&quot;"];

/// The body of a `getUpdates` answer: whatever is in it, it is refused as a whole or cut into updates, and each is read as
/// something with a number of Telegram's, or as nothing.
pub fn intake(body: &[u8]) {
    let Ok(updates) = telegram::raw_updates(body) else { return };
    for raw in updates {
        if let Some((id, _)) = telegram::read_update(raw.get(), BOT) {
            assert!(u32::try_from(id.0).is_ok(), "{}", raw.get());
        }
    }
}

/// Updates, one a line, decided about as the dispatcher does. One update raises at most one counter by one, only a message
/// of the counted teacher's account in a group does, and a migration adds nothing up wrongly.
pub fn updates(lines: &[u8]) {
    let Ok(lines) = std::str::from_utf8(lines) else { return };
    let mut school = small_school();
    for line in lines.lines().take(50) {
        let Some((_, event)) = telegram::read_update(line, BOT) else { continue };
        let before = counted(&school.state);
        let outcome = decide(&school, &event);
        let work = school.apply(outcome);
        check(&school, &work);
        let after = counted(&school.state);
        let may_count = matches!(event, Event::GroupMessage(_));
        assert!(after == before || (may_count && after == before + 1), "{before} → {after}: {line}");
    }
}

/// Callback data: refused, or read as what writes itself the same way and fits a button; whoever presses it gets one answer.
pub fn press(data: &[u8]) {
    let Ok(data) = std::str::from_utf8(data) else { return };
    if let Some(press) = Press::decode(data) {
        let written = press.encode();
        assert!(written.len() <= LONGEST && !written.is_empty(), "{data:?} is written as {written:?}");
        assert_eq!(Press::decode(&written), Some(press), "{data:?} is written as {written:?}");
    }
    for user in [ADMIN, ANN] {
        let mut school = small_school();
        let work = school.presses(user, data);
        check(&school, &work);
        assert_eq!(work.iter().filter(|work| matches!(work, Work::Answer { .. })).count(), 1, "{data:?}");
    }
}

/// A conversation, one utterance a line: callback data is pressed, `/word` is a command, `@number` points at a person,
/// anything else is typed.
pub fn dialogue(lines: &[u8]) {
    let Ok(lines) = std::str::from_utf8(lines) else { return };
    let mut school = small_school();
    for line in lines.lines().take(50) {
        let before = counted(&school.state);
        let work = if line.starts_with("1:") { school.presses(ADMIN, line) } else { school.says(ADMIN, utterance(line)) };
        check(&school, &work);
        assert_eq!(counted(&school.state), before, "talking counts nothing: {line}");
    }
}

fn utterance(line: &str) -> Said {
    if let Some(word) = line.strip_prefix('/') {
        return Command::from_word(word).map_or_else(
            || Said::OtherCommand { word: word.to_owned(), name: "Ann".to_owned() },
            |command| Said::Command(command, String::new()),
        );
    }
    match line.strip_prefix('@') {
        Some("") => Said::NoAccount,
        Some(pointed) => pointed.parse().map_or_else(
            |_| Said::HiddenAuthor(pointed.to_owned()),
            |id| Said::Person(SharedPerson { id: UserId(id), name: None, is_bot: false }),
        ),
        None if line.is_empty() => Said::Something,
        None => Said::Text(line.to_owned()),
    }
}

/// As the dispatcher routes.
fn decide(school: &School, event: &Event) -> Outcome {
    let desk = school.desk();
    match event {
        Event::GroupMessage(message) => {
            let mut outcome = membership::seen_in(&desk, message.chat);
            outcome.append(counter::count(&school.state, &school.rules, message, school.now));
            outcome
        }
        Event::GroupCommand(command) => admin::on_group_command(&desk, command),
        Event::CustomCommand(command) => admin::on_custom_command(&desk, command),
        Event::PrivateMessage(message) => admin::on_private_message(&desk, message),
        Event::Press(press) => admin::on_press(&desk, press),
        Event::Migrated { from, to } => membership::migrated(&desk, *from, *to),
        Event::Renamed { chat, title } => membership::renamed(&desk, *chat, title),
        Event::OwnStanding(standing) => membership::own_standing(&desk, standing),
        Event::MemberStanding(standing) => membership::member_standing(&desk, standing),
        Event::PrivateStanding { user, reachable } => membership::private_standing(&desk, *user, *reachable),
        Event::Ignored(_) => Outcome::nothing(),
    }
}

/// Everything that is counted anywhere, of any kind.
fn counted(state: &State) -> u64 {
    let of = |tally: &Tally| tally.total() + tally.extra_total();
    let days = state.days.values();
    days.map(|day| {
        let cells: u64 = day.cells.iter().map(|(.., tally)| of(tally)).sum();
        let voices: u64 = day.unattributed.values().flat_map(|voices| voices.values()).map(of).sum();
        cells + voices
    })
    .sum()
}

/// What leaves can be sent: messages fit, screens can be drawn, buttons are ones that we understand.
fn check(school: &School, work: &[Work]) {
    for work in work {
        match work {
            Work::Send { html, buttons, .. } => check_message(html, buttons),
            Work::Show { user, screen, .. } => {
                let view = school.draw(*user, &screen_of(screen));
                check_message(view.html.as_str(), &view.buttons);
            }
            Work::Answer { text, .. } => {
                assert!(text.as_ref().is_none_or(|text| text.encode_utf16().count() <= 200), "{text:?}");
            }
            Work::SendReport { scope, .. } => assert!(scope.period.from <= scope.period.to),
            Work::Leave { .. }
            | Work::SyncGroups { .. }
            | Work::AssignWhereMember { .. }
            | Work::CreditVoice { .. }
            | Work::ForgetMember { .. }
            | Work::CheckTarget { .. }
            | Work::SendStudyChart { .. }
            | Work::StopJob { .. }
            | Work::SendSignIn { .. }
            | Work::ShowFreshChats { .. }
            | Work::Deliver { .. }
            | Work::Preview { .. }
            | Work::Diagnose { .. }
            | Work::PassOn { .. }
            | Work::PassBack { .. }
            | Work::ShowFeed { .. }
            | Work::Ask(_)
            | Work::ForgetTalk { .. }
            | Work::ForgetCollected { .. } => {}
        }
    }
}

fn check_message(html: &str, buttons: &Buttons) {
    for part in messages(html) {
        let seen = seen(&part).unwrap_or_else(|why| panic!("{why}: {part}"));
        assert!(seen.encode_utf16().count() <= LONGEST_MESSAGE, "{part}");
    }
    for data in presses_of(buttons) {
        assert!(Press::decode(&data).is_some() && data.len() <= LONGEST, "{data}");
    }
}

/// What a reader sees of HTML that Telegram takes; why it doesn't otherwise.
fn seen(html: &str) -> Result<String, &'static str> {
    let (mut seen, mut open, mut rest) = (String::new(), Vec::new(), html);
    while let Some(at) = rest.find(['<', '&']) {
        seen.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(entity) = ENTITIES.iter().find(|entity| rest.starts_with(**entity)) {
            seen.push('&');
            rest = &rest[entity.len()..];
            continue;
        }
        let end = rest.find('>').filter(|_| rest.starts_with('<')).ok_or("a bare < or &")?;
        let (tag, after) = (&rest[1..end], &rest[end + 1..]);
        match tag.strip_prefix('/') {
            Some(name) if open.pop() == Some(name) => {}
            Some(_) => return Err("a tag is closed that isn't open"),
            None => {
                let name = tag.split(' ').next().unwrap_or(tag);
                TAGS.contains(&name).then(|| open.push(name)).ok_or("an unknown tag")?;
            }
        }
        rest = after;
    }
    seen.push_str(rest);
    if open.is_empty() { Ok(seen) } else { Err("a tag stays open") }
}

/// A new copy of the same school: making one anew costs more than most inputs do.
fn small_school() -> School {
    thread_local! {
        static SMALL: RefCell<Option<School>> = const { RefCell::new(None) };
    }
    SMALL.with_borrow_mut(|made| made.get_or_insert_with(|| School::small().with_study()).clone())
}
