"use strict";

// A key answers as the button or link that names it does, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.closest("input, select, textarea")) return;
  const key = event.key.normalize("NFKC").toLowerCase();
  if (!/^[a-z]$/.test(key)) return;
  const named = document.querySelector(`[data-key="${key}"]:not(:disabled)`);
  if (named) {
    event.preventDefault();
    named.click();
  }
});
