//! The log of who changed what, in words.

use std::collections::BTreeSet;

use crate::{
    domain::{
        audit::{Action, Actor},
        ids::{ChatId, TeacherId, UserId},
        lang::Lang,
        state::State,
    },
    report::rows::{group_title, teacher_name},
    say,
    text::{name::in_text, study},
};

/// Who did it.
pub fn actor(actor: &Actor, state: &State, lang: Lang) -> String {
    let person = |user: UserId| state.teacher_of(user).map_or_else(|| user.to_string(), |teacher| teacher.full_name.to_string());
    match actor {
        Actor::Telegram(user) => say!(lang;
            format!("{} in the chat", person(*user)),
            format!("{} (chat)", person(*user)),
            format!("{} в чате", person(*user))),
        Actor::Session(user) => say!(lang;
            format!("{} on the pages", person(*user)),
            format!("{} (panel)", person(*user)),
            format!("{} в панели", person(*user))),
        Actor::Terminal => say!(lang; "The terminal", "Terminal", "Терминал").to_owned(),
        Actor::Key { id, name } => format!("🔑 {} ({id})", in_text(name)),
    }
}

/// What was done. Names as they are now; ids of what is gone.
pub fn action(action: &Action, state: &State, lang: Lang) -> String {
    let who = |id: TeacherId| in_text(&teacher_name(state, id));
    let at = |chat: ChatId| in_text(&title(state, chat));
    let all = |chats: &BTreeSet<ChatId>| chats.iter().map(|chat| at(*chat)).collect::<Vec<_>>().join(", ");
    match action {
        Action::TeacherAdded { teacher, name } => say!(lang;
            format!("Registered {} ({teacher})", in_text(name)),
            format!("{} ({teacher}) roʻyxatga olindi", in_text(name)),
            format!("Зарегистрирован учитель {} ({teacher})", in_text(name))),
        Action::TeacherRenamed { teacher, name } => say!(lang;
            format!("Renamed {teacher} to {}", in_text(name)),
            format!("{teacher} endi {}", in_text(name)),
            format!("{teacher} теперь зовут {}", in_text(name))),
        Action::AccountsSet { teacher, .. } => say!(lang;
            format!("Changed the accounts of {}", who(*teacher)),
            format!("{} hisoblari oʻzgartirildi", who(*teacher)),
            format!("Изменены аккаунты: {}", who(*teacher))),
        Action::TeacherActivated { teacher } => say!(lang;
            format!("Activated {}", who(*teacher)),
            format!("{} faollashtirildi", who(*teacher)),
            format!("Включён учитель {}", who(*teacher))),
        Action::TeacherDeactivated { teacher } => say!(lang;
            format!("Deactivated {}", who(*teacher)),
            format!("{} faolsizlantirildi", who(*teacher)),
            format!("Отключён учитель {}", who(*teacher))),
        Action::TeacherDeleted { teacher, name } => say!(lang;
            format!("Deleted {} ({teacher})", in_text(name)),
            format!("{} ({teacher}) oʻchirildi", in_text(name)),
            format!("Удалён учитель {} ({teacher})", in_text(name))),
        Action::Assigned { teacher, groups } => say!(lang;
            format!("{} is counted in {}", who(*teacher), all(groups)),
            format!("{} endi hisoblanadi: {}", who(*teacher), all(groups)),
            format!("{} учитывается в {}", who(*teacher), all(groups))),
        Action::Unassigned { teacher, groups } => say!(lang;
            format!("{} is no longer counted in {}", who(*teacher), all(groups)),
            format!("{} endi hisoblanmaydi: {}", who(*teacher), all(groups)),
            format!("{} больше не учитывается в {}", who(*teacher), all(groups))),
        Action::GroupAdded { title, .. } => say!(lang;
            format!("Registered the group {}", in_text(title)),
            format!("{} guruhi roʻyxatga olindi", in_text(title)),
            format!("Зарегистрирована группа {}", in_text(title))),
        Action::GroupEnabled { group } => say!(lang;
            format!("Switched {} on", at(*group)),
            format!("{} yoqildi", at(*group)),
            format!("Включена группа {}", at(*group))),
        Action::GroupDisabled { group } => say!(lang;
            format!("Switched {} off", at(*group)),
            format!("{} oʻchirildi", at(*group)),
            format!("Выключена группа {}", at(*group))),
        Action::GroupRenamed { group, title } => say!(lang;
            format!("Renamed {group} to {}", in_text(title)),
            format!("{group} endi {}", in_text(title)),
            format!("Группа {group} теперь {}", in_text(title))),
        Action::GroupRemoved { title, .. } => say!(lang;
            format!("Removed the group {}", in_text(title)),
            format!("{} guruhi olib tashlandi", in_text(title)),
            format!("Убрана группа {}", in_text(title))),
        Action::GroupLeft { group } => say!(lang;
            format!("Sent the bot out of {}", at(*group)),
            format!("Bot {} guruhidan chiqarildi", at(*group)),
            format!("Бот выведен из {}", at(*group))),
        Action::GroupCountedBy { group, bot: None } => say!(lang;
            format!("{} is counted by the main bot", at(*group)),
            format!("{}: asosiy bot hisoblaydi", at(*group)),
            format!("{} учитывает основной бот", at(*group))),
        Action::GroupCountedBy { group, bot: Some(bot) } => say!(lang;
            format!("{} is counted by the bot {bot}", at(*group)),
            format!("{}: {bot} boti hisoblaydi", at(*group)),
            format!("{} учитывает бот {bot}", at(*group))),
        Action::RequestSettled { user } => say!(lang;
            format!("Answered the request of {user}"),
            format!("{user} soʻroviga javob berildi"),
            format!("Дан ответ на запрос {user}")),
        Action::KeyMade { key, name, .. } => say!(lang;
            format!("Made the key {} ({key})", in_text(name)),
            format!("{} ({key}) kaliti yaratildi", in_text(name)),
            format!("Создан ключ {} ({key})", in_text(name))),
        Action::KeyRevoked { key, name } => say!(lang;
            format!("Took back the key {} ({key})", in_text(name)),
            format!("{} ({key}) kaliti bekor qilindi", in_text(name)),
            format!("Отозван ключ {} ({key})", in_text(name))),
        Action::ViewerNamed { name, .. } => say!(lang;
            format!("Named {} a viewer", in_text(name)),
            format!("{} kuzatuvchi qilindi", in_text(name)),
            format!("Назначен наблюдатель {}", in_text(name))),
        Action::ViewerRemoved { name, .. } => say!(lang;
            format!("{} is no longer a viewer", in_text(name)),
            format!("{} endi kuzatuvchi emas", in_text(name)),
            format!("{} больше не наблюдатель", in_text(name))),
        Action::ResearcherNamed { name, .. } => say!(lang;
            format!("Named {} a researcher", in_text(name)),
            format!("{} tadqiqotchi qilindi", in_text(name)),
            format!("Назначен исследователь {}", in_text(name))),
        Action::ResearcherRemoved { name, .. } => say!(lang;
            format!("{} is no longer a researcher", in_text(name)),
            format!("{} endi tadqiqotchi emas", in_text(name)),
            format!("{} больше не исследователь", in_text(name))),
        Action::ChatForgotten { title, .. } => say!(lang;
            format!("Forgot the chat {}", in_text(title)),
            format!("{} chati unutildi", in_text(title)),
            format!("Забыт чат {}", in_text(title))),
        Action::JobMade { job } => say!(lang;
            format!("Made the job {job}"),
            format!("{job} vazifasi yaratildi"),
            format!("Создана задача {job}")),
        Action::AnnouncementMade { job, chats } => say!(lang;
            format!("Sent a message to {chats} chats ({job})"),
            format!("{chats} ta chatga xabar yuborildi ({job})"),
            format!("Отправлено сообщение, чатов: {chats} ({job})")),
        Action::JobStarted { job } => say!(lang;
            format!("Started {job}"),
            format!("{job} boshlandi"),
            format!("Запущено: {job}")),
        Action::JobStopped { job } => say!(lang;
            format!("Stopped {job}"),
            format!("{job} toʻxtatildi"),
            format!("Остановлено: {job}")),
        Action::JobScheduled { job } => say!(lang;
            format!("Changed the times of {job}"),
            format!("{job} vaqti oʻzgartirildi"),
            format!("Изменено время: {job}")),
        Action::JobRemoved { job } => say!(lang;
            format!("Removed {job}"),
            format!("{job} olib tashlandi"),
            format!("Убрано: {job}")),
        Action::CommandAdded { command } => say!(lang;
            format!("Defined the command /{command}"),
            format!("/{command} buyrugʻi yaratildi"),
            format!("Создана команда /{command}")),
        Action::CommandChanged { command } => say!(lang;
            format!("Changed the command /{command}"),
            format!("/{command} buyrugʻi oʻzgartirildi"),
            format!("Изменена команда /{command}")),
        Action::CommandEnabled { command } => say!(lang;
            format!("Switched /{command} on"),
            format!("/{command} yoqildi"),
            format!("Включена команда /{command}")),
        Action::CommandDisabled { command } => say!(lang;
            format!("Switched /{command} off"),
            format!("/{command} oʻchirib qoʻyildi"),
            format!("Выключена команда /{command}")),
        Action::CommandRemoved { command } => say!(lang;
            format!("Deleted the command /{command}"),
            format!("/{command} buyrugʻi oʻchirildi"),
            format!("Удалена команда /{command}")),
        Action::ContactSet => say!(lang;
            "Changed what /contact says".to_owned(),
            "/contact matni oʻzgartirildi".to_owned(),
            "Изменён ответ /contact".to_owned()),
        Action::VoiceMapped { .. }
        | Action::EarlierCounted { .. }
        | Action::CommunityWatched { .. }
        | Action::CommunityUnwatched { .. }
        | Action::CommunitySet { .. }
        | Action::SamePersonSet { .. }
        | Action::MemberSet { .. }
        | Action::MemberForgotten { .. }
        | Action::AliasesSet { .. }
        | Action::CorrectionMade { .. }
        | Action::CorrectionWithdrawn { .. }
        | Action::BoardAsked { .. }
        | Action::BoardSettled { .. }
        | Action::Imported { .. }
        | Action::HistoryCounted { .. }
        | Action::SnapshotAsked { .. } => of_study(action, state, lang),
    }
}

/// What has to do with a group's voices or its study time: the group first, then what.
fn of_study(action: &Action, state: &State, lang: Lang) -> String {
    let (chat, what) = match action {
        Action::VoiceMapped { group, teacher: Some(teacher) } => {
            let name = in_text(&teacher_name(state, *teacher));
            let what = say!(lang;
                format!("a voice without an account is {name}"),
                format!("hisobsiz yozuvchi: {name}"),
                format!("автор без аккаунта: {name}"));
            (group, what)
        }
        Action::VoiceMapped { group, teacher: None } => (group, say!(lang;
            "a voice without an account is nobody's",
            "hisobsiz yozuvchi hech kimniki emas",
            "автор без аккаунта ничей").to_owned()),
        Action::EarlierCounted { group, teacher } => {
            let name = in_text(&teacher_name(state, *teacher));
            (group, say!(lang;
                format!("earlier messages are counted for {name}"),
                format!("oldingi xabarlar {name} hisobiga oʻtdi"),
                format!("прежние сообщения засчитаны: {name}")))
        }
        Action::CommunityWatched { community } => (community, say!(lang; "voice chats are watched", "ovozli suhbatlar kuzatiladi", "голосовые чаты отслеживаются").to_owned()),
        Action::CommunityUnwatched { community } => {
            (community, say!(lang; "voice chats aren't watched any more", "ovozli suhbatlar endi kuzatilmaydi", "голосовые чаты больше не отслеживаются").to_owned())
        }
        Action::CommunitySet { community, settings } => {
            let what = say!(lang; "settings", "sozlamalar", "настройки");
            (community, format!("{what}: {}", settings.join(", ")))
        }
        Action::SamePersonSet { community, who, .. } => {
            (community, say!(lang; format!("accounts of {}", who.0), format!("{} hisoblari", who.0), format!("аккаунты {}", who.0)))
        }
        Action::MemberSet { community, who } => {
            (community, say!(lang; format!("wishes of {}", who.0), format!("{} xohishlari", who.0), format!("пожелания {}", who.0)))
        }
        Action::MemberForgotten { community, who } => (community, say!(lang;
            format!("{} was forgotten", who.0),
            format!("{} haqidagi maʼlumot oʻchirildi", who.0),
            format!("данные {} удалены", who.0))),
        Action::AliasesSet { community } => (community, say!(lang; "aliases", "taxalluslar", "псевдонимы").to_owned()),
        Action::CorrectionMade { community, who, seconds, .. } => {
            let by = study::signed_duration(*seconds, lang);
            (community, say!(lang; format!("correction {by} for {}", who.0), format!("tuzatish {by}: {}", who.0), format!("поправка {by}: {}", who.0)))
        }
        Action::CorrectionWithdrawn { community, correction } => (community, say!(lang;
            format!("correction {correction} was taken back"),
            format!("{correction}-tuzatish bekor qilindi"),
            format!("поправка {correction} отменена"))),
        Action::BoardAsked { community } => (community, say!(lang; "a board was asked for", "roʻyxat soʻraldi", "запрошен рейтинг").to_owned()),
        Action::BoardSettled { community, day } => {
            (community, say!(lang; format!("the board of {day} was settled"), format!("{day} roʻyxati hal qilindi"), format!("решено о рейтинге за {day}")))
        }
        Action::Imported { community } => {
            (community, say!(lang; "another program's data were taken over", "boshqa dastur maʼlumotlari olindi", "перенесены данные другой программы").to_owned())
        }
        Action::HistoryCounted { group, from, to, messages } => (group, say!(lang;
            format!("{messages} messages of {from} – {to} were counted from an export"),
            format!("{from} – {to} kunlarining {messages} ta xabari eksportdan hisoblandi"),
            format!("засчитано из экспорта за {from} – {to}, сообщений: {messages}"))),
        Action::SnapshotAsked { community, day } => {
            (community, say!(lang; format!("the snapshot of {day} was sent"), format!("{day} nusxasi yuborildi"), format!("отправлен снимок за {day}")))
        }
        // The others are told above.
        _ => return String::new(),
    };
    format!("{}: {what}", in_text(&title(state, *chat)))
}

/// A group's or a study community's title; the id where there is none.
fn title(state: &State, chat: ChatId) -> String {
    let community = state.study.communities.get(&chat).map(|community| community.title.clone());
    state.groups.get(&chat).map(|group| group.title.clone()).or(community).unwrap_or_else(|| group_title(state, chat))
}
