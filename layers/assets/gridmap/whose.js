/* "Whose is this place?": a click, Enter at the centre, or a coordinate. Stands on gridmap.js. */
(() => {
  "use strict";
  const { make, link } = gridmap;
  /* The scheme that an address means when it names none. */
  const GENERAL = "general";

  const pair = (list, label, value) => {
    if (value) list.append(make("dt", "", label), make("dd", "", value));
  };

  const answerBox = (decision, touched, heading, options) => {
    const words = options.words;
    const box = make("div", "gm-notice");
    if (heading) box.append(heading);
    const page = (code) => options.unit.replace("CODE", encodeURIComponent(code));
    const pageOf = ({ code, scheme }) =>
      page(code) + (scheme === GENERAL ? "" : "?" + new URLSearchParams({ scheme }));
    const head = make("h3");
    if (decision.unit) head.append(link(pageOf(decision.unit), decision.unit.name));
    else head.textContent = decision.department || words.queue;
    box.append(head);
    const tags = make("div");
    if (decision.emergency_within_h !== null)
      tags.append(make("span", "gm-tag gm-tag-urgent", words.emergency));
    if (decision.flagged) tags.append(make("span", "gm-tag", words.flagged));
    if (tags.childNodes.length) box.append(tags);
    box.append(make("p", "", decision.reason[options.language]));
    const list = make("dl");
    const worker = decision.worker;
    const role = worker ? options.roles[worker.role] || worker.role : "";
    pair(
      list,
      words.worker,
      worker ? worker.name + " · " + role : decision.department || words.nobody,
    );
    if (decision.unit && decision.boundary_m !== null) {
      const metres = decision.boundary_m;
      pair(list, words.boundary_m, (metres < 10 ? metres.toFixed(1) : metres.toFixed(0)) + " m");
    }
    box.append(list);
    if (decision.alternative_units.length) {
      const others = make("p", "", words.alternatives + ": ");
      decision.alternative_units.forEach((unit, i) =>
        others.append(i ? ", " : "", link(pageOf(unit), unit.name)),
      );
      box.append(others);
    }
    if (touched && (!decision.unit || touched.url !== pageOf(decision.unit))) {
      const also = make("p", "gm-quiet");
      also.append(link(touched.url, touched.name), touched.text ? " · " + touched.text : "");
      box.append(also);
    }
    return box;
  };

  gridmap.whose = (map, options) => {
    const words = options.words;
    const spoken = document.getElementById("answer");
    const dot = L.circleMarker([0, 0], {
      radius: 7,
      weight: 3,
      color: "#ffffff",
      fillColor: "#0b4f7d",
      fillOpacity: 1,
      interactive: false,
    });
    let newest = 0;
    const say = (at, content, text) => {
      gridmap.popup(map, { minWidth: 200 }).setLatLng(at).setContent(content).openOn(map);
      if (spoken) spoken.textContent = text;
    };
    const ask = (lon, lat, datum, follow, heading) => {
      newest += 1;
      const mine = newest;
      const touched = map.touched;
      map.touched = null;
      if (spoken) spoken.textContent = words.asking;
      gridmap
        .asked(options.route, { lon, lat, datum }, words.away)
        .then((found) => {
          if (mine !== newest) return;
          const at = [found.place.lat, found.place.lon];
          if (follow) map.setView(at, Math.max(map.getZoom(), 16), { animate: false });
          dot.setLatLng(at).addTo(map);
          say(at, answerBox(found, touched, heading, options), found.reason[options.language]);
        })
        .catch((error) => {
          if (mine !== newest) return;
          dot.remove();
          say(map.getCenter(), make("p", "", error.message), error.message);
        });
    };
    const askAt = (at) => {
      const place = at.wrap();
      ask(place.lng.toFixed(7), place.lat.toFixed(7), "wgs84", false);
    };
    /* For a place that was searched: the heading stands above the answer. */
    map.gmWhose = (lon, lat, heading) => {
      map.touched = null;
      ask(lon, lat, "wgs84", false, heading);
    };
    map.on("gm-forget", () => {
      newest += 1;
      dot.remove();
      if (spoken) spoken.textContent = "";
    });
    /* A click that a layer has answered by a notice of its own is no question. */
    map.on("click", (event) => map.gmTaken || askAt(event.latlng));
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer() && !map.gmTaken)
        askAt(map.getCenter());
    });
    const form = document.getElementById("ask");
    if (form) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const field = form.elements;
        ask(field.lon.value.trim(), field.lat.value.trim(), field.datum.value, true);
      });
    }
  };
})();
