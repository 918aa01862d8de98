/* The map on one page of paper: as large as it is on the screen, then as small as the page asks.
   Stands on gridmap.js. */
(() => {
  "use strict";
  /* What A4 and Letter leave of their longer and shorter side, in CSS pixels. */
  const [LONG_PX, SHORT_PX] = [960, 640];

  gridmap.printing = (map) => {
    const frame = map.getContainer().parentElement;
    window.addEventListener("beforeprint", () => {
      const { x, y } = map.getSize();
      frame.style.width = x + "px";
      frame.style.height = y + "px";
      const [wide, high] = x > y ? [LONG_PX, SHORT_PX] : [SHORT_PX, LONG_PX];
      frame.style.zoom = Math.min(wide / x, high / y, 1.5);
    });
    window.addEventListener("afterprint", () => {
      frame.style.width = frame.style.height = frame.style.zoom = "";
    });
    const button = document.getElementById("print");
    if (button) button.addEventListener("click", () => window.print());
  };
})();
