// Small conveniences: live numbers, tables that change in place. Everything works without it, only less quickly.
"use strict";

const body = document.body;

// Live numbers. The server says what changed; whole parts are taken from the page itself.
if (body.dataset.events) {
  const state = document.querySelector("[data-live-state]");
  const news = new EventSource(body.dataset.events);
  let version = null, page = new URLSearchParams(body.dataset.events.split("?")[1]).get("page");
  news.addEventListener("figures", (event) => {
    const figures = JSON.parse(event.data);
    for (const [name, value] of Object.entries(figures.values)) {
      for (const place of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
        if (place.textContent !== value) {
          place.textContent = value;
          place.classList.remove("fresh");
          void place.offsetWidth;
          place.classList.add("fresh");
        }
      }
    }
    // Another form, or a run that began or ended: the page itself is another one.
    if (page !== null && page !== figures.page) return location.reload();
    page = figures.page ?? null;
    if (version !== null && version !== figures.version) refresh(location.href);
    version = figures.version;
  });
  news.addEventListener("open", () => lost(false));
  news.addEventListener("error", () => lost(true));
  const lost = (is) => {
    if (!state) return;
    state.classList.toggle("lost", is);
    state.title = is ? state.dataset.lost : "";
  };
  addEventListener("pagehide", () => news.close());
}

// Takes a page and puts its tables and live parts in place of ours. Where somebody types, nothing moves.
async function refresh(address, only) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return location.assign(address);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const theirs of fresh.querySelectorAll(only ? `#${CSS.escape(only)}` : "main section[id]")) {
    const ours = document.getElementById(theirs.id);
    if (!ours || ours.classList.contains("forms") || (!only && ours.contains(document.activeElement))) continue;
    ours.replaceWith(theirs);
  }
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  const table = link.closest("section[id]");
  event.preventDefault();
  const words = link.textContent;
  await refresh(link.href, table.id);
  history.replaceState(null, "", link.href);
  const again = document.getElementById(table.id);
  [...(again?.querySelectorAll("a[data-swap]") ?? [])].find((other) => other.textContent === words)?.focus();
});

let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-filter]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
    const table = form.closest("section[id]").id;
    const at = event.target.selectionStart;
    await refresh(address, table);
    history.replaceState(null, "", address);
    const field = document.getElementById(table)?.querySelector("input[type=search]");
    field?.focus();
    field?.setSelectionRange(at, at);
  }, 200);
});

// A choice that has a button of its own is sent at once; the button is for those without scripts.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form) form.requestSubmit();
});

// A file that is too large is refused before it is sent.
document.addEventListener("change", (event) => {
  const file = event.target.form?.querySelector("input[type=file][data-most]");
  if (!file) return;
  const kind = file.form.elements.as?.value === "photo" ? "photo" : "most";
  const isLarge = (file.files[0]?.size ?? 0) > Number(file.dataset[kind]);
  file.setCustomValidity(isLarge ? file.dataset[`${kind}Said`] : "");
  if (isLarge) file.reportValidity();
});

// The Mini App: Telegram hands its proof over in the address, behind the #, where no server sees it.
const app = document.querySelector("[data-mini-app]");
if (app) {
  const proof = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  const form = app.querySelector("form[action='/app']");
  history.replaceState(null, "", location.pathname);
  if (proof && form) {
    form.elements.init_data.value = proof;
    form.submit();
  } else {
    app.querySelector("p").textContent = app.dataset.only;
  }
}
