//! The rules of `ARCHITECTURE.md` that a machine can check.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rollcall::config::SETTINGS;

/// Parts that decide, count or phrase: everything they need is told to them.
const PURE: [&str; 18] = [
    "src/channels",
    "src/chats",
    "src/commands",
    "src/commands.rs",
    "src/domain",
    "src/counter",
    "src/assistant",
    "src/admin",
    "src/report",
    "src/study",
    "src/jobs",
    "src/text",
    "src/membership",
    "src/membership.rs",
    "src/doctor/judge.rs",
    "src/alerts",
    "src/alerts.rs",
    "src/health.rs",
];

/// What touches the outside.
const OUTSIDE: [&str; 9] = [
    "tokio",
    "reqwest",
    "teloxide",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time::SystemTime",
    "std::time::Instant",
];

/// Foreign names that stay within one part, which translates them.
const AT_HOME: [(&str, &str); 14] = [
    ("teloxide", "src/telegram"),
    ("grammers_client", "src/mtproto"),
    ("grammers_crypto", "src/mtproto"),
    ("grammers_mtsender", "src/mtproto"),
    ("grammers_session", "src/mtproto"),
    ("grammers_tl_types", "src/mtproto"),
    ("axum", "src/web"),
    ("clap", "src/cli"),
    ("feed_rs", "src/feeds.rs"),
    ("rust_xlsxwriter", "src/report"),
    ("rusqlite", "src/store/tracker.rs"),
    ("postgres::Client", "src/store/postgres"),
    ("rustls", "src/store/postgres/settings.rs"),
    ("tokio_postgres_rustls", "src/store/postgres/settings.rs"),
];

const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Our source files below a folder (or the file itself), relative to the root.
fn sources(below: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(below)];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a readable folder");
            waiting.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path.strip_prefix(root()).expect("it lies below").to_owned());
        }
    }
    found.sort();
    found
}

/// The file's code without comments, and without the tests below it.
fn code(file: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(root().join(file)).expect("a readable file");
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned()));
    numbered.take_while(|(_, line)| line != "#[cfg(test)]").filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

fn is_test(file: &Path) -> bool {
    file.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| stem == "tests" || stem.ends_with("_tests"))
}

/// Whether a line names a path's first part, or the path itself.
fn names(line: &str, path: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_part);
        let after = &line[at + path.len()..];
        !before && !after.starts_with(is_part) && (path.contains("::") || after.starts_with("::"))
    })
}

fn report(mistakes: &[String]) {
    assert!(mistakes.is_empty(), "\n{}", mistakes.join("\n"));
}

#[test]
fn what_decides_touches_nothing_outside() {
    let mut mistakes = Vec::new();
    for file in PURE.into_iter().flat_map(sources).filter(|file| !is_test(file)) {
        for (number, line) in code(&file) {
            for outside in OUTSIDE.into_iter().filter(|outside| names(&line, outside)) {
                mistakes.push(format!("{}:{number}: a pure part names {outside}: {}", file.display(), line.trim()));
            }
        }
    }
    report(&mistakes);
}

#[test]
fn foreign_types_stop_at_their_edge() {
    let mut mistakes = Vec::new();
    for file in sources("src") {
        for (number, line) in code(&file) {
            for (name, home) in AT_HOME.into_iter().filter(|(_, home)| !file.starts_with(home)) {
                if names(&line, name) {
                    mistakes.push(format!("{}:{number}: {name} belongs into {home}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    report(&mistakes);
}

/// Whatever a dashboard sends or hears lies in one file, which knows nothing of Telegram or of screens.
#[test]
fn one_part_speaks_to_the_dashboard() {
    let export = Path::new("src/leaderboard_export.rs");
    let own = ["telegram", "mtproto", "web", "admin", "text", "app", "cli", "config"];
    let of_others = code(export).into_iter().filter(|(_, line)| own.iter().any(|part| line.contains(&format!("{part}::"))));
    let mut mistakes: Vec<_> = of_others.map(|(number, line)| format!("{}:{number}: {line}", export.display())).collect();
    for file in sources("src") {
        let at_home = [
            "src/leaderboard_export.rs",
            "src/providers.rs",
            "src/feeds.rs",
            "src/cli/health.rs",
            "src/web/standby.rs",
            "src/telegram",
            "src/mtproto/access.rs",
            "src/config",
            "src/config.rs",
        ];
        if at_home.iter().any(|home| file.starts_with(home)) {
            continue;
        }
        let speaks =
            |line: &str| names(line, "reqwest") || (line.contains("x-leaderboard-secret") && !file.starts_with("src/web"));
        let speaking = code(&file).into_iter().filter(|(_, line)| speaks(line));
        mistakes.extend(speaking.map(|(number, line)| format!("{}:{number}: {}", file.display(), line.trim())));
    }
    report(&mistakes);
}

#[test]
fn the_simulator_knows_nothing_of_the_product() {
    let mistakes: Vec<_> = sources("sim")
        .iter()
        .flat_map(|file| code(file).into_iter().map(move |(number, line)| (file, number, line)))
        .filter(|(_, _, line)| names(line, "rollcall"))
        .map(|(file, number, line)| format!("{}:{number}: {}", file.display(), line.trim()))
        .collect();
    report(&mistakes);
}

#[test]
fn no_file_is_too_long_to_read() {
    let long = |file: &PathBuf| {
        let lines = code(file).last().map_or(0, |(number, _)| *number);
        (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines of code; split it by what it does", file.display()))
    };
    let files = ["src", "sim/src", "tests", "examples", "benches"]
        .into_iter()
        .flat_map(|folder| if root().join(folder).exists() { sources(folder) } else { Vec::new() });
    report(&files.filter_map(|file| long(&file)).collect::<Vec<_>>());
}

#[test]
fn the_example_explains_every_setting_with_its_default() {
    let example = fs::read_to_string(root().join(".env.example")).expect("it is there");
    let lines: Vec<&str> = example.lines().collect();
    let listed = lines.windows(2).filter_map(|pair| {
        let (name, value) = pair[1].trim_start_matches('#').split_once('=')?;
        let is_name = name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        is_name.then(|| (name.to_owned(), value.to_owned(), pair[0].trim_start_matches("# ").to_owned()))
    });
    let known = SETTINGS.iter().map(|setting| (setting.name.to_owned(), setting.default.to_owned(), setting.help.to_owned()));
    assert_eq!(listed.collect::<Vec<_>>(), known.collect::<Vec<_>>());
}

#[test]
fn the_readme_names_every_setting_and_command() {
    let readme = fs::read_to_string(root().join("README.md")).expect("it is there");
    let settings = SETTINGS.iter().map(|setting| format!("`{}`", setting.name));
    let commands = [
        "init", "doctor", "health", "report", "teachers", "groups", "token", "post-now", "export", "import", "session",
        "secrets", "backup", "restore", "send", "jobs", "commands",
    ];
    let commands = commands.map(|name| format!("rollcall {name}"));
    let missing: Vec<_> = settings.chain(commands).filter(|word| !readme.contains(word)).collect();
    assert!(missing.is_empty(), "README.md doesn't mention {missing:?}");
}
