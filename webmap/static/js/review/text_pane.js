// The report's text, a line an element, with the words of every work marked. Offsets count characters (code points),
// as the server's do, not UTF-16 units.

import { element, settings } from "../settings.js";

const characters = Array.from(settings.text);
const lines = []; // {start, end, node, shown}

function build(holder) {
  let start = 0;
  for (let at = 0; at <= characters.length; at += 1) {
    if (at < characters.length && characters[at] !== "\n") continue;
    const node = element("p", { "data-start": start });
    lines.push({ start, end: at, node, shown: null });
    holder.append(node);
    start = at + 1;
  }
}

function lineAt(offset) {
  let low = 0, high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle].start <= offset) low = middle; else high = middle - 1;
  }
  return low;
}

/** Spans of the items in the lines they touch, cut at line ends. */
function spansByLine(items) {
  const found = new Map();
  for (const item of items) {
    for (const [kind, spans] of [["own", item.spans], ["mention", item.mentions]]) {
      for (const [start, end] of spans) {
        for (let number = lineAt(start); number < lines.length && lines[number].start < end; number += 1) {
          const line = lines[number];
          const span = { start: Math.max(start, line.start), end: Math.min(end, line.end), item, kind };
          if (span.start < span.end) found.set(number, [...(found.get(number) ?? []), span]);
        }
      }
    }
  }
  return found;
}

function piecesOf(line, spans) {
  const cuts = [...new Set([line.start, line.end, ...spans.flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index];
    const words = characters.slice(start, end).join("");
    const holding = spans.filter((span) => span.start <= start && end <= span.end);
    if (!holding.length) return element("span", { content: words, "data-start": start });
    const { item } = holding.at(-1);
    const mention = holding.every((span) => span.kind === "mention");
    return element("mark", {
      className: `mark sector-${item.sector}${item.action ? " reviewed" : ""}${mention ? " mention" : ""}`,
      content: words, "data-start": start, "data-items": holding.map((span) => span.item.id).join(" "),
    });
  });
}

/** A pane in `holder`; `onPick` hears the identifier of the item whose words are clicked, `onSelect` the selected span. */
export function textPane(holder, { onPick, onSelect }) {
  build(holder);
  holder.addEventListener("click", (event) => {
    const mark = event.target.closest("mark");
    if (mark && document.getSelection().isCollapsed) onPick(mark.dataset.items.split(" "));
  });
  document.addEventListener("selectionchange", () => onSelect(selected()));

  function offsetOf(node, unit) {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!piece || !holder.contains(piece)) return null;
    const before = node.nodeType === Node.TEXT_NODE ? Array.from(node.data.slice(0, unit)).length : 0;
    return Number(piece.dataset.start) + before;
  }

  /** The selected characters as [start, end], white space at the ends left out; null where none are. */
  function selected() {
    const selection = document.getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    let [start, end] = [offsetOf(range.startContainer, range.startOffset), offsetOf(range.endContainer, range.endOffset)];
    if (start === null || end === null) return null;
    while (start < end && !characters[start].trim()) start += 1;
    while (start < end && !characters[end - 1].trim()) end -= 1;
    return start < end ? [start, end] : null;
  }

  /** Marks the items' words; only lines that look different are made anew. */
  function draw(items) {
    const found = spansByLine(items);
    lines.forEach((line, number) => {
      const spans = found.get(number) ?? [];
      const look = spans.map((span) => [span.start, span.end, span.item.id, span.item.sector, span.item.action, span.kind].join()).join(";");
      if (line.shown === look) return;
      line.shown = look;
      line.node.replaceChildren(...piecesOf(line, spans));
    });
  }

  /** Shows which words are the current item's, and brings them into view. */
  function point(id, scroll) {
    for (const mark of holder.querySelectorAll("mark.current")) mark.classList.remove("current");
    const marks = [...holder.querySelectorAll("mark")].filter((mark) => mark.dataset.items.split(" ").includes(id));
    for (const mark of marks) mark.classList.add("current");
    if (scroll) marks[0]?.scrollIntoView({ block: "center" });
  }

  return { draw, point, selected };
}
