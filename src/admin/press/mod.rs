//! Inline buttons as callback data: readable ASCII of at most 64 bytes, `1:<code>[:<field>…]`.
//!
//! Buttons outlive releases, so a code once used keeps its meaning for ever: `tests/data/presses-v1.txt` holds a sample of
//! each. The data is no authority: whoever presses is checked at each press.

mod choice;
mod field;

use chrono::NaiveDate;

use self::field::Field;
pub use self::{
    backup::BackupPlan,
    choice::Choice,
    digest::{DigestOrder, DigestScreen, Plan, PlanDay},
    own::{OwnOrder, OwnScreen},
    sending::{SendingOrder, SendingScreen},
    study::{StudyOrder, StudyScreen},
};

use crate::domain::{
    ids::{BotId, ChatId, TeacherId, UserId},
    jobs::JobId,
    lang::Lang,
    period::Period,
    work::ReportFormat,
};

/// The version of the codec.
const VERSION: &str = "1";
/// Telegram's limit, in bytes.
pub const LONGEST: usize = 64;

/// Defines an enum of presses: each variant's code and fields stand once, for writing and reading alike. Behind each `and` stands
/// another such enum, whose presses are this one's too.
macro_rules! presses {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal { $($(#[$fdoc:meta])* $field:ident : $type:ty),* $(,)? }),* $(,)? } $(and $(#[$ndoc:meta])* $nested:ident($inner:ident))*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$vdoc])* $variant { $($(#[$fdoc])* $field: $type),* },)*
            $($(#[$ndoc])* $nested($inner),)*
        }

        impl $name {
            pub(in crate::admin::press) fn write(&self) -> Vec<String> {
                match self {
                    $(Self::$variant { $($field),* } => vec![$code.to_owned(), $(Field::write($field)),*],)*
                    $(Self::$nested(inner) => inner.write(),)*
                }
            }

            pub(in crate::admin::press) fn read(code: &str, fields: &[&str]) -> Option<Self> {
                match code {
                    $($code => {
                        let mut fields = fields.iter();
                        let read = Self::$variant { $($field: Field::read(fields.next()?)?),* };
                        fields.next().is_none().then_some(read)
                    })*
                    _ => None::<Self>$(.or_else(|| $inner::read(code, fields).map(Self::$nested)))*,
                }
            }

            pub(in crate::admin::press) fn examples() -> Vec<Self> {
                let own: Vec<Self> = vec![$(Self::$variant { $($field: Field::example()),* }),*];
                $(let own: Vec<Self> = own.into_iter().chain($inner::examples().into_iter().map(Self::$nested)).collect();)*
                own
            }
        }
    };
}

mod backup;
mod digest;
mod own;
mod sending;
mod study;

presses! {
    /// A screen of the menu.
    Screen {
        /// The main menu of whoever looks.
        Main = "m" {},
        /// All teachers.
        Teachers = "tl" { /** From 0. */ page: u16 },
        /// One teacher.
        Teacher = "t" { /** Who. */ teacher: TeacherId },
        /// Where a teacher is counted.
        TeacherGroups = "tg" { /** Who. */ teacher: TeacherId, /** From 0. */ page: u16 },
        /// A teacher's name, accounts and end.
        TeacherMore = "tm" { /** Who. */ teacher: TeacherId },
        /// Really delete?
        ConfirmDelete = "td" { /** Who. */ teacher: TeacherId },
        /// All groups.
        Groups = "gl" { /** From 0. */ page: u16 },
        /// One group.
        Group = "g" { /** Which. */ chat: ChatId },
        /// Who is counted in a group.
        GroupTeachers = "gt" { /** Which. */ chat: ChatId, /** From 0. */ page: u16 },
        /// Really remove?
        ConfirmRemove = "gd" { /** Which. */ chat: ChatId },
        /// Voices of a group without a person.
        Voices = "v" { /** Which. */ chat: ChatId },
        /// Whose is this voice?
        VoiceOwner = "vo" { /** Which. */ chat: ChatId, /** [`crate::domain::registry::Voice::tag`] */ tag: Tag, /** From 0. */ page: u16 },
        /// Count what a voice wrote before it had a person?
        Earlier = "ve" { /** Which. */ chat: ChatId, /** Which voice. */ tag: Tag },
        /// How to add a group.
        AddGroup = "ga" {},
        /// Which report?
        Reports = "rl" {},
        /// A report.
        Report = "r" { /** How it looks. */ view: ReportView, /** When. */ span: Span, /** Of whom. */ subject: Subject },
        /// Which workbook?
        Workbooks = "xl" {},
        /// Who wants to be registered.
        Requests = "ql" { /** From 0. */ page: u16 },
        /// Somebody who wants to be registered.
        Request = "q" { /** Who. */ user: UserId },
        /// What could be wrong.
        Diagnostics = "d" {},
        /// Which language?
        Language = "l" {},
        /// Help.
        Help = "h" {},
        /// What was found for the words that were typed.
        Found = "f" { /** From 0. */ page: u16 },
        /// A teacher's own activity.
        MyActivity = "my" { /** When. */ span: Span },
        /// The chats that bots are in.
        Chats = "hl" { /** From 0. */ page: u16 },
        /// One of them.
        Chat = "hc" { /** Which. */ chat: ChatId },
        /// What is done in the background.
        Jobs = "jl" { /** From 0. */ page: u16 },
        /// One of these jobs.
        Job = "j" { /** Which. */ job: JobId },
    }
    and /** Of study time. */ Study(StudyScreen)
    and /** Of one's own settings, or of commands. */ Own(OwnScreen)
    and /** Of messages to many. */ Sending(SendingScreen)
    and /** Of reports and backups that come by themselves. */ Digest(DigestScreen)
}

presses! {
    /// A wish: the wanted end, never "the other way round", so that pressing twice is pressing once.
    Order {
        /// Count a teacher in a group, or stop.
        Assign = "as" { /** Who. */ teacher: TeacherId, /** Where. */ chat: ChatId, /** Count. */ on: bool, /** What to show then. */ back: Back },
        /// Count a teacher in all groups, or none.
        AssignAll = "aa" { /** Who. */ teacher: TeacherId, /** Count. */ on: bool },
        /// Count a teacher at all.
        Activate = "ac" { /** Who. */ teacher: TeacherId, /** Count. */ on: bool },
        /// Delete a teacher; what was counted stays.
        Delete = "dt" { /** Who. */ teacher: TeacherId },
        /// Count in a group at all.
        Enable = "en" { /** Where. */ chat: ChatId, /** Count. */ on: bool },
        /// Let another bot count in a group.
        CountBy = "gb" { /** Where. */ chat: ChatId, /** Which. */ bot: BotId },
        /// Register a group that somebody added the bot to.
        Register = "rg" { /** Which. */ chat: ChatId },
        /// Leave such a group.
        Leave = "lg" { /** Which. */ chat: ChatId },
        /// Remove a group from the registry; what was counted stays.
        RemoveGroup = "xg" { /** Which. */ chat: ChatId },
        /// Let somebody in.
        Approve = "ok" { /** Who. */ user: UserId },
        /// Turn somebody away.
        Reject = "no" { /** Who. */ user: UserId },
        /// A voice's posts are this teacher's from now on.
        Attribute = "va" { /** Where. */ chat: ChatId, /** Which voice. */ tag: Tag, /** Whose. */ teacher: TeacherId },
        /// A voice's posts are nobody's from now on.
        Detach = "vx" { /** Where. */ chat: ChatId, /** Which voice. */ tag: Tag },
        /// What a voice wrote before counts for its teacher too.
        CountEarlier = "vc" { /** Where. */ chat: ChatId, /** Which voice. */ tag: Tag },
        /// Forget an account of a teacher.
        DropAccount = "xa" { /** Whose. */ teacher: TeacherId, /** Which. */ user: UserId },
        /// Speak this language.
        Speak = "sl" { /** Which. */ lang: Lang },
        /// Look which groups are still there.
        SyncGroups = "sy" {},
        /// Send a report as a file or picture.
        Send = "sr" { /** As what. */ format: ReportFormat, /** When. */ span: Span, /** Of whom. */ subject: Subject },
        /// End the report or check that is being made.
        StopWork = "sw" {},
        /// Begin a new teacher.
        AskTeacher = "nt" {},
        /// Make an id for the new teacher.
        GenerateId = "ni" {},
        /// The new teacher's account comes later.
        SkipAccount = "na" {},
        /// Begin a teacher's other name.
        AskName = "nn" { /** Whose. */ teacher: TeacherId },
        /// Begin a teacher's account.
        AskAccount = "nc" { /** Whose. */ teacher: TeacherId, /** Instead of the first one. */ replace: bool },
        /// Begin a group's own name.
        AskGroupName = "ng" { /** Which. */ chat: ChatId },
        /// Begin a period for a report.
        AskReportPeriod = "np" {},
        /// Begin a period for a report of one teacher or group.
        AskPeriodOf = "nq" { /** Of whom. */ subject: Subject },
        /// Begin a period for a workbook.
        AskWorkbookPeriod = "nx" {},
        /// Begin a search.
        AskSearch = "nf" {},
        /// Begin one's own registration.
        AskOwnName = "nr" {},
        /// Give up the open form.
        Cancel = "x" {},
        /// Have Telegram asked about all chats.
        RefreshChats = "ha" {},
        /// About one.
        RefreshChat = "hr" { /** Which. */ chat: ChatId },
        /// Run a background job now.
        StartJob = "js" { /** Which. */ job: JobId },
        /// Stop one; cancel an announcement.
        StopJob = "jx" { /** Which. */ job: JobId },
        /// Send an announcement again where it failed.
        SendAgain = "jr" { /** Which. */ job: JobId },
    }
    and /** About study time. */ Study(StudyOrder)
    and /** About one's own settings, or commands. */ Own(OwnOrder)
    and /** About messages to many. */ Sending(SendingOrder)
    and /** About reports and backups that come by themselves, and jobs' times. */ Digest(DigestOrder)
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Shows a screen.
    Show(Screen),
    /// Wishes something.
    Do(Order),
}

impl Press {
    /// As callback data.
    pub fn encode(&self) -> String {
        let parts = match self {
            Press::Show(screen) => screen.write(),
            Press::Do(order) => order.write(),
        };
        let data = format!("{VERSION}:{}", parts.join(":"));
        debug_assert!(data.len() <= LONGEST, "{data} is too long for a button");
        data
    }

    /// From callback data. `None`: a later release's, or forged.
    pub fn decode(data: &str) -> Option<Self> {
        let mut parts = Some(data).filter(|data| data.len() <= LONGEST)?.split(':');
        if parts.next() != Some(VERSION) {
            return None;
        }
        let code = parts.next()?;
        let fields: Vec<_> = parts.collect();
        Screen::read(code, &fields).map(Press::Show).or_else(|| Order::read(code, &fields).map(Press::Do))
    }

    /// One of each, with the longest fields that there are.
    pub fn examples() -> Vec<Self> {
        let screens = Screen::examples().into_iter().map(Press::Show);
        screens.chain(Order::examples().into_iter().map(Press::Do)).collect()
    }
}

impl Screen {
    /// As callback data.
    pub fn encode(&self) -> String {
        Press::Show(self.clone()).encode()
    }

    /// Whether it shows what somebody looked for or is writing: then what they typed is kept.
    pub fn is_finding(&self) -> bool {
        match self {
            Screen::Found { .. } | Screen::Study(StudyScreen::FoundMembers { .. }) => true,
            Screen::Sending(screen) => screen.is_of_draft(),
            _ => false,
        }
    }
}

/// What to show after an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// This page of the teacher's groups.
    Teacher(u16),
    /// This page of the group's teachers.
    Group(u16),
    /// The teacher.
    Nowhere,
}

/// [`crate::domain::registry::Voice::tag`]: eight hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(pub String);

/// How a report is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportView {
    /// The main points.
    Summary,
    /// Teacher by teacher.
    ByTeacher,
    /// Group by group.
    ByGroup,
    /// Who wrote nothing.
    Silent,
}

impl ReportView {
    /// All of them, in the order of the buttons.
    pub const ALL: [ReportView; 4] = [Self::Summary, Self::ByTeacher, Self::ByGroup, Self::Silent];
}

/// Of whom a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Everybody everywhere.
    All,
    /// One teacher.
    Teacher(TeacherId),
    /// One group.
    Group(ChatId),
}

/// A period that means something else tomorrow, or fixed dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Today.
    Today,
    /// The last so many days, today included.
    Last(u16),
    /// This calendar month so far.
    ThisMonth,
    /// The calendar month before.
    LastMonth,
    /// These days.
    Dates(Period),
}

impl Span {
    /// Those that have a button.
    pub const BUTTONS: [Span; 6] = [Span::Today, Span::Last(7), Span::Last(30), Span::Last(90), Span::ThisMonth, Span::LastMonth];

    /// The days that it means today.
    pub fn period(self, today: NaiveDate) -> Period {
        match self {
            Span::Today => Period::last_days(today, 1),
            Span::Last(days) => Period::last_days(today, u64::from(days)),
            Span::ThisMonth => Period::this_month(today),
            Span::LastMonth => Period::last_month(today),
            Span::Dates(period) => period,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_press_fits_a_button_and_survives_it() {
        for press in Press::examples() {
            let data = press.encode();
            assert!(data.len() <= LONGEST && data.is_ascii(), "{data}");
            assert_eq!(Press::decode(&data), Some(press), "{data}");
        }
    }

    #[test]
    fn no_two_presses_share_a_code() {
        let codes: Vec<_> =
            Press::examples().iter().map(|press| press.encode().split(':').nth(1).expect("a code").to_owned()).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{codes:?}");
    }

    #[test]
    fn the_buttons_of_every_release_are_understood() {
        let frozen = include_str!("../../../tests/data/presses-v1.txt");
        for line in frozen.lines() {
            assert_eq!(Press::decode(line).map(|press| press.encode()).as_deref(), Some(line));
        }
        let known: BTreeSet<_> = frozen.lines().filter_map(|line| line.split(':').nth(1)).collect();
        for press in Press::examples() {
            let data = press.encode();
            assert!(data.split(':').nth(1).is_some_and(|code| known.contains(code)), "add {data} to tests/data/presses-v1.txt");
        }
    }

    proptest! {
        #[test]
        fn any_data_is_read_or_refused(data in "1:[a-z]{1,2}(:[-a-zA-Z0-9]{0,20}){0,4}") {
            if let Some(press) = Press::decode(&data) {
                prop_assert_eq!(Press::decode(&press.encode()), Some(press));
            }
        }
    }
}
