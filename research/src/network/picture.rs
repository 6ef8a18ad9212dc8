//! The graph as a picture to read, 1600 × 1000: circles, bent lines, names that don't cover each other, a legend.

use std::fmt::Write as _;

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree},
};

use super::{
    Drawn, Theme, font,
    labels::{Frame, Wish, placed},
    palette,
    xml::escaped,
};
use crate::{fault::Fault, references::Kind};

const WIDTH: f64 = 1600.0;
const HEIGHT: f64 = 1000.0;
/// Where the graph is drawn; the legend is to the right of it.
const FRAME: Frame = [24.0, 24.0, 1236.0, 976.0];
const LEGEND: f64 = 1276.0;
const LEGEND_WIDTH: f64 = WIDTH - LEGEND - 28.0;
/// Lighter lines are left out, and the legend says so: more of them would be a grey cloud.
const MOST_LINES: usize = 3000;
const MOST_NAMES: usize = 140;
const MOST_IMPORTANT: usize = 40;

macro_rules! put {
    ($out:expr, $($format:tt)*) => { writeln!($out, $($format)*).expect("writing to a string succeeds") };
}

/// The picture as PNG.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, Fault> {
    let fault = |why: String| Fault::Made { what: "network.png", why };
    let options = Options { font_family: font::FAMILY.to_owned(), fontdb: font::fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|why| fault(why.to_string()))?;
    let mut pixels = Pixmap::new(WIDTH as u32, HEIGHT as u32).ok_or_else(|| fault("no room for it".to_owned()))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|why| fault(why.to_string()))
}

/// The picture as SVG.
pub(super) fn svg(drawn: &Drawn, theme: Theme) -> String {
    let ink = Ink::of(theme);
    let sizes = [WIDTH, HEIGHT].map(|length| length as u32);
    let mut out = String::new();
    let family = font::FAMILY;
    put!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-family="{family}, sans-serif">"#,
        sizes[0],
        sizes[1]
    );
    put!(out, r#"<title>References between Telegram channels</title>"#);
    put!(out, r#"<rect width="{WIDTH}" height="{HEIGHT}" fill="{}"/>"#, ink.ground);
    let circles = circles(drawn);
    let lines = lines(drawn, &circles, &mut out);
    for (at, (x, y, radius)) in circles.iter().enumerate() {
        let fill = palette::hex(drawn.communities[at]);
        put!(
            out,
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{fill}" stroke="{}" stroke-width="0.8"/>"#,
            ink.ground
        );
    }
    names(drawn, &circles, &ink, &mut out);
    legend(drawn, lines, &ink, &mut out);
    out.push_str("</svg>\n");
    out
}

/// Colours of a theme.
struct Ink {
    ground: &'static str,
    words: &'static str,
    faint: &'static str,
    rule: &'static str,
}

impl Ink {
    fn of(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self { ground: "#ffffff", words: "#111827", faint: "#5b6472", rule: "#d8dde5" },
            Theme::Dark => Self { ground: "#12161c", words: "#eef1f5", faint: "#a2acb9", rule: "#39424e" },
        }
    }
}

/// Middles and radii in the frame: the graph fills it, whatever its shape is.
fn circles(drawn: &Drawn) -> Vec<(f64, f64, f64)> {
    let margin = 30.0;
    let axis = |axis: usize| {
        let (low, high) = drawn
            .places
            .iter()
            .map(|place| place[axis])
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)));
        let (from, room) = (FRAME[axis] + margin, FRAME[axis + 2] - FRAME[axis] - 2.0 * margin);
        let span = high - low;
        move |at: f64| if span < 1e-9 { from + room / 2.0 } else { from + (at - low) / span * room }
    };
    let (x, y) = (axis(0), axis(1));
    // With thousands of circles each gets less room.
    let scale = (40.0 / (drawn.graph.nodes.len() as f64 + 1.0).sqrt()).clamp(0.35, 1.0);
    drawn.places.iter().enumerate().map(|(at, place)| (x(place[0]), y(place[1]), drawn.radius(at) * scale)).collect()
}

/// The heaviest lines; the heaviest of them on top. How many there are.
fn lines(drawn: &Drawn, circles: &[(f64, f64, f64)], out: &mut String) -> usize {
    let mut order: Vec<_> = (0..drawn.graph.edges.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(drawn.graph.edges[*at].weight()));
    order.truncate(MOST_LINES);
    let heaviest = order.first().map_or(1, |at| drawn.graph.edges[*at].weight()) as f64;
    let crowd = (300.0 / (order.len() as f64 + 1.0)).sqrt().clamp(0.35, 1.0);
    put!(out, r#"<g fill="none">"#);
    for at in order.iter().rev() {
        let edge = &drawn.graph.edges[*at];
        let ((ax, ay, _), (bx, by, _)) = (circles[edge.source], circles[edge.target]);
        let share = (edge.weight() as f64).ln_1p() / heaviest.ln_1p();
        let (thick, opacity) = (0.5 + 3.0 * share * share, (0.2 + 0.4 * share) * crowd);
        // Bent to one side: who refers to whom can be seen, and two directions don't cover each other.
        let (mx, my) = ((ax + bx) / 2.0 + (by - ay) * 0.12, (ay + by) / 2.0 - (bx - ax) * 0.12);
        let stroke = palette::hex(drawn.communities[edge.source]);
        put!(
            out,
            r#"<path d="M{ax:.1} {ay:.1}Q{mx:.1} {my:.1} {bx:.1} {by:.1}" stroke="{stroke}" stroke-width="{thick:.2}" stroke-opacity="{opacity:.2}"/>"#
        );
    }
    put!(out, "</g>");
    order.len()
}

fn names(drawn: &Drawn, circles: &[(f64, f64, f64)], ink: &Ink, out: &mut String) {
    let mut order: Vec<_> = (0..circles.len()).collect();
    order.sort_by(|a, b| circles[*b].2.total_cmp(&circles[*a].2).then(a.cmp(b)));
    let largest = order.first().map_or(1.0, |at| circles[*at].2);
    let wish = |(rank, at): (usize, &usize)| {
        let ((x, y, radius), size) = (circles[*at], 12.0 + 8.0 * circles[*at].2 / largest);
        let text = font::fitted(drawn.graph.nodes[*at].label(), size, true, 260.0);
        // Who matters most is named, even across small ones.
        let covers = if rank < MOST_IMPORTANT { radius * 0.8 } else { largest * 0.3 };
        Wish { x, y, radius, text, size, covers }
    };
    // Small ones are tried as long as there may be room.
    let wishes: Vec<_> = order.iter().take(MOST_NAMES * 8).enumerate().map(wish).collect();
    put!(
        out,
        r#"<g font-weight="600" fill="{}" stroke="{}" stroke-width="3" stroke-linejoin="round" paint-order="stroke">"#,
        ink.words,
        ink.ground
    );
    for label in placed(&wishes, circles, FRAME, MOST_NAMES) {
        put!(
            out,
            r#"<text x="{:.1}" y="{:.1}" font-size="{:.1}">{}</text>"#,
            label.x,
            label.baseline,
            label.size,
            escaped(&label.text)
        );
    }
    put!(out, "</g>");
}

fn legend(drawn: &Drawn, lines: usize, ink: &Ink, out: &mut String) {
    let (words, faint) = (ink.words, ink.faint);
    let mut y = 64.0;
    let mut line = |out: &mut String, text: &str, size: f64, is_bold: bool, colour: &str, after: f64| {
        let weight = if is_bold { 600 } else { 400 };
        let text = escaped(&font::fitted(text, size, is_bold, LEGEND_WIDTH));
        put!(out, r#"<text x="{LEGEND}" y="{y:.0}" font-size="{size}" font-weight="{weight}" fill="{colour}">{text}</text>"#);
        y += after;
        y
    };
    put!(out, r#"<line x1="{0}" y1="40" x2="{0}" y2="960" stroke="{1}"/>"#, LEGEND - 20.0, ink.rule);
    let edges = &drawn.graph.edges;
    line(out, "Who refers to whom", 26.0, true, words, 32.0);
    line(out, &format!("{} channels", grouped(drawn.graph.nodes.len())), 16.0, false, faint, 24.0);
    line(out, &format!("{} of them collected", grouped(drawn.collected())), 16.0, false, faint, 24.0);
    line(out, &format!("{} connections", grouped(edges.len())), 16.0, false, faint, 24.0);
    if lines < edges.len() {
        line(out, &format!("the {} heaviest are drawn", grouped(lines)), 16.0, false, faint, 24.0);
    }
    if let Some((first, last)) = drawn.span() {
        line(out, &format!("{first} to {last}"), 16.0, false, faint, 24.0);
    }
    line(out, "", 16.0, false, faint, 16.0);
    line(out, "Communities", 18.0, true, words, 28.0);
    let mut at = line(out, "", 16.0, false, words, 0.0);
    for (community, (hub, size)) in drawn.hubs().into_iter().enumerate() {
        let fill = palette::hex(community);
        put!(out, r#"<circle cx="{}" cy="{:.0}" r="8" fill="{fill}"/>"#, LEGEND + 8.0, at - 5.0);
        let count = grouped(size);
        let room = LEGEND_WIDTH - 30.0 - font::width(&count, 16.0, false) - 12.0;
        let name = escaped(&font::fitted(&hub, 16.0, false, room));
        put!(out, r#"<text x="{}" y="{at:.0}" font-size="16" fill="{words}">{name}</text>"#, LEGEND + 26.0);
        put!(
            out,
            r#"<text x="{}" y="{at:.0}" font-size="16" text-anchor="end" fill="{faint}">{count}</text>"#,
            LEGEND + LEGEND_WIDTH
        );
        at += 26.0;
    }
    let rest = drawn.community_count().saturating_sub(palette::COUNT);
    if rest > 0 {
        put!(out, r#"<circle cx="{}" cy="{:.0}" r="8" fill="{}"/>"#, LEGEND + 8.0, at - 5.0, palette::hex(palette::COUNT));
        put!(
            out,
            r#"<text x="{}" y="{at:.0}" font-size="16" fill="{words}">{} smaller ones</text>"#,
            LEGEND + 26.0,
            grouped(rest)
        );
        at += 26.0;
    }
    kinds(drawn, ink, at + 24.0, out);
}

/// What the references are, and how to read the drawing.
fn kinds(drawn: &Drawn, ink: &Ink, mut at: f64, out: &mut String) {
    let (words, faint) = (ink.words, ink.faint);
    put!(out, r#"<text x="{LEGEND}" y="{at:.0}" font-size="18" font-weight="600" fill="{words}">References</text>"#);
    at += 28.0;
    for (kind, name) in Kind::ALL.into_iter().zip(["Forwards", "Mentions", "Links", "Linked chats"]) {
        let sum: u64 = drawn.graph.edges.iter().map(|edge| edge.counts[kind as usize]).sum();
        put!(out, r#"<text x="{LEGEND}" y="{at:.0}" font-size="16" fill="{words}">{name}</text>"#);
        let end = LEGEND + LEGEND_WIDTH;
        put!(
            out,
            r#"<text x="{end}" y="{at:.0}" font-size="16" text-anchor="end" fill="{faint}">{}</text>"#,
            grouped(sum as usize)
        );
        at += 24.0;
    }
    let notes = [
        "A circle grows with the references to it.",
        "A line has the colour of who refers, and",
        "bends to the left on its way to the other.",
    ];
    at = (at + 20.0).max(HEIGHT - 40.0 - 22.0 * notes.len() as f64);
    for note in notes {
        put!(out, r#"<text x="{LEGEND}" y="{at:.0}" font-size="15" fill="{faint}">{note}</text>"#);
        at += 22.0;
    }
}

/// A number with commas between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
