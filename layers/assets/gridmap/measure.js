/* Measuring: points by click, or Enter at the centre of the map. Stands on gridmap.js, geodesy.js.
   */
(() => {
  "use strict";
  const { make } = gridmap;
  const LINE = {
    color: "#d81b78",
    weight: 3,
    interactive: false,
    pane: "labels",
    fillColor: "#d81b78",
    fillOpacity: 0.12,
  };
  const LEAST_AREA_POINTS = 3;

  /* Three figures that count, in a unit that needs no powers. */
  const rounded = (value) => (value < 100 ? value.toPrecision(3) : value.toFixed(0));
  const lengthText = (metres) =>
    metres < 1000 ? rounded(metres) + " m" : rounded(metres / 1000) + " km";
  const areaText = (m2) => {
    if (m2 < 1e4) return rounded(m2) + " m²";
    return m2 < 1e6 ? rounded(m2 / 1e4) + " ha" : rounded(m2 / 1e6) + " km²";
  };

  const panelOf = (map, words, { undo, end }) => {
    const box = make("div", "gm-measure");
    const result = box.appendChild(make("p", "gm-measure-result"));
    result.setAttribute("role", "status");
    box.append(make("p", "gm-quiet", words.measure_how));
    const button = (text, onClick) => {
      const made = box.appendChild(make("button", "gm-button", text));
      made.type = "button";
      made.addEventListener("click", onClick);
      return made;
    };
    const back = button(words.measure_undo, undo);
    button(words.measure_end, end);
    L.DomEvent.disableClickPropagation(box);
    const control = L.control({ position: "topright" });
    control.onAdd = () => box;
    return {
      control,
      show(points, metres, m2) {
        const texts = [words.measure_length.replace("LENGTH", lengthText(metres))];
        if (m2 !== null) texts.push(words.measure_area.replace("AREA", areaText(m2)));
        result.textContent = points.length < 2 ? words.measure_start : texts.join(" · ");
        back.disabled = !points.length;
      },
    };
  };

  /* Answers a function that begins or ends to measure; `tell` hears which. While one measures no
     click reaches the map: this listens before it does. */
  gridmap.measuring = (map, words, tell) => {
    const frame = map.getContainer();
    const shapes = L.featureGroup();
    let points = [];
    let isOn = false;

    const draw = () => {
      const { length, area } = gridmap.geodesy;
      const places = points.map((at) => [at.lng, at.lat]);
      const isArea = points.length >= LEAST_AREA_POINTS;
      shapes.clearLayers();
      if (isArea) shapes.addLayer(L.polygon(points, { ...LINE, weight: 1, dashArray: "4 4" }));
      shapes.addLayer(L.polyline(points, LINE));
      points.forEach((at) =>
        shapes.addLayer(
          L.circleMarker(at, { ...LINE, radius: 4, color: "#ffffff", fillOpacity: 1, weight: 2 }),
        ),
      );
      panel.show(points, length(places), isArea ? area(places) : null);
    };
    const add = (at) => {
      const last = points[points.length - 1];
      if (last && last.equals(at, 1e-9)) return;
      points.push(at);
      draw();
    };
    const undo = () => {
      points.pop();
      draw();
    };
    const onMap = (event) =>
      frame.contains(event.target) && !event.target.closest(".leaflet-control, .leaflet-popup");
    const onClick = (event) => {
      if (!onMap(event)) return;
      event.stopPropagation();
      if (!map.dragging.moved()) add(map.mouseEventToLatLng(event));
    };
    const onKey = (event) => {
      if (event.key === "Escape" && frame.contains(event.target)) end();
      else if (event.target !== frame) return;
      else if (event.key === "Enter") add(map.getCenter());
      else if (event.key === "Backspace") undo();
      else return;
      event.stopPropagation();
      event.preventDefault();
    };
    const turn = (on) => {
      isOn = on;
      points = [];
      const listen = on ? "addEventListener" : "removeEventListener";
      frame.parentElement[listen]("click", onClick, true);
      frame.parentElement[listen]("keydown", onKey, true);
      map.doubleClickZoom[on ? "disable" : "enable"]();
      frame.classList.toggle("gm-measuring", on);
      if (on) {
        map.closePopup();
        shapes.addTo(map);
        panel.control.addTo(map);
        draw();
        frame.focus({ preventScroll: true });
      } else {
        shapes.remove();
        panel.control.remove();
      }
      tell(on);
    };
    const end = () => turn(false);
    const panel = panelOf(map, words, { undo, end });
    return () => turn(!isOn);
  };
})();
