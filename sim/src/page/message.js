// One message as a bubble.

import { $, avatar, chatOf, nameOf, tint, written } from "./app.js";

const TICKS = '<svg viewBox="0 0 15 9"><path d="M1 5l3 3 6-7M7 8l6-7"/></svg>';
const time = (seconds) => written(seconds * 1000, { hour: "2-digit", minute: "2-digit" });
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const length = (seconds) => seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
const size = (bytes) => bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : bytes > 1e3 ? `${Math.round(bytes / 1e3)} KB` : `${bytes} B`;

export const day = (seconds) => written(seconds * 1000, { day: "numeric", month: "long" });

/// Who a message seems to come from.
export function author(value) {
  if (value.sender_chat) return { id: value.sender_chat.id, name: value.sender_chat.title ?? "?", chat: true };
  return { id: value.from?.id ?? 0, name: nameOf(value.from?.id) === "?" ? value.from?.first_name ?? "?" : nameOf(value.from.id), bot: value.from?.is_bot };
}

/// The sentence of a service message; `null` for ordinary ones.
export function service(value) {
  const who = author(value).name;
  const names = (users) => users.map((u) => nameOf(u.id) === "?" ? u.first_name : nameOf(u.id)).join(", ");
  if (value.new_chat_members) {
    const joined = value.new_chat_members.length === 1 && value.new_chat_members[0].id === value.from?.id;
    return joined ? `${who} joined the group` : `${who} added ${names(value.new_chat_members)}`;
  }
  if (value.left_chat_member) return value.left_chat_member.id === value.from?.id ? `${who} left the group` : `${who} removed ${names([value.left_chat_member])}`;
  if (value.new_chat_title) return `${who} named the group “${value.new_chat_title}”`;
  if (value.migrate_to_chat_id) return "The group became a supergroup";
  if (value.migrate_from_chat_id) return "The group was upgraded to a supergroup";
  if (value.pinned_message) return `${who} pinned a message`;
  if (value.video_chat_started) return `${who} started a voice chat`;
  if (value.video_chat_ended) return `Voice chat ended (${length(value.video_chat_ended.duration)})`;
  if (value.users_shared) return `${who} shared ${value.users_shared.users.map((u) => u.first_name ?? u.user_id).join(", ")} with the bot`;
  return null;
}

/// Commands in a text can be tapped.
function linkCommands(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a, code, pre")) texts.push(walker.currentNode);
  for (const node of texts) {
    const parts = node.data.split(/((?:^|(?<=\s))\/[a-z0-9_]+(?:@\w+)?|(?:^|(?<=\s))@\w{3,}|https?:\/\/\S+)/i);
    if (parts.length === 1) continue;
    node.replaceWith(...parts.map((part, n) => {
      if (n % 2 === 0) return part;
      if (part.startsWith("http")) return $("a", { href: part, target: "_blank", rel: "noreferrer" }, part);
      return $("a", { href: "#", className: part[0] === "/" ? "command" : "", dataset: { command: part }, onclick: (event) => event.preventDefault() }, part);
    }));
  }
}

function wave(id) {
  const bars = Array.from({ length: 30 }, (_, n) => {
    const height = 4 + Math.abs(Math.sin((n + 1) * (id % 7 + 2) * 0.7) * Math.cos(n * 0.4 + id)) * 18;
    return $("i", { style: `height:${height.toFixed(0)}px` });
  });
  return $("span", { className: "wave" }, ...bars);
}

function media(value, pane) {
  if (value.photo) {
    const file = value.photo.at(-1).file_id;
    const shown = file.startsWith("file-") ? $("img", { src: `/sim/file/${file}`, alt: "", onload: () => pane.toEnd(), onclick: () => window.open(`/sim/file/${file}`) }) : $("div", { className: "scene" });
    return { element: $("div", { className: "media" }, shown), over: !value.caption };
  }
  if (value.video || value.animation) {
    const length = value.video ? clock(value.video.duration) : "GIF";
    return { element: $("div", { className: "media" }, $("div", { className: "scene video" }, $("span", { className: "length" }, length), $("span", { className: "play" }, "▶"))), over: !value.caption };
  }
  if (value.video_note) return { element: $("div", { className: "round" }, $("span", { className: "play" }, "▶")), bare: true, over: true };
  if (value.voice || value.audio) {
    const of = value.voice ?? value.audio;
    const right = value.voice ? $("span", {}, wave(value.message_id), $("small", {}, clock(of.duration))) : $("span", {}, $("b", {}, of.title ?? "Audio"), $("small", {}, clock(of.duration)));
    return { element: $("div", { className: "voice" }, $("span", { className: "disc play-disc" }, "▶"), right) };
  }
  if (value.document) {
    const { file_id: id, file_name: name = "file", file_size: bytes = 0 } = value.document;
    const kind = name.split(".").at(-1).toLowerCase().slice(0, 4);
    const props = { className: "file", dataset: { file: id } };
    if (id.startsWith("file-")) Object.assign(props, { href: `/sim/file/${id}`, download: name });
    return { element: $(props.href ? "a" : "div", props, $("span", { className: `disc ${kind}` }, kind), $("span", {}, $("b", {}, name), $("small", {}, size(bytes)))) };
  }
  if (value.sticker) return { element: $("div", { className: "sticker" }, value.sticker.emoji ?? "👍"), bare: true, over: true };
  if (value.dice) return { element: $("div", { className: "sticker" }, value.dice.emoji), bare: true, over: true };
  if (value.poll) {
    const options = value.poll.options.map((option) => $("label", {}, option.text));
    return { element: $("div", { className: "poll" }, $("b", {}, value.poll.question), $("small", {}, "Anonymous poll"), ...options) };
  }
  if (value.location) return { element: $("div", { className: "media" }, $("div", { className: "map" }, "📍")), over: true };
  if (value.contact) return { element: $("div", { className: "voice" }, avatar(value.contact.user_id ?? 5, value.contact.first_name), $("span", {}, $("b", {}, value.contact.first_name), $("small", {}, value.contact.phone_number))) };
  return null;
}

/// Builds the row. `mine`: on the right; `pane` takes presses and menus.
export function row(message, pane, { mine, named, first, last }) {
  const { value, html } = message;
  const from = author(value);
  const inside = media(value, pane);
  const bubble = $("div", { className: `bubble${inside?.bare ? " bare" : ""}${inside?.over ? " over" : ""}` });
  if (named && !mine && first && !inside?.bare) {
    const member = chatOf(pane.ref)?.members.find((m) => m.id === value.from?.id)?.rights;
    const title = value.author_signature ?? (value.sender_chat?.id === pane.ref.chat ? "admin" : member === "administrator" ? "admin" : member === "creator" ? "owner" : from.bot ? "bot" : "");
    bubble.append($("div", { className: `from n${tint(from.id)}` }, $("span", {}, from.name), title ? $("em", {}, title) : null));
  }
  if (value.forward_origin) {
    const origin = value.forward_origin;
    const name = origin.sender_user?.first_name ?? origin.sender_user_name ?? origin.sender_chat?.title ?? origin.chat?.title ?? "?";
    bubble.append($("div", { className: "forwarded" }, "Forwarded from ", $("b", {}, name)));
  }
  if (value.reply_to_message) {
    const replied = value.reply_to_message;
    bubble.append($("div", { className: "quote" }, $("b", {}, author(replied).name), $("span", {}, replied.text ?? replied.caption ?? "Media")));
  }
  if (inside) bubble.append(inside.element);
  if (html) {
    const text = $("div", { className: "text" });
    text.innerHTML = html;
    linkCommands(text);
    text.querySelectorAll("a.command").forEach((link) => link.addEventListener("click", () => pane.say(link.dataset.command)));
    bubble.append(text);
  }
  if (!inside && !html) bubble.append($("div", { className: "text" }, "(a kind of message that this page does not draw)"));
  const meta = $("span", { className: "meta" }, `${value.edit_date ? "edited " : ""}${time(value.date)}`);
  if (mine) meta.insertAdjacentHTML("beforeend", TICKS);
  (bubble.querySelector(":scope > .text:last-child") ?? bubble).append(meta);
  bubble.append($("button", { type: "button", className: "act", title: "Reply, forward, edit", dataset: { role: "message-menu" }, onclick: (event) => pane.messageMenu(event.currentTarget, message) }, "⋯"));

  const stack = $("div", { className: "stack" }, bubble);
  const rows = value.reply_markup?.inline_keyboard;
  if (rows) stack.append(keys(rows, message, pane));
  const classes = ["row", mine ? "out" : "in", last ? "" : "mid", first ? "" : "follows", rows ? "has-keys" : ""];
  const line = $("div", { className: classes.filter(Boolean).join(" "), dataset: { message: value.message_id } }, stack);
  if (named && !mine) {
    line.prepend(avatar(from.id, from.name, from.chat));
    line.classList.toggle("hides-avatar", !last);
  }
  return line;
}

function keys(rows, message, pane) {
  return $("div", { className: "keys" }, ...rows.map((buttons, r) => $("div", {}, ...buttons.map((button, c) => $("button", {
    type: "button", className: button.url ? "url" : "", title: button.text,
    dataset: { row: r, column: c, label: button.text, data: button.callback_data ?? "" },
    onclick: (event) => button.url ? window.open(button.url, "_blank", "noreferrer") : pane.press(event.currentTarget, message, button.callback_data),
  }, button.text)))));
}
