//! Colours of communities: eight that people with any sort of colour vision tell apart, and grey for all smaller ones.

/// After Okabe and Ito, darkened where white paper would swallow them.
const COLOURS: [(u8, u8, u8); 8] =
    [(0, 114, 178), (213, 94, 0), (0, 148, 108), (190, 92, 155), (201, 145, 0), (58, 166, 219), (122, 82, 199), (150, 75, 60)];

/// Communities with a colour of their own.
pub(super) const COUNT: usize = COLOURS.len();

const REST: (u8, u8, u8) = (128, 134, 145);

/// Red, green, blue.
pub(super) fn rgb(community: usize) -> (u8, u8, u8) {
    COLOURS.get(community).copied().unwrap_or(REST)
}

/// As CSS and SVG write it.
pub(super) fn hex(community: usize) -> String {
    let (r, g, b) = rgb(community);
    format!("#{r:02x}{g:02x}{b:02x}")
}
