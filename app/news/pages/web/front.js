// The demo page of news: requests a user's list and shows it; a click on a headline is a read.
"use strict";

const $ = (id) => document.getElementById(id);
const TEXTS = JSON.parse($("reader").dataset.texts);
let examples = {};
let history = [];

function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) made.textContent = text;
  return made;
}

function phrase(name, count) {
  return TEXTS[name].replace("{count}", count);
}

function say(text, problem = false) {
  $("facts").textContent = text;
  $("facts").classList.toggle("problem", problem);
}

async function ask(address, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(address, options || {});
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.detail || answer.title), { status: response.status });
  return answer;
}

function age(issued, now) {
  const minutes = Math.max(0, Math.round((new Date(now) - new Date(issued)) / 60000));
  if (minutes < 90) return phrase("minutes_old", minutes);
  return minutes < 2880 ? phrase("hours_old", Math.round(minutes / 60)) : phrase("days_old", Math.round(minutes / 1440));
}

function card(item, place, now) {
  const made = element("article", undefined, { className: place === 0 ? "lead" : "" });
  const headline = element("h2");
  const open = element("button", item.title || `${TEXTS.article} ${item.page}`, { type: "button", title: TEXTS.count_as_read });
  open.addEventListener("click", () => { history.push(item.page); show(); });
  headline.append(open);
  const score = item.score === null ? "" : ` · ${item.score.toFixed(2)}`;
  const why = element("p", undefined, { className: "why" });
  why.append(element("em", item.reason, { lang: "en" }), ` · ${age(item.issued, now)}${score}`);
  if (/^https?:\/\//.test(item.url)) {
    why.append(" · ", element("a", TEXTS.address, { href: item.url, rel: "noopener noreferrer", target: "_blank" }));
  }
  made.append(headline, why);
  return made;
}

function facts(answer) {
  const line = $("facts");
  line.classList.remove("problem");
  const shown = [[TEXTS.segment, TEXTS[answer.segment] || answer.segment], [TEXTS.source, answer.source],
    [TEXTS.release, answer.release], [TEXTS.answer, answer.answer_id]];
  line.replaceChildren();
  for (const [name, value] of shown) line.append(`${line.childNodes.length ? " · " : ""}${name} `, element("b", value));
  $("clock").textContent = `${TEXTS.now} ${new Date(answer.generated_at).toUTCString().replace("GMT", "UTC")}`;
}

async function show() {
  const user = $("user").value.trim() || $("example").value || null;
  try {
    const answer = await ask("recommendations", { user_id: user, history, num_recs: Number($("count").value) || 10 });
    facts(answer);
    $("page").replaceChildren(...answer.items.map((item, place) => card(item, place, answer.generated_at)));
    if (!answer.items.length) $("page").append(element("p", TEXTS.nothing_left));
  } catch (error) {
    say(error.message, true);
  }
  $("session").hidden = history.length === 0;
  $("read").textContent = history.length === 1 ? TEXTS.one_read : phrase("many_read", history.length);
}

function choose() {
  const ids = examples[$("segment").value] || [];
  const short = (id) => (id.length > 24 ? `${id.slice(0, 10)}…${id.slice(-6)}` : id);
  const options = ids.map((id) => element("option", short(id), { value: id }));
  if ($("segment").value === "anonymous") options.unshift(element("option", TEXTS.new_user, { value: "" }));
  $("example").replaceChildren(...options);
}

function fresh() {
  history = [];
  return show();
}

async function tellTime() {
  const clock = (await ask("ready?use_case=news")).clock;
  $("why").hidden = !clock || clock.mode === "wall";
  $("why").textContent = clock ? clock.why : "";
}

async function start() {
  tellTime().catch(() => {});
  try {
    examples = (await ask("model?use_case=news")).examples;
  } catch (error) {
    say(error.message, true);
    if (error.status === 503) setTimeout(start, 2000);
    return;
  }
  $("segment").replaceChildren(...Object.keys(examples).map((name) => element("option", TEXTS[name] || name, { value: name })));
  choose();
  await show();
}

$("segment").addEventListener("change", () => { $("user").value = ""; choose(); fresh(); });
$("example").addEventListener("change", () => { $("user").value = ""; fresh(); });
$("reader").addEventListener("submit", (event) => { event.preventDefault(); fresh(); });
$("forget").addEventListener("click", fresh);
start();
