// A group's voice chat: who is there, and what they do.

import { $, act, avatar, nameOf, person, world } from "./app.js";
import { openMenu } from "./menu.js";

const MIC = '<svg viewBox="0 0 24 24"><rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/></svg>';
const MUTED = MIC.replace("</svg>", '<path d="M4 4l16 16" stroke-width="2.2"/></svg>');

/// How long, from `since` to the world's clock: 0:42, 1:03:09.
function lasted(since) {
  const seconds = Math.max(0, Math.floor((world.now + performance.now() - world.at) / 1000) - since);
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/// Lengths go on while nothing else happens.
export function tick() {
  document.querySelectorAll("[data-since]").forEach((element) => { element.textContent = lasted(Number(element.dataset.since)); });
}

const ticking = (since) => $("time", { dataset: { since } }, lasted(since));

function seat(one, pane) {
  const state = one.lost ? "lost" : one.muted ? "muted" : "speaks";
  const name = one.peer < 0 ? world.chats.find((c) => c.chat === one.peer)?.title ?? "?" : nameOf(one.peer);
  const act = (what) => pane.do({ do: "in_call", user: one.peer, chat: pane.ref.chat, what });
  const face = avatar(one.peer, name, one.peer < 0);
  if (one.video) face.append($("i", { className: "cam" }, "▶"));
  const mic = $("span", { className: "mic" });
  mic.innerHTML = one.muted ? MUTED : MIC;
  return $("button", {
    type: "button", className: `seat ${state}`, title: `${name}: ${one.lost ? "fell off the network" : state}`, dataset: { seat: one.peer },
    onclick: (event) => openMenu(event.currentTarget, [
      { title: name },
      one.muted ? { icon: "🎙", label: "Unmute", run: () => act("unmute") } : { icon: "🔇", label: "Mute", run: () => act("mute") },
      !one.muted && { icon: "💬", label: "Say something", run: () => act("speak") },
      one.video ? { icon: "📷", label: "Switch the camera off", run: () => act("hide") } : { icon: "📷", label: "Switch the camera on", run: () => act("show") },
      { icon: "↻", label: "Join anew", hint: "the time begins again", run: () => act("join") },
      !one.lost && { icon: "📵", label: "Fall off the network", hint: "stays listed for a minute", run: () => act("lose") },
      { line: true },
      { icon: "🚪", label: "Leave", danger: true, run: () => act("leave") },
    ]),
  }, face, $("span", {}, $("b", {}, name.split(" ")[0]), ticking(one.joined)), mic);
}

/// The bar under a group's head while a voice chat runs; `null` otherwise.
export function bar(pane) {
  const call = pane.chat?.voice;
  if (!call) return null;
  const { chat } = pane.ref;
  const there = new Set(call.participants.map((one) => one.peer));
  const outside = (pane.chat.members ?? []).filter((m) => person(m.id) && ["creator", "administrator", "member"].includes(m.rights) && !there.has(m.id));
  const channel = world.chats.find((c) => c.kind === "channel" && !there.has(c.chat));
  const join = (user) => pane.do({ do: "in_call", user, chat, what: "join" });
  const choices = [
    ...outside.map((m) => ({ avatar: avatar(m.id, nameOf(m.id)), label: nameOf(m.id), run: () => join(m.id) })),
    channel && { avatar: avatar(channel.chat, channel.title, true), label: channel.title, hint: "join as a channel", run: () => join(channel.chat) },
  ].filter(Boolean);
  return $("div", { className: "call", dataset: { call: call.id } },
    $("div", { className: "call-head" },
      $("i", { className: "pulse" }), $("b", {}, "Voice chat"), ticking(call.started),
      $("span", {}, call.participants.length === 1 ? "1 person" : `${call.participants.length} people`),
      choices.length > 0 && $("button", { type: "button", className: "join", dataset: { role: "join-call" }, onclick: (event) => openMenu(event.currentTarget, [{ title: "Who joins?" }, ...choices]) }, "Join"),
      $("button", { type: "button", className: "end", title: "End the voice chat for everybody", dataset: { role: "end-call" }, onclick: () => pane.do({ do: "end_call", by: pane.me, chat }) }, "✕")),
    $("div", { className: "seats" }, ...(call.participants.length ? call.participants.map((one) => seat(one, pane)) : [$("small", {}, "Nobody is here yet")])));
}

/// The entry in a group's menu.
export const startItem = (pane) => !pane.chat?.voice && {
  icon: "🎙", label: "Start a voice chat", action: "start-call", run: () => act({ do: "start_call", by: pane.me, chat: pane.ref.chat }),
};
