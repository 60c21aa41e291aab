// Follows the story: each part that changed is replaced, and an opened record stays open.
"use strict";

const story = document.getElementById("story");
const shown = new Map(); // what the service sent last, by id
let busy = false;

function replace(part) {
  const old = document.getElementById(part.id);
  const fresh = document.importNode(part, true);
  const details = fresh.querySelector("details");
  if (details) details.open = old.querySelector("details[open]") !== null;
  old.replaceWith(fresh);
}

async function show() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const answer = await fetch(location.href.split("#")[0]);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of page.querySelectorAll("#story > [id]")) {
      if (shown.get(part.id) === part.outerHTML) continue;
      shown.set(part.id, part.outerHTML);
      replace(part);
    }
    window.drawPlots();
  } finally {
    busy = false;
  }
}

function follow() {
  show().catch(() => {}); // the service may be unreachable for a moment
}

new EventSource(story.dataset.changes).onmessage = follow;
document.addEventListener("visibilitychange", follow);
