//! What happened in Telegram, in our words. Foreign payloads become one of these once, at the edge.

use super::{
    chats::ChatKind,
    ids::{ChatId, MessageId, TopicId, UserId},
    kind::Kind,
    lang::Lang,
};

/// One update, translated.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Somebody wrote in a group.
    GroupMessage(GroupMessage),
    /// Somebody gave the bot a command in a group.
    GroupCommand(GroupCommand),
    /// A group became a supergroup: its messages arrive under another id from now on.
    Migrated {
        /// The id that ends.
        from: ChatId,
        /// The id that goes on.
        to: ChatId,
    },
    /// A group was renamed.
    Renamed {
        /// The group.
        chat: ChatId,
        /// Its new title.
        title: String,
    },
    /// The bot's own place in a chat changed.
    OwnStanding(OwnStanding),
    /// Somebody gave the bot a command in a group that it has no word for: perhaps one that an admin defined.
    CustomCommand(CustomCommand),
    /// Somebody's place in a group changed.
    MemberStanding(MemberStanding),
    /// Somebody wrote to the bot in private.
    PrivateMessage(PrivateMessage),
    /// Somebody started or blocked the bot in private.
    PrivateStanding {
        /// Who.
        user: UserId,
        /// Whether the bot can write to them now.
        reachable: bool,
    },
    /// Somebody pressed an inline button.
    Press(PressEvent),
    /// Nothing of it counts or asks for an answer.
    Ignored(Ignored),
}

/// Why an update is neither counted nor answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ignored {
    /// An edit: never a new message.
    Edit,
    /// A post in a channel.
    ChannelPost,
    /// A linked channel's post that Telegram copied into its discussion group.
    AutomaticForward,
    /// A service message without meaning for us.
    Service,
    /// A command to another bot, which is no activity.
    OtherCommand,
    /// A message in a group that counts for nobody, as the replica that took it has seen in the register.
    CountsForNobody,
    /// Another kind of update.
    OtherUpdate,
    /// Something without the fields that every release of Telegram sent: noted in the log.
    Unreadable,
}

/// A message in a group or supergroup. Written down, it is without what it says.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GroupMessage {
    /// The group.
    pub chat: ChatId,
    /// Its number there.
    pub id: MessageId,
    /// Its title at that moment.
    pub title: String,
    /// Who wrote it.
    pub author: Author,
    /// What it is.
    pub kind: Kind,
    /// The album that it belongs to (`media_group_id`).
    pub album: Option<String>,
    /// When it was sent, Unix seconds by Telegram's clock.
    pub date: i64,
    /// Whether privacy mode would have hidden it: then seeing it says that nothing is hidden.
    pub plain: bool,
    /// What it says, where it names the bot and nowhere else; only an assistant reads it.
    #[serde(skip)]
    pub to_us: Option<Box<ToUs>>,
}

/// A message that names the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToUs {
    /// Its words, without the bot's name.
    pub text: String,
    /// The message, to reply to.
    pub message: MessageId,
    /// The forum topic.
    pub topic: Option<TopicId>,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person under their own account.
    User(UserId),
    /// An administrator who hides behind the group, with their custom title if any.
    Anonymous(Option<String>),
    /// A channel or another group that writes as itself.
    Chat(ChatId),
    /// Nobody that Telegram names.
    Nobody,
}

/// Where an answer belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The chat.
    pub chat: ChatId,
    /// The forum topic within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
}

impl Place {
    /// The private chat with a person.
    pub fn private(user: UserId) -> Self {
        Self { chat: ChatId::private(user), topic: None }
    }
}

/// A command in a group, addressed to this bot.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupCommand {
    /// Where to answer.
    pub place: Place,
    /// The group's title.
    pub title: String,
    /// Who gave it.
    pub author: Author,
    /// What they want.
    pub command: Command,
    /// The command's message, to reply to.
    pub message: MessageId,
    /// Whether this bot was named (`/diag@our_bot`).
    pub by_name: bool,
}

/// A command in a group that isn't built in; addressed to this bot, or to nobody in particular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomCommand {
    /// Where to answer.
    pub place: Place,
    /// The group's title.
    pub title: String,
    /// Who gave it.
    pub author: Author,
    /// What they are called.
    pub name: String,
    /// Its word, without the slash, in small letters.
    pub word: String,
    /// The command's message, to reply to.
    pub message: MessageId,
    /// Whether this bot was named (`/news@our_bot`).
    pub by_name: bool,
}

/// A command that the bot knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `/start` and its payload-less deep links.
    Start,
    /// `/help`
    Help,
    /// `/diag`
    Diag,
    /// `/cancel`
    Cancel,
    /// `/sync_groups`
    SyncGroups,
    /// `/lang`
    Lang,
    /// `/confirm_group`
    ConfirmGroup,
    /// `/dashboard`
    Dashboard,
    /// `/ask`
    Ask,
    /// `/forget`
    Forget,
    /// `/info`
    Info,
    /// `/contact`
    Contact,
    /// `/settings`
    Settings,
    /// `/feedback`
    Feedback,
    /// `/send`
    Send,
}

impl Command {
    /// All commands.
    pub const ALL: [Command; 15] = [
        Command::Start,
        Command::Help,
        Command::Diag,
        Command::Cancel,
        Command::SyncGroups,
        Command::Lang,
        Command::ConfirmGroup,
        Command::Dashboard,
        Command::Ask,
        Command::Forget,
        Command::Info,
        Command::Contact,
        Command::Settings,
        Command::Feedback,
        Command::Send,
    ];

    /// The command's word, without the slash.
    pub fn word(self) -> &'static str {
        match self {
            Command::Start => "start",
            Command::Help => "help",
            Command::Diag => "diag",
            Command::Cancel => "cancel",
            Command::SyncGroups => "sync_groups",
            Command::Lang => "lang",
            Command::ConfirmGroup => "confirm_group",
            Command::Dashboard => "dashboard",
            Command::Ask => "ask",
            Command::Forget => "forget",
            Command::Info => "info",
            Command::Contact => "contact",
            Command::Settings => "settings",
            Command::Feedback => "feedback",
            Command::Send => "send",
        }
    }

    /// Whether a text is a command to some bot, the word and whom it addresses: that is no activity. "/", "/ 5" or "//" are text.
    pub fn spoken(text: &str) -> Option<(&str, Option<&str>)> {
        let head = text.strip_prefix('/')?.split(char::is_whitespace).next()?;
        let (word, addressed) = head.split_once('@').map_or((head, None), |(word, to)| (word, Some(to)));
        let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_word.then_some((word, addressed))
    }

    /// The command with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.word() == word)
    }
}

/// The bot's own place in a group or channel.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnStanding {
    /// The group or channel.
    pub chat: ChatId,
    /// Its title.
    pub title: String,
    /// The name under which everybody finds it, without the `@`.
    pub username: Option<String>,
    /// What it is.
    pub kind: ChatKind,
    /// Who changed it.
    pub by: UserId,
    /// The new place.
    pub presence: Presence,
}

/// The bot's place in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A plain member.
    Member,
    /// An administrator.
    Administrator,
    /// No longer there.
    Gone,
}

/// Somebody's place in a group.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberStanding {
    /// The group.
    pub chat: ChatId,
    /// Who.
    pub user: UserId,
    /// Whether they are in it now.
    pub present: bool,
    /// Whether they were before.
    pub was_present: bool,
    /// When that was, Unix seconds by Telegram's clock.
    pub date: i64,
}

/// A message to the bot in private.
#[derive(Clone, Debug, PartialEq)]
pub struct PrivateMessage {
    /// Who writes.
    pub from: Sender,
    /// What they say.
    pub said: Said,
    /// The message.
    pub message: MessageId,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
    /// The same as it could be sent on, where it could: text, a photo or a file. Only somebody who writes a message to many needs it.
    pub material: Option<Box<Material>>,
}

/// What somebody sent to the bot, as the bot could send it on.
#[derive(Clone, PartialEq, Eq)]
pub struct Material {
    /// The text with its formatting, as Telegram's HTML.
    pub html: String,
    /// The file above it.
    pub file: Option<SharedFile>,
}

/// What people write is nobody's business in a log.
impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Material").field("file", &self.file.is_some()).finish_non_exhaustive()
    }
}

/// A file that lies at Telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedFile {
    /// What Telegram calls it, for this bot.
    pub id: String,
    /// Its own name.
    pub name: String,
    /// Whether it is a photo.
    pub as_photo: bool,
}

/// Somebody in private chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Their account.
    pub id: UserId,
    /// Their Telegram's language, where it is one of ours.
    pub lang: Option<Lang>,
}

/// What a private message holds, as far as dialogues need it.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A known command; further words after it are kept for deep links (`/start add_T001`).
    Command(Command, String),
    /// A command that isn't built in: perhaps one that an admin defined.
    OtherCommand {
        /// Its word, without the slash, in small letters; empty where another bot was named.
        word: String,
        /// What the person is called.
        name: String,
    },
    /// Plain text.
    Text(String),
    /// A person: a shared user or contact, or the author of a forwarded message.
    Person(SharedPerson),
    /// A forwarded message whose author hides their account; the name that Telegram shows.
    HiddenAuthor(String),
    /// A contact card or forward that no account stands behind (a phone number only).
    NoAccount,
    /// A channel or group: a message of its own was forwarded from there.
    Chat(ChatId),
    /// Anything else: photos, stickers …
    Something,
}

/// Somebody whom an admin points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPerson {
    /// Their account.
    pub id: UserId,
    /// The name that Telegram gave, if any.
    pub name: Option<String>,
    /// Whether the account is a bot.
    pub is_bot: bool,
}

/// A pressed inline button. Its data may be forged: nothing about it is authority.
#[derive(Clone, Debug, PartialEq)]
pub struct PressEvent {
    /// The callback query, to be answered once.
    pub query: String,
    /// Who pressed.
    pub from: Sender,
    /// The callback data.
    pub data: String,
    /// The message that carries the button, as far as Telegram still has it.
    pub on: Option<PressedMessage>,
}

/// The message under a pressed button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PressedMessage {
    /// Its chat.
    pub chat: ChatId,
    /// Itself.
    pub id: MessageId,
    /// Whether it is text, hence can be edited in place into another screen.
    pub is_text: bool,
}
