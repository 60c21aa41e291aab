// Follows changes: another recruiter's vacancy, candidate or status appears on the page two seconds later.
"use strict";

const SECONDS = 2;
const page = document.getElementById("live");
const notice = document.getElementById("changed");
let change = Number(page.dataset.change);

function isInUse() {
  return page.contains(document.activeElement) || page.querySelector("input[type=checkbox]:checked") !== null;
}

async function show() {
  const answer = await fetch(location.href.split("#")[0]);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  page.replaceChildren(...document.importNode(fresh, true).childNodes);
}

async function follow() {
  if (document.hidden) return;
  const answer = await fetch(page.dataset.address);
  if (!answer.ok || answer.redirected) return;
  const latest = (await answer.json()).change;
  if (latest === change) return;
  if (isInUse()) {
    notice.hidden = false;
    return;
  }
  change = latest;
  notice.hidden = true;
  await show();
}

setInterval(() => follow().catch(() => {}), SECONDS * 1000); // the service may be unreachable for a moment
