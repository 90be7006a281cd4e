// One work in the field: what is known of it, and the check that is being made. Every change is kept as a draft at once.

import { element, settings } from "../js/settings.js";
import { middleOf } from "./mark.js";
import { wayTo } from "./near.js";
import { announced, preparePhoto } from "./photos.js";
import { crossesItself, isWhole, pointsOf, shapeOf, shifted, withPoint, withoutPoint } from "./shapes.js";
import { direction, metres, say } from "./words.js";

const MAX_PHOTOS = 20; // as the server has it
const SELF_EVIDENT = new Set(["exact", "stretch"]);
const DRAGGED = new Set(["exact", "stretch", "partial"]); // a shape as shown is the thing's own, and wrong by a bit
const MAX_VERTICES = 5000; // as the server has it
const $ = (id) => document.getElementById(id);

/** The sheet. `tools` are { store, map, position, session, device, tell, onOpen, onSaved, onClose }. */
export function makeSheet(tools) {
  const { store, map } = tools;
  let work = null;
  let draft = null;
  let photos = [];
  let addresses = [];
  let busy = Promise.resolve(); // drafts are written one after the other

  /**
   * `id` becomes the check's: a draft can be saved once only. `geometry` is null while the place is as shown, or where the
   * device is; `taken` says that it was taken from the map and is dragged, not drawn by taps.
   */
  const emptyDraft = (id) => ({
    work: id, id: crypto.randomUUID(), finding: null, shape: "point", geometry: null, taken: false, status: null, note: "", answers: null,
  });
  const keep = () => { busy = busy.then(() => store.keepDraft(draft)).catch((error) => tools.tell(storageWords(error))); return busy; };

  function storageWords(error) {
    if (!(error instanceof DOMException)) throw error; // a defect of ours
    return say(error?.name === "QuotaExceededError" ? "storage_full" : "storage_failed");
  }

  function choices(holder, options, chosen, onChoose) {
    holder.replaceChildren(...Object.entries(options).map(([value, label]) => {
      const button = element("button", { type: "button", role: "radio", content: label, "data-value": value, "aria-checked": String(value === chosen) });
      button.addEventListener("click", () => onChoose(value));
      return button;
    }));
  }

  const asShown = () => draft.finding === "here" && SELF_EVIDENT.has(work.precision) && !draft.geometry;
  const isFound = () => draft.finding === "here" || draft.finding === "moved";
  const here = () => { const at = tools.position(); return at && [at.lon, at.lat]; };
  const unmoved = () => draft.taken && JSON.stringify(draft.geometry) === JSON.stringify(work.geometry);

  /** What is marked on the map: what was dragged or drawn, else where the device is; null where there is nothing. */
  function marked() {
    if (!isFound() || asShown()) return null;
    if (draft.geometry || draft.shape !== "point") return draft.geometry;
    return here() && { type: "Point", coordinates: here() };
  }

  /** Why what is marked cannot be the place yet; empty where it can. */
  function whyNot() {
    const geometry = marked();
    if (!isFound() || asShown()) return "";
    if (!geometry) return "place_missing";
    if (draft.finding === "moved" && unmoved()) return "drag_it";
    if (!isWhole(geometry)) return draft.shape === "line" ? "line_short" : "area_short";
    return crossesItself(geometry) ? "area_crossed" : "";
  }

  function placeWords() {
    const why = whyNot();
    if (asShown()) return say("place_as_shown");
    if (why && why !== "place_missing") return say(why);
    if (draft.taken) return say("place_dragged");
    if (draft.shape === "point") return say(why || (draft.geometry ? "place_by_hand" : "place_by_position"));
    return draft.geometry ? say("line_of", { n: pointsOf(draft.geometry) }) : say("place_missing");
  }

  function showPlace() {
    $("place-state").hidden = !isFound();
    $("drawing").hidden = !isFound() || asShown();
    $("undo-vertex").hidden = draft.taken || draft.shape === "point" || !draft.geometry;
    $("redraw").hidden = draft.shape === "point" || !draft.geometry;
    $("to-position").hidden = !here() || !draft.geometry || (draft.shape !== "point" && !draft.taken);
    map.mark(isFound());
    map.showMark(marked());
    if (isFound()) $("place-state").textContent = placeWords();
  }

  /** Another place, or none: kept and shown. */
  function place(geometry) {
    draft.geometry = geometry;
    keep();
    showPlace();
  }

  /** The shape that is marked from now on: the one on the map where it is the thing's own, else an empty one. */
  function begin(shape) {
    const own = work.geometry && shape !== "point" && shape === shapeOf(work.geometry) && DRAGGED.has(work.precision)
      && draft.finding === "moved" && pointsOf(work.geometry) < MAX_VERTICES;
    Object.assign(draft, { shape, taken: Boolean(own) });
    showChoices();
    place(own ? structuredClone(work.geometry) : null);
  }

  function showChoices() {
    choices($("findings"), settings.strings.findings, draft.finding, (finding) => {
      draft.finding = finding;
      // What lies elsewhere is dragged there as it is; all else is a point, at first where the inspector stands.
      begin(finding === "moved" && work.geometry && DRAGGED.has(work.precision) ? shapeOf(work.geometry) : "point");
    });
    choices($("shapes"), settings.strings.shapes, draft.shape, begin);
    choices($("statuses"), settings.labels.status, draft.status, (status) => {
      draft.status = draft.status === status ? null : status;
      keep();
      showChoices();
    });
  }

  function showWay() {
    const way = here() && wayTo(here(), work);
    $("sheet-way").textContent = way ? `${direction(way.degrees)} ${metres(way.metres)}` : "";
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
  $("camera").addEventListener("cancel", () => tools.tell(say("no_photo"))); // closed, or not allowed: browsers do not say which
  $("undo-vertex").addEventListener("click", () => place(withoutPoint(draft.geometry)));
  $("redraw").addEventListener("click", () => { draft.taken = false; place(null); });
  $("to-position").addEventListener("click", () => {
    if (draft.taken) moveTo(here());
    else place(null);
  });

  function moveTo(to) {
    const from = middleOf(draft.geometry);
    place(shifted(draft.geometry, [to[0] - from[0], to[1] - from[1]]));
  }

  $("close-sheet").addEventListener("click", () => close());
  $("save").addEventListener("click", () => save());

  async function save() {
    if (!draft.finding) { tools.tell(say("choose_finding")); return; }
    const why = whyNot();
    if (why) { tools.tell(say(why)); return; }
    const session = tools.session();
    if (!session) { tools.tell(say("sign_in")); return; }
    $("save").disabled = true;
    try {
      await busy;
      const check = {
        id: draft.id, account: session.name, made_at: Date.now(), state: "waiting", reason: "", name: work.name,
        content: {
          device: tools.device, inspector: session.name, work: work.id, location: work.location ?? null, finding: draft.finding, geometry: marked(),
          position: tools.position(), seen_at: new Date().toISOString(), clock_offset_s: (await store.fact("clock_offset_s")) ?? null,
          status_seen: draft.status, note: draft.note.trim(), photos: photos.map(announced), answers: draft.answers,
        },
      };
      await store.saveCheck(check, photos);
      close();
      tools.onSaved(check);
    } catch (error) {
      if (error?.name === "ConstraintError") close(); // saved already: in another window, or a moment ago
      tools.tell(error?.name === "ConstraintError" ? say("saved_elsewhere") : storageWords(error));
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
    showWay();
    $("sheet").scrollTop = 0;
  }

  function close() {
    work = null;
    $("sheet").hidden = true;
    document.body.classList.remove("checking");
    map.mark(false);
    map.showMark(null);
    map.resize();
    tools.onClose();
  }

  return {
    open, close,
    current: () => work,
    positionChanged() {
      if (!work) return;
      showWay();
      if (draft.finding) showPlace();
    },
    markAt(point) {
      if (!work) return;
      if (draft.taken) moveTo(point);
      else place(withPoint(draft.geometry, draft.shape, point));
    },
    dragged(geometry) { if (work) place(geometry); },
  };
}
