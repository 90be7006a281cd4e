// Putting a work right: its place, by a candidate or by hand, and its status. What somebody else changed meanwhile is shown.

import { choices } from "./address.js";
import { post } from "./sending.js";
import { element, settings, text } from "./settings.js";

const CANDIDATE = { color: "#1a73e8", weight: 4, fillOpacity: 0.15, dashArray: "6 5" };
const DRAWING = { color: "#ff8f00", weight: 4, fillOpacity: 0.2 };
const CLOSEST = 16; // zoom

const at = (name) => document.querySelector(`#editor [data-part="${name}"]`);
const editor = document.getElementById("editor");

/** The editor on a map. `changed` is called after every change of a work. */
export function openEditor(map, { changed }) {
  const shown = L.featureGroup().addTo(map);
  const drawing = L.featureGroup().addTo(map);
  const guide = L.featureGroup().addTo(map);
  let state = null; // of the work, as the server last said
  let candidates = [];
  let pending = null; // what is sent when it is saved
  let queue = [];
  let clicks = null; // of a cut

  if (map.pm) {
    map.pm.setLang(document.documentElement.lang.startsWith("zh") ? "zh" : "en");
    map.pm.setGlobalOptions({ pathOptions: DRAWING, continueDrawing: false, markerStyle: { icon: L.divIcon({ className: "drawn-point", iconSize: [22, 22] }) } });
  }
  const addressOf = (what) => settings.addresses[what].replace("/0/", `/${state.work}/`);
  const say = (words, isError = false) => {
    at("message").textContent = words;
    at("message").classList.toggle("refusal", isError);
  };

  function fill(next) {
    state = next;
    at("place").textContent = [settings.labels.precision[state.precision],
      state.confidence ? text("confidence", { p: Math.round(state.confidence * 100) }) : "", state.placed_by ?? ""].filter(Boolean).join(" · ");
    at("reason").textContent = state.reason;
    at("status").value = state.status;
    shown.clearLayers();
    if (state.geometry) shown.addLayer(L.geoJSON(JSON.parse(state.geometry), { style: DRAWING, pointToLayer: (_, where) => L.circleMarker(where, { ...DRAWING, radius: 9 }) }));
    stop();
  }

  function stop() {
    map.pm?.disableDraw();
    drawing.eachLayer((layer) => layer.pm?.disable());
    drawing.clearLayers();
    guide.clearLayers();
    [pending, clicks] = [null, null];
    map.getContainer().classList.remove("picking");
    at("confirm").hidden = true;
    at("force").hidden = true;
  }

  function propose(change, words) {
    pending = change;
    at("confirm").hidden = false;
    at("force").hidden = true;
    say(words);
  }

  async function send(what, change) {
    const { status, body } = await post(addressOf(what), change);
    if (status === 200) {
      fill(body);
      say(text("saved"));
      changed(state.work);
      return true;
    }
    if (status === 409) { // what was drawn stays; what stands now is shown beside it
      const mine = change;
      const { seen: _seen, ...rest } = mine;
      state = { ...state, ...body };
      shown.clearLayers();
      if (body.geometry) shown.addLayer(L.geoJSON(JSON.parse(body.geometry), { style: CANDIDATE, pointToLayer: (_, where) => L.circleMarker(where, { ...CANDIDATE, radius: 9 }) }));
      pending = rest;
      at("confirm").hidden = true;
      at("force").hidden = false;
      at("force").onclick = () => send(what, { ...rest, seen: what === "place_json" ? body.place : body.status_id });
      say(body.detail, true);
      return false;
    }
    say(body.detail ?? text("failed"), true);
    return false;
  }
  const place = (change) => send("place_json", { seen: state.place, ...change });

  async function loadCandidates(words = "") {
    const response = await fetch(`${addressOf("candidates")}?${new URLSearchParams({ words })}`);
    const found = response.ok ? await response.json() : { candidates: [], rejected: [] };
    candidates = found.candidates;
    at("candidates").replaceChildren(...candidates.map((candidate, number) => {
      const button = element("button", { type: "button", className: "quiet candidate", "data-number": number + 1 },
        element("kbd", { content: number < 9 ? String(number + 1) : "" }), element("span", { className: "name", content: candidate.name }),
        element("span", { className: "facts", content: `${candidate.label} · ${candidate.why} · ${candidate.source}` }));
      button.addEventListener("click", () => take(candidate));
      button.addEventListener("mouseenter", () => preview(candidate));
      button.addEventListener("focus", () => preview(candidate));
      return element("li", {}, button);
    }));
    at("rejected").replaceChildren(...found.rejected.map(({ name, why }) => element("li", { content: `${name}：${why}` })));
    at("none").hidden = candidates.length > 0;
  }

  function preview(candidate) {
    guide.clearLayers();
    guide.addLayer(L.geoJSON(candidate.geometry, { style: CANDIDATE, pointToLayer: (_, where) => L.circleMarker(where, { ...CANDIDATE, radius: 9 }) }));
    map.fitBounds(guide.getBounds(), { maxZoom: CLOSEST, padding: [60, 60], animate: false });
  }

  function take(candidate) {
    stop();
    preview(candidate);
    const { source, key } = candidate;
    propose({ candidate: { source, key } }, text("take", { name: candidate.name }));
    at("cut").hidden = !candidate.line;
    at("cut").onclick = () => {
      pending = null;
      at("confirm").hidden = true;
      clicks = [];
      map.getContainer().classList.add("picking");
      say(text("cut"));
    };
    map.off("click", click).on("click", click);
    function click({ latlng }) {
      if (!clicks || clicks.length === 2) return;
      clicks.push([latlng.lng, latlng.lat]);
      drawing.addLayer(L.circleMarker(latlng, { ...DRAWING, radius: 7 }));
      if (clicks.length === 2) propose({ candidate: { source, key }, ends: clicks }, text("cut_ready"));
    }
  }

  function draw(shape) {
    stop();
    at("cut").hidden = true;
    say(text(`draw_${shape}`));
    map.pm.enableDraw(shape, { snappable: true });
  }

  function adjust() {
    const geometry = state.geometry && JSON.parse(state.geometry);
    if (!geometry) return;
    stop();
    shown.clearLayers();
    L.geoJSON(geometry, { style: DRAWING, pointToLayer: (_, where) => L.marker(where, { icon: L.divIcon({ className: "drawn-point", iconSize: [22, 22] }) }) })
      .eachLayer((layer) => drawing.addLayer(layer));
    drawing.eachLayer((layer) => {
      layer.pm.enable({ allowSelfIntersection: false });
      layer.on("pm:edit pm:dragend", () => propose({ geometry: layer.toGeoJSON().geometry }, text("drawn")));
    });
    say(text("adjust"));
  }

  map.on("pm:create", ({ layer }) => {
    drawing.addLayer(layer);
    propose({ geometry: layer.toGeoJSON().geometry }, text("drawn"));
    layer.pm.enable({ allowSelfIntersection: false });
    layer.on("pm:edit pm:dragend", () => { pending = { geometry: layer.toGeoJSON().geometry }; });
  });

  async function open(id) {
    const [next, row] = await Promise.all([
      fetch(settings.addresses.state.replace("/0/", `/${id}/`)).then((response) => response.json()),
      fetch(`${settings.addresses.download}?work=${id}`).then((response) => response.json())]);
    const { properties } = row.features[0];
    editor.hidden = false;
    document.activeElement?.blur(); // so that the next keys are commands
    document.body.classList.add("editing");
    map.invalidateSize({ animate: false });
    at("title").textContent = properties.name + (properties.extent_from ? `（${properties.extent_from}–${properties.extent_to}）` : "");
    at("title").href = settings.addresses.work.replace(/0$/, id);
    at("sentence").textContent = properties.sentence;
    at("words").value = "";
    at("cut").hidden = true;
    say("");
    fill(next);
    at("position").textContent = queue.includes(id) ? text("in_queue", { n: queue.indexOf(id) + 1, of: queue.length }) : "";
    if (shown.getLayers().length) map.fitBounds(shown.getBounds(), { maxZoom: CLOSEST, padding: [60, 60], animate: false });
    await loadCandidates();
    editor.dataset.work = id;
  }

  function close() {
    stop();
    shown.clearLayers();
    editor.hidden = true;
    delete editor.dataset.work;
    document.body.classList.remove("editing");
    map.invalidateSize({ animate: false });
  }

  async function startQueue() {
    const response = await fetch(`${settings.addresses.queue}?${choices()}`);
    queue = (await response.json()).works;
    if (queue.length) return open(queue[0]);
    editor.hidden = false;
    return say(text("queue_empty"));
  }

  function step(by) {
    const next = queue[queue.indexOf(state?.work) + by];
    if (next) open(next); else say(text("queue_end"));
  }

  async function save() {
    if (pending && await place(pending) && queue.includes(state.work)) step(1);
  }

  const nowhere = () => place({ nowhere: at("nowhere").value }).then((done) => { if (done) { at("nowhere").value = ""; if (queue.includes(state.work)) step(1); } });
  at("save").addEventListener("click", save);
  at("cancel").addEventListener("click", () => { fill(state); say(""); });
  at("undo").addEventListener("click", () => place({ undo: true }));
  at("close").addEventListener("click", close);
  at("point").addEventListener("click", () => draw("Marker"));
  at("line").addEventListener("click", () => draw("Line"));
  at("area").addEventListener("click", () => draw("Polygon"));
  at("adjust").addEventListener("click", adjust);
  at("previous").addEventListener("click", () => step(-1));
  at("next").addEventListener("click", () => step(1));
  at("search").addEventListener("submit", (event) => { event.preventDefault(); loadCandidates(at("words").value.trim()); });
  at("nowhere-form").addEventListener("submit", (event) => { event.preventDefault(); nowhere(); });
  at("status-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send("status_json", { seen: state.status_id, status: at("status").value, date: at("date").value || null, note: at("note").value });
  });
  at("undo-status").addEventListener("click", () => send("status_json", { seen: state.status_id, undo: true }));
  addEventListener("keydown", (event) => {
    if (editor.hidden || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") { event.target.blur(); fill(state); say(""); return; }
    if (event.target.matches("input, select, textarea")) return;
    const candidate = candidates[Number(event.key) - 1];
    const keys = { j: () => step(1), k: () => step(-1), u: () => place({ undo: true }), n: () => at("nowhere").focus(), "/": () => at("words").focus() };
    if (candidate) take(candidate);
    else if (event.key === "Enter" && pending && !event.target.matches("button, a")) save();
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });
  return { open, startQueue };
}
