// Sends clicks and impressions of a page to Pauta, and fetches lists. No dependencies, no cookies.
//
//   <script src="https://recommendations.example/pauta.js" data-consent="granted" defer></script>
//   <article data-pauta-page="a-1"><a href="/a-1">Headline</a></article>
//
// Attributes of the script element: data-url (address of the API; the script's own folder by default), data-user, data-region,
// data-device, data-consent ("granted", else nothing is stored or sent before pauta.consent(true)).
(function () {
  "use strict";
  const script = document.currentScript;
  const options = Object.assign({}, script && script.dataset);
  const base = (options.url || new URL(".", script ? script.src : location.href).href).replace(/\/*$/, "/");
  const PAUSE_MS = 30 * 60000; // a longer pause begins a new session
  const BATCH = 20, WAIT_MS = 5000, MOST = 500, TRIES = 5, VISIBLE_MS = 1000;
  const memory = {};
  let allowed = options.consent === "granted";
  let queue = [], timer = 0, failures = 0;
  const flying = new Set(); // events of requests under way
  const seen = new WeakSet(), answers = new Map();

  function id() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function store(name, value) {
    try {
      if (value === undefined) return memory[name] ?? sessionStorage.getItem("pauta." + name);
      if (value === null) sessionStorage.removeItem("pauta." + name);
      else sessionStorage.setItem("pauta." + name, value);
      delete memory[name];
    } catch (error) { memory[name] = value; } // storage is switched off or full
  }

  function session() {
    const now = Date.now();
    if (!store("session") || now - Number(store("last")) > PAUSE_MS) store("session", id());
    store("last", String(now));
    return store("session");
  }

  function event(kind, page, more) {
    if (!allowed || !page) return;
    const made = Object.assign({ event_id: id(), kind, page: String(page), session: session() }, more);
    for (const [name, value] of [["user_id", options.user], ["region", options.region], ["device", options.device]]) {
      if (value) made[name] = value;
    }
    queue.push(made);
    queue = queue.slice(-MOST);
    if (queue.length >= BATCH && !failures) flush();
    else timer = timer || setTimeout(flush, WAIT_MS);
  }

  // The same ids are sent again until the service has accepted them, so nothing counts twice.
  async function flush(leaving) {
    clearTimeout(timer);
    timer = 0;
    const batch = queue.filter((one) => !flying.has(one)).slice(0, BATCH * 5); // browsers refuse more than 64 kB
    if (!batch.length) return;
    batch.forEach((one) => flying.add(one));
    let done = [];
    try {
      const answer = await fetch(base + "events", {
        method: "POST", headers: { "Content-Type": "text/plain" }, body: JSON.stringify(batch), keepalive: true,
      });
      if (answer.status < 500 && answer.status !== 429) done = answer.status === 422 ? await named(answer, batch) : batch;
    } catch (error) { /* no answer */ }
    batch.forEach((one) => flying.delete(one));
    if (done.length) failures = 0;
    else if (leaving !== true) failures += 1;
    const pause = done.length ? 0 : WAIT_MS * 2 ** failures;
    if (failures >= TRIES) {
      done = batch;
      failures = 0;
    }
    queue = queue.filter((one) => !done.includes(one));
    keep();
    if (queue.length) timer = timer || setTimeout(flush, pause);
  }

  // The events that a 422 names, all where it names none: nothing was written, and the others are sent again.
  async function named(answer, batch) {
    const places = ((await answer.json()).errors || []).map((one) => /^list\.(\d+)\b/.exec(one.field)).filter(Boolean);
    return places.length ? places.map((place) => batch[place[1]]) : batch;
  }

  // What got no answer yet is sent again by the next page of the visit, or by this page when the user comes back to it.
  function keep() {
    store("queue", queue.length ? JSON.stringify(queue.slice(-BATCH * 5)) : null);
  }

  function restore() {
    if (!allowed) return;
    const own = new Set(queue.map((one) => one.event_id));
    try { queue = JSON.parse(store("queue") || "[]").filter((one) => !own.has(one.event_id)).concat(queue); } catch (error) { keep(); }
    if (queue.length) timer = timer || setTimeout(flush, WAIT_MS);
  }

  function leave() { // the page may end now, and these requests survive it
    keep();
    if (!("keepalive" in Request.prototype)) navigator.sendBeacon(base + "events", JSON.stringify(queue.slice(0, BATCH * 5)));
    else for (let sent = 0; sent < queue.length; sent += BATCH * 5) flush(true);
  }

  function context(element) {
    const known = answers.get(element.dataset.pautaAnswer) || {};
    const more = Object.assign({}, known);
    if (element.dataset.pautaPosition) more.position = Number(element.dataset.pautaPosition);
    return more;
  }

  const watcher = typeof IntersectionObserver === "undefined" ? null : new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(target.pautaTimer);
      if (!isIntersecting || seen.has(target)) continue;
      target.pautaTimer = setTimeout(() => {
        seen.add(target);
        watcher.unobserve(target);
        event("impression", target.dataset.pautaPage, context(target));
      }, VISIBLE_MS);
    }
  }, { threshold: 0.5 });

  function observe(root) {
    for (const element of (root || document).querySelectorAll("[data-pauta-page]")) {
      if (watcher && !seen.has(element)) watcher.observe(element);
    }
  }

  async function recommendations(parameters) {
    const query = new URLSearchParams();
    const known = allowed ? { session: session(), user_id: options.user, region: options.region, device: options.device } : {};
    for (const [name, value] of Object.entries(Object.assign(known, parameters))) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) query.append(name, one);
    }
    const answer = await fetch(base + "recommendations?" + query);
    const list = await answer.json();
    if (!answer.ok) throw new Error(list.detail || answer.statusText);
    answers.set(list.answer_id, { answer_id: list.answer_id, release: list.release, n: list.items.length });
    return list;
  }

  document.addEventListener("click", (click) => {
    const element = click.target.closest && click.target.closest("[data-pauta-page]");
    if (element && click.target.closest("a, button")) {
      event("click", element.dataset.pautaPage, context(element));
      leave();
    }
  }, true);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (show) => { if (show.persisted) restore(); });
  restore();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => observe());
  else observe();

  window.pauta = {
    click: (page, more) => event("click", page, more),
    impression: (page, more) => event("impression", page, more),
    consent(given) {
      allowed = Boolean(given);
      if (allowed) restore();
      else {
        queue = [];
        for (const name of ["session", "last", "queue"]) store(name, null);
      }
    },
    user(name) { options.user = name || ""; },
    session: () => (allowed ? session() : ""),
    observe, recommendations, flush: () => flush(),
  };
})();
