//! Public channels for research: which are meant, what to ask Telegram next, what an answer holds. Pure; `collector` keeps the folder.

mod answer;
mod counter;
mod coverage;
mod name;
mod sample;

pub use self::{
    answer::{Answer, Head, Item, Named, named_chats},
    counter::{PageTally, Referenced, count},
    coverage::{Ask, Bounds, Coverage, PAGE, Span, Whither},
    name::{ChannelName, NameError},
    sample::{SAMPLE_COLUMNS, Sample},
};
