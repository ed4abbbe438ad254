// The remote page: shows what the show tells, and sends what hands do. Nothing is kept here but a token.
"use strict";

const $ = id => document.getElementById(id);
const PANIC = ["bypass", "black", "freeze"];
const ELSEWHERE = ["map-x", "map-y", "style", "pin", "fullscreen", "stats", "strip", "help", "map", "next", "previous",
  "search", "settings", "bank-next", "bank-previous",
  "stronger", "weaker", "fade-shorter", "fade-longer", "path", "keep-colors", "cue-go", "cue-back",
  "take", "take-cut", "hand", ...PANIC];
const LABELS = {strength: "Strength", fade: "Fade time", color: "Own colours", tempo: "Tempo",
  tap: "Tap the tempo", "mirror-output": "Mirror the output", mirror: "Mirror the window", vcam: "Virtual camera",
  record: "Record", "two-looks": "Two looks", "person-strength": "You",
  "person-real": "You unpainted", "room-strength": "The room", "room-real": "The room unpainted",
  drift: "Drift", preview: "Preview", pulse: "Pulse on the beat", beat: "Follow the music", output: "Output window",
  panels: "Panels in the window", earlier: "Move style earlier", later: "Move style later",
  "camera-style": "Style from the camera", "keep-style": "Keep look as a style", undo: "Undo new style",
  favourite: "Favourite", favourites: "Favourites only", snapshot: "Snapshot", "cue-auto": "Automatic cues"};
const OURS = 500;  // milliseconds in which a fader that is held here is not moved by other clients

let socket, state = {}, styles = [], controls = {}, how = "fade", live = false, pending = {}, framed = false, touched = {}, wait = 300;

// ---- the line ----------------------------------------------------------------------------------------------------

function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.onmessage = event => heard(JSON.parse(event.data));
  socket.onclose = () => { linked(false); setTimeout(connect, wait); wait = Math.min(3000, wait * 1.6); };
}

function linked(on) {
  $("link").classList.toggle("on", on);
  $("link").setAttribute("aria-label", on ? "connected" : "not connected");
  if (!on && !state.title) $("now-artist").textContent = "connecting …";
}

function heard(message) {
  if (message.pin === "wanted" && token() && !touched.token) { touched.token = true; send({token: token()}); return; }
  if (message.pin) { asked(message); return; }
  if (message.token) { sessionStorage.setItem("token", message.token); touched.token = true; }
  if (message.error) { say(message.error); return; }
  $("pin").hidden = true;
  if (message.controls) { live = message.picture; glance(); state = {}; touched.token = false; wait = 300; build(message.controls); linked(true); }
  if (message.styles) { styles = message.styles; buildStyles(); }
  if (message.places) { message.places.forEach(([x, y], i) => Object.assign(styles[i] || {}, {x, y})); buildMap(); drawHere(); }
  if (message.state) { Object.assign(state, message.state); show(Object.keys(message.state)); }
}

const token = () => sessionStorage.getItem("token");
const send = what => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what)); };

// A fader's first value is sent at once, and then the newest of each 60th of a second.
function play(name, value, cut) {
  if (value === undefined || cut !== undefined) { send({play: name, value, cut}); return; }
  pending[name] = value;
  touched[name] = performance.now();
  if (!framed) flush();
}

function flush() {
  const moved = Object.entries(pending);
  for (const [name, value] of moved) send({play: name, value});
  pending = {};
  framed = moved.length > 0;
  if (framed) setTimeout(flush, 16);
}

function say(text) {
  $("said").textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { $("said").textContent = ""; }, 4000);
}

// ---- the PIN -----------------------------------------------------------------------------------------------------

function asked(message) {
  linked(false);
  sessionStorage.removeItem("token");
  $("pin").hidden = false;
  if (message.pin === "wrong") {
    $("digits").value = "";
    $("pin-words").textContent = message.wait ? `Too many wrong PINs. Try again in ${message.wait} s.` : "Wrong PIN.";
  }
  $("digits").focus();
}

$("pin").onsubmit = event => {
  event.preventDefault();
  $("pin-words").textContent = "";
  send({pin: $("digits").value});
};

// ---- styles ------------------------------------------------------------------------------------------------------

function make(tag, fields, ...inner) {
  const one = Object.assign(document.createElement(tag), fields);
  one.append(...inner);
  return one;
}

const preview = style => style && style.preview
  ? `preview/${encodeURIComponent(style.slug)}?token=${encodeURIComponent(token() || "")}` : "";
const picture = style => preview(style) ? make("img", {src: preview(style), alt: "", loading: "lazy", draggable: false})
  : make("b", {textContent: style.name[0]});

function buildStyles() {
  $("tiles").replaceChildren(...styles.map((style, i) => {
    const tile = make("button", {className: "tile"}, picture(style), make("span", {textContent: style.name}),
      make("i", {textContent: i + 1}));
    tile.setAttribute("aria-label", `${i + 1}, ${style.name}${style.artist ? `, ${style.artist}` : ""}`);
    tile.onclick = () => how === "pin" ? send({play: "pin", value: i + 1}) : play("style", i + 1, how === "cut");
    return tile;
  }));
  buildMap();
  find();
  show(Object.keys(state));
}

const plain = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function find() {
  const wanted = plain($("search").value.trim());
  let found = 0;
  styles.forEach((style, i) => {
    const fits = plain(`${i + 1} ${style.name} ${style.artist}`).includes(wanted);
    $("tiles").children[i].hidden = !fits;
    found += fits;
  });
  $("nothing").hidden = found > 0 || !styles.length;
  rove($("tiles"));
}

$("search").oninput = find;

// ---- faders and switches: a view of the control surface ------------------------------------------------------------

const labelled = one => LABELS[one.name] || one.help[0].toUpperCase() + one.help.slice(1);

function build(list) {
  controls = Object.fromEntries(list.map(one => [one.name, one]));
  const here = list.filter(one => !ELSEWHERE.includes(one.name));
  $("levels").replaceChildren(...here.filter(one => one.takes === "level").map(level));
  $("switches").replaceChildren(...here.filter(one => one.takes === "switch").map(one => button(one, true)));
  $("presses").replaceChildren(...here.filter(one => one.takes === "nothing").map(one => button(one, false)));
}

function level(one) {
  const input = make("input", {type: "range", min: 0, max: 1, step: 0.002, id: `level-${one.name}`});
  input.setAttribute("aria-label", labelled(one));
  const shown = make("output", {});
  input.onkeydown = event => {  // the finest step of a finger would be hundreds of keys
    const step = {ArrowRight: .02, ArrowUp: .02, ArrowLeft: -.02, ArrowDown: -.02}[event.key];
    if (!step) return;
    event.preventDefault();
    input.value = Number(input.value) + step;
    input.oninput();
  };
  input.oninput = () => { draw(one, at(one, Number(input.value))); play(one.name, at(one, Number(input.value))); };
  return make("label", {className: "level", title: one.help}, input, make("span", {}, make("em", {textContent: labelled(one)}), shown));
}

// Short times need the finer half of a fader.
const at = (one, share) => one.low + (one.high - one.low) * (one.unit === "s" ? share ** 2 : share);
const shareOf = (one, value) => { const share = (value - one.low) / (one.high - one.low); return one.unit === "s" ? Math.sqrt(share) : share; };

function draw(one, value) {
  const input = $(`level-${one.name}`), set = typeof value === "number";
  const share = set ? Math.min(1, Math.max(0, shareOf(one, value))) : 0;
  if (Number(input.value) !== share) input.value = share;
  input.style.setProperty("--at", `${share * 100}%`);
  input.parentElement.classList.toggle("unset", !set);
  const text = !set ? "–" : one.unit === "s" ? `${value.toFixed(value < 10 ? 1 : 0)} s` : one.unit ? `${Math.round(value)} ${one.unit}` : `${Math.round(value * 100)} %`;
  input.parentElement.querySelector("output").textContent = text;
  input.setAttribute("aria-valuetext", text);
}

function button(one, turns) {
  const made = make("button", {textContent: labelled(one), title: one.help});
  made.dataset.play = one.name;
  if (turns) made.setAttribute("aria-pressed", "false");
  return made;
}

document.body.addEventListener("click", event => {
  const made = event.target.closest("[data-play]");
  if (!made) return;
  const pressed = made.getAttribute("aria-pressed");
  // A switch is sent its new position, so that two clients that press at once agree.
  send(pressed === null ? {play: made.dataset.play} : {play: made.dataset.play, value: pressed === "true" ? 0 : 1});
});

// ---- the map and the pad ---------------------------------------------------------------------------------------------

const CORNERS = [[], [[.5, .5]], [[0, .5], [1, .5]], [[0, 0], [1, 0], [.5, 1]], [[0, 0], [1, 0], [1, 1], [0, 1]]];
const pins = () => (state.pins || "").split(",").filter(Boolean).map(text => Number(text) - 1).filter(i => styles[i]);

function buildMap() {
  const pinned = pins(), pad = pinned.length > 1;
  const side = .65 / Math.sqrt(Math.max(1, styles.length)) * 100;
  $("plane").classList.toggle("pad", pad);
  $("plane").style.setProperty("--side", side);
  const shown = pad ? pinned.map((i, place) => [styles[i], ...CORNERS[pinned.length][place].map(c => .25 + c / 2)])
    : styles.filter(style => style.x !== undefined).map(style => [style, style.x, style.y]);
  $("plane").replaceChildren(...shown.map(([style, x, y], place) => {
    const dot = picture(style);
    dot.style.left = `${x * 100}%`;
    dot.style.top = `${y * 100}%`;
    if (pad) {
      dot.style.width = pinned.length === 3 && place === 2 ? "100%" : "50%";
      dot.style.height = pinned.length === 2 ? "100%" : "50%";
    }
    return dot;
  }), $("here"));
  $("map-words").textContent = pad ? `A pad of ${pinned.map(i => styles[i].name).join(", ")}. Unpin them on the Styles page.`
    : "Drag over the map to mix styles. Pin two to four styles to play them as a pad.";
}

function drawHere() {
  const style = styles[(state.style || 1) - 1];
  const x = state["map-x"] ?? style?.x ?? .5, y = state["map-y"] ?? style?.y ?? .5;
  $("here").style.left = `${x * 100}%`;
  $("here").style.top = `${y * 100}%`;
  $("map-x").value = x;
  $("map-y").value = y;
}

function slide(event) {
  if (!event.buttons && event.type !== "pointerdown") return;
  if (event.type === "pointerdown") $("plane").setPointerCapture(event.pointerId);
  const box = $("plane").getBoundingClientRect();
  const inside = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
  state["map-x"] = inside(event.clientX, box.left, box.width);
  state["map-y"] = inside(event.clientY, box.top, box.height);
  play("map-x", state["map-x"]);
  play("map-y", state["map-y"]);
  drawHere();
}
$("plane").onpointerdown = $("plane").onpointermove = slide;
for (const name of ["map-x", "map-y"]) $(name).oninput = () => play(name, Number($(name).value));

// ---- what is shown -----------------------------------------------------------------------------------------------

function show(changed) {
  const now = performance.now(), style = styles[(state.style || 1) - 1];
  for (const name of changed) {
    const one = controls[name];
    if (one?.takes === "level" && $(`level-${name}`) && !(now - touched[name] < OURS)) draw(one, state[name]);
    for (const made of document.querySelectorAll(`[data-play="${name}"][aria-pressed]`)) made.setAttribute("aria-pressed", state[name] === 1);
  }
  if (changed.some(name => ["style", "title", "artist", "upcoming", "bypass", "black", "freeze"].includes(name))) {
    $("now-title").textContent = state.title || "live-style";
    $("now-artist").textContent = state.artist || "";
    $("now-next").textContent = state.upcoming ? `next: ${state.upcoming}` : "";
    $("ahead-name").textContent = state.upcoming || "";
    for (const id of live ? ["now-back"] : ["now-picture", "now-back"]) {
      $(id).hidden = !preview(style);
      if (preview(style) && $(id).getAttribute("src") !== preview(style)) $(id).src = preview(style);
    }
    Array.from($("tiles").children).forEach((tile, i) => tile.setAttribute("aria-current", i + 1 === state.style && !state.bypass));
  }
  if (changed.includes("pins")) {
    const pinned = pins();
    Array.from($("tiles").children).forEach((tile, i) => tile.classList.toggle("pinned", pinned.includes(i)));
    buildMap();
  }
  $("now-signs").textContent = [state.record === 1 && "rec", state.vcam === 1 && "vcam", state.led].filter(Boolean).join(" · ");
  $("ahead").hidden = state.preview !== 1;
  document.body.classList.toggle("ahead", state.preview === 1);
  $("hand").hidden = state["two-looks"] !== 1;
  if (changed.includes("hand")) chosen($("hand"), "aria-checked", one => Number(one.dataset.hand) === state.hand);
  $("cues").hidden = state["cue-next"] === undefined;
  for (const made of document.querySelectorAll('[data-play="cue-auto"]')) made.hidden = $("cues").hidden;
  $("cue-next").textContent = state["cue-next"] || "the end";
  if (!(now - touched["map-x"] < OURS)) drawHere();
}

// The painting, where the show gives it: the next picture is asked for when one is there.
let glances = 0;
function glance() {
  document.body.classList.toggle("live", live);
  if (!live) return;
  const again = () => { clearTimeout(glance.timer); glance.timer = setTimeout(glance, 250); };
  $("now-picture").onload = () => { $("now-picture").hidden = false; again(); };
  $("now-picture").onerror = again;
  if (document.hidden || socket.readyState !== WebSocket.OPEN) again();
  else $("now-picture").src = `picture?token=${encodeURIComponent(token() || "")}&n=${glances++}`;
}

// ---- keys ----------------------------------------------------------------------------------------------------------

// Tab reaches one of a group, and the arrows the others: the panic buttons are never behind a hundred styles.
function rove(list, to) {
  const all = Array.from(list.children).filter(one => !one.hidden);
  const here = to || all.find(one => one.getAttribute("aria-checked") === "true" || one.getAttribute("aria-selected") === "true"
    || one.getAttribute("aria-current") === "true") || all[0];
  for (const one of list.children) one.tabIndex = one === here ? 0 : -1;
}

function chosen(list, mark, is) {
  for (const one of list.children) one.setAttribute(mark, is(one));
  rove(list);
}

$("tabs").onclick = event => {
  if (!event.target.dataset.tab) return;
  document.body.dataset.tab = event.target.dataset.tab;
  chosen($("tabs"), "aria-selected", one => one === event.target);
  scrollTo(0, 0);
};
$("how").onclick = event => {
  how = event.target.dataset.how || how;
  chosen($("how"), "aria-checked", one => one.dataset.how === how);
};
$("hand").onclick = event => {
  const wanted = Number(event.target.dataset.hand ?? state.hand);
  for (let steps = (wanted - state.hand + 3) % 3; steps > 0; steps--) send({play: "hand"});
};
for (const list of [$("how"), $("hand"), $("tabs"), $("tiles")]) list.addEventListener("keydown", event => {
  const all = Array.from(list.children).filter(one => !one.hidden), here = all.indexOf(event.target);
  const columns = list === $("tiles") ? getComputedStyle(list).gridTemplateColumns.split(" ").length : 1;
  const to = {ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + columns, ArrowUp: here - columns,
    Home: 0, End: all.length - 1}[event.key];
  if (to === undefined || here < 0) return;
  event.preventDefault();
  const next = list === $("tiles") ? all[Math.min(all.length - 1, Math.max(0, to))] : all[(to + all.length) % all.length];
  rove(list, next);
  next.focus();
  if (list !== $("tiles")) next.click();
});
for (const list of [$("how"), $("hand"), $("tabs")]) rove(list);

connect();
