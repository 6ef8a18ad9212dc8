//! A page to play all parts in.

use std::sync::Arc;

use axum::Router;

use crate::sim::Shared;

/// The page and what it calls.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
}
