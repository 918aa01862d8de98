/* Tickets in clusters and exceptions as marks: fetched when first shown. Stands on gridmap.js. */
(() => {
  "use strict";
  const { read, make, link, legend, legendLine, withLabels } = gridmap;

  const notice = (ticket, words) => {
    const box = make("div", "gm-notice");
    box.append(link(ticket.url, ticket.number), make("div", "", ticket.matter || ""));
    const state = [words[ticket.status], words[ticket.exception] || (ticket.flagged ? words.flagged : "")];
    box.append(make("div", "gm-quiet", state.filter(Boolean).join(" · ")));
    return box;
  };

  const fetchOnce = (layer, url, words, draw) => {
    let asked = false;
    layer.on("add", () => {
      if (asked) return;
      asked = true;
      gridmap.waiting += 1;
      fetch(url, { headers: { Accept: "application/geo+json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
        .then((found) => draw(found.features))
        .catch(() => {
          asked = false;
          if (layer._map) layer._map.openPopup(make("div", "gm-notice", words.failed), layer._map.getCenter());
        })
        .finally(() => {
          gridmap.waiting -= 1;
        });
    });
    return layer;
  };

  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const corners = this.options.corners;
      if (!corners) {
        L.CircleMarker.prototype._updatePath.call(this);
        return;
      }
      const centre = this._point;
      const radius = this._radius * 1.25;
      const ring = Array.from({ length: corners }, (_, i) => {
        const turn = (2 * Math.PI * i) / corners - Math.PI / 2;
        return L.point(centre.x + radius * Math.cos(turn), centre.y + radius * Math.sin(turn));
      });
      this._parts = [ring];
      this._renderer._updatePoly(this, true);
    },
  });

  const mark = (feature, style, words) => {
    const [lon, lat] = feature.geometry.coordinates;
    const options = { radius: 6, weight: 1.5, color: "#ffffff", fillOpacity: 0.95, bubblingMouseEvents: false };
    const made = new Mark([lat, lon], { ...options, ...style });
    made.bindPopup(() => notice(feature.properties, words), { minWidth: 140 });
    return made;
  };

  gridmap.tickets = (name) => {
    const data = read(name);
    const cluster = L.markerClusterGroup({
      chunkedLoading: true,
      maxClusterRadius: 56,
      showCoverageOnHover: false,
      iconCreateFunction: (found) => {
        const count = found.getChildCount();
        const size = count < 10 ? 30 : count < 100 ? 36 : 44;
        const icon = make("span", "", count);
        return L.divIcon({ html: icon, className: "gm-cluster", iconSize: [size, size] });
      },
    });
    return fetchOnce(cluster, data.url, data.words, (found) => {
      cluster.addLayers(found.map((one) => mark(one, { fillColor: data.colours[one.properties.status] }, data.words)));
    });
  };

  const sign = (colour, corners) => {
    const shape = make("i", "gm-sign gm-corners-" + corners);
    shape.style.background = colour;
    return shape;
  };

  gridmap.exceptions = (name) => {
    const data = read(name);
    const group = L.featureGroup();
    const clear = [];
    withLabels(group, 9, clear);
    legend(group, data.title, data.legend.map(([kind, text]) => legendLine(sign(...data.marks[kind]), text)));
    return fetchOnce(group, data.url, data.words, (found) => {
      const marked = found.filter((one) => one.properties.exception in data.marks);
      marked.forEach((one) => {
        const [fillColor, corners] = data.marks[one.properties.exception];
        const made = mark(one, { fillColor, corners }, data.words);
        clear.push({ keepClear: made.getLatLng() });
        group.addLayer(made);
      });
      if (group._map) group._map.gmLabels.draw();
    });
  };
})();
