//! Somebody looks at a page: who, when, in which language, at what.

use std::ops::ControlFlow;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Dashboard, page::Periods, query::Query};
use crate::{
    domain::{
        day::DaySink,
        ids::{ChatId, TeacherId, UserId},
        lang::Lang,
        period::{Period, local_day},
        registry::Stamp,
        rules::Admin,
        sign_in::{Digest, Role, Way},
        state::State,
        tally::Tally,
        work::ReportScope,
    },
    orders::Refusal,
    report::activity::{Activity, Collector},
    store::StoreFault,
    text::pages::{Notice, Words, refusal},
};

/// Somebody who is signed in, as what they are at this moment.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) user: UserId,
    pub(super) role: Role,
    /// They may collect public channels with an account of their own.
    pub(super) researches: bool,
    pub(super) lang: Lang,
    /// What they are called.
    pub(super) name: String,
    pub(super) by: Way,
    /// The hash of their cookie.
    pub(super) session: Digest,
    /// What their forms carry.
    pub(super) csrf: String,
}

impl Visitor {
    /// The proof that they may change things.
    pub(super) fn admin(&self) -> Option<Admin> {
        match self.role {
            Role::Admin(admin) => Some(admin),
            Role::Viewer | Role::Teacher(_) | Role::Researcher => None,
        }
    }
}

/// A look at a page.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) dashboard: &'a Dashboard,
    pub(super) visitor: &'a Visitor,
    pub(super) now: DateTime<Utc>,
    /// The page's address without what is behind the `?`.
    pub(super) path: &'a str,
    /// What stands in the address where its pattern has a name.
    pub(super) id: &'a str,
    pub(super) query: &'a Query,
    pub(super) theme: &'static str,
}

/// Why something can't be shown or done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is no such thing.
    Missing,
    /// It isn't for them.
    Forbidden,
    /// The form is somebody else's, or old.
    Form,
    /// Too many attempts.
    Often,
    /// The days make no period.
    Period,
    /// What was asked for can't be, in words.
    Refused(String),
    /// More came than may, in words.
    TooLarge(String),
    /// The disk.
    Fault(StoreFault),
    /// Anything else of ours.
    Broken(String),
}

impl From<StoreFault> for Trouble {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault)
    }
}

/// Whether there is any day.
struct Any(bool);

impl DaySink for Any {
    fn begin(&mut self, _: NaiveDate) -> ControlFlow<()> {
        self.0 = true;
        ControlFlow::Break(())
    }

    fn cell(&mut self, _: NaiveDate, _: ChatId, _: TeacherId, _: &Tally) {}
}

/// What was done, and where to go on.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) to: String,
    pub(super) notice: Option<Notice>,
    /// A cookie to be set: a name and a value; empty: to be deleted.
    pub(super) cookie: Option<(&'static str, String)>,
}

impl Done {
    pub(super) fn saved(to: impl Into<String>, notice: Notice) -> Self {
        Self { to: to.into(), notice: Some(notice), cookie: None }
    }
}

impl Look<'_> {
    pub(super) fn lang(&self) -> Lang {
        self.visitor.lang
    }

    pub(super) fn words(&self) -> Words {
        Words(self.visitor.lang)
    }

    pub(super) fn today(&self) -> NaiveDate {
        local_day(self.dashboard.rules().zone, self.now)
    }

    /// Reads the state, shortly.
    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        self.dashboard.store().read(look)
    }

    /// The teacher that the address names.
    pub(super) fn teacher(&self) -> Result<TeacherId, Trouble> {
        TeacherId::parse(self.id).map_err(|_| Trouble::Missing)
    }

    /// The chat that the address names.
    pub(super) fn chat(&self) -> Result<ChatId, Trouble> {
        let chat = self.id.parse().map_err(|_| Trouble::Missing)?;
        Ok(self.read(|state| state.current_id(chat)))
    }

    /// Why an order is refused, in the visitor's language.
    pub(super) fn refused(&self, why: &Refusal) -> Trouble {
        Trouble::Refused(refusal(why, self.lang()))
    }

    /// What was counted.
    pub(super) fn activity(
        &self,
        period: Period,
        teacher: Option<TeacherId>,
        group: Option<ChatId>,
    ) -> Result<Activity, Trouble> {
        let mut collector = Collector::new(ReportScope { period, teacher, group });
        self.dashboard.store().show_days(period, &mut collector)?;
        Ok(collector.finish())
    }

    /// Whether something can be compared with a period before: whoever was not counted on all of its days would seem to have
    /// become busy since.
    pub(super) fn compares_with(&self, before: Period, known_since: Option<&Stamp>) -> Result<bool, Trouble> {
        let zone = self.dashboard.rules().zone;
        let since = known_since.and_then(|stamp| stamp.instant(zone)).map(|at| local_day(zone, at));
        if since.is_some_and(|since| since > before.from) {
            return Ok(false);
        }
        let mut earlier = Any(false);
        self.dashboard.store().show_days(Period { from: NaiveDate::MIN, to: before.from }, &mut earlier)?;
        Ok(earlier.0)
    }

    /// The days that the address asks for: `days=7`, `month=this`, `month=last`, or `from` and `to`.
    pub(super) fn period(&self) -> Result<Period, Trouble> {
        let today = self.today();
        match (self.query.get("days"), self.query.get("month"), self.query.get("from"), self.query.get("to")) {
            (_, _, from, to) if !from.is_empty() || !to.is_empty() => {
                let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| Trouble::Period);
                Period::new(day(from)?, day(to)?).map_err(|_| Trouble::Period)
            }
            (_, "this", ..) => Ok(Period::this_month(today)),
            (_, "last", ..) => Ok(Period::last_month(today)),
            ("", ..) => Ok(Period::last_days(today, 7)),
            (days, ..) => {
                let days = days.parse().ok().filter(|days| (1..=Period::MAX_TYPED).contains(days)).ok_or(Trouble::Period)?;
                Ok(Period::last_days(today, days))
            }
        }
    }

    /// The choice of days on a page.
    pub(super) fn periods(&self, period: Period) -> Periods {
        let (words, today) = (self.words(), self.today());
        let days = |n: u64| (Period::last_days(today, n), "days", n.to_string());
        let month = |period, which: &str| (period, "month", which.to_owned());
        let all = [
            (words.today(), days(1)),
            (words.days_7(), days(7)),
            (words.days_30(), days(30)),
            (words.this_month(), month(Period::this_month(today), "this")),
            (words.last_month(), month(Period::last_month(today), "last")),
        ];
        let mut is_found = false;
        let links = all.into_iter().map(|(label, (of, name, value))| {
            // On the 7th this month is the last seven days too: one of them is enough.
            let is_here = of == period && !is_found;
            is_found |= is_here;
            (label, Query::default().with(name, &value).href(self.path), is_here)
        });
        Periods { links: links.collect(), path: self.path.to_owned(), from: period.from.to_string(), to: period.to.to_string() }
    }
}
