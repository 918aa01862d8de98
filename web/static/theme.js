/* The switch of themes: auto, light, dark. The server remembers it by the same cookie. */
(() => {
  "use strict";
  const YEAR_S = 31536000;
  const THEMES = ["auto", "light", "dark"];
  const link = document.querySelector("a.theme");
  const root = document.documentElement;
  const tell = () => document.dispatchEvent(new CustomEvent("gm-theme"));

  link.addEventListener("click", (event) => {
    event.preventDefault();
    const theme = link.dataset.next;
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    document.cookie = "gridmap_theme=" + theme + "; path=/; max-age=" + YEAR_S + "; samesite=lax";
    link.dataset.theme = theme;
    link.dataset.next = next;
    const says = link.dataset["say" + theme[0].toUpperCase() + theme.slice(1)];
    link.setAttribute("aria-label", says);
    link.title = says;
    tell();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
})();
