// The same reader from two sides: the place of each article in the other list, and what made its score.
"use strict";

const COLUMNS = ["left", "right"];

function column(name, answer, other) {
  const places = new Map(other.items.map((item, place) => [item.page, place + 1]));
  const cards = answer.items.map((item) => card(item, answer.now, {
    level: "h3",
    note: places.has(item.page) ? phrase("place_in_other", { place: places.get(item.page) }) : TEXTS.only_here,
  }));
  $(`${name}-list`).replaceChildren(...cards);
  $(`${name}-facts`).textContent = `${TEXTS.source} ${answer.source} · ${TEXTS.release} ${answer.release}`;
}

async function show() {
  try {
    const answers = await Promise.all(COLUMNS.map((name) => list({ side: $(name).value, n: 10 })));
    facts(answers[0].segment ? answers[0] : answers[1]);
    column("left", answers[0], answers[1]);
    column("right", answers[1], answers[0]);
    const pages = new Set(answers[1].items.map((item) => item.page));
    const common = answers[0].items.filter((item) => pages.has(item.page)).length;
    $("common").textContent = phrase("in_common", { count: common, total: answers[0].items.length });
  } catch (error) {
    failed(error, show);
  }
}

for (const name of COLUMNS) $(name).addEventListener("change", show);
chooser(show);
