// What pages send to the server, with the token that forms need.

let token = null;

async function csrf() {
  token ??= (await (await fetch("/account/session.json")).json()).csrf;
  return token;
}

/** Posts JSON; returns `{ status, body }`, whatever the server says. */
export async function post(address, body) {
  const response = await fetch(address, {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": await csrf() },
  });
  return { status: response.status, body: await response.json() };
}
