//! Numbers → rows, and rows → files. Pure: what is read and written is bytes.

pub mod activity;
pub mod files;
pub mod grid;
mod json;
pub mod picture;
pub mod rows;
#[cfg(test)]
pub(crate) mod sample;
pub mod trend;
mod workbook;
