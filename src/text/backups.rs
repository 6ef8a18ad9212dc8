//! Backups that write themselves, chosen in an admin's chat.

use std::path::Path;

use chrono_tz::Tz;

use super::{digests, html::Html};
use crate::{
    admin::press::BackupPlan,
    domain::{jobs::Backup, lang::Lang},
    html, say,
};

/// In the list of jobs.
pub fn new(lang: Lang) -> String {
    say!(lang; "➕ A backup by itself", "➕ Oʻzi yoziladigan zaxira", "➕ Копия по расписанию").to_owned()
}

/// Each day.
pub fn daily(lang: Lang) -> &'static str {
    say!(lang; "Daily", "Har kuni", "Каждый день")
}

/// So many.
pub fn kept(keep: u16, lang: Lang) -> String {
    say!(lang; format!("keep {keep}"), format!("{keep} ta"), format!("{keep} шт."))
}

/// On to the folder.
pub fn folder(lang: Lang) -> String {
    say!(lang; "📁 The folder…", "📁 Papka…", "📁 Папка…").to_owned()
}

/// As chosen so far.
pub fn plan(plan: &BackupPlan, zone: Tz, lang: Lang) -> Html {
    let day = match plan.weekday {
        None => daily(lang).to_owned(),
        Some(day) => format!("{}, {}", digests::weekly(lang), digests::weekday(day, lang)),
    };
    let mut html = say!(lang;
        html!("💾 <b>A backup that writes itself</b>"),
        html!("💾 <b>Oʻzi yoziladigan zaxira nusxa</b>"),
        html!("💾 <b>Резервная копия по расписанию</b>"));
    html.push_line(&Html::text(format!("{day}, {}:00 ({})", plan.hour, zone.name())));
    let keep = plan.keep;
    html.push_line(&Html::text(say!(lang;
        format!("The newest {keep} are kept; older ones of this job are deleted."),
        format!("Eng yangi {keep} tasi saqlanadi; bu vazifaning eskilari oʻchiriladi."),
        format!("Хранятся последние {keep}; более старые копии этой задачи удаляются."))));
    html
}

/// Into which folder? `other`: where an earlier one is written.
pub fn ask_folder(other: Option<&Path>, lang: Lang) -> Html {
    let mut html = say!(lang;
        html!("📁 Into which folder of the server? Send its whole path, such as <code>/var/backups/rollcall</code>. It can't lie within the data, and the service has to be allowed to write there."),
        html!("📁 Serverning qaysi papkasiga? Toʻliq yoʻlini yuboring, masalan <code>/var/backups/rollcall</code>. U maʼlumotlar ichida boʻlmasin va xizmatga u yerga yozishga ruxsat boʻlsin."),
        html!("📁 В какую папку на сервере? Пришлите полный путь, например <code>/var/backups/rollcall</code>. Она не должна лежать внутри данных, и службе нужно право писать туда."));
    if let Some(other) = other {
        let other = Html::code(other.display());
        html.push_line(&say!(lang;
            html!("Another backup goes to {}.", other),
            html!("Boshqa zaxira {} ga yoziladi.", other),
            html!("Другая копия пишется в {}.", other)));
    }
    html
}

/// Where a job's backups lie.
pub fn of_job(backup: &Backup, lang: Lang) -> Html {
    let (dir, keep) = (Html::code(backup.dir.display()), Html::text(backup.keep));
    say!(lang;
        html!("Folder: {}, the newest {} are kept", dir, keep),
        html!("Papka: {}, eng yangi {} tasi saqlanadi", dir, keep),
        html!("Папка: {}, хранятся последние {}", dir, keep))
}
