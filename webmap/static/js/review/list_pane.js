// The list of works beside the text.

import { element, settings, text } from "../settings.js";
import { correctionForm, splitForm } from "./item_form.js";

const HEADINGS_SHOWN = 2; // of an item's path: the outer ones are those of half the report
const ACTIONS = [["accept", "A"], ["correct", "E"], ["split", "S"], ["drop", "D"]];

function titleOf(item) {
  const extent = item.extent_from ? `（${item.extent_from}–${item.extent_to}）` : "";
  const amount = item.quantity === null ? "" : ` ${item.quantity}${item.unit}`;
  return item.name + extent + amount;
}

function entry(item, handlers) {
  const sign = element("span", { className: `sign sector-${item.sector}`, content: settings.signs[item.sector], "aria-hidden": "true" });
  const check = element("input", { type: "checkbox", "aria-label": `${text("choose")} ${item.name}` });
  check.addEventListener("change", () => handlers.check(item.id, check.checked));
  const name = element("button", { type: "button", className: "title", content: titleOf(item) });
  const facts = ["status", "kind", "nature", "period"].map((name) => settings.labels[name][item[name]]).join(" · ");
  const body = element("div", { className: "body" }, name, element("p", { className: "facts", content: facts }));
  if (item.flags.length) body.append(element("p", { className: "doubt", content: text("doubt", { flags: item.flags.join("，") }) }));
  const node = element("li", { "data-item": item.id, className: item.action ? "reviewed" : "" }, check, sign, body);
  if (item.action) node.append(element("span", { className: "done", content: settings.labels.action[item.action], title: item.by ?? "" }));
  node.addEventListener("click", (event) => { if (event.target !== check && !event.target.closest("form, .actions")) handlers.pick(item.id); });
  return node;
}

/** A list in `holder`. `handlers`: pick(id), check(id, chosen), act(action, id). */
export function listPane(holder, handlers) {
  let nodes = new Map(); // item -> its node, so that what did not change is not made anew

  function draw(items, headed = true) {
    const kept = new Map();
    const children = [];
    let heading = "";
    for (const item of items) {
      const area = item.area.join(" › ");
      if (headed && area !== heading) {
        heading = area;
        children.push(element("li", { className: "heading", content: item.area.slice(-HEADINGS_SHOWN).join(" › "), title: area }));
      }
      const node = nodes.get(item) ?? entry(item, handlers);
      kept.set(item, node);
      children.push(node);
    }
    nodes = kept;
    holder.replaceChildren(...children);
  }

  const nodeOf = (id) => holder.querySelector(`[data-item="${CSS.escape(id)}"]`);

  function close() {
    for (const open of holder.querySelectorAll(".item-form, li > .actions")) open.remove();
  }

  /** Shows which item is current, with its buttons. */
  function point(id, scroll) {
    holder.querySelector("li.current")?.classList.remove("current");
    close();
    const node = id && nodeOf(id);
    if (!node) return;
    node.classList.add("current");
    const buttons = ACTIONS.map(([action, key]) => {
      const button = element("button", { type: "button", className: "quiet", "data-action": action, title: key, content: text(action) });
      button.addEventListener("click", () => handlers.act(action, id));
      return button;
    });
    node.append(element("div", { className: "actions" }, ...buttons));
    if (scroll) node.scrollIntoView({ block: "nearest" });
  }

  function show(id, made, focused) {
    close();
    nodeOf(id)?.append(made);
    made.scrollIntoView({ block: "nearest" });
    made.elements[focused].focus();
    if (made.elements[focused].select) made.elements[focused].select();
  }

  return {
    draw, point,
    checked: () => [...holder.querySelectorAll("li > input:checked")].map((check) => check.parentElement.dataset.item),
    toggle(id) { nodeOf(id)?.querySelector("input")?.click(); },
    correct(item, onSend) { show(item.id, correctionForm(item, onSend, () => point(item.id)), "name"); },
    split(item, onSend) { show(item.id, splitForm(item, onSend, () => point(item.id)), "split_names"); },
    editing: () => holder.querySelector(".item-form") !== null,
  };
}
