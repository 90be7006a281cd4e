// One work in the field: what is known of it, and the check that is being made. Every change is kept as a draft at once.

import { element, settings } from "../js/settings.js";
import { announced, preparePhoto } from "./photos.js";
import { say } from "./words.js";

const MAX_PHOTOS = 20; // as the server has it
const SELF_EVIDENT = new Set(["exact", "stretch"]);
const LINEAR = new Set(["LineString", "MultiLineString"]);
const $ = (id) => document.getElementById(id);

/** The sheet. `tools` are { store, map, position, session, device, tell, onOpen, onSaved, onClose }. */
export function makeSheet(tools) {
  const { store, map } = tools;
  let work = null;
  let draft = null;
  let photos = [];
  let addresses = [];
  let busy = Promise.resolve(); // drafts are written one after the other

  const emptyDraft = (id) => ({ work: id, finding: null, vertices: [], byHand: false, line: false, status: null, note: "", answers: null });
  const keep = () => { busy = busy.then(() => store.keepDraft(draft)).catch((error) => tools.tell(storageWords(error))); return busy; };

  function storageWords(error) {
    return say(error?.name === "QuotaExceededError" ? "storage_full" : "storage_failed");
  }

  function choices(holder, options, chosen, onChoose) {
    holder.replaceChildren(...Object.entries(options).map(([value, label]) => {
      const button = element("button", { type: "button", role: "radio", content: label, "data-value": value, "aria-checked": String(value === chosen) });
      button.addEventListener("click", () => onChoose(value));
      return button;
    }));
  }

  /** The geometry that the check will carry; undefined while it still has to be marked. */
  function geometry() {
    const { finding, vertices, line } = draft;
    if (finding === "here" && SELF_EVIDENT.has(work.precision) && !draft.byHand) return null;
    if (finding !== "here" && finding !== "moved") return null;
    if (line) return vertices.length > 1 ? { type: "LineString", coordinates: vertices } : undefined;
    if (vertices.length) return { type: "Point", coordinates: vertices.at(-1) };
    const position = tools.position();
    return position ? { type: "Point", coordinates: [position.lon, position.lat] } : undefined;
  }

  function showPlace() {
    const found = draft.finding === "here" || draft.finding === "moved";
    const asShown = draft.finding === "here" && SELF_EVIDENT.has(work.precision) && !draft.byHand;
    $("place-state").hidden = !found;
    $("drawing").hidden = !found || asShown;
    $("toggle-line").textContent = say(draft.line ? "draw_point" : "draw_line");
    $("undo-vertex").textContent = say("undo_vertex");
    $("undo-vertex").hidden = !draft.line || !draft.vertices.length;
    map.mark(found);
    if (!found) { map.showMark([]); return; }
    const shape = geometry();
    $("place-state").textContent = asShown ? say("place_as_shown") : shape === undefined && !draft.line ? say("place_missing")
      : draft.line ? say("line_of", { n: draft.vertices.length }) : say(draft.byHand ? "place_by_hand" : "place_by_position");
    map.showMark(asShown ? [] : draft.line ? draft.vertices : shape ? [shape.coordinates] : []);
  }

  function showChoices() {
    choices($("findings"), settings.strings.findings, draft.finding, (finding) => {
      draft.finding = finding;
      // A line that lies elsewhere is drawn anew; anything else is a point, at first where the inspector stands.
      draft.line = finding === "moved" && LINEAR.has(work.geometry?.type);
      draft.vertices = [];
      draft.byHand = false;
      keep();
      showChoices();
      showPlace();
    });
    choices($("statuses"), settings.labels.status, draft.status, (status) => {
      draft.status = draft.status === status ? null : status;
      keep();
      showChoices();
    });
  }

  function showPhotos() {
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = photos.map(({ blob }) => URL.createObjectURL(blob));
    $("photos").replaceChildren(...photos.map((photo, i) => {
      const remove = element("button", { type: "button", className: "plain", content: "✕", "aria-label": say("remove_photo") });
      remove.addEventListener("click", async () => {
        await store.dropPhoto(photo.id);
        photos = photos.filter(({ id }) => id !== photo.id);
        showPhotos();
      });
      return element("li", {}, element("img", { src: addresses[i], alt: say("photo_of", { n: i + 1 }) }), remove);
    }));
  }

  async function addPhotos(files) {
    for (const file of files) {
      if (photos.length >= MAX_PHOTOS) { tools.tell(say("photos_full", { n: MAX_PHOTOS })); return; }
      let photo;
      try {
        photo = await preparePhoto(file, tools.position());
      } catch {
        tools.tell(say("photo_failed"));
        continue;
      }
      try {
        await store.keepPhoto({ ...photo, check: `draft ${work.id}`, state: "draft", reason: "" });
      } catch (error) {
        tools.tell(storageWords(error));
        return;
      }
      photos.push(photo);
      showPhotos();
    }
  }

  for (const input of [$("camera"), $("chooser")]) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      await addPhotos(files);
    });
  }
  $("note").addEventListener("input", () => { draft.note = $("note").value; keep(); });
  $("toggle-line").addEventListener("click", () => {
    Object.assign(draft, { line: !draft.line, vertices: [], byHand: draft.finding === "here" ? draft.byHand : false });
    keep();
    showPlace();
  });
  $("undo-vertex").addEventListener("click", () => { draft.vertices.pop(); keep(); showPlace(); });
  $("close-sheet").addEventListener("click", () => close());
  $("save").addEventListener("click", () => save());

  async function save() {
    if (!draft.finding) { tools.tell(say("choose_finding")); return; }
    const place = geometry();
    if (place === undefined) { tools.tell(say("place_missing")); return; }
    const session = tools.session();
    if (!session) { tools.tell(say("sign_in")); return; }
    $("save").disabled = true;
    try {
      await busy;
      const check = {
        id: crypto.randomUUID(), account: session.name, made_at: Date.now(), state: "waiting", reason: "", name: work.name,
        content: {
          device: tools.device, inspector: session.name, work: work.id, location: work.location ?? null, finding: draft.finding, geometry: place,
          position: tools.position(), seen_at: new Date().toISOString(), clock_offset_s: (await store.fact("clock_offset_s")) ?? null,
          status_seen: draft.status, note: draft.note.trim(), photos: photos.map(announced), answers: draft.answers,
        },
      };
      await store.saveCheck(check, photos);
      close();
      tools.onSaved(check);
    } catch (error) {
      tools.tell(storageWords(error));
    } finally {
      $("save").disabled = false;
    }
  }

  function earlier() {
    if (!work.inspections?.length) return [];
    const { findings, decisions } = settings.strings;
    return [element("h2", { content: say("earlier") }), ...work.inspections.map(({ seen_at, finding, note, decision, photos: pictures }) => element("article", {},
      element("p", { content: [seen_at.slice(0, 10), findings[finding], decisions[decision], note].filter(Boolean).join(" · ") }),
      ...pictures.map((id, i) => element("img", { src: `${settings.addresses.photos}/${id}.jpg`, alt: say("photo_of", { n: i + 1 }), loading: "lazy" }))))];
  }

  async function open(opened, question = null) {
    work = opened;
    draft = { ...emptyDraft(work.id), ...(await store.draft(work.id)) };
    if (question) draft.answers = question.id;
    photos = await store.photosOf(`draft ${work.id}`);
    const extent = work.extent_from ? `（${work.extent_from}–${work.extent_to}）` : "";
    $("sheet-name").textContent = work.name + extent;
    $("sheet-facts").textContent = [settings.labels.sector[work.sector], settings.labels.status[work.status], work.town, settings.labels.precision[work.precision]]
      .filter(Boolean).join(" · ");
    $("sheet-sentence").textContent = work.sentence;
    $("sheet-reason").textContent = work.reason ?? "";
    $("sheet-question").hidden = !question;
    $("sheet-question").textContent = question ? say("question", question) : "";
    $("note").value = draft.note;
    $("sheet-earlier").replaceChildren(...earlier());
    $("sheet").hidden = false;
    document.body.classList.add("checking");
    showChoices();
    showPhotos();
    map.resize();
    tools.onOpen(work);
    if (work.geometry) map.frame(work.geometry);
    showPlace();
    $("sheet").scrollTop = 0;
  }

  function close() {
    work = null;
    $("sheet").hidden = true;
    document.body.classList.remove("checking");
    map.mark(false);
    map.showMark([]);
    map.resize();
    tools.onClose();
  }

  return {
    open, close,
    current: () => work,
    positionChanged: () => { if (work && draft.finding) showPlace(); },
    markAt(point) {
      if (!work) return;
      draft.byHand = true;
      draft.vertices = draft.line ? [...draft.vertices, point] : [point];
      keep();
      showPlace();
    },
  };
}
