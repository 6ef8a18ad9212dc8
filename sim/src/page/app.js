// The page as a whole: the world's state, the panes, the rail, the clock.

import { tick } from "./call.js";
import { Pane } from "./pane.js";
import { ask, closeMenu, openMenu } from "./menu.js";

export const $ = (tag, props = {}, ...children) => {
  const { dataset, ...plain } = props;
  const element = Object.assign(document.createElement(tag), plain);
  Object.assign(element.dataset, dataset);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

export const world = { bots: [], people: [], chats: [], now: 0, zone: null, version: -1, at: 0 };

/// A moment in the school's time zone, which needn't be the browser's.
export const written = (ms, parts) => new Date(ms).toLocaleString("en-GB", { ...parts, timeZone: world.zone ?? undefined });

/// Does something in the simulated world; a refusal comes back as `{error}`.
export async function act(action) {
  const answer = await fetch("/sim/act", { method: "POST", body: JSON.stringify(action) });
  return answer.json();
}

export const person = (id) => world.people.find((p) => p.id === id);
export const bot = (id) => world.bots.find((b) => b.id === id);
export const chatOf = (ref) => world.chats.find((c) => c.bot === ref.bot && c.chat === ref.chat);
export const groups = () => world.chats.filter((c) => c.bot === 0 && !c.migrated_to);
export const nameOf = (id) => person(id)?.name ?? bot(id)?.name ?? "?";

export function avatar(id, name, square = false) {
  const letters = [...name.replace(/[^\p{L}\p{N} ]/gu, "").trim().matchAll(/(?:^|\s)(\S)/gu)].map((m) => m[1]);
  const shown = (letters.length > 1 ? letters[0] + letters.at(-1) : letters[0] ?? "•").toUpperCase();
  return $("span", { className: `avatar c${tint(id)}${square ? " square" : ""}`, ariaHidden: "true" }, shown);
}
export const tint = (id) => Math.abs(id) % 7;

const panes = [];

/// Which chats are shown: from the address, else private chats of the first people and the first group.
function wanted() {
  const count = Math.max(1, Math.min(4, Math.floor((innerWidth - 74) / 320)));
  const given = location.hash.slice(1).split(",").filter(Boolean).map((part) => {
    const [b, c] = part.split("/").map(Number);
    return { bot: b, chat: c };
  }).filter((ref) => ref.chat);
  if (given.length) return given.slice(0, count);
  const first = world.bots[0];
  // The liveliest group; a channel where there is none.
  const talks = (c) => (c.kind !== "channel") * 1e6 + (c.messages?.length ?? 0);
  const group = [...groups()].sort((a, b) => talks(b) - talks(a))[0];
  const people = first ? [...world.people].sort((a, b) => (b.note !== "") - (a.note !== "")) : [];
  const dms = people.slice(0, count - (group && count > 1 ? 1 : 0)).map((p) => ({ bot: first.id, chat: p.id }));
  return group && count > 1 ? [...dms, { bot: 0, chat: group.chat }] : dms;
}

function layOut() {
  const refs = wanted();
  while (panes.length > refs.length) panes.pop().element.remove();
  refs.forEach((ref, n) => {
    if (!panes[n]) {
      panes[n] = new Pane(n, ref);
      document.getElementById("panes").append(panes[n].element);
    } else if (panes[n].ref.bot !== ref.bot || panes[n].ref.chat !== ref.chat) {
      panes[n].show(ref);
    }
  });
}

/// Shows a chat in a pane and remembers it in the address.
export function show(n, ref) {
  const refs = panes.map((pane) => pane.ref);
  refs[n] = ref;
  history.replaceState(null, "", "#" + refs.map((r) => `${r.bot}/${r.chat}`).join(","));
  panes[n].show(ref);
  render();
}

/// Opens a chat in the pane that is used least: the same kind if there is one.
function open(ref) {
  const shown = panes.findIndex((pane) => pane.ref.bot === ref.bot && pane.ref.chat === ref.chat);
  if (shown >= 0) return panes[shown].flash();
  const alike = panes.filter((pane) => (pane.ref.bot === 0) === (ref.bot === 0));
  const oldest = (alike.length ? alike : panes).reduce((a, b) => (a.usedAt <= b.usedAt ? a : b));
  show(oldest.n, ref);
}

function renderRail() {
  const rail = document.getElementById("rail");
  const shown = (ref) => panes.some((pane) => pane.ref.bot === ref.bot && pane.ref.chat === ref.chat);
  const entry = (ref, name, square) => $("button", {
    type: "button", title: name, className: shown(ref) ? "shown" : "", dataset: { open: `${ref.bot}/${ref.chat}` }, onclick: () => open(ref),
  }, avatar(ref.chat, name, square), $("span", { className: "name" }, name.split(" ")[0]));
  const add = (label, onclick, action) => $("button", { type: "button", className: "add", title: label, dataset: { action }, onclick },
    $("span", { className: "avatar" }, "+"), $("span", { className: "name" }, label));
  const first = world.bots[0];
  rail.replaceChildren(
    ...(first ? world.people.map((p) => entry({ bot: first.id, chat: p.id }, p.name, false)) : []),
    add("Person", (event) => ask(event.currentTarget, "Name of the new person", "", (name) => act({ do: "add_user", name })), "add-person"),
    $("hr"),
    ...groups().map((c) => entry({ bot: 0, chat: c.chat }, c.title, true)),
    add("Group", (event) => ask(event.currentTarget, "Title of the new group", "", (title) =>
      act({ do: "add_group", title, members: world.people.map((p) => p.id) })), "add-group"),
  );
}

function renderBots() {
  document.getElementById("bots").replaceChildren(...world.bots.map((b) => {
    const state = b.webhook ? "webhook" : b.polls > 0 ? "polling" : "not started";
    const waiting = b.pending > 0 ? `, ${b.pending} waiting` : "";
    return $("button", {
      type: "button", className: `bot${b.polls > 0 || b.webhook ? " on" : ""}`, dataset: { bot: b.id, pending: b.pending },
      onclick: (event) => openMenu(event.currentTarget, [
        { title: `@${b.username}` },
        { icon: b.privacy ? "🔒" : "👁", label: b.privacy ? "Privacy mode is on" : "Privacy mode is off", hint: "press to switch", run: () => act({ do: "privacy", bot: b.id, on: !b.privacy }) },
      ]),
    }, avatar(b.id, b.name), $("b", {}, `@${b.username}`), $("span", {}, state + waiting), $("i"));
  }));
}

const now = () => world.now + (performance.now() - world.at);

function renderClock() {
  const parts = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  document.getElementById("clock").textContent = written(now(), parts);
  tick();
}

/// Moves the clock to the next time that it shows this: "21:30". (A change to summer time on the way isn't looked at.)
function until(text) {
  const seconds = ([hours, minutes, seconds = 0]) => (hours * 60 + minutes) * 60 + seconds;
  const wanted = text.split(":").map(Number);
  if (!(wanted[0] < 24 && wanted[1] < 60)) return;
  const shown = written(now(), { hour: "2-digit", minute: "2-digit", second: "2-digit" }).split(":").map(Number);
  const left = seconds(wanted.slice(0, 2)) - seconds(shown);
  act({ do: "advance", seconds: left > 0 ? left : left + 86400 });
}

function render() {
  layOut();
  renderBots();
  renderRail();
  renderClock();
  panes.forEach((pane) => pane.render());
  document.body.dataset.version = world.version;
}

let loading = false;
let again = false;
async function load() {
  if (loading) { again = true; return; }
  loading = true;
  Object.assign(world, await (await fetch("/sim/state")).json(), { at: performance.now() });
  render();
  loading = false;
  if (again) { again = false; setTimeout(load, 60); }
}

document.querySelectorAll("[data-advance]").forEach((button) => {
  button.onclick = () => act({ do: "advance", seconds: Number(button.dataset.advance) });
});
document.getElementById("until").onclick = (event) => ask(event.currentTarget, "Until what time?", "21:30", until);
addEventListener("resize", () => { closeMenu(); render(); });
addEventListener("hashchange", render);
setInterval(renderClock, 1000);
new EventSource("/sim/events").onmessage = load;
load();
