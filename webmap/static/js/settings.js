// What the server told this page: addresses, labels, signs and strings.

export const settings = JSON.parse(document.getElementById("settings").textContent);

/** A string of the page's language with its {names} filled in; the result is text, never markup. */
export function text(name, values = {}) {
  return settings.strings[name].replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

/** An element with a class, text and children; data only ever becomes text. */
export function element(tag, { className = "", content = "", ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (content) node.textContent = content;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
