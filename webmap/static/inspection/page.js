// The inspector's page: what is near, the map, what has been recorded and what has arrived, and the area that was taken along.

import { element, settings } from "../js/settings.js";
import { signCanvas } from "../js/signs.js";
import { refreshWorks, takeAlong } from "./area.js";
import { fieldMap } from "./field_map.js";
import { round, wayTo } from "./near.js";
import { makeSheet } from "./sheet.js";
import { deviceOf, openStore } from "./store.js";
import { isLeft, sendAll, signedIn } from "./sync.js";
import { direction, metres, say, size } from "./words.js";

const SEND_EVERY_MS = 60_000; // while the page is open and something is left
const REDRAW_EVERY_MS = 2_000; // the list while walking: oftener, and it cannot be tapped
const SHOWN = 100; // works in the list at once: the nearest
const CLOCK_TOLERANCE_S = 300; // by which a tablet may be wrong before its inspector is told, as the server has it
const HOUR_MS = 3_600_000;
const { addresses, strings } = settings;
const $ = (id) => document.getElementById(id);

let position = null; // { lon, lat, accuracy_m }
let positionWords = say("not_located");
let session = null; // { name, role, offline_until }
let works = [];
let checks = [];
let reports = [];
let lastDrawn = 0;
let clockOffset = 0; // seconds that the server was ahead at the last contact
let holdsPage = false; // whether this is the window that checks are written in

function tell(words) {
  $("message").textContent = words;
  $("message").hidden = !words;
}
$("message").addEventListener("click", () => tell(""));

/** Words that lead somewhere when they are tapped. */
function offer(words, href, onTap) {
  const link = element("a", { href, content: words });
  if (onTap) link.addEventListener("click", (event) => { event.preventDefault(); onTap(); });
  $("message").replaceChildren(link);
  $("message").hidden = false;
}
const offerUpdate = () => offer(say("updated"), addresses.home);

/** Says why the page cannot work here, and goes no further. */
function stop(words) {
  tell(words);
  return new Promise(() => {});
}
if (!isSecureContext) await stop(say("insecure"));
const store = await openStore("guatu", offerUpdate).catch(() => stop(say("storage_failed")));
const map = fieldMap($("map"), {
  onOpen: (id) => open(id), onMark: (point) => sheet.markAt(point), onDrag: (geometry) => sheet.dragged(geometry),
});
const sheet = makeSheet({
  store, map, tell, device: await deviceOf(store),
  position: () => position,
  session: () => session,
  onSaved: async () => {
    tell("");
    await loadChecks();
    announce(say("saved"));
    send();
    requestBackgroundSend();
  },
  onOpen: ({ id }) => map.showWorks(works, id),
  onClose: () => { map.showWorks(works); drawWorks(); },
});

// ---- one window only: two would write the same drafts

/** Makes this the window that checks are written in; whether it is. `options` are those of a lock. */
function holdPage(options) {
  return new Promise((told) => {
    navigator.locks.request("guatu-page", options, (lock) => {
      holdsPage = Boolean(lock);
      told(holdsPage);
      return lock && new Promise(() => {}); // as long as the window is open
    }).catch(() => { // another window has taken over
      holdsPage = false;
      if (sheet.current()) sheet.close();
      offerTakeover();
    });
  });
}

function offerTakeover() {
  offer(say("other_window"), addresses.home, async () => {
    await holdPage({ steal: true });
    tell("");
    await loadChecks();
    drawWorks();
  });
}

function announce(words) {
  $("send-state").textContent = words;
  $("position").textContent = words;
  setTimeout(showPosition, 2500);
}

// ---- views

function show(view) {
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", String(tab.dataset.view === view));
  document.body.dataset.view = view;
  for (const name of ["near", "checks", "area"]) $(name).hidden = name !== view && !(name === "near" && view === "map");
  map.resize();
}
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    if (sheet.current()) sheet.close();
    show(tab.dataset.view);
    if (tab.dataset.view === "area") loadReports();
  });
}

// ---- where one is

function showPosition() {
  $("position").textContent = position ? say("located", { n: Math.round(position.accuracy_m) }) : positionWords;
}

function watchPosition() {
  navigator.geolocation?.watchPosition(
    ({ coords }) => {
      position = { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.min(1e6, coords.accuracy) };
      map.showPosition(position);
      sheet.positionChanged();
      if (!sheet.current() && Date.now() - lastDrawn > REDRAW_EVERY_MS) drawWorks();
      showPosition();
    },
    ({ code }) => {
      positionWords = say(code === 1 ? "position_refused" : "position_missing");
      if (code === 1) position = null;
      showPosition();
    },
    { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
  );
  showPosition();
}
$("follow").addEventListener("click", () => { if (position) map.goTo([position.lon, position.lat]); else tell(positionWords); });

// ---- the works

function card(work) {
  const way = position && wayTo([position.lon, position.lat], work);
  const extent = work.extent_from ? `（${work.extent_from}–${work.extent_to}）` : "";
  const arrow = element("span", { className: "arrow", content: "↑", "aria-hidden": "true" });
  if (way) arrow.style.transform = `rotate(${Math.round(way.degrees)}deg)`;
  const far = way ? `${direction(way.degrees)} ${metres(way.metres)}` : work.geometry ? "" : say("no_place");
  const mine = checks.filter(({ content }) => content.work === work.id).at(-1);
  const facts = [settings.labels.status[work.status], work.town, settings.labels.precision[work.precision]].filter(Boolean).join(" · ");
  const button = element("button", { type: "button", className: "card", "data-work": work.id },
    signCanvas({ ...settings.signs[work.sector], status: work.status, precision: work.precision }),
    element("span", { className: "what" }, element("strong", { content: work.name + extent }), element("small", { content: facts })),
    ...(mine ? [element("span", { className: "seen", content: strings.findings[mine.content.finding] })] : []),
    element("span", { className: "far" }, ...(way ? [arrow] : []), element("b", { content: far })));
  button.addEventListener("click", () => open(work.id));
  return element("li", {}, button);
}

function drawWorks() {
  lastDrawn = Date.now();
  const words = $("words").value.trim();
  const seen = new Set(checks.map(({ content }) => content.work));
  let shown = works.filter((work) => (!words || work.name.includes(words) || work.sentence.includes(words)) && !($("unseen").checked && seen.has(work.id)));
  if (position) {
    const here = [position.lon, position.lat];
    if ($("order").value === "round") shown = round(here, shown);
    else {
      const far = new Map(shown.map((work) => [work, wayTo(here, work)?.metres ?? Infinity]));
      shown = shown.toSorted((a, b) => far.get(a) - far.get(b));
    }
  }
  const nothing = say(usable() ? (works.length ? "no_match" : "no_area") : session ? "grace_over" : "sign_in");
  $("works").replaceChildren(...(shown.length ? shown.slice(0, SHOWN).map(card) : [element("li", { className: "hint", content: nothing })]));
}

async function open(id, question = null) {
  if (!holdsPage && !(await holdPage({ ifAvailable: true }))) { offerTakeover(); return; }
  const work = works.find((one) => one.id === id);
  if (work) sheet.open(work, question);
}
for (const name of ["words", "order", "unseen"]) $(name).addEventListener("input", drawWorks);

async function loadWorks() {
  works = usable() ? await store.works() : [];
  drawWorks();
  map.showWorks(works);
}

// ---- what was recorded

async function stateOf(check) {
  if (check.state === "refused") return ["bad", say("refused", { reason: check.reason })];
  if (session && check.account !== session.name && (await isLeft(store, check))) return ["bad", say("of_other", { name: check.account })];
  if (check.state === "waiting") return ["left", say("waiting")];
  const photos = await store.photosOf(check.id);
  const bad = photos.find(({ state }) => state === "refused");
  if (bad) return ["bad", say("refused", { reason: bad.reason })];
  const left = photos.filter(({ state }) => state === "waiting").length;
  if (left) return ["left", say("photos_left", { n: left })];
  if (check.decision === "returned") return ["bad", say("question", { question: check.question })];
  return ["good", [say("sent"), check.conflict ? say("conflict") : "", check.clock_doubtful ? say("clock_doubtful") : "", check.decision === "waiting" ? "" : strings.decisions[check.decision]].filter(Boolean).join(" · ")];
}

async function loadChecks() {
  checks = (await store.checks()).sort((a, b) => a.made_at - b.made_at);
  const rows = [];
  let left = 0;
  for (const check of checks.toReversed()) {
    const [kind, words] = await stateOf(check);
    if (await isLeft(store, check)) left += 1;
    const time = new Date(check.made_at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const row = element("li", { className: `check-row ${kind}`, "data-check": check.id },
      element("span", { className: "what" }, element("strong", { content: check.name }),
        element("small", { content: [strings.findings[check.content.finding], check.content.note, time].filter(Boolean).join(" · ") })),
      element("span", { className: "arrival", content: words }));
    if (check.decision === "returned") row.addEventListener("click", () => open(check.content.work, check));
    rows.push(row);
  }
  $("check-list").replaceChildren(...(rows.length ? rows : [element("li", { className: "hint", content: say("none_waiting") })]));
  $("waiting-count").hidden = !left;
  $("waiting-count").textContent = left;
  $("send-state").textContent = checks.length ? (left ? say("left", { n: left }) : say("all_sent")) : "";
  return left;
}

async function send() {
  $("send").disabled = true;
  $("send").classList.add("busy");
  const { why } = await sendAll(addresses, store, { onChange: loadChecks });
  $("send").disabled = false;
  $("send").classList.remove("busy");
  await loadSession();
  const left = await loadChecks();
  const words = {
    offline: "offline", busy: "server_busy", sign_in: "sign_in", not_inspector: "not_inspector", storage_full: "storage_full",
  };
  if (why in words && left) tell(say(words[why]));
  else if (Object.values(words).some((name) => say(name) === $("message").textContent)) tell("");
}

async function requestBackgroundSend() {
  const registration = await navigator.serviceWorker?.ready;
  await registration?.sync?.register("send-checks").catch(() => {}); // where the browser has no background sync, the page sends
}
$("send").addEventListener("click", send);
addEventListener("online", send);
setInterval(async () => { if (document.visibilityState === "visible" && (await loadChecks())) send(); }, SEND_EVERY_MS);

// ---- who one is, and the area

function usable() {
  return Boolean(session) && Date.parse(session.offline_until) > Date.now() + 1000 * (clockOffset ?? 0) && session.role !== "viewer";
}

/** Tells of a clock that is wrong: by the server's at the last contact, or, without a network, because it went back. */
async function checkClock() {
  const contact = (await store.fact("contact_at")) ?? 0;
  const wentBack = Date.now() < contact - 1000 * CLOCK_TOLERANCE_S;
  if (Math.abs(clockOffset) > CLOCK_TOLERANCE_S || wentBack) tell(say("clock_wrong", { time: new Date().toLocaleString("zh-CN", { dateStyle: "medium", timeStyle: "short" }) }));
}

async function loadSession() {
  session = (await store.fact("session")) ?? null;
  clockOffset = (await store.fact("clock_offset_s")) ?? 0;
  $("account-state").textContent = session ? session.name : "";
}

async function checkSession() {
  try {
    const { name, role } = await signedIn(addresses, store);
    if (!name) {
      await store.setFact("session", null);
      offer(say("sign_in"), addresses.sign_in);
    } else if (role === "viewer") tell(say("not_inspector"));
  } catch {
    // no network: what was known last holds, for as long as the operator allows
  }
  await loadSession();
  await checkClock();
  if (session && !usable() && session.role !== "viewer") tell(say("grace_over"));
}

function fillTowns() {
  const report = reports.find(({ id }) => String(id) === $("area-report").value);
  const towns = Object.entries(report?.towns ?? {}).sort(([a], [b]) => (a === "-") - (b === "-") || a.localeCompare(b, "zh"));
  const total = towns.reduce((sum, [, number]) => sum + number, 0);
  $("area-town").replaceChildren(element("option", { value: "", content: `${say("town_all")}（${total}）` }),
    ...towns.map(([town, number]) => element("option", { value: town, content: `${town === "-" ? say("no_place") : town}（${number}）` })));
}
$("area-report").addEventListener("input", fillTowns);

async function loadReports() {
  try {
    const response = await fetch(addresses.areas, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    ({ reports } = await response.json());
    const chosen = $("area-report").value;
    $("area-report").replaceChildren(...reports.map(({ id, title }) => element("option", { value: id, content: title })));
    if (chosen) $("area-report").value = chosen;
    fillTowns();
  } catch {
    // offline: the area that is there stays
  }
}

async function showArea() {
  const area = await store.fact("area");
  $("area-state").textContent = area
    ? say("downloaded", { works: area.works, tiles: area.done, size: size(area.bytes), date: new Date(area.at).toLocaleDateString("zh-CN") }) : say("no_area");
  $("storage-state").hidden = (await navigator.storage?.persisted?.()) ?? true;
}

$("area-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const query = new URLSearchParams();
  if ($("area-report").value) query.set("report", $("area-report").value);
  if ($("area-town").value) query.set("town", $("area-town").value);
  const button = $("area-form").querySelector("button");
  button.disabled = true;
  $("area-progress").hidden = false;
  try {
    await navigator.storage?.persist?.(); // asks that the browser does not clear the store by itself
    await takeAlong(addresses, store, query, ({ works: number, done, tiles, bytes }) => {
      $("area-progress").max = tiles || 1;
      $("area-progress").value = done;
      $("area-estimate").textContent = say("downloading", { works: number, done, tiles, size: size(bytes) });
    });
    $("area-estimate").textContent = "";
    await loadWorks();
  } catch (error) {
    $("area-estimate").textContent = say(error?.name === "QuotaExceededError" ? "area_too_large" : "download_failed");
  } finally {
    button.disabled = false;
    $("area-progress").hidden = true;
    await showArea();
  }
});

// ---- the start

async function startWorker() {
  if (!navigator.serviceWorker) return; // switched off in the browser: the page works while it is open
  let controlled = Boolean(navigator.serviceWorker.controller); // not yet, when the page has never been here before
  const registration = await navigator.serviceWorker.register(addresses.worker, { type: "module", scope: addresses.home });
  const look = () => registration.update().catch(() => {}); // for a newer guatu; a page may lie open for days
  addEventListener("online", look);
  setInterval(look, HOUR_MS);
  navigator.serviceWorker.addEventListener("message", loadChecks);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) offerUpdate();
    controlled = true;
  });
}

show("near");
watchPosition();
await store.noteFact("addresses", addresses);
await loadSession();
if (!(await holdPage({ ifAvailable: true }))) offerTakeover();
await loadWorks();
await loadChecks();
await showArea();
document.body.dataset.ready = "true";
map.drawBase();
startWorker().catch(() => {});
await checkSession();
await loadWorks();
if (session) {
  await loadReports();
  if (await refreshWorks(addresses, store).catch(() => false)) await loadWorks();
  await send();
}
document.body.dataset.online = "checked";
