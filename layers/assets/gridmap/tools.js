/* What stands beside the zoom buttons: where am I, measuring, full screen. Stands on gridmap.js. */
(() => {
  "use strict";
  const { make } = gridmap;
  const TOLD_MS = 8000;

  /* One sentence on the map, spoken too; it goes by itself. */
  gridmap.tell = (map, text) => {
    if (!map.gmTold) {
      map.gmTold = map.getContainer().appendChild(make("p", "gm-told"));
      map.gmTold.setAttribute("role", "status");
    }
    map.gmTold.textContent = text;
    clearTimeout(map.gmTelling);
    map.gmTelling = setTimeout(() => {
      map.gmTold.textContent = "";
    }, TOLD_MS);
  };

  const SVG = "http://www.w3.org/2000/svg";
  const icon = (path) => {
    const drawn = document.createElementNS(SVG, "svg");
    drawn.setAttribute("viewBox", "0 0 24 24");
    drawn.setAttribute("aria-hidden", "true");
    drawn.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", path);
    return drawn;
  };
  const ICONS = {
    where:
      "M12 2v4M12 18v4M2 12h4M18 12h4M12 6a6 6 0 1 1 0 12a6 6 0 1 1 0-12" +
      "M12 11a1 1 0 1 1 0 2a1 1 0 1 1 0-2",
    measure: "M3 16L16 3l5 5L8 21zM7 12l2 2M10 9l3 3M13 6l2 2",
    full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    filter: "M4 5h16l-6 7v6l-4 2v-8z",
  };

  /* A button that is in or out, in a bar of the map. */
  const toolButton = (bar, kind, title, onClick) => {
    const button = bar.appendChild(make("button", "gm-tool gm-tool-" + kind));
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    button.append(icon(ICONS[kind]));
    button.addEventListener("click", onClick);
    return button;
  };
  const press = (button, isIn) => button.setAttribute("aria-pressed", String(isIn));

  /* ---- where am I: WGS 84 as the device tells it, never shifted ---- */

  const WATCHED = { enableHighAccuracy: true, timeout: 15000, maximumAge: 5000 };
  const AROUND = { radius: 0, color: "#1a73c7", weight: 1, fillOpacity: 0.12, interactive: false };
  const DOT = {
    radius: 8,
    weight: 3,
    color: "#ffffff",
    fillColor: "#1a73c7",
    fillOpacity: 1,
    pane: "labels",
    interactive: false,
  };

  const whereAmI = (map, words, button) => {
    const circle = L.circle([0, 0], AROUND);
    const dot = L.circleMarker([0, 0], DOT);
    let watch = null;
    const stop = () => {
      if (watch !== null) navigator.geolocation.clearWatch(watch);
      watch = null;
      circle.remove();
      dot.remove();
      press(button, false);
    };
    const found = ({ coords }) => {
      if (watch === null) return;
      const at = [coords.latitude, coords.longitude];
      const isFirst = !map.hasLayer(dot);
      circle.setLatLng(at).setRadius(coords.accuracy).addTo(map);
      dot.setLatLng(at).addTo(map);
      if (!isFirst) return;
      map.fitBounds(circle.getBounds(), { maxZoom: 18, animate: false });
      const place = coords.longitude.toFixed(5) + ", " + coords.latitude.toFixed(5);
      const metres = Math.ceil(coords.accuracy);
      gridmap.tell(map, words.here.replace("PLACE", place).replace("METRES", metres));
    };
    const failed = ({ code }) => {
      const isKnown = map.hasLayer(dot);
      if (isKnown && code !== 1) return; // the next place may come
      stop();
      gridmap.tell(map, { 1: words.here_denied, 3: words.here_slow }[code] || words.here_unknown);
    };
    press(button, false);
    return () => {
      if (watch !== null) return stop();
      if (!window.isSecureContext || !navigator.geolocation)
        return gridmap.tell(map, words.here_insecure);
      press(button, true);
      gridmap.tell(map, words.here_asking);
      watch = -1;
      const number = navigator.geolocation.watchPosition(found, failed, WATCHED);
      if (watch === -1) watch = number;
      else navigator.geolocation.clearWatch(number);
      return null;
    };
  };

  /* ---- full screen, or the whole window where a browser has none ---- */

  const fullScreen = (map, button) => {
    const frame = map.getContainer().closest(".stage") || map.getContainer().parentElement;
    const show = () => {
      const isFull = document.fullscreenElement === frame || frame.classList.contains("gm-full");
      press(button, isFull);
      map.invalidateSize({ animate: false });
    };
    const fill = (isFull) => {
      frame.classList.toggle("gm-full", isFull);
      show();
    };
    document.addEventListener("fullscreenchange", show);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && frame.classList.contains("gm-full")) fill(false);
    });
    press(button, false);
    return () => {
      if (frame.classList.contains("gm-full")) fill(false);
      else if (document.fullscreenElement) document.exitFullscreen();
      else if (document.fullscreenEnabled) frame.requestFullscreen().catch(() => fill(true));
      else fill(true);
    };
  };

  gridmap.tools = (map, options) => {
    const words = options.words;
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const bar = make("div", "leaflet-bar gm-tools");
      L.DomEvent.disableClickPropagation(bar);
      const where = toolButton(bar, "where", words.where_am_i, () => onWhere());
      const onWhere = whereAmI(map, words, where);
      const measure = toolButton(bar, "measure", words.measure, () => onMeasure());
      const onMeasure = gridmap.measuring(map, words, (isIn) => press(measure, isIn));
      press(measure, false);
      const full = toolButton(bar, "full", words.full_screen, () => onFull());
      const onFull = fullScreen(map, full);
      const form = document.getElementById("filter");
      if (form) {
        toolButton(bar, "filter", words.filter, () => {
          if (document.fullscreenElement) document.exitFullscreen();
          form.scrollIntoView({ block: "start" });
          form.elements[0].focus({ preventScroll: true });
        });
      }
      return bar;
    };
    control.addTo(map);
  };
})();
