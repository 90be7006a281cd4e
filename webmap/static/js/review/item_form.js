// The forms within an item of the list: correct it, split it.

import { element, settings, text } from "../settings.js";

const HEADINGS = "›"; // between the headings of an area
const PLACES = /[、，,；;]/; // between the places of a work
const CHOICES = ["status", "sector", "kind", "nature", "period"];

function field(name, control) {
  control.name = name;
  return element("label", { className: `field field-${name}` }, element("span", { content: text(name) }), control);
}

function chooser(name, value) {
  const options = Object.entries(settings.labels[name]).map(([word, label]) => element("option", { value: word, content: label }));
  const select = element("select", {}, ...options);
  select.value = value;
  return field(name, select);
}

function input(name, value, attributes = {}) {
  const control = element("input", { maxlength: 120, autocomplete: "off", ...attributes });
  control.value = value ?? "";
  return field(name, control);
}

function buttons(onCancel) {
  const cancel = element("button", { type: "button", className: "quiet", content: text("cancel") });
  cancel.addEventListener("click", onCancel);
  return element("div", { className: "actions" }, element("button", { content: text("done") }), cancel);
}

function form(onSend, onCancel, ...children) {
  const node = element("form", { className: "item-form" }, ...children, buttons(onCancel));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    onSend(node.elements);
  });
  node.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") onCancel();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) node.requestSubmit();
  });
  return node;
}

/** A form for every attribute of an item; `onSend` gets the fields as the server takes them. */
export function correctionForm(item, onSend, onCancel) {
  const named = element("input", { type: "checkbox" });
  named.checked = item.named;
  return form(
    (fields) => onSend({
      ...Object.fromEntries(["name", ...CHOICES, "extent_from", "extent_to", "unit"].map((name) => [name, fields[name].value.trim()])),
      quantity: fields.quantity.value === "" ? null : Number(fields.quantity.value),
      area: fields.area.value.split(HEADINGS).map((heading) => heading.trim()).filter(Boolean),
      places: fields.places.value.split(PLACES).map((place) => place.trim()).filter(Boolean),
      named: fields.named.checked,
    }),
    onCancel,
    input("name", item.name, { required: "" }),
    input("extent_from", item.extent_from), input("extent_to", item.extent_to),
    ...CHOICES.map((name) => chooser(name, item[name])),
    input("quantity", item.quantity, { type: "number", min: 0, step: "any" }), input("unit", item.unit, { maxlength: 20 }),
    input("area", item.area.join(` ${HEADINGS} `), { maxlength: 800 }),
    input("places", item.places.join("、"), { maxlength: 4000 }),
    field("named", named),
  );
}

/** A form for the names of the works that an item is split into. */
export function splitForm(item, onSend, onCancel) {
  const names = element("textarea", { rows: 4 });
  names.value = item.name.split(/[、，,]|以及|[和及与]/).map((name) => name.trim()).filter(Boolean).join("\n");
  return form(
    (fields) => onSend(fields.split_names.value.split("\n").map((name) => name.trim()).filter(Boolean)),
    onCancel,
    field("split_names", names),
  );
}
