// One chat: its head, timeline, keyboards and composer.

import { $, act, avatar, bot, chatOf, groups, nameOf, person, show, world } from "./app.js";
import { bar, startItem } from "./call.js";
import { ask, openMenu } from "./menu.js";
import { author, day, row, service } from "./message.js";

const ICONS = {
  clip: '<svg viewBox="0 0 24 24"><path d="M20 11.5 12.2 19a5 5 0 0 1-7-7l8-7.8a3.4 3.4 0 0 1 4.8 4.8l-7.9 7.7a1.7 1.7 0 0 1-2.4-2.4l7-6.8"/></svg>',
  send: '<svg viewBox="0 0 24 24"><path d="M3.4 20.4 21 12 3.4 3.6 3.4 10.1 15 12 3.4 13.9z"/></svg>',
  more: '<svg viewBox="0 0 24 24"><path d="M12 5.5h.01M12 12h.01M12 18.5h.01" stroke-width="3"/></svg>',
  slash: '<svg viewBox="0 0 24 24"><rect x="4" y="4" width="16" height="16" rx="5"/><path d="m14 8-4 8"/></svg>',
};
const icon = (name, props) => { const button = $("button", { type: "button", ...props, className: `icon ${props.className ?? ""}` }); button.innerHTML = ICONS[name]; return button; };

const KINDS = [["photo", "🏞", "Photo"], ["video", "🎬", "Video"], ["video_note", "⭕", "Video message"], ["voice", "🎙", "Voice message"],
  ["document", "📄", "Document"], ["album", "🖼", "Album of three photos"], ["sticker", "👍", "Sticker"], ["animation", "🎞", "GIF"],
  ["audio", "🎵", "Music"], ["poll", "📊", "Poll"], ["location", "📍", "Location"], ["contact", "👤", "Contact"]];

export class Pane {
  constructor(n, ref) {
    this.n = n;
    this.usedAt = 0;
    this.head = $("header", { className: "pane-head" });
    this.timeline = $("div", { className: "timeline", dataset: { role: "timeline" } });
    this.wall = $("div", { className: "wall" }, this.timeline);
    this.call = $("div");
    this.above = $("div");
    this.call.style.display = this.above.style.display = "contents";
    this.input = $("input", { placeholder: "Message", ariaLabel: "Message", dataset: { role: "input" } });
    this.input.onkeydown = (event) => { if (event.key === "Enter") this.sendInput(); };
    this.composer = $("footer", { className: "composer" });
    this.element = $("section", { className: "pane", dataset: { pane: n }, onpointerdown: () => { this.usedAt = performance.now(); } }, this.head, this.call, this.wall, this.above, this.composer);
    this.show(ref);
  }

  show(ref) {
    this.ref = ref;
    this.rows = new Map();
    this.timeline.replaceChildren();
    this.replyTo = null;
    this.speaker = null;
    this.input.value = "";
    Object.assign(this.element.dataset, { bot: ref.bot, chat: ref.chat });
  }

  get isGroup() { return this.ref.bot === 0; }
  get chat() { return chatOf(this.ref); }
  /// The person whose hands move in this pane.
  get me() { return this.isGroup ? this.speakerOf().user : this.ref.chat; }

  speakers() {
    const present = (this.chat?.members ?? []).filter((m) => person(m.id) && ["creator", "administrator", "member"].includes(m.rights));
    const list = present.map((m) => ({ key: String(m.id), user: m.id, speaker: "self", name: nameOf(m.id) }));
    const admin = present.find((m) => m.rights !== "member");
    if (admin) list.push({ key: "anonymous", user: admin.id, speaker: "anonymous", name: "Anonymous" });
    const channel = world.chats.find((c) => c.kind === "channel");
    if (channel && present.length) list.push({ key: "channel", user: present[0].id, speaker: String(channel.chat), name: channel.title });
    return list;
  }

  speakerOf() {
    const list = this.speakers();
    return list.find((s) => s.key === this.speaker) ?? list[0] ?? { key: "", user: 0, speaker: "self", name: "nobody" };
  }

  render() {
    const fresh = this.rows.size === 0;
    const nearEnd = fresh || this.timeline.scrollHeight - this.timeline.scrollTop - this.timeline.clientHeight < 90;
    this.renderHead();
    this.renderCall();
    this.renderTimeline();
    this.renderAbove();
    this.renderComposer();
    if (nearEnd) this.toEnd();
  }

  toEnd() {
    this.timeline.scrollTop = this.timeline.scrollHeight;
  }

  renderHead() {
    const { ref, chat } = this;
    const title = this.isGroup ? chat?.title ?? "?" : nameOf(ref.chat);
    const note = this.isGroup ? (chat?.kind ?? "") : person(ref.chat)?.note;
    const code = this.isGroup ? null : person(ref.chat)?.login_code;
    const members = (chat?.members ?? []).filter((m) => ["creator", "administrator", "member"].includes(m.rights));
    const below = this.isGroup ? `${members.length} members: ${members.map((m) => nameOf(m.id).split(" ")[0]).join(", ")}` : `private chat with ${bot(ref.bot)?.name ?? "?"}`;
    const who = $("button", { type: "button", className: "who", title: "Show another chat here", dataset: { role: "choose" }, onclick: (event) => this.choose(event.currentTarget) },
      $("b", {}, $("span", {}, title), note ? $("span", { className: "role" }, note) : null,
        code ? $("span", { className: "role code", title: "Telegram sent this login code" }, `code ${code}`) : null), $("small", {}, below));
    this.head.replaceChildren(avatar(ref.chat, title, this.isGroup), who,
      icon("more", { title: "Actions", dataset: { role: "menu" }, onclick: (event) => this.menu(event.currentTarget) }));
  }

  renderCall() {
    const at = this.call.querySelector(".seats")?.scrollLeft ?? 0;
    const shown = this.isGroup ? bar(this) : null;
    this.call.replaceChildren(...(shown ? [shown] : []));
    if (shown) shown.querySelector(".seats").scrollLeft = at;
  }

  renderTimeline() {
    const messages = this.chat?.messages ?? [];
    if (!messages.length) {
      this.rows.clear();
      const b = bot(this.ref.bot);
      const empty = b ? [avatar(b.id, b.name), $("b", {}, b.name), b.description ?? "What can this bot do?", $("div", {}, $("button", { type: "button", dataset: { role: "start" }, onclick: () => this.say("/start") }, "START"))] : ["No messages yet"];
      this.timeline.replaceChildren($("div", { className: "empty" }, ...empty));
      return;
    }
    const lines = [];
    let shownDay = "";
    const side = (m) => (this.isGroup ? !m.value.sender_chat && m.value.from?.id === this.me : m.value.from?.id === this.ref.chat);
    const same = (a, b) => a && b && !service(a.value) && !service(b.value) && author(a.value).id === author(b.value).id && Math.abs(a.value.date - b.value.date) < 600 && day(a.value.date) === day(b.value.date);
    messages.forEach((message, n) => {
      const { value } = message;
      if (day(value.date) !== shownDay) {
        shownDay = day(value.date);
        lines.push({ key: `day ${shownDay}`, json: shownDay, build: () => $("div", { className: "day" }, shownDay) });
      }
      const told = service(value);
      const look = { mine: side(message), named: this.isGroup, first: !same(messages[n - 1], message), last: !same(message, messages[n + 1]) };
      const build = told === null ? () => row(message, this, look) : () => $("div", { className: "service", dataset: { message: value.message_id } }, told);
      lines.push({ key: `message ${value.message_id}`, json: JSON.stringify([message, look, told, author(value)]), build });
    });
    const next = new Map();
    const elements = lines.map(({ key, json, build }) => {
      const known = this.rows.get(key);
      const element = known?.json === json ? known.element : build();
      next.set(key, { json, element });
      return element;
    });
    this.rows = next;
    const current = [...this.timeline.children];
    if (current.length !== elements.length || current.some((element, n) => element !== elements[n])) {
      this.timeline.replaceChildren(...elements);
    }
  }

  renderAbove() {
    const parts = [];
    if (this.isGroup) {
      const now = this.speakerOf();
      parts.push($("div", { className: "speakers" }, $("small", {}, "Speak as"), ...this.speakers().map((s) => $("button", {
        type: "button", title: s.name, className: s.key === now.key ? "on" : "", dataset: { speaker: s.key }, onclick: () => { this.speaker = s.key; this.render(); },
      }, avatar(s.speaker === "self" ? s.user : s.speaker === "anonymous" ? this.ref.chat : Number(s.speaker), s.name, s.speaker !== "self"), s.key === now.key ? s.name.split(" ")[0] : null))));
    }
    const keyboard = this.replyKeyboard();
    if (keyboard) {
      parts.push($("div", { className: "reply-keys" }, ...keyboard.map((buttons) => $("div", {}, ...buttons.map((button) => {
        const label = button.text ?? button;
        return $("button", { type: "button", dataset: { replyKey: label }, onclick: (event) => this.pressReplyKey(event.currentTarget, button, label) }, label);
      })))));
    }
    if (this.replyTo) {
      parts.push($("div", { className: "replying" }, $("div", {}, $("b", {}, author(this.replyTo.value).name), $("span", {}, this.replyTo.value.text ?? "Media")),
        $("button", { type: "button", className: "icon", onclick: () => { this.replyTo = null; this.render(); } }, "✕")));
    }
    this.above.replaceChildren(...parts);
  }

  renderComposer() {
    if (this.composer.childElementCount) return;
    this.composer.append(
      icon("clip", { title: "Send something else", dataset: { role: "attach" }, onclick: (event) => this.attach(event.currentTarget) }),
      this.input,
      icon("slash", { title: "Commands", dataset: { role: "commands" }, onclick: (event) => this.commandMenu(event.currentTarget) }),
      icon("send", { title: "Send", className: "send", dataset: { role: "send" }, onclick: () => this.sendInput() }),
    );
  }

  /// The reply keyboard that the bot left open.
  replyKeyboard() {
    const last = (this.chat?.messages ?? []).findLast((m) => m.by_bot && (m.value.reply_markup?.keyboard || m.value.reply_markup?.remove_keyboard));
    if (!last?.value.reply_markup.keyboard) return null;
    const used = last.value.reply_markup.one_time_keyboard && this.chat.messages.some((m) => !m.by_bot && m.value.message_id > last.value.message_id);
    return used ? null : last.value.reply_markup.keyboard;
  }

  async do(action) {
    const answer = await act(action);
    if (answer.error) this.toast(answer.error);
    return answer;
  }

  async say(text) {
    const { user, speaker } = this.isGroup ? this.speakerOf() : { user: this.ref.chat, speaker: null };
    const reply_to = this.replyTo?.value.message_id ?? null;
    this.replyTo = null;
    this.toEnd();
    await this.do({ do: "say", user, ...this.ref, text, speaker, reply_to });
  }

  sendInput() {
    const text = this.input.value.trim();
    this.input.value = "";
    if (text) this.say(text);
  }

  attach(anchor) {
    const { user, speaker } = this.isGroup ? this.speakerOf() : { user: this.ref.chat, speaker: null };
    openMenu(anchor, KINDS.map(([kind, sign, label]) => ({ icon: sign, label, action: kind, run: () => {
      const caption = this.input.value.trim();
      this.input.value = "";
      this.do({ do: "send", user, ...this.ref, kind, caption, speaker });
    } })));
  }

  async press(button, message, data) {
    button.classList.add("busy");
    const answer = await this.do({ do: "press", user: this.me, ...this.ref, message: message.value.message_id, data });
    button.classList.remove("busy");
    if (answer.answered === false) this.toast("The bot did not answer the press");
    if (answer.text) answer.alert ? this.alert(answer.text) : this.toast(answer.text);
  }

  pressReplyKey(anchor, button, label) {
    if (button.request_contact) return this.do({ do: "share_contact", user: this.ref.chat, bot: this.ref.bot });
    if (button.request_users) {
      const choose = (p) => this.do({ do: "share_users", user: this.ref.chat, bot: this.ref.bot, request_id: button.request_users.request_id, chosen: [p.id] });
      return openMenu(anchor, [{ title: "Whom?" }, ...world.people.map((p) => ({ avatar: avatar(p.id, p.name), label: p.name, hint: p.note, dataset: { user: p.id }, run: () => choose(p) }))]);
    }
    return this.say(label);
  }

  commandMenu(anchor) {
    const of = this.isGroup ? world.bots : [bot(this.ref.bot)].filter(Boolean);
    const items = of.flatMap((b) => this.commandsOf(b).map((c) => ({ icon: "/", label: `/${c.command}`, hint: c.description, run: () => this.say(`/${c.command}${this.isGroup && of.length > 1 ? `@${b.username}` : ""}`) })));
    openMenu(anchor, items.length ? items : [{ icon: "/", label: "/start", run: () => this.say("/start") }]);
  }

  /// As Telegram picks them: the narrowest scope first, the person's language before the default.
  commandsOf(b) {
    const lang = person(this.me)?.lang ?? "";
    const rights = this.chat?.members.find((m) => m.id === this.me)?.rights;
    const scopes = [`chat/${this.ref.chat}`];
    if (this.isGroup) scopes.push(...(rights !== "member" ? ["all_chat_administrators/null"] : []), "all_group_chats/null");
    else scopes.push("all_private_chats/null");
    scopes.push("default/null");
    for (const scope of scopes) for (const l of [lang, ""]) if (b.commands[`${scope}/${l}`]?.length) return b.commands[`${scope}/${l}`];
    return [];
  }

  messageMenu(anchor, message) {
    const id = message.value.message_id;
    const from = { from_bot: this.ref.bot, from_chat: this.ref.chat, message: id };
    const forward = (user, target) => this.do({ do: "forward", user, ...from, ...target });
    const privately = world.people.flatMap((p) => world.bots.map((b) => ({ avatar: avatar(p.id, p.name), label: `${p.name} → ${b.name}`, dataset: { forward: `${b.id}/${p.id}` }, run: () => forward(p.id, { bot: b.id, chat: p.id }) })));
    const into = groups().filter((c) => c.members.some((m) => m.id === this.me)).map((c) => ({ avatar: avatar(c.chat, c.title, true), label: `${nameOf(this.me)} → ${c.title}`, dataset: { forward: `0/${c.chat}` }, run: () => forward(this.me, { bot: 0, chat: c.chat }) }));
    openMenu(anchor, [
      { icon: "↩", label: "Reply", action: "reply", run: () => { this.replyTo = message; this.render(); this.input.focus(); } },
      !message.by_bot && { icon: "✎", label: "Edit", action: "edit", run: () => ask(anchor, "New text", message.value.text ?? message.value.caption ?? "", (text) => this.do({ do: "edit", ...this.ref, message: id, text })) },
      { line: true }, { title: "Forward: who, and where to" }, ...privately, ...into,
    ]);
  }

  choose(anchor) {
    openMenu(anchor, [
      { title: "Private chats" },
      ...world.bots.flatMap((b) => world.people.map((p) => ({ avatar: avatar(p.id, p.name), label: p.name, hint: p.note || `with ${b.name}`, run: () => show(this.n, { bot: b.id, chat: p.id }) }))),
      { title: "Groups" },
      ...groups().map((c) => ({ avatar: avatar(c.chat, c.title, true), label: c.title, hint: c.kind, run: () => show(this.n, { bot: 0, chat: c.chat }) })),
    ]);
  }

  menu(anchor) {
    if (!this.isGroup) {
      const reachable = this.chat?.reachable;
      return openMenu(anchor, [
        { icon: "▶", label: "/start", run: () => this.say("/start") },
        reachable ? { icon: "⛔", label: "Block the bot", danger: true, run: () => this.do({ do: "block", user: this.ref.chat, bot: this.ref.bot, blocked: true }) }
          : { icon: "✅", label: "Unblock the bot", run: () => this.do({ do: "block", user: this.ref.chat, bot: this.ref.bot, blocked: false }) },
      ]);
    }
    const { chat } = this.ref;
    const members = this.chat?.members ?? [];
    const by = (members.find((m) => person(m.id) && ["creator", "administrator"].includes(m.rights)) ?? members[0])?.id ?? world.people[0]?.id;
    const rights = (id) => members.find((m) => m.id === id)?.rights ?? "left";
    const present = (id) => ["creator", "administrator", "member"].includes(rights(id));
    const place = (who, to, actor = by) => this.do({ do: "place", by: actor, who, chat, rights: to });
    const bots = world.bots.flatMap((b) => present(b.id) ? [
      rights(b.id) === "member" ? { icon: "⭐", label: `Make ${b.name} an administrator`, action: "promote-bot", run: () => place(b.id, "administrator") }
        : { icon: "☆", label: `Make ${b.name} a plain member`, action: "demote-bot", run: () => place(b.id, "member") },
      { icon: "🚪", label: `Remove ${b.name}`, action: "remove-bot", danger: true, run: () => place(b.id, "kicked") },
    ] : [{ icon: "🤖", label: `Add ${b.name}`, action: "add-bot", hint: `by ${nameOf(this.me)}`, run: () => place(b.id, "member", this.me) }]);
    const people = world.people.map((p) => present(p.id)
      ? { avatar: avatar(p.id, p.name), label: p.name, hint: `${rights(p.id)}; press to let them leave`, run: () => place(p.id, "left", p.id) }
      : { avatar: avatar(p.id, p.name), label: p.name, hint: "not here; press to join", run: () => place(p.id, "member", p.id) });
    openMenu(anchor, [
      ...bots, { line: true }, startItem(this),
      { icon: "✎", label: "Rename the group", action: "rename", run: () => ask(anchor, "New title", this.chat.title, (title) => this.do({ do: "rename", by, chat, title })) },
      this.chat?.kind === "group" && { icon: "⬆", label: "Upgrade to a supergroup", action: "migrate", run: async () => {
        const answer = await this.do({ do: "migrate", by, chat });
        if (answer.chat) show(this.n, { bot: 0, chat: answer.chat });
      } },
      { line: true }, { title: "Members" }, ...people,
    ]);
  }

  toast(text) {
    this.wall.querySelector(".toast")?.remove();
    const toast = $("div", { className: "toast", role: "status" }, text);
    this.wall.append(toast);
    setTimeout(() => toast.remove(), 4000);
  }

  alert(text) {
    const close = () => box.remove();
    const box = $("div", { className: "alert", role: "alertdialog" }, $("div", {}, $("p", {}, text), $("button", { type: "button", onclick: close }, "OK")));
    this.wall.append(box);
  }

  flash() {
    this.element.animate([{ boxShadow: "inset 0 0 0 3px var(--accent)" }, { boxShadow: "inset 0 0 0 3px transparent" }], 700);
    this.input.focus();
  }
}
