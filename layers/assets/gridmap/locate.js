/* Where a text may be, and the point that somebody takes instead. Stands on gridmap.js. */
(() => {
  "use strict";
  const SIGN = {
    radius: 9,
    weight: 3,
    color: "#ffffff",
    fillOpacity: 1,
    pane: "labels",
    interactive: false,
  };

  /* The answer with its extent, and the candidates by their numbers. */
  gridmap.answer = (name) => {
    const data = gridmap.read(name);
    const group = L.featureGroup();
    if (data.extent) {
      const style = {
        color: "#b3162d",
        weight: 2,
        dashArray: "6 4",
        fill: false,
        interactive: false,
      };
      group.addLayer(L.rectangle(data.extent, style));
    }
    data.candidates.forEach(([lat, lon, number, label]) => {
      const icon = L.divIcon({ className: "gm-number", html: "", iconSize: [24, 24] });
      const sign = L.marker([lat, lon], { icon, keyboard: false, title: label });
      sign.on("add", () => {
        sign.getElement().textContent = number;
      });
      group.addLayer(sign);
    });
    if (data.point) group.addLayer(L.circleMarker(data.point, { ...SIGN, fillColor: "#b3162d" }));
    return group;
  };

  /* A click, or Enter at the centre, gives the point of the form; a searched place its own button.
     */
  gridmap.picker = (map, options) => {
    const form = document.getElementById("confirm");
    const dot = L.circleMarker([0, 0], { ...SIGN, fillColor: "#0b4f7d" });
    const take = (at) => {
      const place = at.wrap();
      dot.setLatLng(at).addTo(map);
      form.elements.lon.value = place.lng.toFixed(6);
      form.elements.lat.value = place.lat.toFixed(6);
    };
    map.on("click", (event) => take(event.latlng));
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer()) take(map.getCenter());
    });
    map.on("gm-chosen", (event) => {
      const button = document.getElementById("chosen");
      button.value = event.entry.key;
      button.textContent = options.words.confirm_chosen.replace("LABEL", event.entry.label);
      button.hidden = false;
    });
  };
})();
