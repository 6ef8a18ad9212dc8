//! The pages' own files. Their address changes with their content, so browsers keep them for ever.

use std::sync::{Arc, OnceLock};

use axum::{
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::{MethodRouter, get},
};

use super::Dashboard;

const CSS: &str = include_str!("assets/app.css");
const JS: &str = include_str!("assets/app.js");
const ICON: &str = include_str!("assets/icon.svg");
const REGULAR: &[u8] = include_bytes!("../../report/font/Inter-Regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("../../report/font/Inter-SemiBold.otf");

/// Changes with what is served.
pub(super) fn checksum() -> u32 {
    static SUM: OnceLock<u32> = OnceLock::new();
    *SUM.get_or_init(|| {
        let mut sum = crc32fast::Hasher::new();
        [CSS, JS, ICON].into_iter().for_each(|asset| sum.update(asset.as_bytes()));
        sum.finalize()
    })
}

pub(super) fn css() -> MethodRouter<Arc<Dashboard>> {
    get(|| async { kept("text/css; charset=utf-8", CSS.as_bytes()) })
}

pub(super) fn js() -> MethodRouter<Arc<Dashboard>> {
    get(|| async { kept("text/javascript; charset=utf-8", JS.as_bytes()) })
}

pub(super) fn icon() -> MethodRouter<Arc<Dashboard>> {
    get(|| async { kept("image/svg+xml", ICON.as_bytes()) })
}

pub(super) fn regular() -> MethodRouter<Arc<Dashboard>> {
    get(|| async { kept("font/otf", REGULAR) })
}

pub(super) fn semibold() -> MethodRouter<Arc<Dashboard>> {
    get(|| async { kept("font/otf", SEMIBOLD) })
}

fn kept(media_type: &'static str, content: &'static [u8]) -> impl IntoResponse {
    ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")], content)
}
