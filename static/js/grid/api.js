/* The only module that talks to the server. An answer that is not a success throws a Problem. */
import { gettext } from "./i18n.js";
import { named } from "./names.js";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || gettext("Le serveur n'a pas répondu."));
    this.status = status;
    this.body = body;
    this.type = (body.type || "").replace(/^.*[/:]/, "");
  }
}

const root = "/api/v1/";
const token = () =>
  document.querySelector("[name=csrfmiddlewaretoken]")?.value || /csrftoken=([^;]+)/.exec(document.cookie)?.[1] || "";

async function request(method, path, body, signal) {
  const options = { method, signal, headers: { Accept: "application/json" }, credentials: "same-origin" };
  if (method !== "GET") {
    options.headers["X-CSRFToken"] = token();
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body ?? {});
  }
  let response;
  try {
    response = await fetch(root + path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { title: gettext("Le serveur est injoignable. Rien n'a été enregistré.") });
  }
  const type = response.headers.get("Content-Type") || "";
  const answer = type.includes("json") ? named(await response.json()) : {};
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

export const get = (path, signal) => request("GET", path, undefined, signal);
export const post = (path, body, signal) => request("POST", path, body, signal);
