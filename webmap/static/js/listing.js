// The works beside the map: a table that is sorted and paged, and the list of those without a place.

import { choices } from "./address.js";
import { element, settings, text } from "./settings.js";
import { signCanvas } from "./signs.js";
import { signOf } from "./works_layer.js";

const PAGE = 50; // rows: two screens

const addressOf = (id) => settings.addresses.work.replace(/0$/, id);

async function rowsOf(fixed, offset, order) {
  const asked = choices();
  for (const [name, value] of Object.entries({ ...fixed, offset, order, limit: PAGE })) asked.set(name, value);
  const response = await fetch(`${settings.addresses.list}?${asked}`);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function nameOf(row) {
  const extent = row.extent_from ? `（${row.extent_from}–${row.extent_to}）` : "";
  const amount = row.quantity == null ? "" : ` ${row.quantity}${row.unit ?? ""}`;
  return element("a", { className: "name", content: row.name + extent + amount, href: addressOf(row.id) });
}

function follow(item, row, { onShow, onHover }) {
  item.classList.add("placed");
  item.addEventListener("click", (event) => { if (!event.target.closest("a")) onShow(row.id); });
  item.addEventListener("mouseenter", () => onHover(row.id));
  item.addEventListener("mouseleave", () => onHover(null));
}

/** The table in `section`, of the chosen works. */
export function table(section, on) {
  const body = section.querySelector("tbody");
  const [back, forward] = section.querySelectorAll(".pager button");
  const heads = section.querySelectorAll("th button");
  let [order, offset, turn] = ["report", 0, 0];

  function tableRow(row) {
    const cell = (className, content) => element("td", { className, content: content ?? "" });
    const item = element("tr", { "data-work": row.id },
      element("td", {}, element("div", { className: "work" }, signCanvas(signOf(row)), nameOf(row))),
      cell("facts", settings.labels.status[row.status]), cell("town", row.town),
      cell("where", settings.labels.precision[row.precision]), cell("number", row.confidence ? `${Math.round(row.confidence * 100)}%` : ""));
    if (row.precision !== "none") follow(item, row, on);
    return item;
  }

  async function load() {
    const mine = (turn += 1);
    const { rows, works } = await rowsOf({}, offset, order);
    if (mine !== turn) return;
    body.replaceChildren(...rows.map(tableRow));
    section.querySelector(".pager span").textContent = works
      ? text("page", { from: offset + 1, to: offset + rows.length, of: works }) : text("none");
    back.disabled = offset === 0;
    forward.disabled = offset + rows.length >= works;
    on.onShown();
  }

  function go(to) {
    offset = Math.max(0, to);
    section.scrollTop = 0;
    return load();
  }

  for (const head of heads) {
    head.addEventListener("click", () => {
      order = order === head.value ? `-${head.value}` : head.value;
      for (const other of heads) {
        const sorted = order.replace("-", "") === other.value;
        other.closest("th").setAttribute("aria-sort", sorted ? (order.startsWith("-") ? "descending" : "ascending") : "none");
      }
      go(0);
    });
  }
  back.addEventListener("click", () => go(offset - PAGE));
  forward.addEventListener("click", () => go(offset + PAGE));
  return { load: () => go(0) };
}

/** The list in `section`, of the chosen works that meet the `fixed` choices too, with the reason for each place. */
export function listing(section, fixed, on) {
  const list = section.querySelector("ol");
  const more = section.querySelector(".more");
  let turn = 0;

  function entry(row) {
    const facts = [settings.labels.status[row.status], settings.labels.precision[row.precision], row.town].filter(Boolean).join(" · ");
    const item = element("li", { "data-work": row.id }, signCanvas(signOf(row)),
      element("div", {}, nameOf(row), element("p", { className: "facts", content: facts }), element("p", { className: "reason", content: row.reason ?? "" })));
    if (row.precision !== "none") follow(item, row, on);
    return item;
  }

  async function load(offset) {
    const mine = (turn += 1);
    const { rows, works } = await rowsOf(fixed, offset, "report");
    if (mine !== turn) return;
    const entries = rows.map(entry);
    if (offset) list.append(...entries); else list.replaceChildren(...entries);
    if (!works) list.replaceChildren(element("li", { className: "hint", content: text("none") }));
    const left = works - offset - rows.length;
    more.hidden = left <= 0;
    more.textContent = text("more", { n: left });
    more.onclick = () => load(offset + rows.length);
  }
  return { load: () => load(0) };
}
