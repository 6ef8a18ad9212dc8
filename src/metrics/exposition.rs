//! The text that Prometheus reads (exposition format 0.0.4).

use std::fmt::Write as _;

use super::Histogram;

/// The format's name, for the answer's head.
pub const fn content_type() -> &'static str {
    "text/plain; version=0.0.4; charset=utf-8"
}

/// What a family of figures is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
}

/// A text that grows by one family of figures after the other.
#[derive(Debug, Default)]
pub struct Exposition(String);

impl Exposition {
    /// A figure without labels.
    pub fn one(&mut self, sort: Sort, name: &str, help: &str, value: f64) {
        self.family(sort, name, help, [([], value)]);
    }

    /// A figure for each set of labels.
    pub fn family<'a, const N: usize>(
        &mut self,
        sort: Sort,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = ([(&'a str, &'a str); N], f64)>,
    ) {
        let word = match sort {
            Sort::Counter => "counter",
            Sort::Gauge => "gauge",
        };
        self.head(name, help, word);
        for (labels, value) in samples {
            self.sample(name, &labels, value);
        }
    }

    /// How long something took.
    pub fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, help, "histogram");
        let (up_to, count, sum) = histogram.get();
        let bucket = format!("{name}_bucket");
        for (bound, n) in Histogram::BOUNDS.iter().zip(up_to) {
            self.sample(&bucket, &[("le", &bound.to_string())], whole(n));
        }
        self.sample(&bucket, &[("le", "+Inf")], whole(count));
        self.sample(&format!("{name}_sum"), &[], sum);
        self.sample(&format!("{name}_count"), &[], whole(count));
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, sort: &str) {
        let help = help.replace('\\', r"\\").replace('\n', r"\n");
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {sort}\n");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.0 += name;
        for (index, (label, text)) in labels.iter().enumerate() {
            let text = text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n");
            let _ = write!(self.0, "{}{label}=\"{text}\"", if index == 0 { '{' } else { ',' });
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }
}

/// A number of things as the format has it.
pub fn whole(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_as_the_format_asks() {
        let mut text = Exposition::default();
        text.one(Sort::Gauge, "a_seconds", "Two\nlines and a \\", 0.25);
        text.family(Sort::Counter, "b_total", "By kind.", [([("kind", "a\"b\\c\nd"), ("n", "1")], 3.0)]);
        assert_eq!(
            text.finish(),
            "# HELP a_seconds Two\\nlines and a \\\\\n# TYPE a_seconds gauge\na_seconds 0.25\n\
             # HELP b_total By kind.\n# TYPE b_total counter\nb_total{kind=\"a\\\"b\\\\c\\nd\",n=\"1\"} 3\n"
        );
    }
}
