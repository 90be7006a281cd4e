// What the tablet keeps: works taken along, drafts, checks and photos, in IndexedDB, until the server has said it has them.

const VERSION = 1;
const STRICT = { durability: "strict" }; // on the disk before "saved" is said: a battery may die the next second

const promised = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const finished = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
});

function makeStores({ target: { result: database } }) {
  database.createObjectStore("facts");
  database.createObjectStore("works", { keyPath: "id" });
  database.createObjectStore("drafts", { keyPath: "work" });
  database.createObjectStore("checks", { keyPath: "id" });
  database.createObjectStore("photos", { keyPath: "id" }).createIndex("check", "check");
}

/**
 * Opens the tablet's store. Rejects where the browser keeps nothing. `onOutdated` is called when a newer page has changed the
 * store's form, after which this one cannot write.
 * Checks: { id, content, account, made_at, state: "waiting" | "sent" | "refused", reason, decision, question, conflict }.
 * Photos: { id, check, blob, state: "waiting" | "sent" | "refused", reason }; `check` is "draft <work>" before it is saved.
 */
export async function openStore(name = "guatu", onOutdated = () => {}) {
  const opening = indexedDB.open(name, VERSION);
  opening.onupgradeneeded = makeStores;
  const database = await promised(opening);
  database.onversionchange = () => { database.close(); onOutdated(); };

  const read = (store, key) => promised(database.transaction(store).objectStore(store).get(key));
  const readAll = (store) => promised(database.transaction(store).objectStore(store).getAll());

  /** Changes several stores at once: all of it or nothing. */
  async function write(stores, change) {
    const transaction = database.transaction(stores, "readwrite", STRICT);
    const done = finished(transaction);
    try {
      change((store) => transaction.objectStore(store));
    } catch (error) {
      transaction.abort();
      await done.catch(() => {});
      throw error;
    }
    await done;
  }

  /** Changes one entry by what `change` makes of it, in one transaction. */
  async function alter(store, key, change) {
    const transaction = database.transaction(store, "readwrite", STRICT);
    const done = finished(transaction);
    const entries = transaction.objectStore(store);
    const entry = await promised(entries.get(key));
    if (entry) entries.put({ ...entry, ...change(entry) });
    await done;
  }

  return {
    close: () => database.close(),
    fact: (name) => read("facts", name),
    setFact: (name, value) => write(["facts"], (store) => store("facts").put(value, name)),
    /** Keeps a fact that the page can do without: a full tablet does not stop it. */
    noteFact: (name, value) =>
      write(["facts"], (store) => store("facts").put(value, name)).catch((error) => {
        if (error?.name !== "QuotaExceededError") throw error;
      }),

    works: () => readAll("works"),
    replaceWorks: (works, area) => write(["works", "facts"], (store) => {
      store("works").clear();
      for (const work of works) store("works").put(work);
      store("facts").put(area, "area");
    }),

    draft: (work) => read("drafts", work),
    drafts: () => readAll("drafts"),
    keepDraft: (draft) => write(["drafts"], (store) => store("drafts").put(draft)),
    keepPhoto: (photo) => write(["photos"], (store) => store("photos").put(photo)),
    dropPhoto: (id) => write(["photos"], (store) => store("photos").delete(id)),
    photosOf: (check) => promised(database.transaction("photos").objectStore("photos").index("check").getAll(check)),

    /** A check with its photos, in place of the draft it was written in. */
    saveCheck: (check, photos) => write(["checks", "photos", "drafts"], (store) => {
      store("checks").add(check);
      for (const photo of photos) store("photos").put({ ...photo, check: check.id, state: "waiting" });
      store("drafts").delete(check.content.work);
    }),
    check: (id) => read("checks", id),
    checks: () => readAll("checks"),
    alterCheck: (id, change) => alter("checks", id, change),
    alterPhoto: (id, change) => alter("photos", id, change),
  };
}

/** The identifier of this device, made when it is first used. */
export async function deviceOf(store) {
  const known = await store.fact("device");
  if (known) return known;
  const made = crypto.randomUUID();
  await store.setFact("device", made);
  return made;
}
