
(() => {
  "use strict";
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const input = document.getElementById("filter"), found = document.getElementById("found");
  const units = [...document.querySelectorAll(".unit")].map((unit) => [unit, plain(unit.querySelector("h3").textContent)]);
  if (units.length < 2) return;
  input.closest(".filter").hidden = false;
  input.addEventListener("input", () => {
    const parts = plain(input.value).split(/\s+/).filter(Boolean);
    let n = 0;
    for (const [unit, name] of units) {
      unit.hidden = !parts.every((part) => name.includes(part));
      n += !unit.hidden;
    }
    for (const tier of document.querySelectorAll(".tier")) tier.hidden = !tier.querySelector(".unit:not([hidden])");
    found.textContent = parts.length ? (n ? n + " " + found.dataset.found : found.dataset.none) : "";
  });
})();
