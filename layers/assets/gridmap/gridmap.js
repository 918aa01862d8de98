/* What gridmap's Folium elements draw, on Leaflet 1.9. One function a layer; data come as JSON
   beside the script, coordinates as whole micro-degrees (see layers/coding.py). Text from the
   store is only ever set as text, never as markup. */
const gridmap = (() => {
  "use strict";
  const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
  /* Of a popup above and below what it says, its tip with it. */
  const POPUP_EDGE_PX = 28;
  /* A legend begins folded where there is no room for it. */
  const NARROW_PX = 600;
  /* What the button of the list of layers takes above a legend, with all that is between. */
  const ABOVE_LEGEND_PX = 110;
  /* What the buttons at the left take of a map. */
  const TOOLS_PX = 62;

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

  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = () => {
    const chosen = document.documentElement.dataset.theme;
    if (chosen === "light" || chosen === "dark") return chosen;
    return prefersDark.matches ? "dark" : "light";
  };

  const link = (url, text) => {
    const node = make("a", "", text);
    node.href = url;
    return node;
  };

  /* A popup keeps clear of what lies over the top and the left of the map, and is no higher than
     what is left: the rest of a long one is scrolled to. */
  const popup = (map, options) => {
    const frame = map.getContainer().getBoundingClientRect();
    const over = document.querySelector(".stage .levels");
    const free = over ? over.getBoundingClientRect().bottom - frame.top : 0;
    const tools = map.getContainer().querySelector(".gm-tools");
    const [left, least] = tools ? [tools.getBoundingClientRect().right - frame.left, 56] : [0, 0];
    const top = Math.max(free, least, 0) + 12;
    return L.popup({
      maxWidth: Math.min(280, frame.width - left - 70),
      maxHeight: Math.max(120, frame.height - top - 2 * POPUP_EDGE_PX),
      autoPanPadding: [12, 12],
      autoPanPaddingTopLeft: [left + 12, top],
      ...options,
    });
  };

  /* ---- labels: drawn on one canvas above the areas, none over another ---- */

  /* Boxes [left, top, right, bottom] on a screen, kept by the stripes they lie in: a name meets
     few. */
  const STRIPE_PX = 32;
  /* How far a name goes out of the way of a mark. */
  const ASIDE_PX = 20;
  const taking = (height) => {
    const stripes = Array.from({ length: Math.ceil(height / STRIPE_PX) + 1 }, () => []);
    const stripeOf = (y) => Math.min(Math.max(Math.floor(y / STRIPE_PX), 0), stripes.length - 1);
    const through = ([, top, , bottom]) => stripes.slice(stripeOf(top), stripeOf(bottom) + 1);
    const meet = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
    return {
      count: 0,
      /* The first box that one meets. */
      met: (box) => {
        for (const stripe of through(box)) {
          const found = stripe.find((one) => meet(one, box));
          if (found) return found;
        }
        return null;
      },
      add(box) {
        through(box).forEach((stripe) => stripe.push(box));
        this.count += 1;
      },
    };
  };

  const Labels = L.Layer.extend({
    initialize() {
      this.lists = new Set();
      this.widths = new Map();
    },
    onAdd(map) {
      this.canvas = L.DomUtil.create(
        "canvas",
        "gm-labels leaflet-zoom-hide",
        map.getPane("labels"),
      );
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
      const taken = taking(size.y);
      const lists = [...this.lists].sort((a, b) => b.rank - a.rank);
      lists.forEach((list) => list.items.forEach((item) => this.place(pen, item, size, taken)));
      this.canvas.dataset.drawn = taken.count;
    },
    /* Texts come again with every move of the map, and measuring is most of what labels cost. */
    width(pen, { font, text }) {
      const key = font + text;
      if (this.widths.size > 5000) this.widths.clear();
      if (!this.widths.has(key)) this.widths.set(key, pen.measureText(text).width);
      return this.widths.get(key);
    },
    place(pen, item, size, taken) {
      if (item.clear) {
        const { x, y, radius } = item.clear(this._map);
        if (x < 0 || y < 0 || x > size.x || y > size.y) return;
        taken.add(
          Object.assign([x - radius, y - radius, x + radius, y + radius], { isMark: true }),
        );
        return;
      }
      pen.font = item.font;
      const width = this.width(pen, item);
      const spot = item.spot(this._map, width, size);
      if (!spot || spot.x < 0 || spot.y < 0 || spot.x > size.x || spot.y > size.y) return;
      const free = this.room(spot, width, taken);
      if (!free) return;
      taken.add(free.box);
      this.write(pen, item, free.spot);
    },
    /* Where a name finds room: at its spot, or where a mark keeps it off, above or below that. */
    room(spot, width, taken) {
      const reach = spot.angle
        ? Math.max(12, (width / 2) * Math.abs(Math.cos(spot.angle)))
        : width / 2;
      const rise = spot.angle ? Math.max(9, (width / 2) * Math.abs(Math.sin(spot.angle))) : 9;
      const boxAt = (y) => [spot.x - reach - 3, y - rise, spot.x + reach + 3, y + rise];
      const box = boxAt(spot.y);
      const mark = taken.met(box);
      if (!mark) return { spot, box };
      if (!mark.isMark || spot.angle) return null;
      const beside = [mark[1] - rise - 1, mark[3] + rise + 1].filter(
        (y) => Math.abs(y - spot.y) <= ASIDE_PX,
      );
      const y = beside.find((one) => !taken.met(boxAt(one)));
      return y === undefined ? null : { spot: { ...spot, y }, box: boxAt(y) };
    },
    write(pen, item, spot) {
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

  /* ---- the frame of the map ---- */

  /* Zoom and place that the fragment of an address names; nothing where it has none that can be. */
  const viewOf = (hash) => {
    const parts = (new URLSearchParams(hash.slice(1)).get("map") || "").split("/");
    const [zoom, lat, lon] = parts.map((part) => (part ? Number(part) : NaN));
    const isView =
      parts.length === 3 && zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
    return isView ? { zoom, at: [lat, lon] } : null;
  };

  const FIT = { animate: false, paddingTopLeft: [TOOLS_PX, 8], paddingBottomRight: [8, 8] };

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
    options.notes.forEach((note) => source.addAttribution(make("span", "", note).innerHTML));
    const frame = map.getContainer();
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", words.map);
    frame.addEventListener("mousedown", () => frame.classList.add("gm-mouse"));
    frame.addEventListener("keyup", () => frame.classList.remove("gm-mouse"));
    document.addEventListener("gm-theme", () => map.fire("gm-theme"));
    const view = options.shared && viewOf(window.location.hash);
    if (view) map.setView(view.at, view.zoom, { animate: false });
    else map.fitBounds(options.bounds, FIT);
    requestAnimationFrame(() => {
      const toggle = frame.querySelector(".leaflet-control-layers-toggle");
      if (toggle) toggle.title = words.layers;
      if (!map.gmTiles) performance.mark("gridmap-painted"); // else tiles.js says when
    });
  };

  /* One panel for the legends of all layers that are shown; folded up where there is little room.
     */
  const Legends = L.Control.extend({
    options: { position: "bottomright" },
    onAdd(map) {
      this.box = make("details", "gm-legend");
      this.box.append(make("summary", "", this.options.title));
      this.box.open = window.innerWidth > NARROW_PX;
      L.DomEvent.disableClickPropagation(this.box).disableScrollPropagation(this.box);
      map.whenReady(() => this.fit(map)).on("resize", () => this.fit(map));
      return this.box;
    },
    /* It ends below the button of the list of layers. */
    fit(map) {
      this.box.style.setProperty("--room", map.getSize().y - ABOVE_LEGEND_PX + "px");
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

  /* ---- units ---- */

  const units = (name) => {
    const data = read(name);
    const group = L.featureGroup();
    const isDark = () => theme() === "dark";
    const styleOf = (isSubject) => ({
      color: isSubject ? (isDark() ? "#74b3e8" : "#0b5394") : isDark() ? "#8b95a1" : "#7d6a58",
      weight: isSubject ? 3 : 1.2,
      fillColor: isSubject ? (isDark() ? "#2f6f9f" : "#9fc5e8") : isDark() ? "#23282f" : "#ffffff",
      fillOpacity: isSubject ? 0.45 : 0.3,
    });
    const items = [];
    const restyle = () => {
      group.eachLayer((shape) => shape.setStyle(styleOf(shape.isSubject)));
      items.forEach((item) => {
        item.colour = isDark() ? "#e8eaed" : item.isSubject ? "#0b3d6b" : "#3d3126";
        item.halo = isDark() ? "#101316" : "#ffffff";
      });
    };
    const turn = () => {
      restyle();
      group._map.gmLabels.draw();
    };
    data.units.forEach(([code, text, label, point, polygons]) => {
      const shape = L.polygon(area(polygons), styleOf(false));
      shape.isSubject = code === data.highlight;
      const weigh = (more) => shape.setStyle({ weight: styleOf(shape.isSubject).weight + more });
      shape.on("mouseover", () => weigh(1.8));
      shape.on("mouseout", () => weigh(0));
      shape.on("click", () => {
        if (!shape.isSubject)
          window.location.href = data.page.replace("CODE", encodeURIComponent(code));
      });
      shape.bindTooltip(() => make("span", "", text), { sticky: true });
      group.addLayer(shape);
      items.push({
        ...areaLabel(label, point, shape, "", (shape.isSubject ? "600 13px " : "12px ") + FONT),
        isSubject: shape.isSubject,
      });
    });
    group.on("add", () => {
      restyle();
      group._map.on("gm-theme", turn);
    });
    group.on("remove", () => group._map.off("gm-theme", turn));
    return withLabels(group, 110, items);
  };

  /* ---- one place ---- */

  const place = (name) => {
    const style = { radius: 9, weight: 3, color: "#ffffff", fillColor: "#b3162d", fillOpacity: 1 };
    const at = read(name);
    const mark = L.circleMarker(at, { ...style, pane: "labels", interactive: false });
    const clear = (map) => ({ ...map.latLngToContainerPoint(at), radius: 8 });
    return withLabels(mark, 120, [{ clear }]);
  };

  return {
    waiting: 0,
    FONT,
    theme,
    viewOf,
    dress,
    units,
    place,
    read,
    make,
    link,
    popup,
    legend,
    legendLine,
    withLabels,
  };
})();
