//! Which names fit beside their circles without covering each other.

use super::font;

/// A circle and the name that it would like to have beside it.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) radius: f64,
    pub(super) text: String,
    pub(super) size: f64,
    /// It may cover circles up to this radius.
    pub(super) covers: f64,
}

/// A name in its place: where its line begins, and its size.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) baseline: f64,
    pub(super) text: String,
    pub(super) size: f64,
}

/// A rectangle: left, top, right, bottom.
pub(super) type Frame = [f64; 4];

/// The most important wish comes first; what doesn't fit stays without a name. Names keep off other names and off `circles` (middle and
/// radius) that they may not cover, other than their own.
pub(super) fn placed(wishes: &[Wish], circles: &[(f64, f64, f64)], frame: Frame, most: usize) -> Vec<Label> {
    let (mut taken, mut labels): (Vec<Frame>, Vec<Label>) = (Vec::new(), Vec::new());
    for wish in wishes {
        if labels.len() == most {
            break;
        }
        let width = font::width(&wish.text, wish.size, true);
        let fits = |place: &Frame| {
            let is_inside = place[0] >= frame[0] && place[1] >= frame[1] && place[2] <= frame[2] && place[3] <= frame[3];
            let is_own = |circle: &(f64, f64, f64)| (circle.0 - wish.x).abs() + (circle.1 - wish.y).abs() < 1e-9;
            is_inside
                && taken.iter().all(|other| !overlap(place, other))
                && circles.iter().all(|circle| circle.2 <= wish.covers || is_own(circle) || !covers(place, *circle))
        };
        if let Some(place) = places(wish, width).into_iter().find(fits) {
            taken.push(place);
            labels.push(Label {
                x: place[0] + 2.0,
                baseline: place[3] - wish.size * 0.28,
                text: wish.text.clone(),
                size: wish.size,
            });
        }
    }
    labels
}

/// Right, left, above, below.
fn places(wish: &Wish, width: f64) -> [Frame; 4] {
    let (width, height, gap) = (width + 4.0, wish.size * 1.2, wish.radius + 2.0);
    let at = |left: f64, top: f64| [left, top, left + width, top + height];
    [
        at(wish.x + gap, wish.y - height / 2.0),
        at(wish.x - gap - width, wish.y - height / 2.0),
        at(wish.x - width / 2.0, wish.y - gap - height),
        at(wish.x - width / 2.0, wish.y + gap),
    ]
}

fn overlap(a: &Frame, b: &Frame) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn covers(place: &Frame, (x, y, radius): (f64, f64, f64)) -> bool {
    let (near_x, near_y) = (x.clamp(place[0], place[2]), y.clamp(place[1], place[3]));
    (near_x - x).hypot(near_y - y) < radius
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn no_name_covers_another(
            circles in proptest::collection::vec((0.0..600.0_f64, 0.0..400.0_f64, 1.0..20.0_f64, "[a-z_]{4,24}"), 1..60),
        ) {
            let wish = |(x, y, radius, text): (f64, f64, f64, String)| Wish { x, y, radius, text, size: 14.0, covers: 0.0 };
            let wishes: Vec<_> = circles.into_iter().map(wish).collect();
            let labels = placed(&wishes, &[], [0.0, 0.0, 600.0, 400.0], 50);
            prop_assert!(labels.len() <= 50);
            let frame = |label: &Label| {
                let bottom = label.baseline + label.size * 0.28;
                [label.x, bottom - label.size * 1.2, label.x + font::width(&label.text, label.size, true), bottom]
            };
            let frames: Vec<_> = labels.iter().map(frame).collect();
            for (index, one) in frames.iter().enumerate() {
                prop_assert!(frames[..index].iter().all(|other| !overlap(one, other)));
                prop_assert!(one[0] >= 0.0 && one[2] <= 600.0 && one[1] >= -1e-9 && one[3] <= 400.0 + 1e-9);
            }
        }
    }
}
