// Before the first paint, so that no page flashes in the wrong theme; and the zone goes with the next request, so that times are drawn right at once.
(() => {
  const chosen = localStorage.getItem("theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  window.readerZone = () => localStorage.getItem("zone") === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
  window.tellZone = () => { document.cookie = `zone=${window.readerZone()}; path=/; samesite=strict; max-age=31536000`; };
  window.tellZone();
})();
