//! Whatever bytes come: no panic, no flood of memory, and what can be read is JSON.

mod objects;

use std::sync::LazyLock;

use proptest::prelude::*;
use tl_dict::{DecodeError, decode};

use self::objects::{Dice, Schema};

static ALL: LazyLock<Schema> = LazyLock::new(|| Schema::read(|_, _| true));

#[test]
fn every_constructor_of_the_layer_is_read_and_written_as_json() {
    let (schema, mut dice) = (&*ALL, Dice(3));
    assert!(schema.known() > 1_400, "{}", schema.known());
    for id in schema.constructors() {
        let bytes = schema.object(id, &mut dice);
        let json = decode(&bytes).unwrap_or_else(|why| panic!("{id:x}: {why}")).to_json();
        let read: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert!(read["_"].is_string(), "{json}");
        assert_eq!(decode(&bytes[..bytes.len() - 1]).err().map(|_| ()), Some(()), "one byte less is noticed");
        assert_eq!(decode(&[&bytes[..], &[0; 4]].concat()).err(), Some(DecodeError::Trailing(4)));
    }
}

#[test]
fn what_is_too_deep_or_too_much_is_refused() {
    // A text within a text within a text…
    let bold = 0x6724_abc4_u32.to_le_bytes();
    assert_eq!(decode(&bold.repeat(100_000)).err(), Some(DecodeError::TooDeep));
    // Three million times "true".
    let mut many = [0x1cb5_c415_u32.to_le_bytes(), 3_000_000_u32.to_le_bytes()].concat();
    many.extend(0x9972_75b5_u32.to_le_bytes().repeat(3_000_000));
    assert_eq!(decode(&many).err(), Some(DecodeError::TooMuch));
}

proptest! {
    #[test]
    fn spoilt_answers_do_no_harm(seed: u64, spoilt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = ALL.object(ALL.named("messages.channelMessages"), &mut Dice(seed));
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(value) = decode(&bytes) {
            prop_assert!(!value.to_json().is_empty());
        }
    }

    #[test]
    fn noise_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(decode(&bytes));
    }
}
