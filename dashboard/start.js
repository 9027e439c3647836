// Runs before the first paint: sets the theme and the rail without a flash, and notices when the program does not arrive.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("waybill.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("waybill.rail") === "icons") root.dataset.rail = "icons";
  } catch {
    // A browser that keeps nothing shows the system's theme.
  }

  const fail = () => {
    if (root.dataset.program === "ready") return;
    root.dataset.program = "failed";
  };
  // Beyond repair: the way out has the focus, and what is left behind it can't take it back.
  new MutationObserver(() => {
    const isDown = ["failed", "broken"].includes(root.dataset.program);
    for (const part of document.body.children) part.inert = isDown && !part.matches(".load-failed");
    if (!isDown) return;
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    document.querySelector(".load-failed [data-reload]")?.focus();
  }).observe(root, { attributeFilter: ["data-program"] });

  const isOurs = (target) =>
    target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel !== "icon");
  // A trap is a panic: from then on the program answers nothing any more.
  const isTrap = (error) => error instanceof WebAssembly.RuntimeError;
  const stop = () => {
    root.dataset.program = root.dataset.program === "ready" ? "broken" : "failed";
  };
  addEventListener("error", (event) => (isTrap(event.error) ? stop() : isOurs(event.target) && fail()), true);
  addEventListener("unhandledrejection", (event) => (isTrap(event.reason) ? stop() : fail()));
  setTimeout(fail, 20_000);
  addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-reload]")) location.reload();
  });
})();
