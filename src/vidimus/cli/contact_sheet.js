"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const cards = all(".card");
const dialog = document.querySelector("dialog");
const search = document.querySelector("input[type=search]");
const chosen = new Set();
let current = null;

function sift() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const card of cards) {
    const names = JSON.parse(card.dataset.filters);
    const fits = [...chosen].every((name) => names.includes(name))
      && words.every((word) => card.dataset.words.includes(word));
    card.hidden = !fits;
    left += fits;
  }
  document.querySelector(".none").hidden = left > 0;
}

function open(card) {
  current = card;
  const stage = dialog.querySelector(".stage");
  const frame = card.querySelector(".frame").cloneNode(true);
  stage.replaceChildren(frame);
  stage.style.setProperty("--ratio", card.style.getPropertyValue("--ratio"));
  const facts = dialog.querySelector(".facts");
  facts.replaceChildren(card.querySelector("template").content.cloneNode(true));
  facts.scrollTop = 0;
  if (!dialog.open) dialog.showModal();
}

function step(by) {
  const shown = cards.filter((card) => !card.hidden);
  const next = shown.indexOf(current) + by;
  if (shown.length) open(shown[(next + shown.length) % shown.length]);
}

function press(button) {
  const pressed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(pressed));
  return pressed;
}

document.addEventListener("click", (event) => {
  const veil = event.target.closest(".veil");
  if (veil) return void veil.parentElement.classList.add("shown");
  const layer = event.target.closest("[data-layer]");
  if (layer) return void document.body.classList.toggle(`hide-${layer.dataset.layer}`, !press(layer));
  const filter = event.target.closest("[data-filter]");
  if (filter) {
    if (press(filter)) chosen.add(filter.dataset.filter);
    else chosen.delete(filter.dataset.filter);
    return sift();
  }
  const stepper = event.target.closest("[data-step]");
  if (stepper) return step(Number(stepper.dataset.step));
  if (event.target.closest("[data-close]") || event.target === dialog) return dialog.close();
  const opener = event.target.closest("main .frame, main .open");
  if (opener) open(opener.closest(".card"));
});
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});
dialog.addEventListener("close", () => current.querySelector(".open").focus());
search.addEventListener("input", sift);
