const data = JSON.parse(document.getElementById("data").textContent);
const KINDS = say.ways;
const DAY = 86400000;
const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat(lang);
const nodes = data.nodes.map(([id, label, title, sort, participants, posts, community, x, y, radius, collected, username]) =>
  ({ id, label, title, sort, participants, posts, community, x, y, radius, collected, username, words: (label + "\n" + title + "\n" + id).toLowerCase() }));
const edges = data.edges.map(([source, target, ...rest]) => ({ source, target, counts: rest.slice(0, 4), first: rest[4], last: rest[5], weight: 0 }));
const colour = (community) => data.colours[Math.min(community, data.colours.length - 1)];
const communities = Math.min(data.colours.length, nodes.reduce((most, node) => Math.max(most, node.community + 1), 0));
const group = (community) => Math.min(community, data.colours.length - 1);

// What is chosen.
const wanted = { weight: 1, kinds: [true, true, true, true], from: null, to: null, communities: new Set() };
let chosen = null, hovered = null;
// What is shown then: edges by weight, and which nodes.
let shown = [], visible = new Uint8Array(nodes.length);

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function within(edge) {
  if (edge.first === null) return wanted.from === null && wanted.to === null;
  return (wanted.from === null || edge.last >= wanted.from) && (wanted.to === null || edge.first <= wanted.to);
}

function sift() {
  const all = wanted.communities.size === 0;
  const inside = (at) => all || wanted.communities.has(group(nodes[at].community));
  const everything = all && wanted.weight <= 1 && wanted.kinds.every(Boolean) && wanted.from === null && wanted.to === null;
  visible.fill(0);
  shown = edges.filter((edge) => {
    edge.weight = edge.counts.reduce((sum, count, kind) => sum + (wanted.kinds[kind] ? count : 0), 0);
    const stays = edge.weight >= wanted.weight && edge.weight > 0 && within(edge) && inside(edge.source) && inside(edge.target);
    if (stays) visible[edge.source] = visible[edge.target] = 1;
    return stays;
  });
  if (everything) visible.fill(1);
  shown.sort((a, b) => b.weight - a.weight);
  const count = visible.reduce((sum, one) => sum + one, 0);
  $("figures").textContent = say.figures(...[count, nodes.length, shown.length, edges.length].map((n) => number.format(n)));
  describe();
  draw();
}

// The drawing.
const canvas = $("graph"), pen = canvas.getContext("2d");
const view = { x: 0, y: 0, scale: 1 };
let size = { width: 0, height: 0 }, isBusy = false, idle = 0, asked = false;

function fit() {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const node of nodes) {
    left = Math.min(left, node.x); right = Math.max(right, node.x);
    top = Math.min(top, node.y); bottom = Math.max(bottom, node.y);
  }
  if (!nodes.length) return;
  view.scale = Math.min((size.width - 90) / Math.max(right - left, 1), (size.height - 90) / Math.max(bottom - top, 1));
  view.x = size.width / 2 - (left + right) / 2 * view.scale;
  view.y = size.height / 2 - (top + bottom) / 2 * view.scale;
}

function resize() {
  const box = canvas.getBoundingClientRect(), sharp = window.devicePixelRatio || 1;
  const first = size.width === 0;
  size = { width: box.width, height: box.height };
  canvas.width = Math.round(box.width * sharp);
  canvas.height = Math.round(box.height * sharp);
  if (first) fit();
  draw();
}

const at = (node) => [node.x * view.scale + view.x, node.y * view.scale + view.y];
const crowd = Math.min(1, Math.max(0.35, 40 / Math.sqrt(nodes.length + 1)));
let start = 1;
const radius = (node) => Math.max(1.5, node.radius * crowd * Math.min(1, size.width / 1300) * Math.min(3, Math.sqrt(view.scale / start)));

function draw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; paint(); });
}

function busy() {
  isBusy = true;
  clearTimeout(idle);
  idle = setTimeout(() => { isBusy = false; draw(); }, 160);
  draw();
}

function neighbours() {
  const focus = hovered ?? chosen;
  if (focus === null) return null;
  const near = new Set([focus]);
  for (const edge of shown) {
    if (edge.source === focus) near.add(edge.target);
    if (edge.target === focus) near.add(edge.source);
  }
  return { focus, near };
}

function paint() {
  const style = getComputedStyle(document.documentElement), ground = style.getPropertyValue("--ground"), words = style.getPropertyValue("--words");
  const sharp = window.devicePixelRatio || 1, near = neighbours();
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.clearRect(0, 0, size.width, size.height);
  lines(near);
  pen.lineWidth = 1;
  pen.strokeStyle = ground;
  const order = [];
  nodes.forEach((node, index) => { if (visible[index]) order.push(index); });
  order.sort((a, b) => nodes[b].radius - nodes[a].radius);
  for (const index of order.slice().reverse()) {
    const node = nodes[index], [x, y] = at(node);
    pen.globalAlpha = near && !near.near.has(index) ? 0.15 : 1;
    pen.beginPath();
    pen.arc(x, y, radius(node), 0, 7);
    pen.fillStyle = colour(node.community);
    pen.fill();
    pen.stroke();
  }
  pen.globalAlpha = 1;
  if (chosen !== null && visible[chosen]) {
    const [x, y] = at(nodes[chosen]);
    pen.strokeStyle = words;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, radius(nodes[chosen]) + 3, 0, 7);
    pen.stroke();
  }
  labels(near, order, ground, words);
}

// All lines of a colour and a thickness are one path: hundreds of thousands are drawn in one go.
function lines(near) {
  const most = isBusy ? 2500 : 60000, heaviest = Math.log1p(shown.length ? shown[0].weight : 1);
  const paths = new Map(), thin = Math.min(1, Math.max(0.12, Math.sqrt(400 / (shown.length + 1))));
  const drawn = near ? shown.filter((edge) => edge.source === near.focus || edge.target === near.focus) : shown.slice(0, most);
  for (const edge of drawn) {
    const step = Math.round(4 * Math.log1p(edge.weight) / heaviest), key = group(nodes[edge.source].community) * 8 + step;
    let path = paths.get(key);
    if (!path) paths.set(key, path = new Path2D());
    const [ax, ay] = at(nodes[edge.source]), [bx, by] = at(nodes[edge.target]);
    if (Math.max(ax, bx) < 0 || Math.min(ax, bx) > size.width || Math.max(ay, by) < 0 || Math.min(ay, by) > size.height) continue;
    path.moveTo(ax, ay);
    path.quadraticCurveTo((ax + bx) / 2 + (by - ay) * 0.12, (ay + by) / 2 - (bx - ax) * 0.12, bx, by);
  }
  for (const key of [...paths.keys()].sort((a, b) => a % 8 - b % 8)) {
    const share = (key % 8) / 4;
    pen.strokeStyle = colour(Math.floor(key / 8));
    pen.globalAlpha = near ? 0.7 : (0.2 + 0.4 * share) * thin;
    pen.lineWidth = 0.6 + 2.6 * share * share;
    pen.stroke(paths.get(key));
  }
  pen.globalAlpha = 1;
}

function labels(near, order, ground, words) {
  const taken = [];
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  const first = near ? [near.focus, ...order.filter((index) => index !== near.focus && near.near.has(index))] : order;
  let left = isBusy ? 40 : 160, tries = 1500;
  // Names keep off the largest circles, too.
  const circles = order.slice(0, isBusy ? 40 : 300).map((index) => [...at(nodes[index]), radius(nodes[index]), index]);
  for (const index of first) {
    if (left === 0 || tries-- === 0) break;
    const node = nodes[index], [x, y] = at(node), text = node.label.length > 34 ? node.label.slice(0, 33) + "…" : node.label;
    if (x < 0 || y < 0 || x > size.width || y > size.height) continue;
    const high = Math.min(20, Math.max(12, 8 + radius(node) * 0.8));
    pen.font = `600 ${high}px system-ui, sans-serif`;
    const wide = pen.measureText(text).width, gap = radius(node) + 4;
    const place = [[x + gap, y], [x - gap - wide, y], [x - wide / 2, y - gap - high / 2], [x - wide / 2, y + gap + high / 2]].find(([a, b]) =>
      a > 0 && a + wide < size.width && taken.every(([p, q, w, h]) => a + wide < p || p + w < a || Math.abs(b - q) > (high + h) / 2)
      && circles.every(([cx, cy, r, own]) => own === index || (left > 120 && r < radius(node) * 0.8) || Math.hypot(Math.max(a - cx, 0, cx - a - wide), Math.max(Math.abs(b - cy) - high / 2, 0)) > r));
    if (!place) continue;
    taken.push([place[0], place[1], wide, high]);
    left--;
    pen.strokeStyle = ground;
    pen.strokeText(text, ...place);
    pen.fillStyle = words;
    pen.fillText(text, ...place);
  }
}

function under(event) {
  const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = null, nearest = Infinity;
  nodes.forEach((node, index) => {
    if (!visible[index]) return;
    const [a, b] = at(node), distance = Math.hypot(a - x, b - y) - radius(node);
    if (distance < 5 && distance < nearest) [best, nearest] = [index, distance];
  });
  return best;
}

// Reading about one.
const day = (days) => new Date(days * DAY).toISOString().slice(0, 10);

function row(index, edge) {
  const node = nodes[index];
  const dot = element("span", { className: "dot" });
  dot.style.background = colour(node.community);
  const said = edge ? KINDS.filter((_, kind) => edge.counts[kind] && wanted.kinds[kind]).map((kind) => `${number.format(edge.counts[KINDS.indexOf(kind)])} ${kind}`).join(", ") : node.title;
  const when = edge && edge.first !== null ? ", " + say.times(day(edge.first), day(edge.last)) : "";
  const button = element("button", { type: "button", title: said + when, onclick: () => choose(index, true) }, dot,
    element("span", { className: "name", textContent: node.label }),
    element("span", { className: "count", textContent: edge ? number.format(edge.weight) : say.sorts[node.sort] }));
  return element("li", {}, button);
}

function describe() {
  const box = $("node");
  box.hidden = chosen === null;
  if (chosen === null) return;
  const node = nodes[chosen];
  const facts = [say.sorts[node.sort], node.title && node.title !== node.label ? node.title : null, node.participants === null ? null : say.members(number.format(node.participants)),
    node.collected ? say.posts(number.format(node.posts)) : say.bare, `id ${node.id}`];
  const list = (name, found) => found.length === 0 ? [] : [element("h3", { textContent: `${name} (${number.format(found.length)})` }),
    element("ul", {}, ...found.slice(0, 300).map((edge) => row(edge.source === chosen ? edge.target : edge.source, edge)))];
  box.replaceChildren(element("h2", { textContent: node.label }), element("p", { className: "note", textContent: facts.filter(Boolean).join(" · ") }),
    ...list(say.refers, shown.filter((edge) => edge.source === chosen)), ...list(say.referred, shown.filter((edge) => edge.target === chosen)));
}

function choose(index, goes) {
  chosen = index;
  if (index !== null && goes) {
    const node = nodes[index];
    view.scale = Math.max(view.scale, start * 2);
    view.x = size.width / 2 - node.x * view.scale;
    view.y = size.height / 2 - node.y * view.scale;
  }
  describe();
  draw();
}

function search() {
  const asked = $("search").value.trim().toLowerCase().replace(/^@|^(https?:\/\/)?(t|telegram)\.me\//, "");
  const found = [];
  if (asked) nodes.forEach((node, index) => { if (node.words.includes(asked)) found.push(index); });
  found.sort((a, b) => (nodes[b].label.toLowerCase() === asked) - (nodes[a].label.toLowerCase() === asked) || nodes[b].radius - nodes[a].radius);
  $("found").replaceChildren(...found.slice(0, 12).map((index) => row(index, null)),
    ...(asked && !found.length ? [element("li", { className: "note", textContent: say.nothing })] : []));
}

// The panel.
const heaviest = edges.reduce((most, edge) => Math.max(most, edge.counts.reduce((a, b) => a + b, 0)), 1);
$("weight").oninput = () => {
  // From 1 to the heaviest, finer where most are.
  wanted.weight = Math.round(Math.pow(heaviest, $("weight").value / 100));
  $("weight-is").value = number.format(wanted.weight);
  sift();
};
KINDS.forEach((kind, index) => {
  const sum = edges.reduce((sum, edge) => sum + edge.counts[index], 0);
  const box = element("input", { type: "checkbox", checked: true, disabled: sum === 0 });
  box.onchange = () => { wanted.kinds[index] = box.checked; sift(); };
  $("kinds").append(element("label", {}, box, element("span", { className: "name", textContent: kind }), element("span", { className: "count", textContent: number.format(sum) })));
});
for (let community = 0; community < communities; community++) {
  const members = nodes.filter((node) => group(node.community) === community);
  const hub = members.reduce((best, node) => node.radius > best.radius ? node : best, members[0]);
  const isRest = community === data.colours.length - 1;
  const box = element("input", { type: "checkbox" }), dot = element("span", { className: "dot" });
  dot.style.background = colour(community);
  box.onchange = () => { box.checked ? wanted.communities.add(community) : wanted.communities.delete(community); sift(); };
  $("communities").append(element("label", {}, box, dot, element("span", { className: "name", textContent: isRest ? say.rest : hub.label }),
    element("span", { className: "count", textContent: number.format(members.length) })));
}
const dated = edges.filter((edge) => edge.first !== null);
const oldest = dated.reduce((least, edge) => Math.min(least, edge.first), Infinity), newest = dated.reduce((most, edge) => Math.max(most, edge.last), -Infinity);
for (const [id, key] of [["from", "from"], ["to", "to"]]) {
  if (dated.length) { $(id).min = day(oldest); $(id).max = day(newest); }
  $(id).onchange = () => { wanted[key] = $(id).value ? Math.floor(Date.parse($(id).value) / DAY) : null; sift(); };
}
$("search").oninput = search;
$("search").onkeydown = (event) => { if (event.key === "Enter") $("found").querySelector("button")?.click(); };
$("reset").onclick = () => {
  Object.assign(wanted, { weight: 1, kinds: [true, true, true, true], from: null, to: null });
  wanted.communities.clear();
  for (const box of document.querySelectorAll("#kinds input")) box.checked = true;
  for (const box of document.querySelectorAll("#communities input")) box.checked = false;
  $("weight").value = 0; $("weight-is").value = "1"; $("from").value = $("to").value = $("search").value = "";
  chosen = null;
  search(); fit(); sift();
};
function theme(name) { document.documentElement.dataset.theme = name; draw(); }
const shade = named(["light", "dark"]);
const dark = matchMedia("(prefers-color-scheme: dark)");
if (!shade) dark.onchange = () => theme(dark.matches ? "dark" : "light");
$("theme").onclick = () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
document.onkeydown = (event) => {
  if (event.key === "Escape") choose(null, false);
  if (event.key === "/" && document.activeElement !== $("search")) { event.preventDefault(); $("search").focus(); }
};

// The mouse, and fingers.
const fingers = new Map();
let moved = 0;
canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); fingers.set(event.pointerId, event); moved = 0; canvas.classList.add("dragging"); };
canvas.onpointermove = (event) => {
  const before = fingers.get(event.pointerId);
  if (!before) {
    const found = under(event), tip = $("tip");
    if (found !== hovered) { hovered = found; draw(); }
    tip.hidden = found === null;
    if (found !== null) {
      const node = nodes[found];
      tip.textContent = node.title && node.title !== node.label ? `${node.label}: ${node.title}` : node.label;
      tip.style.left = Math.min(event.clientX + 14, innerWidth - 290) + "px";
      tip.style.top = event.clientY + 14 + "px";
    }
    return;
  }
  if (fingers.size === 2) {
    const [other] = [...fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
    const apart = (a) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY);
    zoom(apart(event) / Math.max(apart(before), 1), (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
  } else {
    view.x += event.clientX - before.clientX;
    view.y += event.clientY - before.clientY;
  }
  moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
  fingers.set(event.pointerId, event);
  busy();
};
canvas.onpointerup = canvas.onpointercancel = (event) => {
  fingers.delete(event.pointerId);
  canvas.classList.remove("dragging");
  if (event.type === "pointerup" && moved < 5) choose(under(event), false);
};
canvas.onpointerleave = () => { hovered = null; $("tip").hidden = true; draw(); };
function zoom(factor, clientX, clientY) {
  const box = canvas.getBoundingClientRect(), x = clientX - box.left, y = clientY - box.top;
  const scale = Math.min(start * 60, Math.max(start / 4, view.scale * factor));
  view.x = x - (x - view.x) * scale / view.scale;
  view.y = y - (y - view.y) * scale / view.scale;
  view.scale = scale;
  busy();
}
canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * 0.0015), event.clientX, event.clientY); }, { passive: false });
canvas.onkeydown = (event) => {
  const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
  const box = canvas.getBoundingClientRect();
  if (step) { view.x += step[0]; view.y += step[1]; busy(); event.preventDefault(); }
  if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1.25 : 0.8, box.left + size.width / 2, box.top + size.height / 2);
};

theme(shade ?? (dark.matches ? "dark" : "light"));
new ResizeObserver(resize).observe(canvas);
resize();
start = view.scale;
sift();
