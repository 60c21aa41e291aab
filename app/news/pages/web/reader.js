// What the pages of a reader share: who reads, what was read here, lists, cards, and what changed between two lists.
"use strict";

const $ = (id) => document.getElementById(id);
const TEXTS = JSON.parse($("reader").dataset.texts);
const BASE = $("reader").dataset.base; // of addresses, relative to this page
const STORE = "pauta-reader";

const reader = Object.assign({ user: "", segment: "", history: [], lists: {} }, stored());

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) || {};
  } catch {
    return {};
  }
}

function keep() {
  sessionStorage.setItem(STORE, JSON.stringify(reader));
}

function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

function phrase(name, values = {}) {
  return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), TEXTS[name]);
}

async function ask(address, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(BASE + address, options || {});
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.detail || answer.title), { status: response.status });
  return answer;
}

function list(more) {
  const history = reader.history.map((read) => read.page).slice(-100);
  return ask("news/list", { user: reader.user, history, explain: true, ...more });
}

function markAsRead(page, title) {
  reader.history = [...reader.history.filter((read) => read.page !== page), { page, title }];
  keep();
}

function age(issued, now) {
  const minutes = Math.max(0, Math.round((new Date(now) - new Date(issued)) / 60000));
  if (minutes < 90) return phrase("minutes_old", { count: minutes });
  return minutes < 2880 ? phrase("hours_old", { count: Math.round(minutes / 60) }) : phrase("days_old", { count: Math.round(minutes / 1440) });
}

function titleOf(item) {
  return item.title || `${TEXTS.article} ${item.page}`;
}

// Why an article is in the list, as a sentence in the language of the page.
function reason(item) {
  const after = /“(.+)”/.exec(item.reason);
  if (item.source === "session" && after) return phrase("reason_session_of", { title: after[1] });
  return TEXTS[`reason_${item.source}`] || TEXTS.reason_other;
}

// A picture's place: the section's colour and first letter.
function picture(item) {
  const name = item.section || titleOf(item);
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 0);
  const made = element("div", undefined, { className: `picture hue-${hue}` });
  made.setAttribute("aria-hidden", "true");
  made.append(element("span", name.slice(0, 1).toUpperCase()));
  return made;
}

function bar(share, kind) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["viewBox", "0 0 100 10"], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) made.setAttribute(name, value);
  for (const [width, cls] of [[100, "track"], [Math.round(100 * share), `fill ${kind}`]]) {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of [["width", width], ["height", 10], ["class", cls]]) part.setAttribute(name, value);
    made.append(part);
  }
  return made;
}

// What made the score: a sentence, and a bar for each theme.
function explanation(item) {
  const made = element("details", undefined, { className: "explain" });
  made.append(element("summary", TEXTS.why));
  const names = (parts) => parts.map((part) => TEXTS[`theme_${part.theme}`]).join("; ");
  const raised = item.parts.filter((part) => part.value > 0), lowered = item.parts.filter((part) => part.value < 0);
  const sentences = [];
  if (raised.length) sentences.push(phrase("raised", { themes: names(raised) }));
  if (lowered.length) sentences.push(phrase("lowered", { themes: names(lowered) }));
  made.append(element("p", sentences.join(" ") || TEXTS.no_parts));
  const most = Math.max(...item.parts.map((part) => Math.abs(part.value)), 1e-9);
  const bars = element("dl");
  for (const part of item.parts) {
    const row = element("div"), value = element("dd"), holder = element("span", undefined, { className: "bar" });
    holder.append(bar(Math.abs(part.value) / most, part.value > 0 ? "expected" : "critical"), element("b", `${part.value > 0 ? "+" : "−"}${Math.abs(part.value).toFixed(2)}`));
    value.append(holder);
    row.append(element("dt", TEXTS[`theme_${part.theme}`]), value);
    bars.append(row);
  }
  if (item.parts.length) made.append(bars);
  return made;
}

// How a list differs from the one before: by article, "new" or the number of places that it moved up.
function changes(before, items) {
  const places = new Map(before.map((page, place) => [page, place]));
  return new Map(items.map((item, place) => [item.page, places.has(item.page) ? places.get(item.page) - place : "new"]));
}

function badge(move) {
  if (move === "new") return element("span", TEXTS.is_new, { className: "move new" });
  if (!move) return "";
  const text = phrase(move > 0 ? "moved_up" : "moved_down", { count: Math.abs(move) });
  return element("span", `${move > 0 ? "▲" : "▼"} ${text}`, { className: `move ${move > 0 ? "up" : "down"}` });
}

function card(item, now, options = {}) {
  const made = element("article", undefined, { className: options.className || "" });
  made.dataset.page = item.page;
  const body = element("div", undefined, { className: "body" });
  const line = element("p", item.section || "", { className: "kicker" });
  line.append(" ", badge(options.move));
  const headline = element(options.level || "h2"), link = element("a", titleOf(item));
  link.href = `${BASE}news/read/${item.page.split("/").map(encodeURIComponent).join("/")}`;
  headline.append(link);
  const why = element("p", undefined, { className: "why" });
  why.append(element("em", reason(item)), ` · ${age(item.issued, now)}`, options.note ? ` · ${options.note}` : "");
  body.append(line, headline, why, explanation(item));
  if (options.onRead) {
    const read = element("button", TEXTS.count_as_read, { type: "button", className: "plain read" });
    read.setAttribute("aria-label", `${TEXTS.count_as_read}: ${titleOf(item)}`);
    read.addEventListener("click", () => options.onRead(item));
    body.append(read);
  }
  made.append(picture(item), body);
  return made;
}

function facts(answer) {
  const line = $("facts");
  line.classList.remove("problem");
  line.replaceChildren();
  const shown = [[TEXTS.segment, TEXTS[answer.segment] || TEXTS.everywhere], [TEXTS.source, answer.source], [TEXTS.release, answer.release]];
  for (const [name, value] of shown) line.append(`${line.childNodes.length ? " · " : ""}${name} `, element("b", value));
}

function say(text) {
  $("facts").textContent = text;
  $("facts").classList.add("problem");
}

// Says what went wrong; what may work in a moment (the service starts, or a connection broke) is tried again.
function failed(error, again) {
  say(error.message);
  if (error.status === 503 || error.status === undefined) setTimeout(again, 2000);
}

// The form that chooses the reader, on every page that has one.
function chooser(onChoice) {
  const form = $("reader");
  let examples = {};
  const short = (id) => (id.length > 24 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id);
  const fill = () => {
    const options = (examples[$("segment").value] || []).map((id) => element("option", short(id), { value: id }));
    if ($("segment").value === "anonymous") options.unshift(element("option", TEXTS.new_user, { value: "" }));
    $("example").replaceChildren(...options);
  };
  const choose = (user) => {
    Object.assign(reader, { user, segment: $("segment").value, history: [], lists: {} });
    keep();
    return onChoice();
  };
  $("segment").addEventListener("change", () => { $("user").value = ""; fill(); choose($("example").value); });
  $("example").addEventListener("change", () => { $("user").value = ""; choose($("example").value); });
  form.addEventListener("submit", (event) => { event.preventDefault(); choose($("user").value.trim() || $("example").value); });
  const start = async () => {
    try {
      examples = (await ask("model?use_case=news")).examples;
    } catch (error) {
      failed(error, start);
      return;
    }
    $("segment").replaceChildren(...Object.keys(examples).map((name) => element("option", TEXTS[name] || name, { value: name })));
    if (reader.segment in examples) $("segment").value = reader.segment;
    fill();
    const known = [...$("example").options].some((option) => option.value === reader.user);
    if (known && reader.segment) $("example").value = reader.user;
    else if (reader.user) $("user").value = reader.user;
    else { reader.user = $("example").value; reader.segment = $("segment").value; }
    keep();
    await onChoice();
  };
  start();
}
