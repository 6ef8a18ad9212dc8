//! The presses of study time.

use chrono::NaiveDate;

use super::{Choice, field::Field};
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{CorrectionId, PostKey, Setting},
};

presses! {
    /// A screen of study time.
    StudyScreen {
        /// Watched groups.
        Communities = "c" { /** From 0. */ page: u16 },
        /// Groups that could be watched.
        Watch = "cw" { /** From 0. */ page: u16 },
        /// The user session, which sees the calls.
        Session = "cu" {},
        /// One watched group.
        Community = "co" { /** Which. */ chat: ChatId },
        /// The board as it would be posted now.
        Preview = "cp" { /** Whose. */ chat: ChatId },
        /// Really post it now?
        ConfirmPost = "cn" { /** Whose. */ chat: ChatId },
        /// What became of a board.
        Post = "cb" { /** Whose. */ chat: ChatId, /** Which. */ post: PostKey },
        /// Does a board say what the stays say now?
        Audit = "cq" { /** Whose. */ chat: ChatId, /** Which. */ post: PostKey },
        /// How a group is watched.
        Settings = "cs" { /** Which. */ chat: ChatId },
        /// The choices for one of the settings.
        Setting = "ct" { /** Whose. */ chat: ChatId, /** Which. */ setting: Setting },
        /// Everybody who was ever seen.
        Members = "cm" { /** Where. */ chat: ChatId, /** From 0. */ page: u16 },
        /// Those whose name has the words in it that were typed.
        FoundMembers = "cf" { /** Where. */ chat: ChatId, /** From 0. */ page: u16 },
        /// One of them.
        Member = "ck" { /** Where. */ chat: ChatId, /** Who. */ who: Who },
        /// Why is their time what it is, day by day?
        Why = "cy" { /** Where. */ chat: ChatId, /** Whose. */ who: Who, /** So many weeks ago. */ weeks: u16 },
        /// The same for one day, line by line.
        WhyDay = "cd" { /** Where. */ chat: ChatId, /** Whose. */ who: Who, /** When. */ day: NaiveDate },
        /// Which other account is this person?
        SamePerson = "ca" { /** Where. */ chat: ChatId, /** Who. */ who: Who, /** From 0. */ page: u16 },
        /// Time that admins gave and took.
        Corrections = "cc" { /** Where. */ chat: ChatId, /** From 0. */ page: u16 },
        /// One of these.
        Correction = "ce" { /** Where. */ chat: ChatId, /** Which. */ correction: CorrectionId },
        /// One's own communities.
        MyCommunities = "p" {},
        /// One's own time.
        MyTime = "pt" { /** Where. */ chat: ChatId },
        /// Why one's own time is what it is, day by day.
        MyWhy = "pw" { /** Where. */ chat: ChatId, /** So many weeks ago. */ weeks: u16 },
        /// The same for one day.
        MyWhyDay = "pd" { /** Where. */ chat: ChatId, /** When. */ day: NaiveDate },
        /// How much one wants to reach each day.
        MyGoal = "pg" { /** Where. */ chat: ChatId },
        /// Really delete what is known of oneself?
        ConfirmForget = "px" { /** Where. */ chat: ChatId },
    }
}

presses! {
    /// A wish about study time: the wanted end.
    StudyOrder {
        /// Begin to watch a group.
        Watch = "kw" { /** Which. */ chat: ChatId },
        /// Watch it, or rest.
        Run = "kp" { /** Which. */ chat: ChatId, /** Watch. */ on: bool },
        /// Have it so.
        Set = "ks" { /** Where. */ chat: ChatId, /** What. */ choice: Choice },
        /// Type a value that has no button.
        AskSetting = "ka" { /** Where. */ chat: ChatId, /** Of what. */ setting: Setting },
        /// Post today's board out of turn. The moment at which the button was drawn names the post, so that pressing twice posts once.
        PostNow = "kn" { /** Whose. */ chat: ChatId, /** Unix milliseconds. */ asked: i64 },
        /// A board that nobody knows about is to be posted again.
        PostAgain = "kg" { /** Whose. */ chat: ChatId, /** Which. */ post: PostKey },
        /// A board that nobody knows about is there.
        PostIsThere = "ki" { /** Whose. */ chat: ChatId, /** Which. */ post: PostKey },
        /// A refused board is to be tried again.
        PostRetry = "kt" { /** Whose. */ chat: ChatId, /** Which. */ post: PostKey },
        /// Look for somebody.
        AskMember = "kf" { /** Where. */ chat: ChatId },
        /// This account belongs to the person who has the other one.
        Join = "kj" { /** Where. */ chat: ChatId, /** Which. */ who: Who, /** The other one. */ same_as: Who },
        /// This account belongs to somebody of their own.
        Part = "kx" { /** Where. */ chat: ChatId, /** Which. */ who: Who },
        /// Begin a correction.
        AskCorrection = "kc" { /** Where. */ chat: ChatId, /** Whose. */ who: Who },
        /// The correction that is being filled in is for this day.
        CorrectionDay = "kd" { /** When. */ day: NaiveDate },
        /// It is so much.
        CorrectionMinutes = "km" { /** Negative: less. */ minutes: i32 },
        /// It is right as it is summed up.
        CorrectionDone = "kk" {},
        /// A correction counts no more. It stays in the list.
        Withdraw = "kv" { /** Where. */ chat: ChatId, /** Which. */ correction: CorrectionId },
        /// One wants to reach so much each day.
        SetGoal = "og" { /** Where. */ chat: ChatId, /** 0: nothing. */ minutes: u32 },
        /// Type it.
        AskGoal = "oa" { /** Where. */ chat: ChatId },
        /// One's name is not in posts, or is.
        Hide = "oh" { /** Where. */ chat: ChatId, /** Not in posts. */ on: bool },
        /// One wants a picture of one's own time.
        Chart = "oc" { /** Where. */ chat: ChatId },
        /// Everything that is known of oneself is to be deleted.
        ForgetMe = "of" { /** Where. */ chat: ChatId },
    }
}

impl StudyScreen {
    /// Whether it shows a member's own things, and not an admin's.
    pub fn is_members(&self) -> bool {
        match self {
            Self::MyCommunities {}
            | Self::MyTime { .. }
            | Self::MyWhy { .. }
            | Self::MyWhyDay { .. }
            | Self::MyGoal { .. }
            | Self::ConfirmForget { .. } => true,
            Self::Communities { .. }
            | Self::Watch { .. }
            | Self::Session {}
            | Self::Community { .. }
            | Self::Preview { .. }
            | Self::ConfirmPost { .. }
            | Self::Post { .. }
            | Self::Audit { .. }
            | Self::Settings { .. }
            | Self::Setting { .. }
            | Self::Members { .. }
            | Self::FoundMembers { .. }
            | Self::Member { .. }
            | Self::Why { .. }
            | Self::WhyDay { .. }
            | Self::SamePerson { .. }
            | Self::Corrections { .. }
            | Self::Correction { .. } => false,
        }
    }
}

impl StudyOrder {
    /// Whether a member may wish it for themselves.
    pub fn is_members(&self) -> bool {
        match self {
            Self::SetGoal { .. } | Self::AskGoal { .. } | Self::Hide { .. } | Self::Chart { .. } | Self::ForgetMe { .. } => true,
            Self::Watch { .. }
            | Self::Run { .. }
            | Self::Set { .. }
            | Self::AskSetting { .. }
            | Self::PostNow { .. }
            | Self::PostAgain { .. }
            | Self::PostIsThere { .. }
            | Self::PostRetry { .. }
            | Self::AskMember { .. }
            | Self::Join { .. }
            | Self::Part { .. }
            | Self::AskCorrection { .. }
            | Self::CorrectionDay { .. }
            | Self::CorrectionMinutes { .. }
            | Self::CorrectionDone {}
            | Self::Withdraw { .. } => false,
        }
    }
}
