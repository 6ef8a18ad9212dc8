//! What goes wrong: between the program and Telegram, and with what a crash leaves on disk.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{Mode, dice::Dice, school::School};
use crate::{Fault, When};

/// Orders bad weather for one life of the program: what it is called.
pub(super) fn brew(school: &School, mode: Mode, dice: &mut Dice) -> Vec<&'static str> {
    let (sim, bot) = (&school.sim, &school.bot);
    let mut brewed = Vec::new();
    sim.duplicate_in_batches(bot, dice.percent(30));
    // A group's way to its new number is told in order; everything else may come in any.
    let shuffle = dice.percent(40).then(|| dice.any());
    sim.shuffle_batches(bot, shuffle.filter(|_| !school.is_moving()));
    if dice.percent(40) {
        let (method, most, (name, fault)) = match mode {
            Mode::Polling => ("getUpdates", 2, dice.pick(&accidents()).clone()),
            Mode::Webhook => ("webhook", 30, dice.pick(&ACCIDENTS_OF_DELIVERY).clone()),
        };
        sim.fault(method, When::Next(1 + dice.below(most) as usize), fault);
        brewed.push(name);
    }
    if dice.percent(6) {
        let (name, fault) = dice.pick(&accidents()).clone();
        sim.fault("getMe", When::Next(1), fault);
        brewed.push(name);
    }
    if dice.percent(25) {
        bot.redeliver(dice.below(200) as usize);
        brewed.push("redelivery of the newest");
    }
    if dice.percent(25) {
        bot.redeliver_any(dice.below(100) as usize, dice.any());
        brewed.push("redelivery of any");
    }
    brewed
}

/// Fair weather again.
pub(super) fn clear(school: &School) {
    school.sim.release();
    school.sim.duplicate_in_batches(&school.bot, false);
    school.sim.shuffle_batches(&school.bot, None);
}

const ACCIDENTS_OF_DELIVERY: [(&str, Fault); 3] = [
    ("delivery never arrives", Fault::ResetBefore),
    ("delivery cut off", Fault::TruncateAnswer),
    ("answer lost", Fault::LoseAnswer),
];

fn accidents() -> [(&'static str, Fault); 9] {
    [
        ("connection reset", Fault::ResetBefore),
        ("answer lost", Fault::LoseAnswer),
        ("answer lost", Fault::LoseAnswer),
        ("answer cut off", Fault::TruncateAnswer),
        ("5xx as a page", Fault::ServerErrorPage(502)),
        ("5xx as JSON", Fault::ServerError(500)),
        ("429 with retry_after", Fault::TooMany(1)),
        ("no answer", Fault::Stall),
        ("no answer though done", Fault::HoldAnswer),
    ]
}

/// When a file of a checkpoint was last begun.
pub(super) fn last_written(data: &Path) -> Option<SystemTime> {
    let folders = ["stats", "hours", "unattributed", "state"].map(|folder| data.join(folder));
    folders.iter().filter_map(|folder| fs::metadata(folder).ok()?.modified().ok()).max()
}

/// What crashes leave in a data directory, and more of it.
#[derive(Debug, Default)]
pub(super) struct Debris {
    /// The journal's length before we tore it, and after.
    torn: Option<(u64, u64)>,
}

impl Debris {
    /// Appends what a write leaves that was cut off: half of a line, a line with a wrong checksum, zeros, noise.
    pub(super) fn tear(&mut self, data: &Path, dice: &mut Dice) -> std::io::Result<()> {
        let path = data.join("journal.jsonl");
        let Ok(metadata) = fs::metadata(&path) else { return Ok(()) };
        let mut len = metadata.len();
        let mut file = OpenOptions::new().append(true).open(&path)?;
        // Nobody wrote since the last time: a disk has one torn end, not two.
        if let Some((before, after)) = self.torn
            && after == len
        {
            file.set_len(before)?;
            len = before;
        }
        let tail = tail(&fs::read(&path)?, dice);
        file.write_all(&tail)?;
        self.torn = Some((len, len + tail.len() as u64));
        Ok(())
    }

    /// Whether the journal's torn end is the one that we made.
    pub(super) fn is_ours(&self, journal: &[u8]) -> bool {
        self.torn.is_some_and(|(_, after)| after == journal.len() as u64)
    }

    /// Files that were about to replace others.
    pub(super) fn litter(data: &Path, dice: &mut Dice) -> std::io::Result<()> {
        let mut files: Vec<PathBuf> = ["teachers.json", "groups.json", "state/progress.json", "state/outbox.json"]
            .iter()
            .map(|file| data.join(file))
            .collect();
        let days = fs::read_dir(data.join("stats")).into_iter().flatten().flatten().map(|entry| entry.path());
        files.extend(days.filter(|path| path.extension().is_some_and(|extension| extension == "json")));
        files.sort();
        for _ in 0..=dice.below(2) {
            let file = dice.pick(&files);
            if file.parent().is_some_and(Path::is_dir) {
                let half = &b"{\"-1001\": {\"T001\": {\"text\": 99999"[..dice.below(34) as usize];
                fs::write(file.with_extension("json.tmp"), half)?;
            }
        }
        Ok(())
    }
}

fn tail(journal: &[u8], dice: &mut Dice) -> Vec<u8> {
    let last = journal.split(|byte| *byte == b'\n').rfind(|line| line.len() > 20).unwrap_or(b"00000000 {\"seq\":1,\"at\":1");
    let some = 1 + dice.below(last.len() as u64 - 1) as usize;
    match dice.below(4) {
        0 => last[..some].to_vec(),
        // Everything arrived but a piece in the middle.
        1 => {
            let mut line = last.to_vec();
            line[some / 2] ^= 1;
            line.push(b'\n');
            line
        }
        2 => vec![0; some],
        _ => (0..some).map(|_| dice.below(255) as u8).filter(|byte| *byte != b'\n').chain([b'{']).collect(),
    }
}
