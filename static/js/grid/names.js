/* The server names an intervention by its own code; the grid shows the patient's, so its sentences say that one too. */
const SENTENCES = new Set(["text", "message", "messages", "detail", "label", "changed_label", "changes", "reason_text", "title", "decision"]);
const patients = new Map();

export function learnNames(interventions) {
  patients.clear();
  for (const { code, patient_code: patient } of interventions) if (code && patient) patients.set(code, patient);
}

const say = (text) => text.replace(/[\p{L}\p{N}][\p{L}\p{N}_./-]*/gu, (word) => patients.get(word) ?? word);

/** The same answer with its sentences naming patients; anything that is not a sentence stays as it is. */
export function named(value, key = "") {
  if (typeof value === "string") return SENTENCES.has(key) ? say(value) : value;
  if (Array.isArray(value)) return value.map((each) => named(each, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, named(each, name)]));
}

/** Viewers read no patient code. */
export const nameOf = (intervention) => intervention.patient_code || intervention.code || intervention.label;

/** ["P-", "6374"]: narrow blocks keep the end, which tells patients apart. */
export function splitCode(intervention) {
  const name = nameOf(intervention);
  if (name === intervention.label) return ["", ""];
  const [, prefix, code] = /^(.*?)([^-_.]+)$/.exec(name) ?? ["", "", name];
  return [prefix, code];
}
