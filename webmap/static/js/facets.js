// The choices beside the map, each value with the number of works that it would show.

import { choices, toggle } from "./address.js";
import { element, settings, text } from "./settings.js";
import { signCanvas } from "./signs.js";

const reports = new Map(); // titles by identifier, in their order

const LABELS = {
  report_kind: (value) => settings.labels.report_kind[value],
  report: (value) => reports.get(value) ?? value,
  area: (value) => value.split("›").at(-1),
  sector: (value) => settings.labels.sector[value],
  status: (value) => settings.labels.status[value],
  precision: (value) => settings.labels.precision[value],
  finding: (value) => settings.labels.finding[value],
  town: (value) => (value === "-" ? text("no_town") : value),
};
const CLOSED_LISTS = ["report_kind", "sector", "status", "precision", "finding"]; // shown in their own order; the others as they come
const RARE = ["report_kind", "finding"]; // shown where there is a choice: many keep no project lists, or inspect nothing yet

function sorted(name, counts) {
  if (CLOSED_LISTS.includes(name)) return Object.keys(settings.labels[name]).filter((value) => value in counts);
  if (name === "report") return [...reports.keys()].filter((value) => value in counts);
  if (name === "area") return Object.keys(counts); // in the order of the reports
  return Object.keys(counts).sort((a, b) => (a === "-") - (b === "-") || a.localeCompare(b, "zh"));
}

function sign(name, value) {
  if (name === "sector") return [signCanvas({ ...settings.signs[value], status: "complete", precision: "exact" })];
  if (name === "status") return [signCanvas({ colour: "#444", character: "", status: value, precision: "exact" })];
  return [];
}

function row(name, value, number, chosen) {
  const box = element("input", { type: "checkbox", name, value });
  box.checked = chosen.has(value);
  box.addEventListener("change", () => toggle(name, value, box.checked));
  const label = element("label", {}, box, ...sign(name, value), element("span", { className: "name", content: LABELS[name](value) }),
    element("span", { className: "number", content: String(number) }));
  const depth = name === "area" ? value.split("›").length - 1 : 0;
  return element("li", { className: `depth-${Math.min(depth, 3)}${number ? "" : " empty"}` }, label);
}

let shownCounts = {};

function fill(facet) {
  const name = facet.dataset.facet;
  const chosen = new Set(choices().getAll(name));
  const shown = { ...Object.fromEntries([...chosen].map((value) => [value, 0])), ...shownCounts[name] };
  facet.classList.toggle("made", chosen.size > 0);
  facet.hidden = RARE.includes(name) && !chosen.size && Object.keys(shown).length < 2;
  const rows = facet.open ? sorted(name, shown).map((value) => row(name, value, shown[value], chosen)) : []; // towns are many
  facet.querySelector("ul").replaceChildren(...rows);
}

for (const facet of document.querySelectorAll("[data-facet]")) facet.addEventListener("toggle", () => fill(facet));

/** Takes in what the reports are called. */
export function nameReports(titles) {
  for (const { id, title } of titles) reports.set(String(id), title);
}

/** Fills every choice that is open with its values and counts. */
export function showFacets(counts) {
  const focused = document.activeElement?.matches?.(".facet input") ? document.activeElement : null;
  const again = focused && { name: focused.name, value: focused.value };
  shownCounts = counts;
  for (const facet of document.querySelectorAll("[data-facet]")) fill(facet);
  if (again) {
    for (const box of document.querySelectorAll(`.facet input[name="${again.name}"]`)) if (box.value === again.value) box.focus();
  }
}

/** The legend: what the rings and outlines of discs say. */
export function showLegend() {
  const line = (canvas, words) => element("li", {}, canvas, element("span", { content: words }));
  const grey = { colour: "#444", character: "" };
  document.getElementById("legend-status").replaceChildren(...Object.entries(settings.labels.status).map(
    ([status, words]) => line(signCanvas({ ...grey, status, precision: "exact" }), words)));
  document.getElementById("legend-precision").replaceChildren(...Object.entries(settings.labels.precision)
    .filter(([precision]) => precision !== "none" && precision !== "stretch")
    .map(([precision, words]) => line(signCanvas({ ...grey, status: "ongoing", precision }), words)));
  document.getElementById("legend-sector").replaceChildren(...Object.entries(settings.labels.sector).map(
    ([sector, words]) => line(signCanvas({ ...settings.signs[sector], status: "complete", precision: "exact" }), words)));
}
