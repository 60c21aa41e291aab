// The demo page of pauta.js: a list whose headlines are watched.
"use strict";

async function show() {
  const list = await pauta.recommendations({ num_recs: 10 });
  const page = document.getElementById("page");
  page.replaceChildren(...list.items.map((item, place) => {
    const article = document.createElement("article");
    article.dataset.pautaPage = item.page;
    article.dataset.pautaAnswer = list.answer_id || "";
    article.dataset.pautaPosition = String(place);
    const open = document.createElement("button");
    open.type = "button";
    open.textContent = item.title || item.page;
    open.addEventListener("click", () => setTimeout(show, 300)); // the click counts in the next list
    article.append(open);
    return article;
  }));
  pauta.observe(page);
  document.getElementById("session").textContent = pauta.session() || "none";
}

document.getElementById("consent").addEventListener("change", (change) => {
  pauta.consent(change.target.checked);
  show();
});
show();
