// The editors' pages: times in the browser's zone, fields of the chosen kind of rule, and costs, which take a moment.
"use strict";

const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

for (const each of document.querySelectorAll("time[data-ms]")) {
  each.textContent = local(Number(each.dataset.ms)).replace("T", " ");
}
for (const each of document.querySelectorAll("[data-zone]")) {
  each.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
}
for (const each of document.querySelectorAll("input[type=datetime-local][data-ms]")) {
  if (each.value === each.defaultValue) each.value = local(Number(each.dataset.ms)); // not what was typed meanwhile
}

for (const form of document.querySelectorAll("[data-kind-form]")) {
  const kind = form.elements.kind;
  const show = () => {
    for (const each of form.querySelectorAll("[data-for]")) {
      each.hidden = !each.dataset.for.split(" ").includes(kind.value);
    }
    for (const each of form.querySelectorAll("[data-for-end]")) {
      each.hidden = !each.dataset.forEnd.split(" ").includes(kind.value);
      form.elements.end.required = !each.hidden;
    }
  };
  kind.addEventListener("change", show);
  show();
  form.addEventListener("submit", () => {
    for (const name of ["start", "end"]) {
      const chosen = form.elements[name].value;
      form.elements[`${name}_offset`].value = chosen ? new Date(chosen).getTimezoneOffset() : 0;
    }
  });
}

async function showCosts() {
  for (const each of document.querySelectorAll("[data-cost]")) {
    try {
      const answer = await fetch(each.dataset.cost);
      each.textContent = answer.ok ? (await answer.json()).text : "–";
    } catch {
      each.textContent = "–";
    }
  }
}
showCosts();
