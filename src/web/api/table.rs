//! Every route there is. The router, the document and the test of who may what are made from it.

use axum::http::{Method, StatusCode};

use super::{
    chats, commands, figures, jobs, log, page, register, register_change as change,
    route::{
        Good::{self, Document, Html, Json, Nothing, Page, Report},
        Query, Route, Sort,
    },
    study, telegram,
};
use crate::domain::access::Scope;

const READ: Option<Scope> = Some(Scope::Read);
const CREATED: StatusCode = StatusCode::CREATED;

const fn asked(name: &'static str, sort: Sort, about: &'static str, example: &'static str) -> Query {
    Query { name, about, sort, example }
}

const LIMIT: Query = asked("limit", Sort::Number(1, 500), "How many at most; 100 without it.", "50");
const AFTER: Query = asked("after", Sort::Text, "Go on after this one: the `next` of the page before.", "");
const SEARCH: Query = asked("q", Sort::Text, "Only those with this in their name or title.", "lee");
const TEACHER: Query = asked("teacher", Sort::TeacherId, "Only this teacher.", "T001");
const GROUP: Query = asked("group", Sort::GroupId, "Only this group.", "-1001234567890");
const ACTIVE: Query = asked("active", Sort::Flag, "Only those whose messages count, or only the others.", "true");
const FROM: Query = asked("from", Sort::Date, "The first local day.", "2026-01-01");
const TO: Query = asked("to", Sort::Date, "The last local day; today without it.", "2026-01-31");
const DAYS: Query =
    asked("days", Sort::Number(1, 365), "The last so many days, today included; 7 without it and without `from`.", "30");
const DAY: Query = asked("day", Sort::Date, "The local day that it is about; today without it.", "2026-01-31");
const BY: Query = asked("by", Sort::OneOf(&figures::BY), "What sums are made for; `day` without it.", "teacher");
const FORMAT: Query =
    asked("format", Sort::OneOf(&["json", "csv", "xlsx"]), "As what; instead of the header Accept, which it overrules.", "csv");
const COMMUNITY: Query = asked("community", Sort::GroupId, "Only this study community.", "-1001234567890");
const WHO: Query = asked("who", Sort::Number(i64::MIN, i64::MAX), "Only this account.", "123456789");
const ACTION: Query = asked("action", Sort::Text, "Only this action, such as `teacher_added`.", "teacher_added");
const AFTER_JOB: Query = asked("after", Sort::Text, "Go on after this job: the `next` of the page before.", "");
const AFTER_COMMAND: Query = asked("after", Sort::Text, "Go on after this command: the `next` of the page before.", "");
const AFTER_NUMBER: Query =
    asked("after", Sort::Number(0, u32::MAX as i64), "Go on after this delivery: the `next` of the page before.", "0");
const UNTIL_ENTRY: Query =
    asked("after", Sort::Number(0, i64::MAX), "Go on after this entry: the `next` of the page before.", "41");

const REFRESH: Query =
    asked("refresh", Sort::Flag, "Whether Telegram is asked first, unless it was within the last minute.", "false");
const TYPE: Query =
    asked("type", Sort::OneOf(&["group", "supergroup", "forum", "channel"]), "Only chats of this type.", "supergroup");
const AFTER_CHAT: Query =
    asked("after", Sort::Number(i64::MIN, i64::MAX), "Go on after this chat: the `next` of the page before.", "-1001234567890");

macro_rules! by {
    ($handler:path) => {
        |call| Box::pin($handler(call))
    };
}

const fn page_of(item: &'static str) -> Good {
    Page(item)
}

const fn one(item: &'static str) -> Good {
    Json(StatusCode::OK, item)
}

/// All of them.
#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    Route::get("/api/", None, "About", "This page.", &[], Html, by!(page::page)),
    Route::get("/api/openapi.json", None, "About", "The OpenAPI document.", &[], Document, by!(page::document)),
    Route::get("/api/v1/status", READ, "About", "How the program is doing.", &[], one("Status"), by!(log::status)),

    Route::get("/api/v1/teachers", READ, "Teachers", "Registered teachers, by id.",
        &[SEARCH, ACTIVE, GROUP, LIMIT, AFTER], page_of("Teacher"), by!(register::teachers)),
    Route::change(Method::POST, "/api/v1/teachers", "Teachers", "Registers a teacher.",
        Some("NewTeacher"), Json(CREATED, "Teacher"), by!(change::add_teacher)).or(&[StatusCode::CONFLICT]),
    Route::get("/api/v1/teachers/{teacher}", READ, "Teachers", "One teacher.", &[], one("Teacher"), by!(register::teacher)),
    Route::change(Method::PATCH, "/api/v1/teachers/{teacher}", "Teachers", "Renames a teacher; has their messages counted or not.",
        Some("TeacherChange"), one("Teacher"), by!(change::change_teacher)),
    Route::change(Method::DELETE, "/api/v1/teachers/{teacher}", "Teachers", "Deletes a teacher; what was counted stays.",
        None, Nothing, by!(change::delete_teacher)),
    Route::change(Method::PUT, "/api/v1/teachers/{teacher}/accounts/{account}", "Teachers",
        "Says that a teacher writes under this Telegram account.",
        Some("AccountPlace"), one("Teacher"), by!(change::put_account)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::DELETE, "/api/v1/teachers/{teacher}/accounts/{account}", "Teachers", "Says that an account isn't theirs.",
        None, Nothing, by!(change::delete_account)),

    Route::get("/api/v1/groups", READ, "Groups", "Registered groups, by chat id.",
        &[SEARCH, ACTIVE, TEACHER, LIMIT, AFTER], page_of("Group"), by!(register::groups)),
    Route::change(Method::POST, "/api/v1/groups", "Groups", "Registers a group.",
        Some("NewGroup"), Json(CREATED, "Group"), by!(change::add_group)),
    Route::get("/api/v1/groups/{group}", READ, "Groups", "One group.", &[], one("Group"), by!(register::group)),
    Route::change(Method::PATCH, "/api/v1/groups/{group}", "Groups", "Switches a group on or off; gives it a title for reports.",
        Some("GroupChange"), one("Group"), by!(change::change_group)),
    Route::change(Method::DELETE, "/api/v1/groups/{group}", "Groups", "Takes a group out of the register; what was counted stays.",
        None, Nothing, by!(change::delete_group)),

    Route::get("/api/v1/assignments", READ, "Assignments", "Who is counted where, by teacher and group.",
        &[TEACHER, GROUP, LIMIT, AFTER], page_of("Assignment"), by!(register::assignments)),
    Route::change(Method::PUT, "/api/v1/assignments/{teacher}/{group}", "Assignments", "Counts a teacher in a group.",
        None, Nothing, by!(change::assign)),
    Route::change(Method::DELETE, "/api/v1/assignments/{teacher}/{group}", "Assignments", "Doesn't count a teacher in a group.",
        None, Nothing, by!(change::unassign)),

    Route::get("/api/v1/activity", READ, "Figures", "Sums of messages by day, teacher, group or kind.",
        &[BY, FROM, TO, DAYS, TEACHER, GROUP], one("Sums"), by!(figures::activity)),
    Route::get("/api/v1/reports", READ, "Figures", "Who wrote how much where, and who nothing: as JSON, CSV or an Excel workbook.",
        &[FORMAT, FROM, TO, DAYS, TEACHER, GROUP], Report, by!(figures::report)),

    Route::get("/api/v1/boards", READ, "Study time", "Study communities whose voice chats are or were watched.",
        &[LIMIT, AFTER], page_of("Community"), by!(study::communities)),
    Route::get("/api/v1/boards/{community}", READ, "Study time", "A community's leaderboard: day, week and month.",
        &[DAY], one("Board"), by!(study::board)),
    Route::get("/api/v1/presence/sessions", READ, "Study time", "Who sat in which voice chat from when to when; those that go on first.",
        &[COMMUNITY, WHO, FROM, TO, DAYS, LIMIT, AFTER], page_of("Session"), by!(study::sessions)),

    Route::get("/api/v1/audit", READ, "Log", "Who changed what when, the newest first.",
        &[ACTION, LIMIT, UNTIL_ENTRY], page_of("Entry"), by!(log::audit)),

    Route::get("/telegram/bot/{bot_id}/status/", READ, "Bots", "How a bot is doing.", &[], one("BotStatus"), by!(telegram::status)),
    Route::get("/telegram/bot/{bot_id}/chats/stats/", READ, "Chats", "The chats that a bot is or was in: members, growth, administrators, its own rights.",
        &[REFRESH, TYPE, LIMIT, AFTER_CHAT], one("AllChats"), by!(chats::of_bot)),
    Route::get("/telegram/bot/{bot_id}/chat/{chat_id}/stats/", READ, "Chats", "One of them, with its last 30 days.",
        &[REFRESH], one("OneChat"), by!(chats::one)),
    Route::get("/telegram/channel-stats/", READ, "Chats", "The chats of all bots, with sums by type and bot.",
        &[REFRESH, TYPE, LIMIT, AFTER_CHAT], one("AllChats"), by!(chats::of_all)),
    Route::get("/studio/social/telegram-stats/", READ, "Chats", "All chats in a few numbers, and the ten largest.",
        &[REFRESH], one("SocialStats"), by!(chats::social)),
    Route::get("/telegram/webhook/{bot_id}/info/", READ, "Bots", "What Telegram says of a bot's webhook.",
        &[], one("Webhook"), by!(telegram::info)).or(&[StatusCode::BAD_GATEWAY]),
    Route::change(Method::POST, "/telegram/webhook/{bot_id}/set/", "Bots", "Sets a bot's webhook once more.",
        None, one("WebhookSet"), by!(telegram::set)).or(&[StatusCode::CONFLICT, StatusCode::BAD_GATEWAY]),
    Route::change(Method::POST, "/telegram/webhook/{bot_id}/delete/", "Bots", "Deletes a webhook that keeps a bot from polling; nothing that waits is lost.",
        None, Nothing, by!(telegram::delete)).or(&[StatusCode::CONFLICT, StatusCode::BAD_GATEWAY]),

    Route::get("/api/v1/commands", READ, "Commands", "Commands that admins defined, in the order of lists.",
        &[LIMIT, AFTER_COMMAND], page_of("Command"), by!(commands::all)),
    Route::change(Method::POST, "/api/v1/commands", "Commands", "Defines a command; Telegram lists it at once.",
        Some("NewCommand"), Json(CREATED, "Command"), by!(commands::add)).or(&[StatusCode::CONFLICT]),
    Route::get("/api/v1/commands/{command}", READ, "Commands", "One command, and how often it was used.", &[], one("Command"), by!(commands::one)),
    Route::change(Method::PATCH, "/api/v1/commands/{command}", "Commands", "Changes a command, switches it on or off, moves it in lists.",
        Some("CommandEdit"), one("Command"), by!(commands::edit)),
    Route::change(Method::DELETE, "/api/v1/commands/{command}", "Commands", "Deletes a command with its figures.",
        None, Nothing, by!(commands::remove)),

    Route::get("/api/v1/jobs", READ, "Jobs", "What is done in the background, by id.", &[LIMIT, AFTER_JOB], page_of("Job"), by!(jobs::all)),
    Route::change(Method::POST, "/api/v1/jobs", "Jobs", "Makes a report or a backup that comes by itself, collects public channels, or counts what was missed.",
        Some("NewJob"), Json(CREATED, "Job"), by!(jobs::make)),
    Route::get("/api/v1/jobs/{task_id}", READ, "Jobs", "How a job stands.", &[], one("Job"), by!(jobs::one)),
    Route::change(Method::DELETE, "/api/v1/jobs/{task_id}", "Jobs", "Takes away a report, a backup, or an announcement that is over.",
        None, Nothing, by!(jobs::remove)).or(&[StatusCode::CONFLICT]),
    Route::get("/api/v1/jobs/{task_id}/chats", READ, "Jobs", "What became of an announcement, chat by chat.",
        &[LIMIT, AFTER_NUMBER], page_of("Delivery"), by!(jobs::chats)),
    Route::change(Method::PUT, "/api/v1/jobs/{task_id}/schedule", "Jobs", "Says when a job runs.",
        Some("JobTimes"), one("Job"), by!(jobs::schedule)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/api/v1/jobs/all/start", "Jobs", "Runs all jobs that are stopped, announcements excepted.",
        None, page_of("Job"), by!(jobs::start_all)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/api/v1/jobs/all/stop", "Jobs", "Stops all jobs that run or would by themselves; cancels announcements.",
        None, page_of("Job"), by!(jobs::stop_all)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/api/v1/jobs/{task_id}/start", "Jobs", "Runs a job now.",
        None, one("Job"), by!(jobs::start)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/api/v1/jobs/{task_id}/stop", "Jobs", "Stops a job until it is started; cancels an announcement.",
        None, one("Job"), by!(jobs::stop)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/api/v1/jobs/{task_id}/retry", "Jobs", "Sends an announcement again where it failed.",
        Some("Again"), one("Job"), by!(jobs::again)).or(&[StatusCode::CONFLICT]),
    Route::get("/telegram/background-tasks/", READ, "Jobs", "The same as /api/v1/jobs.", &[LIMIT, AFTER_JOB], page_of("Job"), by!(jobs::all)),
    Route::get("/telegram/background-tasks/{task_id}/status/", READ, "Jobs", "How a job stands.", &[], one("Job"), by!(jobs::one)),
    Route::change(Method::POST, "/telegram/background-tasks/all/start/", "Jobs", "Runs all jobs that are stopped, announcements excepted.",
        None, page_of("Job"), by!(jobs::start_all)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/telegram/background-tasks/all/stop/", "Jobs", "Stops all jobs that run or would by themselves; cancels announcements.",
        None, page_of("Job"), by!(jobs::stop_all)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/telegram/background-tasks/{task_id}/start/", "Jobs", "Runs a job now.",
        None, one("Job"), by!(jobs::start)).or(&[StatusCode::CONFLICT]),
    Route::change(Method::POST, "/telegram/background-tasks/{task_id}/stop/", "Jobs", "Stops a job until it is started; cancels an announcement.",
        None, one("Job"), by!(jobs::stop)).or(&[StatusCode::CONFLICT]),

    Route::get("/telegram/send-message/", None, "Sending", "Where people send, and how programs do.", &[], Html, by!(jobs::send_page)),
    Route::change(Method::POST, "/telegram/send-message/", "Sending",
        "Sends a message to chats, each by the bot that works there. A request that is repeated with the same header Idempotency-Key is done once.",
        Some("NewMessage"), Json(CREATED, "Job"), by!(jobs::send)).sends(),
    Route::change(Method::POST, "/telegram/bot/{bot_id}/send/", "Sending", "The same by this bot.",
        Some("NewMessage"), Json(CREATED, "Job"), by!(jobs::send_by)).sends(),
];
