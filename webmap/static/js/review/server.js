// What the review page asks of the server. Refusals are thrown with the server's words.

import { settings, text } from "../settings.js";

/** A refusal: `status` is that of HTTP, 0 where nothing came back; `by` the planner who was quicker. */
export class Refusal extends Error {
  constructor(status, message, by) {
    super(message);
    this.status = status;
    this.by = by;
  }
}

async function ask(address, options = {}) {
  let response;
  try {
    response = await fetch(address, { ...options, headers: { Accept: "application/json", "X-CSRFToken": settings.csrf, ...options.headers } });
  } catch {
    throw new Refusal(0, text("failed"));
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 404) throw new Refusal(404, text("gone"));
  throw new Refusal(response.status, answer.detail ?? text("failed"), answer.by);
}

const { addresses } = settings;
const post = (address, body = {}) => ask(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const load = (version) => ask(`${addresses.items}?version=${version}`);
export const step = (body) => post(addresses.steps, body);
export const undo = () => post(addresses.undo);
export const save = () => post(addresses.save);
export const locate = (address) => post(address);
