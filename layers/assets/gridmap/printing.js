/* The map on one page of paper: as large as it is on the screen, then as small as the page asks;
   in light colours whatever the screen has, below the title of the page and the date. Stands on
   gridmap.js. */
(() => {
  "use strict";
  /* What A4 and Letter leave of their longer and shorter side, in CSS pixels. */
  const [LONG_PX, SHORT_PX] = [960, 610];

  const fit = (map, frame) => {
    const { x, y } = map.getSize();
    frame.style.width = x + "px";
    frame.style.height = y + "px";
    const [wide, high] = x > y ? [LONG_PX, SHORT_PX] : [SHORT_PX, LONG_PX];
    frame.style.zoom = Math.min(wide / x, high / y, 1.5);
  };

  /* The whole page in a theme; none: as the system has it. */
  const wear = (map, theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    document.dispatchEvent(new CustomEvent("gm-theme"));
    map.gmLabels.draw(); // at once: there is no further frame before the sheet
  };

  const headed = () => {
    const now = new Date().toLocaleString(document.documentElement.lang, {
      dateStyle: "long",
      timeStyle: "short",
    });
    return gridmap.make("p", "gm-sheet", document.title + " · " + now);
  };

  gridmap.printing = (map) => {
    const frame = map.getContainer().parentElement;
    let head = null;
    let worn;
    window.addEventListener("beforeprint", () => {
      if (head) return;
      head = headed();
      document.body.prepend(head);
      worn = document.documentElement.dataset.theme;
      if (gridmap.theme() !== "light") wear(map, "light");
      fit(map, frame);
    });
    window.addEventListener("afterprint", () => {
      if (!head) return;
      head.remove();
      head = null;
      if (document.documentElement.dataset.theme !== worn) wear(map, worn);
      frame.style.width = frame.style.height = frame.style.zoom = "";
    });
    const button = document.getElementById("print");
    if (!button) return;
    /* New pictures of tiles are on a sheet only after they have been on the screen. */
    button.addEventListener("click", () => {
      const before = document.documentElement.dataset.theme;
      const isDark = gridmap.theme() !== "light";
      if (isDark) wear(map, "light");
      const print = () => {
        window.print();
        if (isDark) wear(map, before);
      };
      requestAnimationFrame(() => requestAnimationFrame(print));
    });
  };
})();
