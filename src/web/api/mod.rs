//! REST: the register, reports, boards and the log of changes for other programs, under `/api/v1/`.

use std::sync::Arc;

use axum::Router;

use super::site::Site;

/// The routes.
pub fn routes(_site: Arc<Site>) -> Router {
    Router::new()
}
