//! Moving over from the Python study tracker: what its files say, and what becomes of it here. Everything is set, nothing added: the
//! same import again changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::board::shifted;
use crate::domain::{
    change::Change,
    ids::{ChatId, tidy},
    lang::Lang,
    period::local_day,
    presence::Who,
    state::State,
    study::{Alias, Community, Member, PresenceChange, StudyChange},
};

/// How long ago the last post may be for the days since then to be made up for.
const RECENT_DAYS: i64 = 7;

/// What the tracker knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tracker {
    /// The day from which its days, weeks and months are numbered.
    pub anchor: Option<NaiveDate>,
    /// The last day of which it posted a board.
    pub last_post: Option<NaiveDate>,
    /// Seconds by local day and account.
    pub days: BTreeMap<NaiveDate, BTreeMap<Who, u32>>,
    /// How accounts are called: display name and username.
    pub names: BTreeMap<Who, (String, Option<String>)>,
    /// Compliments by period (`week:2026-01-08`) and account.
    pub compliments: BTreeMap<String, BTreeMap<Who, String>>,
    /// Usernames of one person → the one that stands for them.
    pub aliases: BTreeMap<Alias, Alias>,
}

/// An import, as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// Into which community.
    pub chat: ChatId,
    /// Its title, should it be new.
    pub title: Option<String>,
    /// Its zone, should it be new.
    pub zone: Tz,
    /// Its language, should it be new.
    pub lang: Lang,
    /// What the tracker knows.
    pub tracker: Tracker,
}

/// What an import comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// New values.
    pub changes: Vec<Change>,
    /// What is to be said about it, line by line.
    pub report: Vec<String>,
}

/// What an import changes. The days in it have to be in memory.
pub fn plan(state: &State, import: &Import, now: DateTime<Utc>) -> Plan {
    let mut plan = Plan::default();
    plan.community(state, import, now);
    plan.days(state, import);
    plan.names(state, import);
    plan.aliases(state, import);
    plan.compliments(state, import);
    if plan.changes.is_empty() {
        plan.report.push("Everything is there already.".to_owned());
    }
    plan
}

impl Plan {
    fn say(&mut self, what: &str, text: String) {
        self.report.push(format!("{what:<12} {text}"));
    }

    fn community(&mut self, state: &State, import: &Import, now: DateTime<Utc>) {
        let known = state.study.communities.get(&import.chat);
        let zone = known.map_or(import.zone, |community| community.zone);
        let today = local_day(zone, now);
        let first = import.tracker.anchor.unwrap_or(today);
        let title = import.title.clone().unwrap_or_else(|| group_title(state, import.chat));
        let mut community = known.cloned().unwrap_or_else(|| Community::new(import.chat, title, import.zone, import.lang, first));
        if let Some(anchor) = import.tracker.anchor {
            community.periods = community.periods.from_day(anchor);
        }
        let next = import.tracker.last_post.map(|last| shifted(last, 1));
        community.since = match (known, next) {
            // The tracker's boards are not posted again.
            (Some(known), Some(next)) => known.since.max(next),
            (Some(known), None) => known.since,
            (None, Some(next)) if (today - next).num_days() <= RECENT_DAYS => next,
            (None, _) => today,
        };
        let (title, zone) = (community.title.clone(), community.zone.name());
        self.say("community", format!("{title} ({}), {zone}{}", import.chat, if known.is_none() { ", new" } else { "" }));
        self.say("numbering", format!("day 1 is {}", community.periods.first_day()));
        let last = import.tracker.last_post.map_or_else(|| "unknown".to_owned(), |last| last.to_string());
        self.say("posts", format!("last one by the tracker: {last}; from {} on they are ours", community.since));
        if known != Some(&community) {
            self.changes.push(StudyChange::Community(import.chat, Some(Box::new(community))).into());
        }
    }

    fn days(&mut self, state: &State, import: &Import) {
        let days = &import.tracker.days;
        let (mut new, mut changed, mut same, mut seconds) = (0_u64, 0_u64, 0_u64, 0_u64);
        for (day, who, value) in days.iter().flat_map(|(day, people)| people.iter().map(move |(who, value)| (*day, *who, *value)))
        {
            seconds += u64::from(value);
            let known = state.days.get(&day).and_then(|known| known.presence.get(&import.chat)?.imported.get(&who));
            match known {
                Some(known) if *known == value => same += 1,
                known => {
                    *(if known.is_some() { &mut changed } else { &mut new }) += 1;
                    self.changes.push(Change::Presence(day, import.chat, PresenceChange::Imported(who, Some(value))));
                }
            }
        }
        let range = days.first_key_value().zip(days.last_key_value());
        let range = range.map_or_else(String::new, |((first, _), (last, _))| format!(", {first} to {last}"));
        let people: BTreeSet<_> = days.values().flat_map(BTreeMap::keys).collect();
        self.say(
            "days",
            format!("{}{range}; {} people, {} h {} min in all", days.len(), people.len(), seconds / 3600, seconds / 60 % 60),
        );
        self.say("", format!("entries: {new} new, {changed} changed, {same} the same"));
    }

    /// What Telegram told us is newer.
    fn names(&mut self, state: &State, import: &Import) {
        let mut new = 0;
        for (who, (name, username)) in &import.tracker.names {
            let known = state.study.members.get(&import.chat).and_then(|members| members.get(who));
            let is_named = known.is_some_and(|member| !member.name.is_empty() || member.username.is_some());
            let name = tidy(name);
            if is_named || (name.is_empty() && username.is_none()) {
                continue;
            }
            new += 1;
            let member = Member { name, username: username.clone(), ..known.cloned().unwrap_or_default() };
            self.changes.push(StudyChange::Member(import.chat, *who, Some(Box::new(member))).into());
        }
        self.say("names", format!("{}, {new} of them new", import.tracker.names.len()));
    }

    fn aliases(&mut self, state: &State, import: &Import) {
        let mut new = 0;
        for (alias, canonical) in &import.tracker.aliases {
            let known = state.study.aliases.get(&import.chat).and_then(|aliases| aliases.get(alias));
            if known != Some(canonical) {
                new += 1;
                self.changes.push(StudyChange::Alias(import.chat, alias.clone(), Some(canonical.clone())).into());
            }
        }
        if !import.tracker.aliases.is_empty() {
            self.say("aliases", format!("{}, {new} of them new or changed", import.tracker.aliases.len()));
        }
    }

    /// Those that were chosen here stay.
    fn compliments(&mut self, state: &State, import: &Import) {
        let (mut all, mut new) = (0, 0);
        for (period, who, words) in
            import.tracker.compliments.iter().flat_map(|(period, of)| of.iter().map(move |(who, words)| (period, who, words)))
        {
            all += 1;
            let known = state.study.compliments.get(&import.chat).and_then(|periods| periods.get(period)?.get(who));
            if known.is_none() {
                new += 1;
                self.changes.push(StudyChange::Compliment(import.chat, period.clone(), *who, Some(words.clone())).into());
            }
        }
        self.say("compliments", format!("{all}, {new} of them new"));
    }
}

fn group_title(state: &State, chat: ChatId) -> String {
    state.groups.get(&chat).map_or_else(|| chat.to_string(), |group| group.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::study::Periods,
        study::sample::{ANN, BOB, CHAT, community, day, instant},
    };

    fn now() -> DateTime<Utc> {
        instant("2026-01-09T10:00:00Z")
    }

    fn import() -> Import {
        let mut tracker = Tracker { anchor: Some(day("2025-12-01")), last_post: Some(day("2026-01-08")), ..Tracker::default() };
        tracker.days.insert(day("2026-01-07"), [(ANN, 3_600), (BOB, 60)].into());
        tracker.days.insert(day("2026-01-08"), [(ANN, 1_800)].into());
        tracker.names.insert(ANN, ("Ann  Lee".into(), Some("ann".into())));
        tracker.names.insert(BOB, (String::new(), None));
        tracker.compliments.insert("week:2026-01-05".into(), [(ANN, "Focus Alchemist ⚗️".into())].into());
        tracker.aliases.insert(Alias::new("@Ann2"), Alias::new("ann"));
        let zone = chrono_tz::Asia::Tashkent;
        Import { chat: CHAT, title: Some("Owls".into()), zone, lang: Lang::En, tracker }
    }

    fn after(mut state: State, plan: &Plan) -> State {
        plan.changes.iter().cloned().for_each(|change| state.apply(change));
        state
    }

    #[test]
    fn a_new_community_goes_on_where_the_tracker_stopped() {
        let plan = plan(&State::default(), &import(), now());
        let state = after(State::default(), &plan);
        let community = &state.study.communities[&CHAT];
        assert_eq!((community.title.as_str(), community.periods), ("Owls", Periods::Anchored(day("2025-12-01"))));
        assert_eq!(community.since, day("2026-01-09"), "the tracker posted the day before");
        assert_eq!(state.days[&day("2026-01-07")].presence[&CHAT].imported, [(ANN, 3_600), (BOB, 60)].into());
        assert_eq!(state.study.members[&CHAT].keys().collect::<Vec<_>>(), [&ANN], "no name, no member");
        assert_eq!(state.study.members[&CHAT][&ANN].name, "Ann Lee");
        insta::assert_snapshot!(plan.report.join("\n"));
    }

    #[test]
    fn the_same_again_changes_nothing() {
        let state = after(State::default(), &plan(&State::default(), &import(), now()));
        let again = plan(&state, &import(), now());
        assert_eq!(again.changes, []);
        assert!(again.report.contains(&"Everything is there already.".to_owned()), "{:?}", again.report);
        let mut more = import();
        more.tracker.days.insert(day("2026-01-08"), [(ANN, 1_900)].into());
        assert_eq!(plan(&state, &more, now()).changes.len(), 1, "only what differs");
    }

    #[test]
    fn what_is_known_here_is_newer() {
        let mut state = State::default();
        let mut known = community();
        known.periods = Periods::Calendar(day("2026-01-05"));
        known.since = day("2026-01-12");
        state.study.communities.insert(CHAT, known);
        let ann = Member { name: "Anna".into(), ..Member::default() };
        state.study.members.insert(CHAT, [(ANN, ann)].into());
        state.study.compliments.insert(CHAT, [("week:2026-01-05".to_owned(), [(ANN, "Ours".to_owned())].into())].into());
        let state = after(state.clone(), &plan(&state, &import(), now()));
        let community = &state.study.communities[&CHAT];
        assert_eq!(community.title, "Night owls");
        assert_eq!((community.periods, community.since), (Periods::Calendar(day("2025-12-01")), day("2026-01-12")));
        assert_eq!(state.study.members[&CHAT][&ANN].name, "Anna");
        assert_eq!(state.study.compliments[&CHAT]["week:2026-01-05"][&ANN], "Ours");
    }

    #[test]
    fn boards_are_made_up_for_only_since_a_recent_post() {
        let since = |last: Option<&str>| {
            let mut import = import();
            import.tracker.last_post = last.map(day);
            after(State::default(), &plan(&State::default(), &import, now())).study.communities[&CHAT].since
        };
        assert_eq!(since(Some("2026-01-05")), day("2026-01-06"));
        assert_eq!(since(Some("2026-01-09")), day("2026-01-10"), "tonight's is posted already");
        assert_eq!(since(Some("2025-06-01")), day("2026-01-09"));
        assert_eq!(since(None), day("2026-01-09"));
    }
}
