// The choices of the page live in its address, so that a view can be sent to a colleague.

const CHOICES = ["report_kind", "report", "area", "sector", "status", "town", "precision", "finding", "words"];

/** The choices that the address holds, as search parameters without the map's position or the language. */
export function choices() {
  const chosen = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (CHOICES.includes(name) && value) chosen.append(name, value);
  }
  return chosen;
}

/** Puts choices into the address; `push` makes a step that the browser's back button undoes. */
export function choose(chosen, { push = true } = {}) {
  const query = chosen.toString();
  const address = location.pathname + (query ? `?${query}` : "") + location.hash;
  history[push ? "pushState" : "replaceState"](null, "", address);
  dispatchEvent(new Event("chosen"));
}

/** Adds or takes away one value of one choice. */
export function toggle(name, value, on) {
  const chosen = choices();
  const others = chosen.getAll(name).filter((other) => other !== value);
  chosen.delete(name);
  for (const other of on ? [...others, value] : others) chosen.append(name, other);
  choose(chosen);
}

/** Where the map was left, `#zoom/latitude/longitude`, or null. */
export function position() {
  const [zoom, latitude, longitude] = location.hash.slice(1).split("/").map(Number);
  return [zoom, latitude, longitude].every(Number.isFinite) && location.hash.length > 1
    ? { zoom, center: [latitude, longitude] } : null;
}

/** Remembers where the map is. */
export function rememberPosition(map) {
  const { lat, lng } = map.getCenter();
  history.replaceState(null, "", `${location.pathname}${location.search}#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`);
}

addEventListener("popstate", () => dispatchEvent(new Event("chosen")));
