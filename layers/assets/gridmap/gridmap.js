/* What gridmap's Folium elements draw, on Leaflet 1.9. One function a layer; data come as JSON
   beside the script, coordinates as whole micro-degrees (see layers/coding.py). Text from the
   store is only ever set as text, never as markup. */
const gridmap = (() => {
  "use strict";
  const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';

  const FILL = 0.66;
  /* Water and streets share one canvas: an old computer pays for each. */
  const BASE = { renderer: L.canvas({ pane: "base" }), pane: "base", interactive: false };

  const read = (name) => JSON.parse(document.getElementById(name + "_data").textContent);

  const path = (flat) => {
    const points = new Array(flat.length / 2);
    let lon = 0;
    let lat = 0;
    for (let i = 0; i < points.length; i += 1) {
      lon += flat[2 * i];
      lat += flat[2 * i + 1];
      points[i] = [lat / 1e6, lon / 1e6];
    }
    return points;
  };

  const area = (polygons) => polygons.map((rings) => rings.map(path));

  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const link = (url, text) => {
    const node = make("a", "", text);
    node.href = url;
    return node;
  };

  /* A popup keeps clear of what the page lays over the top of the map. */
  const popup = (map, options) => {
    const over = document.querySelector(".stage .levels");
    const free = over ? over.getBoundingClientRect().bottom - map.getContainer().getBoundingClientRect().top : 0;
    return L.popup({ maxWidth: 280, autoPanPadding: [12, 12], autoPanPaddingTopLeft: [12, Math.max(free, 0) + 12], ...options });
  };

  /* ---- labels: drawn on one canvas above the areas, none over another ---- */

  const Labels = L.Layer.extend({
    initialize() {
      this.lists = new Set();
    },
    onAdd(map) {
      this.canvas = L.DomUtil.create("canvas", "gm-labels leaflet-zoom-hide", map.getPane("labels"));
      map.on("moveend resize", this.draw, this);
    },
    onRemove(map) {
      map.off("moveend resize", this.draw, this);
      this.canvas.remove();
    },
    change(list, shown) {
      if (shown) this.lists.add(list);
      else this.lists.delete(list);
      if (!this.due) this.due = requestAnimationFrame(() => this.draw());
    },
    draw() {
      const map = this._map;
      cancelAnimationFrame(this.due);
      this.due = 0;
      if (!map) return;
      const size = map.getSize();
      const ratio = window.devicePixelRatio || 1;
      const pen = this.canvas.getContext("2d");
      this.canvas.width = size.x * ratio;
      this.canvas.height = size.y * ratio;
      this.canvas.style.width = size.x + "px";
      this.canvas.style.height = size.y + "px";
      L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
      pen.scale(ratio, ratio);
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      const taken = [];
      const lists = [...this.lists].sort((a, b) => b.rank - a.rank);
      lists.forEach((list) => list.items.forEach((item) => this.place(pen, item, size, taken)));
      this.canvas.dataset.drawn = taken.length;
    },
    place(pen, item, size, taken) {
      if (item.keepClear) {
        const spot = this._map.latLngToContainerPoint(item.keepClear);
        taken.push([spot.x - 8, spot.y - 8, spot.x + 8, spot.y + 8]);
        return;
      }
      pen.font = item.font;
      const width = pen.measureText(item.text).width;
      const spot = item.spot(this._map, width, size);
      if (!spot || spot.x < 0 || spot.y < 0 || spot.x > size.x || spot.y > size.y) return;
      const reach = spot.angle ? Math.max(12, (width / 2) * Math.abs(Math.cos(spot.angle))) : width / 2;
      const rise = spot.angle ? Math.max(9, (width / 2) * Math.abs(Math.sin(spot.angle))) : 9;
      const box = [spot.x - reach - 3, spot.y - rise, spot.x + reach + 3, spot.y + rise];
      if (taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) return;
      taken.push(box);
      pen.save();
      pen.translate(spot.x, spot.y);
      if (spot.angle) pen.rotate(spot.angle);
      pen.lineWidth = 3;
      pen.strokeStyle = item.halo || "rgba(255,255,255,.9)";
      pen.strokeText(item.text, 0, 0);
      pen.fillStyle = item.colour;
      pen.fillText(item.text, 0, 0);
      pen.restore();
    },
  });

  /* Labels of a higher rank are placed first and keep others away. */
  const withLabels = (layer, rank, items) => {
    const list = { rank, items };
    layer.on("add", () => layer._map.gmLabels.change(list, true));
    layer.on("remove", () => layer._map.gmLabels.change(list, false));
    return layer;
  };

  /* The label of an area: where the area is wide enough for it. */
  const areaLabel = (text, point, shape, colour, font) => ({
    text,
    colour,
    font,
    spot(map, width) {
      const box = shape.getBounds();
      const west = map.latLngToContainerPoint(box.getSouthWest());
      const room = map.latLngToContainerPoint(box.getNorthEast()).x - west.x;
      return width > room * 1.05 ? null : map.latLngToContainerPoint(point);
    },
  });

  /* The label of a line: along its first piece on the screen that is straight for long enough. */
  const lineLabel = (text, points, colour, font) => ({
    text,
    colour,
    font,
    spot(map, width, size) {
      if (map.getZoom() < 15) return null;
      const seen = points.map((point) => map.latLngToContainerPoint(point));
      for (let i = 0; i < seen.length - 1; i += 1) {
        let way = 0;
        for (let j = i + 1; j < seen.length; j += 1) {
          way += seen[j - 1].distanceTo(seen[j]);
          const chord = seen[i].distanceTo(seen[j]);
          if (way > chord * 1.03) break;
          const at = seen[i].add(seen[j]).divideBy(2);
          const inside = at.x > 40 && at.y > 20 && at.x < size.x - 40 && at.y < size.y - 20;
          if (chord > width + 16 && inside) {
            let angle = Math.atan2(seen[j].y - seen[i].y, seen[j].x - seen[i].x);
            if (angle > Math.PI / 2) angle -= Math.PI;
            if (angle < -Math.PI / 2) angle += Math.PI;
            return { x: at.x, y: at.y, angle };
          }
        }
      }
      return null;
    },
  });

  /* ---- the frame of the map ---- */

  const dress = (map, options) => {
    const words = options.words;
    map.createPane("base").style.zIndex = 350;
    const labels = map.createPane("labels");
    labels.style.zIndex = 450;
    labels.style.pointerEvents = "none";
    map.gmLabels = new Labels().addTo(map);
    map.gmLegends = new Legends({ title: words.legend }).addTo(map);
    map.gmLegends.box.hidden = true;
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    const source = L.control.attribution({ prefix: false, position: "bottomleft" }).addTo(map);
    if (options.attribution) source.addAttribution(make("span", "", options.attribution).innerHTML);
    const frame = map.getContainer();
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", words.map);
    frame.addEventListener("mousedown", () => frame.classList.add("gm-mouse"));
    frame.addEventListener("keyup", () => frame.classList.remove("gm-mouse"));
    map.fitBounds(options.bounds, { animate: false, padding: [8, 8] });
    requestAnimationFrame(() => {
      const toggle = frame.querySelector(".leaflet-control-layers-toggle");
      if (toggle) toggle.title = words.layers;
      if (!map.gmTiles) performance.mark("gridmap-painted"); // else tiles.js says when
    });
  };

  /* One panel for the legends of all layers that are shown; folded up where there is little room. */
  const Legends = L.Control.extend({
    options: { position: "bottomright" },
    onAdd() {
      this.box = make("details", "gm-legend");
      this.box.append(make("summary", "", this.options.title));
      this.box.open = window.innerWidth > 600;
      L.DomEvent.disableClickPropagation(this.box).disableScrollPropagation(this.box);
      return this.box;
    },
    change(section, shown) {
      if (shown) this.box.append(section);
      else section.remove();
      this.box.hidden = !this.box.querySelector("section");
    },
  });

  /* The lines of a legend are elements, or a function that makes them anew when asked. */
  const legend = (layer, title, lines) => {
    const section = make("section");
    const fill = () => {
      const made = typeof lines === "function" ? lines() : lines;
      section.replaceChildren(make("strong", "", title), ...made);
      layer._map.gmLegends.change(section, made.length > 0);
    };
    layer.on("add gm-restyled", () => layer._map && fill());
    layer.on("remove", () => layer._map.gmLegends.change(section, false));
    return layer;
  };

  const legendLine = (mark, text) => {
    const line = make("div", "gm-legend-line");
    line.append(mark, make("span", "", text));
    return line;
  };

  const swatch = (colour, opacity) => {
    const box = make("i", "gm-swatch");
    const fill = box.appendChild(make("i"));
    fill.style.background = colour;
    fill.style.opacity = opacity;
    return box;
  };

  /* ---- water and streets: the base picture ---- */

  const water = (name) => {
    const style = { ...BASE, stroke: false, fillColor: "#bcd6e6", fillOpacity: 1 };
    const shapes = read(name).map((polygons) => L.polygon(area(polygons), style));
    return L.layerGroup(shapes);
  };

  const streets = (name) => {
    const group = L.layerGroup();
    const lines = read(name).map(([width, text, flat]) => ({ width, text, points: path(flat) }));
    const line = (street, color, extra) => {
      const drawn = L.polyline(street.points, { ...BASE, color });
      drawn.base = street.width;
      drawn.extra = extra;
      return drawn;
    };
    const drawn = lines.map((street) => line(street, "#cfcabd", 2));
    drawn.push(...lines.map((street) => line(street, "#ffffff", 0)));
    const scale = () => {
      const factor = Math.pow(1.6, group._map.getZoom() - 16);
      drawn.forEach((one) => {
        one.options.weight = Math.max(one.base * Math.min(factor, 4), 0.6) + one.extra * Math.min(factor, 1);
      });
    };
    group.on("add", () => {
      scale();
      drawn.forEach((one) => group.addLayer(one));
      group._map.on("zoomend", scale);
    });
    group.on("remove", () => group._map.off("zoomend", scale));
    const named = new Map();
    lines.forEach((street) => {
      if (street.text && street.width >= 3) named.set(street.text, (named.get(street.text) || []).concat([street]));
    });
    const items = [];
    named.forEach((pieces, text) => {
      const longest = pieces.reduce((a, b) => (a.points.length >= b.points.length ? a : b));
      items.push(lineLabel(text, longest.points, "#6b6558", "11px " + FONT));
    });
    return withLabels(group, 0, items);
  };

  /* ---- units ---- */

  const units = (name) => {
    const data = read(name);
    const group = L.featureGroup();
    const items = [];
    data.units.forEach(([code, text, label, open, rank, point, polygons]) => {
      const url = data.page.replace("CODE", encodeURIComponent(code));
      const subject = code === data.highlight;
      const quiet = data.quiet && !subject;
      const style = {
        color: subject ? "#0b5394" : "#7d6a58",
        weight: subject ? 3 : 1.2,
        fillColor: quiet ? "#ffffff" : subject ? "#9fc5e8" : data.colours[rank],
        fillOpacity: quiet ? 0.3 : subject ? 0.45 : FILL,
      };
      const shape = L.polygon(area(polygons), style);
      shape.on("mouseover", () => shape.setStyle({ weight: style.weight + 1.8 }));
      shape.on("mouseout", () => shape.setStyle({ weight: style.weight }));
      shape.on("click", () => {
        if (data.links && !subject) window.location.href = url;
        else if (group._map) group._map.touched = { name: text, url, open };
      });
      const hint = data.quiet ? text : text + " · " + open + " " + data.words.open;
      shape.bindTooltip(() => make("span", "", hint), { sticky: true });
      group.addLayer(shape);
      items.push(areaLabel(label, point, shape, subject ? "#0b3d6b" : "#3d3126", (subject ? "600 13px " : "12px ") + FONT));
    });
    legend(group, data.title, data.legend.map(([colour, text]) => legendLine(swatch(colour, FILL), text)));
    return withLabels(group, 1, items);
  };

  /* ---- the units above: outlines that give the eye a hold ---- */

  const outlines = (name) => {
    const group = L.featureGroup();
    const items = read(name).map(([text, point, polygons]) => {
      const style = { color: "#4a3b2e", weight: 2.4, fill: false, interactive: false };
      const shape = L.polygon(area(polygons), style);
      group.addLayer(shape);
      return areaLabel(text, point, shape, "#1f1a14", "600 13px " + FONT);
    });
    return withLabels(group, 2, items);
  };

  /* ---- exclusive grounds ---- */

  const exclusive = (name) => {
    const group = L.featureGroup();
    const items = read(name).map(([text, point, polygons]) => {
      const style = { color: "#2e7d4f", weight: 2, dashArray: "6 4", fillColor: "#2e7d4f", fillOpacity: 0.12 };
      const shape = L.polygon(area(polygons), { ...style, interactive: false });
      group.addLayer(shape);
      return areaLabel(text, point, shape, "#1d5c39", "600 12px " + FONT);
    });
    return withLabels(group, 3, items);
  };

  /* ---- one place ---- */

  const place = (name) => {
    const style = { radius: 9, weight: 3, color: "#ffffff", fillColor: "#b3162d", fillOpacity: 1 };
    const at = read(name);
    const mark = L.circleMarker(at, { ...style, pane: "labels", interactive: false });
    return withLabels(mark, 9, [{ keepClear: at }]);
  };

  return { waiting: 0, FONT, dress, water, streets, units, outlines, exclusive, place, read, make, link, popup, legend, legendLine, withLabels };
})();
