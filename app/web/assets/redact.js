// Which characters of which turn are selected, by mouse, finger or keyboard. Without this file, words are written.
"use strict";
(() => {
  const form = document.getElementById("redact");
  const turns = [...document.querySelectorAll(".verbatim")];
  const said = form.querySelector(".selected");
  const button = form.querySelector("button");
  const language = document.querySelector(".desk-verbatim").lang || undefined;
  const textOf = (turn) => turn.textContent;
  const fill = (name, value) => {
    form.querySelector(`[name="${name}"]`).value = value;
  };
  // The server counts characters, and scripts count halves of some: an emoji has two.
  const characters = (text) => [...text].length;

  // The places in the text of a turn between which a range lies.
  const within = (turn, range) => {
    const whole = document.createRange();
    whole.selectNodeContents(turn);
    const edge = (node, offset, otherwise) => {
      if (!turn.contains(node)) return otherwise;
      const before = document.createRange();
      before.setStart(turn, 0);
      before.setEnd(node, offset);
      return before.toString().length;
    };
    const start = edge(range.startContainer, range.startOffset, 0);
    const end = edge(range.endContainer, range.endOffset, whole.toString().length);
    const text = textOf(turn).slice(start, end);
    return { start: start + text.length - text.trimStart().length, end: start + text.trimEnd().length };
  };

  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return [];
    const range = selection.getRangeAt(0);
    return turns
      .filter((turn) => range.intersectsNode(turn))
      .map((turn) => ({ turn, ...within(turn, range) }))
      .filter((one) => one.start < one.end);
  };

  const show = () => {
    // What is selected stays chosen while somebody ticks the box or goes to the button.
    if (form.contains(document.activeElement) && !selected().length) return;
    const [one, ...others] = selected();
    button.disabled = !one || others.length > 0;
    if (button.disabled) {
      said.textContent = one ? said.dataset.several : said.dataset.none;
      return;
    }
    const text = textOf(one.turn);
    const words = text.slice(one.start, one.end);
    fill("item", one.turn.closest("article").id);
    fill("start", characters(text.slice(0, one.start)));
    fill("end", characters(text.slice(0, one.end)));
    fill("words", words);
    said.textContent = "";
    const mark = document.createElement("mark");
    mark.dir = "auto";
    mark.textContent = words;
    said.append(mark);
  };

  // With the arrow keys, from word to word: the place where the selection began, and where it is now.
  let from = 0;
  let to = -1;
  let words = [];
  const begin = (turn) => {
    const segments = new Intl.Segmenter(language, { granularity: "word" }).segment(textOf(turn));
    words = [...segments].filter((one) => one.isWordLike).map((one) => [one.index, one.index + one.segment.length]);
    from = 0;
    to = -1;
  };
  const select = (turn) => {
    const [first, last] = from < to ? [from, to] : [to, from];
    getSelection().setBaseAndExtent(turn.firstChild, words[first][0], turn.firstChild, words[last][1]);
  };
  const step = (turn, by, extends_) => {
    if (!words.length) return;
    to = Math.max(0, Math.min(words.length - 1, to + by));
    if (!extends_) from = to;
    select(turn);
  };
  const keys = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
  const other = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };
  for (const turn of turns) {
    turn.addEventListener("focus", () => begin(turn));
    turn.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const forward = getComputedStyle(turn).direction === "rtl" && event.key.startsWith("Arrow") ? -1 : 1;
      if (Object.hasOwn(keys, event.key)) step(turn, keys[event.key] * forward, event.shiftKey);
      else if (Object.hasOwn(other, event.key)) turns[turns.indexOf(turn) + other[event.key]]?.focus();
      else if (event.key === "Enter" && !button.disabled) button.focus();
      else return;
      event.preventDefault();
    });
  }
  document.addEventListener("selectionchange", show);
  for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
  show();
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  wanted?.querySelector(".verbatim")?.focus();
})();
