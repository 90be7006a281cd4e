// Sending what the tablet has kept. Nothing is given up: what has not been acknowledged is sent again, under the same
// identifier, and the server knows what it has.

export const PART_BYTES = 256 * 1024; // as the server has it
const PATIENCE_MS = 30_000; // for one answer
const ASKED_AT_ONCE = 100; // checks whose state is asked for in one request
const FINAL = new Set([409, 422]); // the server has seen it and does not take it

class Interrupted extends Error {
  constructor(why) {
    super(why);
    this.why = why; // "offline", "busy", "sign_in", "not_inspector" or "storage_full"
  }
}

/** Whether the tablet had room for a change; what has arrived is sent again otherwise, and the server knows it. */
const hadRoom = (change) => change.then(() => true, (error) => {
  if (error?.name === "QuotaExceededError") return false;
  throw error;
});

/** A change without which sending cannot go on. */
async function note(change) {
  if (!(await hadRoom(change))) throw new Interrupted("storage_full");
}

async function ask(address, options = {}) {
  let response;
  try {
    response = await fetch(address, {
      credentials: "same-origin", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS), ...options,
      headers: { Accept: "application/json", ...options.headers },
    });
  } catch {
    throw new Interrupted("offline");
  }
  if (response.status === 401) throw new Interrupted("sign_in");
  if (response.status === 403) throw new Interrupted("not_inspector");
  let answer;
  try {
    answer = await response.json();
  } catch {
    throw new Interrupted("busy"); // cut, or somebody else's page
  }
  if (!response.ok && !FINAL.has(response.status)) throw new Interrupted("busy");
  return { refused: !response.ok, reason: answer.detail, answer, date: response.headers.get("Date") };
}

/** Who is signed in, as the server says; also compares the clocks, the server's being ahead by `clock_offset_s`. */
export async function signedIn(addresses, store) {
  const before = Date.now();
  const { answer, date } = await ask(addresses.session);
  const middle = (before + Date.now()) / 2;
  const offset = date ? Math.round((Date.parse(date) - middle) / 1000) : 0;
  await store.noteFact("clock_offset_s", Math.abs(offset) <= 2 ? 0 : offset); // `Date` has whole seconds
  await store.noteFact("contact_at", middle);
  if (answer.name) await store.noteFact("session", { name: answer.name, role: answer.role, offline_until: answer.offline_until });
  return answer;
}

async function digestHeader(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
}

async function sendPhoto(addresses, store, photo, missing, csrf) {
  let left = missing;
  while (left.length) {
    const number = left[0];
    const part = await photo.blob.slice(number * PART_BYTES, (number + 1) * PART_BYTES).arrayBuffer();
    const { refused, reason, answer } = await ask(`${addresses.photos}/${photo.id}/parts/${number}`, {
      method: "PUT", body: part,
      headers: { "X-CSRFToken": csrf, "Content-Digest": await digestHeader(part), "Content-Type": "application/octet-stream" },
    });
    if (refused) {
      await note(store.alterPhoto(photo.id, () => ({ state: "refused", reason })));
      return;
    }
    left = answer.missing;
  }
  if (!(await hadRoom(store.alterPhoto(photo.id, () => ({ state: "sent", blob: null }))))) await store.dropPhoto(photo.id);
}

async function sendCheck(addresses, store, check, csrf) {
  const { refused: notTaken, reason: why, answer } = await ask(`${addresses.checks}/${check.id}`, {
    method: "PUT", body: JSON.stringify(check.content), headers: { "X-CSRFToken": csrf, "Content-Type": "application/json" },
  });
  if (notTaken) {
    await note(store.alterCheck(check.id, () => ({ state: "refused", reason: why })));
    return;
  }
  const { decision, question, conflict, clock_doubtful } = answer;
  const noteSent = () => hadRoom(store.alterCheck(check.id, () => ({ state: "sent", reason: "", decision, question, conflict, clock_doubtful })));
  const noted = await noteSent();
  for (const photo of await store.photosOf(check.id)) {
    if (photo.state !== "waiting") continue;
    const { missing, refused: reason } = answer.photos[photo.id];
    if (reason) await note(store.alterPhoto(photo.id, () => ({ state: "refused", reason })));
    else await sendPhoto(addresses, store, photo, missing, csrf);
  }
  if (!noted && !(await noteSent())) throw new Interrupted("storage_full"); // its photos have left, which may have made room
}

/** Whether a check, or one of its photos, is still only on the tablet. */
export async function isLeft(store, check) {
  if (check.state === "waiting") return true;
  return check.state === "sent" && (await store.photosOf(check.id)).some((photo) => photo.state === "waiting");
}

async function learnDecisions(addresses, store, name) {
  const open = (await store.checks()).filter((check) => check.account === name && check.state === "sent" && check.decision !== "accepted");
  for (let at = 0; at < open.length; at += ASKED_AT_ONCE) {
    const asked = open.slice(at, at + ASKED_AT_ONCE);
    const { answer } = await ask(`${addresses.checks}.json?${asked.map(({ id }) => `id=${id}`).join("&")}`);
    const known = new Map(answer.checks.map((check) => [check.id, check]));
    for (const { id } of asked) {
      const state = known.get(id);
      // A server that was restored from an older backup has forgotten the check: it is sent again.
      await note(store.alterCheck(id, () => (state ? { decision: state.decision, question: state.question, conflict: state.conflict } : { state: "waiting" })));
    }
  }
}

/**
 * Sends all that waits, one after the other, the oldest first. Only one tab or worker sends at a time.
 * Returns { done, why, left }: whether all of this account's checks have arrived, and if not, why: "offline", "busy",
 * "sign_in", "not_inspector", "storage_full", or "running" where another tab is at it. `onChange` is called after each check.
 */
export async function sendAll(addresses, store, { onChange = () => {}, lock = "guatu-send" } = {}) {
  const outcome = await navigator.locks.request(lock, { ifAvailable: true }, async (free) => {
    if (!free) return { done: false, why: "running" };
    let why = "";
    try {
      const { name, csrf } = await signedIn(addresses, store);
      if (!name) return { done: false, why: "sign_in" };
      const checks = (await store.checks()).filter(({ account }) => account === name).sort((a, b) => a.made_at - b.made_at);
      for (const check of checks) {
        if (!(await isLeft(store, check))) continue;
        try {
          await sendCheck(addresses, store, check, csrf);
        } catch (error) {
          if (!(error instanceof Interrupted)) throw error;
          why = error.why; // the next one may get through: a photo that is cut again and again does not hold up the rest
          if (why === "sign_in" || why === "not_inspector") break;
        }
        onChange();
      }
      if (!why) await learnDecisions(addresses, store, name);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      why = error.why;
    }
    return { done: !why, why };
  });
  onChange();
  return outcome;
}
