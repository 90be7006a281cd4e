// Review: the text on one side, the list on the other. Every step goes to the server's draft at once.

import { settings, text } from "../settings.js";
import { listPane } from "./list_pane.js";
import * as server from "./server.js";
import { textPane } from "./text_pane.js";

const ASK_EVERY = 10_000; // ms: how soon one planner sees another's steps
const NOTICE_FOR = 8_000; // ms

const byId = (id) => document.getElementById(id);
let items = new Map();
let version = settings.version;
let current = null;
let busy = false;

const words = textPane(byId("text"), {
  onPick(ids) { pick(ids[(ids.indexOf(current) + 1) % ids.length], { scrollText: false }); },
  onSelect(span) { byId("add-selection").hidden = !span; },
});
const list = listPane(byId("items"), { pick, act, check: () => showTally() });

const inOrder = () => [...items.values()].sort((a, b) => a.spans[0][0] - b.spans[0][0] || a.spans[0][1] - b.spans[0][1]);

function shown() {
  const [which, sought] = [byId("show").value, byId("search").value.trim()];
  const wanted = { all: () => true, open: (item) => !item.action, done: (item) => item.action, doubt: (item) => item.flags.length }[which];
  return inOrder().filter((item) => wanted(item) && `${item.name}${item.extent_from}${item.extent_to}`.includes(sought));
}

function draw() {
  const visible = shown();
  words.draw(inOrder());
  list.draw(visible);
  byId("nothing").hidden = visible.length > 0;
  byId("accept-shown").disabled = !visible.some((item) => !item.action);
  showTally();
  point(false);
}

function showTally() {
  const all = [...items.values()];
  byId("tally").textContent = text("tally", { n: all.length, reviewed: all.filter((item) => item.action).length });
  byId("merge").disabled = list.checked().length < 2;
}

function point(scroll, scrollText = scroll) {
  list.point(current, scroll);
  words.point(current, scrollText);
}

function pick(id, { scrollText = true } = {}) {
  current = id;
  if (byId("show").value !== "all" && !shown().some((item) => item.id === id)) byId("show").value = "all";
  draw();
  point(true, scrollText);
}

function move(by) {
  const visible = shown();
  const at = visible.findIndex((item) => item.id === current);
  const next = visible[at < 0 ? 0 : Math.min(Math.max(at + by, 0), visible.length - 1)];
  if (next) pick(next.id);
}

let silence = 0;
function tell(message, lasting = false) {
  clearTimeout(silence);
  byId("notice").textContent = message;
  byId("notice").hidden = !message;
  if (!lasting) silence = setTimeout(() => { byId("notice").hidden = true; }, NOTICE_FOR);
}

function replaceAll(state) {
  items = new Map(state.items.map((item) => [item.id, item]));
  version = state.version;
}

async function reload() {
  const before = items;
  const state = await server.load(-1);
  replaceAll(state);
  const others = [...items.values()].filter((item) => !before.has(item.id) && item.by && item.by !== settings.me);
  const gone = [...before.keys()].some((id) => !items.has(id));
  if (!items.has(current)) current = null;
  draw();
  if (others.length || gone) tell(text("changed", { names: [...new Set(others.map((item) => item.by))].join("、") || state.present.join("、") }));
}

/** Sends something that changes the draft and takes the answer in; null where it was refused, which is told. */
async function send(asked) {
  if (busy) return null;
  busy = true;
  try {
    const answer = await asked();
    if (answer.version === undefined) return answer;
    if (answer.version === version + 1) {
      for (const id of answer.removed) items.delete(id);
      for (const item of answer.added) items.set(item.id, item);
      version = answer.version;
    } else {
      await reload();
    }
    return answer;
  } catch (error) {
    if (!(error instanceof server.Refusal)) throw error;
    tell(error.status === 409 ? text("taken", { by: error.by }) : error.message, error.status === 404);
    if (error.status === 409) await reload();
    return null;
  } finally {
    busy = false;
  }
}

/** The item to go to once the current one is dealt with: the next that nobody has reviewed. */
function nextOpen() {
  const visible = shown();
  const at = visible.findIndex((item) => item.id === current);
  return visible.slice(at + 1).find((item) => !item.action)?.id ?? visible[at + 1]?.id ?? null;
}

/** Takes a step; the current item is then what it made, or the next one that nobody has reviewed. */
async function step(action, ids, extra = {}, then = "made") {
  const next = nextOpen();
  const answer = await send(() => server.step({ action, items: ids, ...extra }));
  if (!answer) return null;
  current = then === "next" ? next : answer.added[0]?.id ?? next;
  draw();
  point(true);
  return answer;
}

async function act(action, id) {
  const item = items.get(id);
  if (!item) return;
  if (action === "accept") await step("accept", [id], {}, "next");
  if (action === "correct") list.correct(item, (fields) => step("correct", [id], { fields }));
  if (action === "split") list.split(item, (names) => step("split", [id], { names }));
  if (action === "drop" && await step("drop", [id], {}, "next")) tell(text("dropped", { name: item.name }));
}

async function add() {
  const span = words.selected();
  if (!span) return tell(text("select_words"));
  if (await step("add", [], { span })) {
    document.getSelection().removeAllRanges();
    act("correct", current);
  }
}

async function merge() {
  const chosen = list.checked();
  if (chosen.length < 2) return tell(text("choose_two"));
  await step("merge", chosen);
}

async function undo() {
  const answer = await send(server.undo);
  if (!answer) return;
  current = answer.added[0]?.id ?? null;
  draw();
  point(true);
  tell(text("undone", { action: text(answer.undone) }));
}

const MESSAGE_MS = 5000; // to read one line before the page goes on

async function save() {
  const all = [...items.values()];
  const reviewed = all.filter((item) => item.action).length;
  byId("summary").textContent = text("summary", { n: all.length, reviewed, left: all.length - reviewed });
  byId("confirm-save").showModal();
}

byId("confirm-save").addEventListener("close", async (event) => {
  if (event.target.returnValue !== "save") return;
  tell(text("saving"), true);
  const answer = await send(server.save);
  if (!answer) return;
  let { left } = answer;
  while (left) {
    tell(text("locating", { n: left }), true);
    const located = await server.locate(answer.locate).catch(() => null);
    if (!located) {
      tell(text("not_located", { n: left }), true);
      await new Promise((resolve) => { setTimeout(resolve, MESSAGE_MS); });
      break;
    }
    ({ left } = located);
  }
  location.assign(answer.address);
});

const KEYS = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  a: () => act("accept", current), e: () => act("correct", current), s: () => act("split", current), d: () => act("drop", current),
  x: () => list.toggle(current), m: merge, n: add, z: undo, "/": () => byId("search").focus(), "?": () => byId("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); return; }
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
  if (typing) { if (event.key === "Escape") event.target.blur(); return; }
  const does = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  const plain = !event.altKey && (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() === "z");
  if (does && plain) { event.preventDefault(); does(); }
});

byId("add-selection").addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
byId("add-selection").addEventListener("click", add);
byId("merge").addEventListener("click", merge);
byId("undo").addEventListener("click", undo);
byId("save").addEventListener("click", save);
byId("show-help").addEventListener("click", () => byId("help").showModal());
byId("search").addEventListener("input", draw);
byId("show").addEventListener("change", draw);
byId("accept-shown").addEventListener("click", () => step("accept", shown().filter((item) => !item.action).map((item) => item.id), {}, "next"));

async function listen() {
  try {
    const state = busy || list.editing() ? null : await server.load(version);
    if (state) {
      byId("present").hidden = !state.present.length;
      byId("present").textContent = text("present", { names: state.present.join("、") });
      if (state.items && !busy) await reload();
    }
  } catch (error) {
    if (error.status === 404) return tell(error.message, true);
  }
  setTimeout(listen, ASK_EVERY);
}

replaceAll(settings);
draw();
listen();
document.body.dataset.ready = "true";
