// What the page says: strings with their {names} filled in, distances, sizes and directions, always as text.

import { settings, text } from "../js/settings.js";

export const say = text;

/** A distance in words. */
export function metres(value) {
  if (value < 15) return say("within");
  return value < 950 ? say("metres", { n: Math.round(value / 10) * 10 }) : say("kilometres", { n: (value / 1000).toFixed(value < 9950 ? 1 : 0) });
}

/** One of the eight directions. */
export const direction = (degrees) => settings.strings.directions[Math.round(degrees / 45) % 8];

/** Bytes in words. */
export const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
