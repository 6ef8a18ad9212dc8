use super::*;
use crate::report::sample::{SEVEN_A, Sample, teacher};

fn in_each_language(view: impl Fn(Lang) -> Html) -> String {
    Lang::ALL.map(|lang| format!("=== {}\n{}\n", lang.code(), view(lang))).concat()
}

#[test]
fn summary_of_a_month() {
    let sample = Sample::school();
    insta::assert_snapshot!(in_each_language(|lang| summary(&sample.activity, Some(&sample.before()), &sample.frame(lang))));
}

#[test]
fn summary_of_an_empty_day() {
    let sample = Sample::empty();
    insta::assert_snapshot!(in_each_language(|lang| summary(&sample.activity, Some(&sample.before()), &sample.frame(lang))));
}

#[test]
fn summary_of_one_group() {
    let sample = Sample::school().within(|scope| scope.group = Some(SEVEN_A));
    insta::assert_snapshot!(in_each_language(|lang| summary(&sample.activity, Some(&sample.before()), &sample.frame(lang))));
}

#[test]
fn details_by_teacher() {
    let sample = Sample::school();
    insta::assert_snapshot!(in_each_language(|lang| by_teacher(&sample.activity, &sample.frame(lang))));
}

#[test]
fn details_by_group() {
    let sample = Sample::school();
    insta::assert_snapshot!(in_each_language(|lang| by_group(&sample.activity, &sample.frame(lang))));
}

#[test]
fn silent_teachers() {
    let sample = Sample::school();
    insta::assert_snapshot!(in_each_language(|lang| silent(&sample.activity, &sample.frame(lang))));
}

#[test]
fn ones_own_activity() {
    let sample = Sample::school().within(|scope| scope.teacher = Some(teacher("T001")));
    insta::assert_snapshot!(in_each_language(|lang| my_activity(teacher("T001"), &sample.activity, &sample.frame(lang))));
    let sample = Sample::school().within(|scope| scope.teacher = Some(teacher("T004")));
    insta::assert_snapshot!(
        "ones_own_silence",
        in_each_language(|lang| my_activity(teacher("T004"), &sample.activity, &sample.frame(lang)))
    );
}

#[test]
fn captions() {
    let sample = Sample::school();
    insta::assert_snapshot!(in_each_language(|lang| caption(&sample.activity, &sample.frame(lang))));
}

#[test]
fn a_crowd_fits() {
    let sample = Sample::crowd(3_000);
    for lang in Lang::ALL {
        assert!(summary(&sample.activity, Some(&sample.before()), &sample.frame(lang)).as_str().encode_utf16().count() <= 4_096);
        let details = by_teacher(&sample.activity, &sample.frame(lang));
        assert!((8_000..12_288).contains(&details.as_str().encode_utf16().count()));
        assert!(details.as_str().lines().all(|line| line.encode_utf16().count() < 1_000));
    }
}
