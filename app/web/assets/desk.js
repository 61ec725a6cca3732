// Keys for the interview at work. Everything can be done without this file.
"use strict";
(() => {
  const turns = [...document.querySelectorAll(".desk-turn")];
  const current = () => turns.findIndex((turn) => turn.contains(document.activeElement));
  const go = (index) => {
    const turn = turns[Math.max(0, Math.min(turns.length - 1, index))];
    if (turn) turn.focus();
  };
  const press = (selector) => {
    const turn = turns[current()];
    const button = turn && turn.querySelector(selector);
    if (button) button.click();
  };
  const keys = {
    j: () => go(current() + 1),
    k: () => go(Math.max(0, current() - 1)),
    a: () => press('button[value^="answer:"]'),
    q: () => press('button[value^="question:"]'),
    n: () => press('button[value^="note:"]'),
    Enter: () => press("a.open"),
    u: () => document.getElementById("undo")?.click(),
    "?": () => {
      const help = document.querySelector(".desk-keys");
      if (!help) return;
      help.open = true;
      help.querySelector("summary").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const on = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (on.closest("input, select, textarea")) return;
    if (event.key === "Enter" && !on.classList.contains("desk-turn")) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  // After a step, go on where it was taken.
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.classList.contains("desk-turn")) {
    // Who hears the page hears what was done together with the turn.
    if (document.getElementById("done")) target.setAttribute("aria-describedby", "done");
    target.focus();
  }
  // Words that are marked in the open turn are those before which it is parted.
  const open = document.querySelector(".desk-turn.is-open .words");
  const words = document.getElementById("words");
  if (open && words) {
    document.addEventListener("selectionchange", () => {
      const marked = getSelection();
      if (marked.rangeCount && open.contains(marked.anchorNode) && open.contains(marked.focusNode)) {
        words.value = marked.toString().trim();
      }
    });
  }
  // One step at a time: a second click on a slow line would be of a state that is past.
  document.getElementById("step")?.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => delete document.getElementById("step")?.dataset.sent);
})();
