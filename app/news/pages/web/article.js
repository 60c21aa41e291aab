// An article: opening it is a read, and the list below it is what to read next.
"use strict";

const PAGE = $("reader").dataset.page, TITLE = $("reader").dataset.title;

async function next() {
  try {
    const answer = await list({ context: PAGE, n: 6 });
    facts(answer);
    $("next").replaceChildren(...answer.items.map((item) => card(item, answer.now, { level: "h3" })));
    if (!answer.items.length) $("next").append(element("p", TEXTS.nothing_left));
  } catch (error) {
    failed(error, next);
  }
}

$("picture").append(picture({ section: $("reader").dataset.section, title: TITLE, page: PAGE }));
markAsRead(PAGE, TITLE);
next();
