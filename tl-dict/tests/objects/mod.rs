//! Random objects, written by the schema alone: what reads them isn't asked.

use std::collections::{BTreeMap, HashMap};

use grammers_tl_parser::{
    parse_tl_file,
    tl::{Definition, ParameterType, Type},
};

const SCHEMA: &str = include_str!("../../schema/api.tl");
const VECTOR: u32 = 0x1cb5_c415;
const BOOLS: [u32; 2] = [0x9972_75b5, 0xbc79_9737];
/// No constructor of the type is known.
const NEVER: usize = usize::MAX;

/// A generator of numbers that is the same each time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// The constructors that may be used.
pub(crate) struct Schema {
    by_id: BTreeMap<u32, Definition>,
    by_type: HashMap<String, Vec<u32>>,
    /// How deep the shallowest object of a type is.
    depths: HashMap<String, usize>,
}

fn is_plain(ty: &Type) -> bool {
    matches!(ty.name.as_str(), "true" | "Bool" | "int" | "long" | "double" | "string" | "bytes")
}

fn shown(definition: &Definition) -> usize {
    definition.params.iter().filter(|parameter| parameter.ty != ParameterType::Flags).count()
}

impl Schema {
    /// Of those only that are wanted, by number and how many fields are shown.
    pub(crate) fn read(is_wanted: impl Fn(u32, usize) -> bool) -> Self {
        // Whether the whole schema is understood is tested elsewhere; a template isn't.
        let definitions = parse_tl_file(SCHEMA).flatten();
        let by_id: BTreeMap<u32, Definition> =
            definitions.filter(|one| one.ty.name != "Bool" && is_wanted(one.id, shown(one))).map(|one| (one.id, one)).collect();
        let mut by_type: HashMap<String, Vec<u32>> = HashMap::new();
        for (id, definition) in &by_id {
            by_type.entry(definition.ty.to_string()).or_default().push(*id);
        }
        let mut schema = Self { by_id, by_type, depths: HashMap::new() };
        while schema.deepen() {}
        schema
    }

    fn deepen(&mut self) -> bool {
        let found: Vec<(String, usize)> = self
            .by_type
            .iter()
            .map(|(ty, ids)| (ty.clone(), ids.iter().map(|id| self.depth(*id)).min().unwrap_or(NEVER)))
            .filter(|(ty, depth)| *depth < self.depth_of(ty))
            .collect();
        let is_new = !found.is_empty();
        self.depths.extend(found);
        is_new
    }

    fn depth_of(&self, ty: &str) -> usize {
        self.depths.get(ty).copied().unwrap_or(NEVER)
    }

    fn depth_within(&self, ty: &Type) -> usize {
        match &ty.generic_arg {
            Some(_) => 0, // it may be empty
            None if is_plain(ty) => 0,
            None => self.depth_of(&ty.to_string()),
        }
    }

    fn depth(&self, id: u32) -> usize {
        let needed = self.by_id[&id].params.iter().filter_map(|parameter| match &parameter.ty {
            ParameterType::Normal { ty, flag: None } => Some(self.depth_within(ty)),
            ParameterType::Normal { .. } | ParameterType::Flags => None,
        });
        needed.max().unwrap_or(0).saturating_add(1)
    }

    /// How many there are.
    pub(crate) fn known(&self) -> usize {
        self.constructors().count()
    }

    /// All that can be made.
    pub(crate) fn constructors(&self) -> impl Iterator<Item = u32> {
        self.by_id.keys().copied().filter(|id| self.depth(*id) < NEVER)
    }

    /// The number of the one with this name.
    pub(crate) fn named(&self, name: &str) -> u32 {
        let full = |one: &Definition| one.namespace.iter().chain([&one.name]).cloned().collect::<Vec<_>>().join(".");
        *self.by_id.iter().find(|(_, one)| full(one) == name).unwrap_or_else(|| panic!("{name} is known")).0
    }

    /// An object of this constructor.
    pub(crate) fn object(&self, id: u32, dice: &mut Dice) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(id, dice, 0, &mut out);
        out
    }

    fn write(&self, id: u32, dice: &mut Dice, depth: usize, out: &mut Vec<u8>) {
        let definition = &self.by_id[&id];
        word(id, out);
        let mut sets: HashMap<&str, u32> = HashMap::new();
        for parameter in &definition.params {
            match &parameter.ty {
                ParameterType::Flags => {
                    let flags = self.flags(definition, &parameter.name, dice, depth);
                    sets.insert(&parameter.name, flags);
                    word(flags, out);
                }
                ParameterType::Normal { ty, flag } => {
                    let is_there = flag.as_ref().is_none_or(|flag| sets[flag.name.as_str()] >> flag.index & 1 == 1);
                    if is_there {
                        self.value(ty, &parameter.name, dice, depth, out);
                    }
                }
            }
        }
    }

    /// Rarer the deeper, and never what can't be made.
    fn flags(&self, definition: &Definition, set: &str, dice: &mut Dice, depth: usize) -> u32 {
        let mut flags = 0;
        for parameter in &definition.params {
            if let ParameterType::Normal { ty, flag: Some(flag) } = &parameter.ty
                && flag.name == set
                && dice.below(2 + 2 * depth as u64) == 0
                && (is_plain(ty) || depth < 6)
            {
                flags |= 1 << flag.index;
            }
        }
        for parameter in &definition.params {
            if let ParameterType::Normal { ty, flag: Some(flag) } = &parameter.ty
                && flag.name == set
                && self.depth_within(ty) == NEVER
            {
                flags &= !(1 << flag.index);
            }
        }
        flags
    }

    fn value(&self, ty: &Type, name: &str, dice: &mut Dice, depth: usize, out: &mut Vec<u8>) {
        if let Some(of) = &ty.generic_arg {
            let most = if depth < 3 && self.depth_within(of) < NEVER { 4 } else { 1 };
            let count = dice.below(most) as u32;
            word(VECTOR, out);
            word(count, out);
            return (0..count).for_each(|_| self.value(of, name, dice, depth + 1, out));
        }
        match ty.name.as_str() {
            "true" => {}
            "Bool" => word(*dice.pick(&BOOLS), out),
            "int" => {
                word((dice.below(1 << 31) as u32) ^ (dice.below(2) as u32 * u32::MAX * u32::from(!name.ends_with("id"))), out)
            }
            // Telethon turns numbers of peers that no peer can have into others.
            "long" if name.ends_with("_id") => out.extend((1 + dice.below(1 << 30)).to_le_bytes()),
            "long" => out.extend((dice.below(1 << 31) << 33 | dice.below(1 << 31)).to_le_bytes()),
            "double" => {
                let scale = *dice.pick(&[1e-9, 1e-5, 0.001, 1.0, 1e7, 1e12]);
                out.extend((((dice.below(2_000_000) as f64) - 1e6) * scale).to_le_bytes());
            }
            "string" | "bytes" => blob(dice, out),
            _ => {
                let ids = &self.by_type[&ty.to_string()];
                let least = ids.iter().map(|id| self.depth(*id)).min().unwrap_or(NEVER);
                let fit: Vec<u32> =
                    ids.iter().copied().filter(|id| self.depth(*id) <= if depth < 4 { NEVER - 1 } else { least }).collect();
                self.write(*dice.pick(&fit), dice, depth + 1, out);
            }
        }
    }
}

fn word(word: u32, out: &mut Vec<u8>) {
    out.extend(word.to_le_bytes());
}

/// Words in all sorts of letters, and sometimes bytes that are none.
fn blob(dice: &mut Dice, out: &mut Vec<u8>) {
    const PIECES: [&[u8]; 12] = [
        b"plain",
        "кириллица".as_bytes(),
        "oʻzbek".as_bytes(),
        "🏆".as_bytes(),
        b"\"",
        b"'",
        b"\\",
        b"\n\t\r",
        b"\x00\x01\x1f\x7f",
        b"\xff\xfe",
        b"\xf0\x9f",
        "\u{2028}".as_bytes(),
    ];
    let count = dice.below(5);
    let mut content: Vec<u8> = (0..count).flat_map(|_| dice.pick(&PIECES).to_vec()).collect();
    if dice.below(20) == 0 {
        content = content.repeat(100);
    }
    let start = out.len();
    if content.len() < 254 {
        out.push(content.len() as u8);
    } else {
        out.push(254);
        out.extend(&(content.len() as u32).to_le_bytes()[..3]);
    }
    out.extend(content);
    out.extend(std::iter::repeat_n(0, (4 - (out.len() - start) % 4) % 4));
}
