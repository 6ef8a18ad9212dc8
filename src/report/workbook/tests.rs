use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use chrono::Days;

use super::{days::Detail, *};
use crate::{
    domain::{change::Change, ids::FullName, kind::Kind, lang::Lang},
    report::{files::COLUMNS, sample::*},
};

fn bytes(sample: &Sample, lang: Lang) -> Vec<u8> {
    write(&sample.sheet(lang), &mut |sink| sample.show_days(sink)).expect("is written")
}

fn opened(sample: &Sample) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes(sample, Lang::En))).expect("opens")
}

fn rows(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(sheet).expect("is there").rows().map(<[Data]>::to_vec).collect()
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn the_first_sheet_is_a_contract() {
    let mut book = opened(&Sample::school());
    assert_eq!(book.sheet_names(), ["Report", "By day", "Summary", "Silent"]);
    let rows = rows(&mut book, "Report");
    assert_eq!(rows[0], COLUMNS.map(text));
    assert_eq!(rows.len(), 5);
    let mut aziza = vec![text("T001"), text("Aziza Karimova"), text("-1001234567890"), text("Grade 2 “Sun”")];
    aziza.extend([118.0, 28.0, 0.0, 0.0, 0.0, 0.0, 146.0].map(Data::Float));
    aziza.extend([text("2026-01-01"), text("2026-01-31")]);
    assert_eq!(rows[1], aziza);
    // Who or what is not registered goes by its id.
    assert_eq!(rows[4][..4], [text("gone99"), text("gone99"), text("-1009999999999"), text("-1009999999999")]);
}

#[test]
fn what_looks_like_a_formula_stays_text() {
    let mut sample = Sample::school();
    for (id, name) in [("T001", "=cmd|' /C calc'!A0"), ("T002", "+7 900"), ("T003", "@SUM(A1)")] {
        let mut teacher = sample.state.teachers[&teacher(id)].clone();
        teacher.full_name = FullName::from_file(name.to_owned());
        sample.state.apply(Change::Teacher(teacher.teacher_id, Some(Box::new(teacher))));
    }
    let mut group = sample.state.groups[&SUN].clone();
    group.title = format!("-1+1\u{ffff}\u{8}{}", "x".repeat(40_000));
    sample.state.apply(Change::Group(SUN, Some(Box::new(group))));
    let mut book = opened(&sample);
    let rows = rows(&mut book, "Report");
    assert_eq!([&rows[1][1], &rows[2][1], &rows[3][1]], [&text("=cmd|' /C calc'!A0"), &text("+7 900"), &text("@SUM(A1)")]);
    assert!(matches!(&rows[1][3], Data::String(title) if title.starts_with("-1+1")));
    assert!(book.worksheet_formula("Report").expect("is there").is_empty());
}

#[test]
fn the_days_agree_with_the_sums() {
    let sample = Sample::school();
    let mut book = opened(&sample);
    let rows = rows(&mut book, "By day");
    let total = |row: &Vec<Data>| match row[11] {
        Data::Float(n) => n as u64,
        ref other => panic!("not a number: {other:?}"),
    };
    assert_eq!(rows[1..].iter().map(total).sum::<u64>(), sample.activity.total());
    assert_eq!(rows.len() as u64 - 1, sample.activity.day_cells);
    assert!(matches!(rows[1][0], Data::DateTime(_)));
}

#[test]
fn silent_teachers_have_a_sheet() {
    let rows = rows(&mut opened(&Sample::school()), "Silent");
    assert_eq!(rows[1], [text("T005"), text("Only Stickers"), text("Grade 2 “Sun”"), text("stickers: 3")]);
    assert_eq!(rows.len(), 3);
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    for lang in Lang::ALL {
        assert_eq!(bytes(&Sample::school(), lang), bytes(&Sample::school(), lang));
    }
}

#[test]
fn nothing_at_all_is_a_workbook_too() {
    let mut book = opened(&Sample::empty());
    assert_eq!(rows(&mut book, "Report").len(), 1);
    assert_eq!(book.sheet_names().len(), 4);
}

#[test]
fn too_many_rows_are_summed_up_and_said() {
    let sample = Sample::school();
    for (detail, sentence, columns) in [(Detail::Teacher, "by day and teacher", 10), (Detail::Day, "by day alone", 8)] {
        let mut book = Workbook::new();
        let of = sample.sheet(Lang::En);
        let mut sheet = DaySheet::with(detail, &mut book, &of, &Style::new()).expect("fits");
        sample.show_days(&mut sheet);
        book.push_worksheet(sheet.finish().expect("is written"));
        let mut read = Xlsx::new(Cursor::new(book.save_to_buffer().expect("is written"))).expect("opens");
        let rows = rows(&mut read, "By day");
        assert!(matches!(&rows[0][0], Data::String(note) if note.contains(sentence)), "{:?}", rows[0]);
        let sum: f64 =
            rows[2..].iter().map(|row| row[columns - 1].clone()).map(|n| if let Data::Float(n) = n { n } else { 0.0 }).sum();
        assert_eq!(sum as u64, sample.activity.total());
    }
}

#[test]
fn many_rows_go_through_a_file_and_stay_the_same() {
    let mut sample = Sample::school();
    let first = *sample.days.keys().next_back().expect("has days");
    for day in 0..3 {
        for n in 0..1_000 {
            let id = teacher(&format!("M{n:05}"));
            let day = sample.days.entry(first - Days::new(day)).or_default();
            day.cells.entry(SUN, id).add(Kind::Text);
        }
    }
    let sample = sample.within(|_| ());
    let mut book = opened(&sample);
    assert_eq!(rows(&mut book, "By day").len() as u64 - 1, sample.activity.day_cells);
    assert!(sample.activity.day_cells > STREAMED_FROM);
}
