
(() => {
  "use strict";
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const key = (row, column) => {
    const cell = row.cells[column];
    const value = cell ? cell.dataset.value ?? cell.textContent.trim() : "";
    if (value === "") return null;
    return cell.dataset.value === undefined || isNaN(value) ? value : Number(value);
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : words.compare(a, b));
  const sort = (table, heading, column) => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].map((row) => [key(row, column), row]);
      rows.sort(([a], [b]) => {
        if (a === null || b === null) return (a === null) - (b === null);
        return down ? compare(b, a) : compare(a, b);
      });
      body.append(...rows.map(([, row]) => row));
    }
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    if (!table.tHead || !table.tBodies[0] || table.tBodies[0].rows.length < 2) continue;
    const taken = [];
    [...table.tHead.rows].forEach((row, line) => {
      let column = 0;
      for (const cell of row.cells) {
        while ((taken[line] ??= [])[column]) column++;
        for (let down = 0; down < cell.rowSpan; down++)
          for (let right = 0; right < cell.colSpan; right++) (taken[line + down] ??= [])[column + right] = true;
        if (cell.tagName === "TH" && cell.colSpan === 1) {
          const button = document.createElement("button"), own = column;
          button.type = "button";
          button.ariaLabel = cell.textContent;
          cell.append(button);
          cell.className += " sorts";
          cell.onclick = () => sort(table, cell, own);
        }
        column += cell.colSpan;
      }
    });
  }
})();
