// The few things a page needs a script for: start, theme, keys, copying, downloads of text, whether it is seen.
(() => {
  const keys = { o: "", r: "runs", m: "models", q: "quality", s: "storage", a: "analytics", p: "patients", l: "sql", t: "settings" };
  let prefix = 0;

  // From here on a page answers, and is not drawn anew for another zone.
  window.pageIsLive = () => { document.querySelector(".shell").dataset.live = "true"; };

  document.addEventListener("click", event => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("#theme")) {
      const root = document.documentElement;
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
    }
    if (target?.closest("[data-zone]")) {
      localStorage.setItem("zone", window.readerZone() === "UTC" ? "browser" : "utc");
      window.tellZone();
      location.reload();
    }
    const pick = target?.closest("[data-pick]");
    if (pick) {
      // The box beside the sign is never seen: it lends its calendar, and what is chosen is written where it would be typed.
      const calendar = pick.nextElementSibling, box = document.getElementById(pick.dataset.pick);
      calendar.value = box.value;
      calendar.onchange = () => {
        if (calendar.value) {
          box.value = calendar.value;
          box.dispatchEvent(new Event("change", { bubbles: true }));
        }
      };
      calendar.showPicker();
    }
    const copy = target?.closest("[data-copy]");
    if (copy) {
      const text = copy.dataset.copy === "address" ? location.href : copy.dataset.copy;
      navigator.clipboard?.writeText(text);
      const before = copy.textContent;
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = before; }, 1200);
    }
  });

  // A dialog keeps the keys to itself, and gives the focus back where it was when it opened.
  let opener = null;
  window.dialogOpened = () => { opener = document.activeElement; };
  // It is told before the page is drawn without it.
  window.dialogClosed = () => {
    const back = opener;
    opener = null;
    const giveBack = tries => {
      if (tries > 0 && document.querySelector("[role=alertdialog]")) {
        setTimeout(giveBack, 16, tries - 1);
      } else if (back?.isConnected && [null, document.body, document.getElementById("main")].includes(document.activeElement)) {
        back.focus();
      }
    };
    giveBack(100);
  };

  document.addEventListener("keydown", event => {
    const dialog = document.querySelector("[role=alertdialog][aria-modal=true]");
    if (dialog) {
      const inside = [...dialog.querySelectorAll("button, a[href], input, select, textarea")];
      const at = inside.indexOf(document.activeElement);
      if (event.key === "Escape") {
        dialog.querySelector("[data-leave]")?.click();
      } else if (event.key === "Tab" && (at < 0 || at === (event.shiftKey ? 0 : inside.length - 1))) {
        event.preventDefault();
        inside[event.shiftKey ? inside.length - 1 : 0]?.focus();
      }
      return;
    }
    const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      document.getElementById("jump")?.focus();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target instanceof Element && event.target.id === "sql") {
      event.preventDefault();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
      setTimeout(() => document.getElementById("run-sql")?.click(), 30);
      return;
    }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === "g") {
      prefix = Date.now();
    } else if (prefix && Date.now() - prefix < 1500 && event.key in keys) {
      prefix = 0;
      const link = document.querySelector(`.rail a[href="${keys[event.key]}"]`);
      link?.click();
    } else {
      prefix = 0;
    }
  });

  window.saveFile = async (name, stream) => {
    const address = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  };

  window.reveal = selector => document.querySelector(selector)?.scrollIntoView({ block: "nearest", inline: "center" });

  // A page that nobody sees is not drawn. Without a connection there is no answer, so it is told again until there is one.
  window.followVisibility = reference => {
    let told = true;
    let timer = 0;
    const tell = () => {
      clearTimeout(timer);
      const isVisible = document.visibilityState !== "hidden";
      if (isVisible !== told) {
        reference.invokeMethodAsync("Show", isVisible).then(() => { told = isVisible; }, () => {});
        timer = setTimeout(tell, 2000);
      }
    };
    document.addEventListener("visibilitychange", tell);
    tell();
  };

  Blazor.start({
    circuit: { reconnectionOptions: { maxRetries: 1000, retryIntervalMilliseconds: n => Math.min(500 * (n + 1), 5000) } },
  });
})();
