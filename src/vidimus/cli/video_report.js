"use strict";
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const story = JSON.parse(find("#story").textContent);
const video = find("video");
const drawing = find(".screen svg");
const standin = find(".standin");
const preview = find(".preview");
const rows = all(".lane");
const stills = all(".film img");
let chosen = null;
let shownTime = 0;

const now = () => (standin.hidden ? video.currentTime * 1000 : shownTime);

function jump(ms) {
  shownTime = Math.max(0, Math.min(ms, story.duration_ms));
  // A hair later than asked: a player may show the frame before a time that is exactly a frame's.
  video.currentTime = (shownTime + 1) / 1000;
  if (!standin.hidden) standin.src = still(shownTime);
  show();
}

function still(ms) {
  const found = stills.findLast((image) => Number(image.dataset.start) <= ms) ?? stills[0];
  return found ? found.src : "";
}

function layFilm() {
  const [first] = stills;
  if (!first) return;
  const track = first.parentElement;
  const wide = track.clientHeight * story.size[0] / story.size[1];
  const every = Math.max(1, Math.ceil(wide * stills.length / track.clientWidth));
  stills.forEach((image, which) => {
    image.hidden = which % every !== 0;
    image.style.width = `${100 * every / stills.length}%`;
  });
}

function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const head = hours ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${head}:${two(seconds % 60)}.${Math.floor(ms / 100) % 10}`;
}

function place(course, ms) {
  const { times, boxes, hold } = course;
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms) low = middle + 1; else high = middle;
  }
  const before = low - 1;
  if (before < 0 || ms >= times[before] + hold) return null;
  const last = before + 1 === times.length || times[before + 1] - times[before] > hold;
  if (last) return boxes[before];
  const share = (ms - times[before]) / (times[before + 1] - times[before]);
  return boxes[before].map((edge, which) => edge + share * (boxes[before + 1][which] - edge));
}

function element(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function draw(ms) {
  const [width, height] = story.size;
  const unit = Math.max(width, height) / 60;
  const shapes = [];
  for (const course of story.courses) {
    const box = place(course, ms);
    if (!box) continue;
    const [left, top, wide, high] = [box[0] * width, box[1] * height, box[2] * width, box[3] * height];
    const lit = chosen !== null && story.lanes[chosen].name === course.tag;
    const group = element("g", { class: `${course.kind}${lit ? " lit" : ""}` });
    group.append(
      element("rect", { x: left, y: top, width: wide, height: high, rx: 3 }),
      element("text", { x: Math.max(left, 0) + 3, y: Math.max(top - 5, unit), style: `font-size:${unit}px` }, course.tag),
    );
    shapes.push(group);
  }
  drawing.replaceChildren(...shapes);
}

function show() {
  const ms = now();
  find(".lanes").style.setProperty("--at", ms / story.duration_ms);
  find(".clock").textContent = clock(ms);
  draw(ms);
  if (chosen === null) return;
  const current = spanAt(chosen, ms);
  all("b.now").forEach((span) => span.classList.remove("now"));
  all(".appearances button").forEach((button, which) => {
    button.setAttribute("aria-current", String(which === current));
  });
  if (current >= 0) all(".track b", rows[chosen])[current].classList.add("now");
}

function spanAt(lane, ms) {
  return story.lanes[lane].spans.findIndex(([start, end]) => start <= ms && ms < end);
}

function choose(which) {
  chosen = which;
  rows.forEach((row, place) => {
    find("button", row).setAttribute("aria-pressed", String(place === which));
  });
  const facts = find(".chosen");
  facts.className = `chosen ${story.lanes[which].kind}`;
  facts.replaceChildren(rows[which].nextElementSibling.content.cloneNode(true));
  all(".appearances img", facts).forEach((image, place) => {
    const [start, end] = story.lanes[which].spans[place];
    image.src = still((start + end) / 2);
  });
  facts.hidden = false;
  find(".nothing").hidden = true;
  show();
}

function appear(lane, which) {
  if (chosen !== lane) choose(lane);
  jump(story.lanes[lane].spans[which][0]);
}

function step(by) {
  if (chosen === null) return;
  const ms = now();
  const starts = story.lanes[chosen].spans.map(([start]) => start);
  const next = by > 0
    ? starts.findIndex((start) => start > ms + 50)
    : starts.findLastIndex((start) => start < ms - 500);
  if (next >= 0) appear(chosen, next);
}

function timeOf(event, track) {
  const area = track.getBoundingClientRect();
  return Math.max(0, Math.min(1, (event.clientX - area.left) / area.width)) * story.duration_ms;
}

function peek(event) {
  const track = event.target.closest("[data-seek]");
  preview.hidden = !track || !stills.length;
  if (preview.hidden) return;
  const ms = timeOf(event, track);
  const area = find(".timeline").getBoundingClientRect();
  find("img", preview).src = still(ms);
  find("span", preview).textContent = clock(ms);
  preview.style.left = `${Math.max(110, Math.min(area.width - 110, event.clientX - area.left))}px`;
  preview.style.top = `${track.getBoundingClientRect().top - area.top - 6}px`;
}

function sift() {
  const words = find("input[type=search]").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) row.hidden = !words.every((word) => row.dataset.words.includes(word));
  find(".none").hidden = rows.some((row) => !row.hidden);
}

function playOrPause() {
  if (video.paused) video.play().catch(() => {}); else video.pause();
}

function standIn() {
  find(".trouble").hidden = false;
  standin.hidden = false;
  standin.src = still(shownTime);
}

const keys = {
  " ": playOrPause,
  k: playOrPause,
  ArrowLeft: () => jump(now() - 1000),
  ArrowRight: () => jump(now() + 1000),
  ",": () => jump(now() - story.frame_ms),
  ".": () => jump(now() + story.frame_ms),
  n: () => step(1),
  p: () => step(-1),
  "/": () => find("input[type=search]").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest("button, summary")) return;
  if (event.target === video && !["n", "p", "/", ",", "."].includes(event.key)) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
document.addEventListener("click", (event) => {
  const layer = event.target.closest("[data-layer]");
  if (layer) {
    const pressed = layer.getAttribute("aria-pressed") !== "true";
    layer.setAttribute("aria-pressed", String(pressed));
    return void document.body.classList.toggle(`hide-${layer.dataset.layer}`, !pressed);
  }
  const listed = event.target.closest(".appearances [data-span]");
  if (listed) return appear(chosen, Number(listed.dataset.span));
  const row = event.target.closest(".lane");
  const span = event.target.closest(".track [data-span]");
  if (span) return appear(Number(row.dataset.lane), Number(span.dataset.span));
  const track = event.target.closest("[data-seek]");
  if (track) return jump(timeOf(event, track));
  if (row) choose(Number(row.dataset.lane));
});
find(".scroll").addEventListener("pointermove", peek);
find(".scroll").addEventListener("pointerleave", () => { preview.hidden = true; });
find("input[type=search]").addEventListener("input", sift);
find("input[type=range]").addEventListener("input", (event) => {
  find(".lanes").style.setProperty("--zoom", event.target.value);
  layFilm();
});
video.addEventListener("error", standIn);
video.addEventListener("loadedmetadata", () => { if (!video.currentTime) jump(0); });
video.addEventListener("timeupdate", show);
video.addEventListener("seeked", show);
function run() {
  if (!video.paused) show();
  requestAnimationFrame(run);
}
window.addEventListener("resize", layFilm);
layFilm();
run();
show();
