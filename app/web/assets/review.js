// Keys for the review of topics. Everything can be done without this file.
"use strict";
(() => {
  const review = document.getElementById("review");
  if (!review) return;
  for (const hint of document.querySelectorAll("[data-script]")) hint.hidden = false;
  const buttons = { a: "accept", r: "reject", w: "wait", s: "skip", u: "undo" };
  // One decision at a time: a second key on a slow line would be about a suggestion that nobody has seen.
  let isSent = false;
  review.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  addEventListener("pageshow", () => { isSent = false; });
  // Keys count only while the focus is within the review, so that they cannot get in the way of anything else.
  review.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || isSent) return;
    if (event.target.closest("input, select, textarea") || !Object.hasOwn(buttons, event.key)) return;
    const button = document.getElementById(buttons[event.key]);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  // A screen reader goes on with what is proposed now, and says what was done: a message is read when it changes.
  document.getElementById("proposal").focus({ preventScroll: true });
  const done = document.querySelector(".done");
  if (done) {
    const text = done.textContent;
    done.textContent = "\u00a0";
    setTimeout(() => { done.textContent = text; }, 150);
  }
  // From the second suggestion on, what is at the top of the page has been read; and the words that speak for the topic
  // are in view.
  if (/[?&](cursor|steps)=/.test(location.search)) review.scrollIntoView({ behavior: "instant" });
  const evidence = review.querySelector(".exchange mark");
  if (evidence && evidence.getBoundingClientRect().top > innerHeight * 0.7) {
    evidence.scrollIntoView({ block: "center", behavior: "instant" });
  }
})();
