// Small floating menus and questions.

import { $ } from "./app.js";

const layer = () => document.getElementById("layer");
export const closeMenu = () => layer().replaceChildren();

function place(menu, anchor) {
  layer().replaceChildren($("div", { className: "shade", onclick: closeMenu }), menu);
  const at = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 6;
  menu.style.left = `${left}px`;
  menu.style.top = `${below + height > innerHeight - 8 ? Math.max(8, at.top - height - 6) : below}px`;
}

/// Items: `{title}`, `{line: true}`, or `{label, hint, icon, avatar, danger, action, run}`.
export function openMenu(anchor, items) {
  const entries = items.filter(Boolean).map((item) => {
    if (item.title) return $("h4", {}, item.title);
    if (item.line) return $("hr");
    return $("button", {
      type: "button", className: item.danger ? "danger" : "", dataset: { action: item.action ?? item.label, ...item.dataset },
      onclick: () => { closeMenu(); item.run(); },
    }, item.avatar ?? $("i", {}, item.icon ?? ""), $("span", {}, item.label, item.hint ? $("small", {}, item.hint) : null));
  });
  place($("div", { className: "menu", role: "menu" }, ...entries), anchor);
}

/// Asks for a line of text.
export function ask(anchor, question, value, answer) {
  const input = $("input", { value, ariaLabel: question, dataset: { role: "answer" } });
  const done = () => { const text = input.value.trim(); closeMenu(); if (text) answer(text); };
  input.onkeydown = (event) => { if (event.key === "Enter") done(); if (event.key === "Escape") closeMenu(); };
  place($("div", { className: "menu" }, $("h4", {}, question), $("div", { className: "dialog" }, input,
    $("button", { type: "button", className: "ok", onclick: done }, "OK"))), anchor);
  input.focus();
  input.select();
}
