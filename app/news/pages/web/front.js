// The front page of one reader: the list, what changed since the last one and why, also when others read.
"use strict";

const SECTION = $("reader").dataset.section;
const PLACE = `front ${SECTION}`;
let asked = 0, waiting = false;

function whatChanged(before, items, moves) {
  const box = $("changes"), entered = items.filter((item) => moves.get(item.page) === "new");
  const left = before.filter((page) => !moves.has(page)).length;
  const moved = [...moves.values()].filter((move) => move && move !== "new").length;
  box.replaceChildren();
  if (!before.length || !(entered.length || left || moved)) {
    box.hidden = true;
    return;
  }
  box.hidden = false;
  box.append(element("p", phrase("changed", { entered: entered.length, left, moved })));
  const reasons = element("ul");
  for (const item of entered.slice(0, 4)) reasons.append(element("li", phrase("entered", { title: titleOf(item), why: reason(item) })));
  if (entered.length) box.append(reasons);
}

async function show() {
  const number = ++asked;
  try {
    const answer = await list({ section: SECTION, n: 13 });
    if (number !== asked) return;
    const before = reader.lists[PLACE] || [], moves = changes(before, answer.items);
    const onRead = (item) => { markAsRead(item.page, titleOf(item)); return show(); };
    facts(answer);
    const cards = answer.items.map((item, place) => card(item, answer.now, { onRead, className: place === 0 ? "lead" : "", move: before.length ? moves.get(item.page) : 0 }));
    $("page").replaceChildren(...cards);
    if (!answer.items.length) $("page").append(element("p", TEXTS.nothing_left));
    whatChanged(before, answer.items, moves);
    reader.lists[PLACE] = answer.items.map((item) => item.page);
    keep();
    $("clock").textContent = `${TEXTS.now} ${new Date(answer.now).toUTCString().replace("GMT", "UTC")}`;
  } catch (error) {
    failed(error, show);
  }
  const count = reader.history.length;
  $("session").hidden = count === 0;
  $("read").textContent = count === 1 ? TEXTS.one_read : phrase("many_read", { count });
}

$("forget").addEventListener("click", () => { reader.history = []; keep(); show(); });
chooser(show);

// Historical data run on a time of their own; the page says why.
async function tellTime() {
  const clock = (await ask("ready?use_case=news")).clock;
  $("why").hidden = !clock || clock.mode === "wall";
  $("why").textContent = clock ? clock.why : "";
}
tellTime().catch(() => {});

// Others' clicks and editors' posts change the list, too: at most every three seconds.
const changesOfOthers = new EventSource(`${BASE}news/changes`);
let first = true;
changesOfOthers.addEventListener("message", () => {
  if (first || waiting || !$("follow").checked || document.hidden) { first = false; return; }
  waiting = true;
  setTimeout(() => { waiting = false; show(); }, 3000);
});
window.addEventListener("pagehide", () => changesOfOthers.close());
