//! How Python writes things: `json.dumps` for what JSON has, `str()` for what it hasn't.

use std::fmt::Write;

/// A string, without escapes for letters that aren't ASCII.
pub(crate) fn string(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => append(out, format_args!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// `"2023-04-20 10:11:12+00:00"`
pub(crate) fn date(seconds: i32, out: &mut String) {
    let (days, second) = (i64::from(seconds).div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    append(out, format_args!("\"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}+00:00\"", second % 60));
}

/// The date of a day since 1970, by counting from 1 March of year 0, where leap days come last in a cycle of 400 years.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (cycle, day_of_cycle) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * march_month + 2) / 5 + 1)
}

/// `"b'..'"`, as `repr` shows bytes, as a string of JSON.
pub(crate) fn bytes(bytes: &[u8], out: &mut String) {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut shown = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => shown.push_str("\\\\"),
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            byte if char::from(*byte) == quote => append(&mut shown, format_args!("\\{quote}")),
            b' '..=b'~' => shown.push(char::from(*byte)),
            other => append(&mut shown, format_args!("\\x{other:02x}")),
        }
    }
    shown.push(quote);
    string(&shown, out);
}

/// The shortest digits that mean this number; an exponent only where Python has one.
pub(crate) fn float(number: f64, out: &mut String) {
    if number.is_nan() {
        return out.push_str("NaN");
    }
    if number.is_infinite() {
        return out.push_str(if number > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').expect("this format has an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    if (-4..16).contains(&exponent) {
        let plain = number.to_string();
        out.push_str(&plain);
        if !plain.contains('.') {
            out.push_str(".0");
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        append(out, format_args!("{digits}e{sign}{:02}", exponent.unsigned_abs()));
    }
}

fn append(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn fractions_are_written_as_python_does() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (2.5, "2.5"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (5e-324, "5e-324"),
            (41.311_081, "41.311081"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, text) in cases {
            assert_eq!(shown(|out| float(number, out)), text);
        }
    }

    #[test]
    fn bytes_are_shown_as_python_shows_them() {
        let cases: [(&[u8], &str); 5] = [
            (b"", r#""b''""#),
            (b"0", r#""b'0'""#),
            (b"it's", r#""b\"it's\"""#),
            (b"'\"", r#""b'\\'\"'""#),
            (b"\x00\x7f\xff\n\\", r#""b'\\x00\\x7f\\xff\\n\\\\'""#),
        ];
        for (given, text) in cases {
            assert_eq!(shown(|out| bytes(given, out)), text);
        }
    }

    #[test]
    fn dates_are_utc() {
        let cases = [
            (0, "\"1970-01-01 00:00:00+00:00\""),
            (1_681_985_472, "\"2023-04-20 10:11:12+00:00\""),
            (951_782_400, "\"2000-02-29 00:00:00+00:00\""),
            (i32::MAX, "\"2038-01-19 03:14:07+00:00\""),
            (i32::MIN, "\"1901-12-13 20:45:52+00:00\""),
        ];
        for (seconds, text) in cases {
            assert_eq!(shown(|out| date(seconds, out)), text);
        }
    }
}
