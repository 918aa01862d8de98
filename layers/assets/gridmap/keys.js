/* Esc takes away what lies over the map, wherever on the map the focus is: the open list of layers
   first, then the notice. Stands on gridmap.js. */
(() => {
  "use strict";
  const OPEN = "leaflet-control-layers-expanded";

  gridmap.keys = (map) => {
    const frame = map.getContainer();
    const fold = () => {
      const panel = frame.querySelector("." + OPEN);
      if (!panel) return false;
      panel.classList.remove(OPEN);
      if (panel.contains(document.activeElement))
        panel.querySelector(".leaflet-control-layers-toggle").focus();
      return true;
    };
    const close = () => {
      const popup = frame.querySelector(".leaflet-popup");
      if (!popup) return false;
      /* It fades away with the focus in it. */
      if (popup.contains(document.activeElement)) frame.focus({ preventScroll: true });
      map.closePopup();
      return true;
    };
    /* Before others hear of it: one press takes one thing away. */
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape") return;
        if (event.target !== document.body && !frame.contains(event.target)) return;
        if (!fold() && !close()) return;
        event.preventDefault();
        event.stopPropagation();
      },
      true,
    );
  };
})();
