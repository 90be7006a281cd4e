// The list of works beside the map, a page at a time, and the list of those without a place.

import { choices } from "./address.js";
import { element, settings, text } from "./settings.js";
import { signCanvas } from "./signs.js";
import { signOf } from "./works_layer.js";

function entry(row, onShow) {
  const extent = row.extent_from ? `（${row.extent_from}–${row.extent_to}）` : "";
  const amount = row.quantity == null ? "" : ` ${row.quantity}${row.unit ?? ""}`;
  const name = element("a", { className: "name", content: row.name + extent + amount, href: settings.addresses.work.replace(/0$/, row.id) });
  const facts = [settings.labels.status[row.status], settings.labels.precision[row.precision], row.town].filter(Boolean).join(" · ");
  const detail = row.precision === "none" || row.precision === "county" ? row.reason : "";
  const item = element("li", { "data-work": row.id }, signCanvas(signOf(row)),
    element("div", {}, name, element("p", { className: "facts", content: facts }), ...(detail ? [element("p", { className: "reason", content: detail })] : [])));
  if (row.precision !== "none") {
    item.classList.add("placed");
    item.addEventListener("click", (event) => { if (event.target !== name) onShow(row.id); });
  }
  return item;
}

/** A list in `section`, of the chosen works and `fixed` choices, loaded a page at a time. */
export function listing(section, fixed, onShow) {
  const list = section.querySelector("ol");
  const more = section.querySelector(".more");
  let turn = 0;

  async function load(offset) {
    const mine = (turn += 1);
    const asked = choices();
    for (const [name, value] of Object.entries(fixed)) asked.set(name, value);
    asked.set("offset", offset);
    asked.set("order", section.querySelector("select")?.value ?? "report");
    const response = await fetch(`${settings.addresses.list}?${asked}`);
    if (!response.ok) throw new Error(response.statusText);
    const { rows, works } = await response.json();
    if (mine !== turn) return;
    const entries = rows.map((row) => entry(row, onShow));
    if (offset) list.append(...entries); else list.replaceChildren(...entries);
    if (!works) list.replaceChildren(element("li", { className: "hint", content: text("none") }));
    const left = works - offset - rows.length;
    more.hidden = left <= 0;
    more.textContent = text("more", { n: left });
    more.onclick = () => load(offset + rows.length);
  }

  section.querySelector("select")?.addEventListener("change", () => load(0));
  return { load: () => load(0) };
}
