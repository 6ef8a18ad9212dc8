use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ::parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use calamine::{Data, Reader as _, Xlsx, open_workbook};
use tempfile::TempDir;

use super::{
    before::recount_by,
    columns::{COLUMNS, Cell, Column, Type},
    parquet::{Measures, ParquetWriter},
    *,
};

/// What the original wrote for a small made-up channel.
const GOLDEN: &str = "telegramtrac";
/// The same for the newest layer, which the original doesn't get through.
const NEWEST: &str = "layer230";

fn data(sample: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(sample)
}

/// A folder with the named files of a sample.
fn folder(sample: &str, files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let to = folder.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(data(sample).join(file), to).unwrap();
    }
    folder
}

const ALPHA: [&str; 2] = ["alpha/alpha.json", "alpha/alpha_messages.json"];
const COLLECTION: [&str; 5] = ["alpha/alpha.json", "alpha/alpha_messages.json", COLLECTED, COUNTER, CHATS];
const NEWS: [&str; 2] = ["news/news.json", "news/news_messages.json"];

fn make(folder: &TempDir, options: &DatasetOptions) -> DatasetOutcome {
    let options = DatasetOptions { dir: folder.path().to_owned(), ..options.clone() };
    dataset(&options, &mut |_, _| {}).unwrap()
}

fn compat() -> DatasetOptions {
    DatasetOptions { compat: true, ..DatasetOptions::default() }
}

fn text(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// A folder's own files without those of channels, by name.
fn files(folder: &TempDir) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder.path()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn cells(path: &Path) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let sheet = book.worksheet_range("Sheet1").unwrap();
    let whole = |cell: &Data| if let Data::Int(number) = cell { Data::Float(*number as f64) } else { cell.clone() };
    // An empty string is what one library writes for an empty cell, and nothing is what another writes.
    let tidy = |cell: &Data| if matches!(cell, Data::String(text) if text.is_empty()) { Data::Empty } else { whole(cell) };
    sheet.rows().map(|row| row.iter().map(tidy).collect()).collect()
}

#[test]
fn compat_writes_what_the_original_wrote() {
    let folder = folder(GOLDEN, &COLLECTION);
    for _ in 0..2 {
        make(&folder, &compat());
        for file in ["msgs_dataset.csv", COLLECTED, COUNTER, CHATS] {
            assert_eq!(text(&folder, file), fs::read_to_string(data(GOLDEN).join(file)).unwrap(), "{file}");
        }
        assert_eq!(cells(&folder.path().join("collected_chats.xlsx")), cells(&data(GOLDEN).join("collected_chats.xlsx")));
    }
}

/// The pages of the sample have eleven posts.
#[test]
fn the_original_s_counts_come_from_the_posts_alone() {
    let folder = folder(GOLDEN, &ALPHA);
    let (surveyed, _) = survey(Folder::open(folder.path()).unwrap(), false, &mut |_| {}).unwrap();
    let (counter, rows) = recount_by(&surveyed, 11).unwrap();
    assert_eq!(String::from_utf8(counter.table().to_csv()).unwrap(), fs::read_to_string(data(GOLDEN).join(COUNTER)).unwrap());
    assert_eq!(counter.ids(), fs::read_to_string(data(GOLDEN).join(CHATS)).unwrap());
    assert_eq!(rows.len(), 3);
}

#[test]
fn without_the_collection_s_tables_compat_makes_them() {
    let folder = folder(GOLDEN, &ALPHA);
    make(&folder, &compat());
    insta::assert_snapshot!("compat_counter", text(&folder, COUNTER));
    insta::assert_snapshot!("compat_collected", text(&folder, COLLECTED));
}

#[test]
fn the_golden_channel_read_rightly() {
    let folder = folder(GOLDEN, &COLLECTION);
    let outcome = make(&folder, &DatasetOptions { lines: true, ..DatasetOptions::default() });
    assert_eq!((outcome.channels, outcome.posts, outcome.twice), (1, 12, 0));
    insta::assert_snapshot!("right_counter", text(&folder, COUNTER));
    insta::assert_snapshot!("right_collected", text(&folder, COLLECTED));
    insta::assert_snapshot!("right_lines", text(&folder, "messages.jsonl"));
    let (right, golden) = (text(&folder, "msgs_dataset.csv"), fs::read_to_string(data(GOLDEN).join("msgs_dataset.csv")).unwrap());
    let differ: Vec<_> = right.lines().zip(golden.lines()).filter(|(right, golden)| right != golden).collect();
    insta::assert_debug_snapshot!("right_posts_that_differ", differ);
}

/// Nothing that a collection wrote is lost: with `compat` it is back, and what the collection writes anew counts again.
#[test]
fn tables_of_the_collection_are_kept() {
    let folder = folder(GOLDEN, &COLLECTION);
    let golden = text(&folder, COUNTER);
    make(&folder, &DatasetOptions::default());
    let right = text(&folder, COUNTER);
    assert_ne!(right, golden);
    assert_eq!(text(&folder, "original/counter.csv"), golden);
    make(&folder, &compat());
    assert_eq!(text(&folder, COUNTER), golden);
    make(&folder, &DatasetOptions::default());
    assert_eq!(text(&folder, COUNTER), right);
    let newer = golden.replace("alpha,2,1", "alpha,3,2");
    fs::write(folder.path().join(COUNTER), &newer).unwrap();
    make(&folder, &compat());
    assert_eq!(text(&folder, COUNTER), newer);
}

#[test]
fn running_again_changes_nothing() {
    let folder = folder(GOLDEN, &COLLECTION);
    let options = DatasetOptions { lines: true, parquet: true, ..DatasetOptions::default() };
    make(&folder, &options);
    let mut first = files(&folder);
    make(&folder, &options);
    let mut second = files(&folder);
    // The workbook has the time of its making in it.
    first.remove("collected_chats.xlsx");
    second.remove("collected_chats.xlsx");
    assert_eq!(first, second);
}

#[test]
fn the_newest_layer_is_read() {
    let folder = folder(NEWEST, &NEWS);
    let outcome = make(&folder, &DatasetOptions { lines: true, parquet: true, ..DatasetOptions::default() });
    assert_eq!((outcome.posts, outcome.twice), (14, 1));
    for (name, file) in
        [("newest_posts", "msgs_dataset.csv"), ("newest_lines", "messages.jsonl"), ("newest_collected", COLLECTED)]
    {
        insta::assert_snapshot!(name, text(&folder, file));
    }
    let sheet = cells(&folder.path().join("collected_chats.xlsx"));
    assert_eq!(sheet[2][3], Data::String("007".to_owned()), "a title stays text");
}

#[test]
fn with_compat_the_newest_layer_reads_as_python_shows_it() {
    let folder = folder(NEWEST, &NEWS);
    make(&folder, &compat());
    let posts = text(&folder, "msgs_dataset.csv");
    let poll = posts.lines().find(|line| line.contains(".post.28")).unwrap();
    assert!(poll.contains(r#"{'_': 'TextWithEntities', 'text': 'Who\'s ""in""?', 'entities': [{'_'"#), "{poll}");
    assert_eq!(posts.matches("post.21,").count(), 2, "what stood twice in the file stands twice");
}

/// The same in Parquet and in JSON lines.
#[test]
fn parquet_has_what_the_lines_have() {
    let folder = folder(NEWEST, &NEWS);
    make(&folder, &DatasetOptions { lines: true, parquet: true, ..DatasetOptions::default() });
    let lines: Vec<serde_json::Map<String, serde_json::Value>> =
        text(&folder, "messages.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let file = SerializedFileReader::new(fs::File::open(folder.path().join("messages.parquet")).unwrap()).unwrap();
    let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        for (name, field) in row.get_column_iter() {
            let value = line.get(name).cloned().unwrap_or_default();
            let expected = match field {
                Field::Null => serde_json::Value::Null,
                Field::Bool(is_so) => (*is_so).into(),
                Field::Long(number) => (*number).into(),
                Field::Double(number) => (*number).into(),
                Field::Str(words) if name == "poll_answers" => serde_json::from_str(words).unwrap(),
                Field::Str(words) => words.as_str().into(),
                Field::TimestampMillis(time) => {
                    let time = chrono::DateTime::from_timestamp_millis(*time).unwrap();
                    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into()
                }
                other => panic!("{name}: {other:?}"),
            };
            // JSON has one sort of number.
            let is_same = value == expected || value.as_f64().is_some_and(|number| Some(number) == expected.as_f64());
            assert!(is_same, "{name}: {value} in lines, {expected} in Parquet");
        }
    }
}

/// A group has a measure in rows and one in bytes, so that memory stays flat however many posts there are and however long they are; and
/// every value is in its row, on both sides of every bound between pieces, batches and groups.
#[test]
fn parquet_has_groups_of_a_measure() {
    for (posts, length, measures, most_rows) in [
        (6_000, 10, Measures { bytes_of_a_piece: 10_000, rows_of_a_group: 2_000, bytes_of_a_group: usize::MAX }, 2_100),
        (700, 12_000, Measures { bytes_of_a_piece: 100_000, rows_of_a_group: usize::MAX, bytes_of_a_group: 2_000_000 }, 200),
    ] {
        let folder = tempfile::tempdir().unwrap();
        // Every third post has nothing in a column.
        let cell = |id: usize, kind: Type| match kind {
            _ if id.is_multiple_of(3) => Cell::Empty,
            Type::Text => Cell::Empty,
            Type::Int => Cell::Int(id as i64),
            Type::Float => Cell::Float(id as f64 / 2.0),
            Type::Flag => Cell::Flag(id.is_multiple_of(2)),
            Type::Time => Cell::Time("2023-01-02 03:04:05+00:00".into()),
        };
        let words = |id: usize| format!("{id} ").repeat(length / 4);
        let mut writer = ParquetWriter::with_measures(folder.path(), measures).unwrap();
        for id in 0..posts {
            let mut row: Vec<_> = COLUMNS.iter().map(|(_, kind)| cell(id, *kind)).collect();
            row[Column::Message as usize] = Cell::Text(words(id).into());
            row[Column::Views as usize] = Cell::Int(id as i64);
            writer.row(&row).unwrap();
        }
        writer.finish().unwrap().finish().unwrap();
        let file = SerializedFileReader::new(fs::File::open(folder.path().join("messages.parquet")).unwrap()).unwrap();
        let groups: Vec<i64> = file.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
        assert_eq!(groups.iter().sum::<i64>(), posts as i64);
        assert!(groups.len() >= 3 && groups.iter().all(|rows| *rows <= most_rows), "{groups:?}");
        let mut seen = 0;
        for (id, row) in file.get_row_iter(None).unwrap().map(Result::unwrap).enumerate() {
            seen += 1;
            for ((name, field), (expected, kind)) in row.get_column_iter().zip(COLUMNS) {
                assert_eq!(name, expected);
                let is_right = match (field, cell(id, *kind)) {
                    (Field::Str(text), _) => name == "message" && *text == words(id),
                    (Field::Long(number), _) if name == "views" => *number == id as i64,
                    (Field::Null, Cell::Empty) => true,
                    (Field::Long(number), Cell::Int(expected)) => *number == expected,
                    (Field::Double(number), Cell::Float(expected)) => *number == expected,
                    (Field::Bool(is_so), Cell::Flag(expected)) => *is_so == expected,
                    (Field::TimestampMillis(time), Cell::Time(_)) => *time == 1_672_628_645_000,
                    _ => false,
                };
                assert!(is_right, "row {id}, {name}: {field:?}");
            }
        }
        assert_eq!(seen, posts);
        assert_eq!(files(&folder).len(), 1, "the columns' own files are gone");
    }
}

#[test]
fn formulas_are_defused_when_asked() {
    let folder = folder(NEWEST, &NEWS);
    make(&folder, &DatasetOptions::default());
    assert!(text(&folder, "msgs_dataset.csv").contains(",201,news,26,=1+1,=1+1,"));
    make(&folder, &DatasetOptions { defuse: true, ..DatasetOptions::default() });
    assert!(text(&folder, "msgs_dataset.csv").contains(",201,news,26,'=1+1,'=1+1,"));
    assert!(text(&folder, COLLECTED).contains(",-5,news,"), "a number is no formula");
}

#[test]
fn a_broken_file_is_the_end_or_is_left_out() {
    let folder = folder(NEWEST, &NEWS);
    let broken = folder.path().join("beta/beta_messages.json");
    fs::create_dir(folder.path().join("beta")).unwrap();
    fs::write(&broken, r#"{"messages":[{"_":"Message","id":1}"#).unwrap();
    let options = DatasetOptions { dir: folder.path().to_owned(), parquet: true, ..DatasetOptions::default() };
    assert!(matches!(dataset(&options, &mut |_, _| {}), Err(Fault::CutShort { path, .. }) if path == broken));
    assert_eq!(files(&folder).len(), 0, "nothing half is left");
    let outcome = make(&folder, &DatasetOptions { skip_broken: true, ..DatasetOptions::default() });
    assert_eq!((outcome.broken.len(), outcome.channels), (1, 1));
}

#[test]
fn a_folder_without_channels_is_told_about() {
    let folder = tempfile::tempdir().unwrap();
    let options = DatasetOptions { dir: folder.path().to_owned(), ..DatasetOptions::default() };
    assert!(matches!(dataset(&options, &mut |_, _| {}), Err(Fault::NothingCollected(_))));
    let options = DatasetOptions { dir: folder.path().join("none"), ..DatasetOptions::default() };
    assert!(matches!(dataset(&options, &mut |_, _| {}), Err(Fault::NoFolder { .. })));
}
