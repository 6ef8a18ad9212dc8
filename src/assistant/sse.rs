//! Server-sent events, as they come in pieces of bytes.

/// Cuts a stream into the data of its events.
#[derive(Debug, Default)]
pub struct Events {
    rest: Vec<u8>,
    data: String,
}

/// No line of an event is longer.
const LONGEST_LINE: usize = 1024 * 1024;

impl Events {
    /// Takes some bytes; gives the events that they complete. An error: this is no such stream.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Vec<String>, String> {
        self.rest.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            self.take_line(line.trim_end_matches(['\r', '\n']), &mut events);
        }
        if self.rest.len() > LONGEST_LINE || self.data.len() > LONGEST_LINE {
            return Err("an event without an end".to_owned());
        }
        Ok(events)
    }

    /// The last event, where the stream ended without an empty line.
    pub fn finish(mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.rest);
        let mut events = Vec::new();
        self.take_line(String::from_utf8_lossy(&rest).trim_end_matches('\r'), &mut events);
        self.take_line("", &mut events);
        events.into_iter().next()
    }

    fn take_line(&mut self, line: &str, events: &mut Vec<String>) {
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            events.extend((!data.is_empty()).then_some(data));
        } else if let Some(data) = line.strip_prefix("data:") {
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_other_fields_are_no_data() {
        let mut events = Events::default();
        let got = events.take(b": hello\r\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata: three").expect("reads");
        assert_eq!(got, ["one\ntwo"]);
        assert_eq!(events.finish().as_deref(), Some("three"));
        assert!(Events::default().take(&vec![b'x'; LONGEST_LINE + 1]).is_err());
    }

    proptest! {
        #[test]
        fn it_is_the_same_wherever_it_is_cut(words in prop::collection::vec("[a-zа-я😀]{1,8}", 1..10), size in 1_usize..9) {
            let stream: String = words.iter().map(|word| format!("data: {word}\n\n")).collect();
            let mut events = Events::default();
            let got: Vec<_> = stream.as_bytes().chunks(size).flat_map(|piece| events.take(piece).expect("reads")).collect();
            prop_assert_eq!(got, words);
        }
    }
}
