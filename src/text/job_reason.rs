//! Why a job, or one chat's share of a message, failed. What Telegram or the disk says is quoted as it is.

use crate::{
    domain::{
        job_reason::{Case, Reason},
        lang::Lang,
    },
    say,
};

/// Why a run failed, or what is to be known of it.
pub fn reason(why: &Reason, lang: Lang) -> String {
    match why {
        Reason::Known(case) => known(case, lang),
        Reason::Words(words) => words.clone(),
    }
}

fn known(case: &Case, lang: Lang) -> String {
    match case {
        Case::Interrupted {} => say!(lang;
            "The program stopped while it ran; it was taken up again.",
            "Dastur bajarilish paytida toʻxtadi; ish davom ettirildi.",
            "Программа остановилась во время работы; задача продолжена.")
        .to_owned(),
        Case::Restored {} => say!(lang;
            "It came back from a backup. Perhaps it was sent since: start it only if it is still to be sent.",
            "Zaxira nusxadan qaytdi. Ehtimol, u allaqachon yuborilgan: hali kerak boʻlsagina boshlang.",
            "Вернулось из резервной копии. Возможно, уже отправлено: запускайте, только если ещё нужно.")
        .to_owned(),
        Case::Missing { chats, failed, unsure } => say!(lang;
            format!("Of {chats} chats {failed} refused it; of {unsure} nobody knows whether it arrived."),
            format!("{chats} ta chatdan {failed} tasi qabul qilmadi; {unsure} tasiga yetgani nomaʼlum."),
            format!("Из чатов ({chats}) не приняли: {failed}; неизвестно, дошло ли: {unsure}.")),
        Case::GroupsUntold { groups, untold } => say!(lang;
            format!("Of {groups} groups Telegram didn't tell about {untold}."),
            format!("{groups} ta guruhdan {untold} tasi haqida Telegram javob bermadi."),
            format!("Групп: {groups}; Telegram не ответил о {untold}.")),
        Case::ChatsUntold { chats, untold } => say!(lang;
            format!("Telegram doesn't tell about {untold} of {chats} chats; each one's page says why."),
            format!("Telegram {chats} ta chatdan {untold} tasi haqida javob bermayapti; sababi har birining sahifasida."),
            format!("Чатов: {chats}; Telegram не отвечает о {untold}. Почему — на странице каждого.")),
        Case::NotReached { chat, why } => {
            let why = reason(why, lang);
            say!(lang;
                format!("{chat} didn't get it: {why}"),
                format!("{chat} ga yetib bormadi: {why}"),
                format!("До {chat} не дошло: {why}"))
        }
        Case::BotNotConnected {} => say!(lang;
            "The bot of this chat isn't connected to Telegram.",
            "Bu chatning boti Telegramga ulanmagan.",
            "Бот этого чата не подключён к Telegram.")
        .to_owned(),
        Case::DaysUnreadable {} => say!(lang;
            "The days can't be read; the log says why.",
            "Kunlarni oʻqib boʻlmadi; sababi jurnalda.",
            "Дни не читаются; причина в журнале.")
        .to_owned(),
        Case::WasStopped {} => say!(lang; "It was stopped.", "Toʻxtatildi.", "Остановлено.").to_owned(),
        Case::BoardUnsure {} => say!(lang;
            "Nobody knows whether the last board arrived.",
            "Oxirgi roʻyxat yetib borgani nomaʼlum.",
            "Неизвестно, дошёл ли последний рейтинг.")
        .to_owned(),
        Case::BackupInData {} => say!(lang;
            "Backups can't lie within what they are a copy of; choose another folder.",
            "Zaxira nusxasi asl maʼlumotlar ichida turolmaydi; boshqa papka tanlang.",
            "Копии не могут лежать внутри того, что копируют; выберите другую папку.")
        .to_owned(),
        Case::Broke {} => say!(lang;
            "Something broke; the log says what.",
            "Nimadir buzildi; jurnalda yozilgan.",
            "Что-то сломалось; подробности в журнале.")
        .to_owned(),
        Case::NothingToSend {}
        | Case::FileUnreadable { .. }
        | Case::FileBotNotConnected {}
        | Case::FileNotFetched { .. }
        | Case::NoConnection { .. }
        | Case::ServerFailed { .. }
        | Case::AnswerUnreadable { .. } => of_a_message(case, lang),
        Case::NoSession {} => say!(lang;
            "There is no user session that could read it: rollcall session login, in a terminal, makes one.",
            "Oʻqiy oladigan foydalanuvchi seansi yoʻq: terminalda rollcall session login uni yaratadi.",
            "Нет пользовательской сессии, которая могла бы читать: её создаёт rollcall session login в терминале.")
        .to_owned(),
        Case::GroupsUnread { groups, unread, first, why } => say!(lang;
            format!("The user session can't read {unread} of {groups} groups; {first}: {why}"),
            format!("Foydalanuvchi seansi {groups} ta guruhdan {unread} tasini oʻqiy olmaydi; {first}: {why}"),
            format!("Групп: {groups}; пользовательская сессия не может прочитать: {unread}; {first}: {why}")),
        Case::ChannelsUnread { channels, unread, first, why } => say!(lang;
            format!("{unread} of {channels} channels couldn't be read; {first}: {why}"),
            format!("{channels} ta kanaldan {unread} tasi oʻqilmadi; {first}: {why}"),
            format!("Каналов: {channels}; не прочитано: {unread}; {first}: {why}")),
        Case::FilesShort { files } => say!(lang;
            format!("Files that came shorter than Telegram says and weren't kept: {files}. The next run asks for them again."),
            format!("Telegram aytganidan qisqa kelgan va saqlanmagan fayllar: {files}. Keyingi safar yana soʻraladi."),
            format!("Файлов пришло короче, чем сообщает Telegram, и не сохранено: {files}. В следующий раз они запрашиваются снова.")),
        Case::NotKept { .. } | Case::ReportNotMade { .. } | Case::FolderNotMade { .. } | Case::BackupNotWritten { .. } => {
            of_the_disk(case, lang)
        }
    }
}

fn of_a_message(case: &Case, lang: Lang) -> String {
    match case {
        Case::NothingToSend {} => {
            say!(lang; "There was nothing to send.", "Yuboriladigan narsa yoʻq edi.", "Отправлять было нечего.").to_owned()
        }
        Case::FileUnreadable { why } => say!(lang;
            format!("Its file can't be read: {why}"),
            format!("Faylini oʻqib boʻlmadi: {why}"),
            format!("Файл не читается: {why}")),
        Case::FileBotNotConnected {} => say!(lang;
            "The bot that was given the file isn't connected to Telegram.",
            "Fayl berilgan bot Telegramga ulanmagan.",
            "Бот, которому дали файл, не подключён к Telegram.")
        .to_owned(),
        Case::FileNotFetched { why } => {
            let why = reason(why, lang);
            say!(lang;
                format!("The bot that was given the file doesn't get it: {why}"),
                format!("Fayl berilgan bot uni ololmayapti: {why}"),
                format!("Бот, которому дали файл, не может его получить: {why}"))
        }
        Case::NoConnection { why } => say!(lang;
            format!("No connection to Telegram: {why}"),
            format!("Telegram bilan aloqa yoʻq: {why}"),
            format!("Нет связи с Telegram: {why}")),
        Case::ServerFailed { status } => say!(lang;
            format!("Telegram's server failed (HTTP {status})."),
            format!("Telegram serverida xato (HTTP {status})."),
            format!("Сбой на сервере Telegram (HTTP {status}).")),
        Case::AnswerUnreadable { why } => say!(lang;
            format!("Telegram's answer can't be read: {why}"),
            format!("Telegram javobini oʻqib boʻlmadi: {why}"),
            format!("Ответ Telegram не читается: {why}")),
        // The others are told above.
        _ => case.to_string(),
    }
}

fn of_the_disk(case: &Case, lang: Lang) -> String {
    match case {
        Case::NotKept { why } => say!(lang;
            format!("What became of it can't be kept: {why}"),
            format!("Natijasini saqlab boʻlmadi: {why}"),
            format!("Результат не удаётся сохранить: {why}")),
        Case::ReportNotMade { why } => say!(lang;
            format!("The report can't be made: {why}"),
            format!("Hisobotni tuzib boʻlmadi: {why}"),
            format!("Отчёт не удаётся составить: {why}")),
        Case::FolderNotMade { folder, why } => say!(lang;
            format!("The folder {folder} can't be made: {why}"),
            format!("{folder} papkasini yaratib boʻlmadi: {why}"),
            format!("Не удаётся создать папку {folder}: {why}")),
        Case::BackupNotWritten { why } => say!(lang;
            format!("The backup can't be written: {why}"),
            format!("Zaxira nusxani yozib boʻlmadi: {why}"),
            format!("Не удаётся записать резервную копию: {why}")),
        // The others are told above.
        _ => case.to_string(),
    }
}
