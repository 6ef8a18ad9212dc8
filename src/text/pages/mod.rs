//! The words of the dashboard's pages.

mod act;
mod audit;
mod chats;
mod commands;
mod figures;
mod jobs;
mod research;
mod shell;
pub mod sign_in;

use crate::domain::lang::Lang;

pub use self::{
    act::{Notice, refusal},
    audit::{action, actor},
    figures::{line_word, warning},
};

/// The words of a language, for templates.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Lang);

/// Words by name, each in all languages: `name: "English", "Uzbek", "Russian";`
macro_rules! words {
    ($($name:ident: $en:literal, $uz:literal, $ru:literal;)*) => {
        impl $crate::text::pages::Words {
            $(
                #[doc = concat!("\"", $en, "\"")]
                pub fn $name(self) -> &'static str {
                    $crate::say!(self.0; $en, $uz, $ru)
                }
            )*
        }
    };
}
pub(crate) use words;
