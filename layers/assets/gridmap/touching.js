/* What a pointer or Enter meets on tiled layers: outlines, hints, notices, the event gm-feature.
   Stands on gridmap.js and paints.js. */
(() => {
  "use strict";
  const { make, link, pixels, meets, seen, inside, clusterRadius } = gridmap;
  const TILE = 512;
  const FINGER_PX = 4;
  const REACH_PX = 28;
  const pen = document.createElement("canvas").getContext("2d");

  /* ---- which features are at a place ---- */

  /* The cells a mark at this place may be in, each with the place in units of its source. */
  const cellsAt = (layer, latlng, reach) => {
    const map = layer._map;
    const scale = map.getZoomScale(map.getZoom(), layer._tileZoom);
    const at = map.project(latlng, layer._tileZoom);
    const far = reach / scale;
    return layer.cells().flatMap((cell) => {
      const local = at.subtract(cell.coords.multiplyBy(TILE));
      if (local.x < -far || local.y < -far || local.x > TILE + far || local.y > TILE + far)
        return [];
      const [x, y] = [
        (local.x + cell.offset.x) / cell.factor,
        (local.y + cell.offset.y) / cell.factor,
      ];
      return [
        {
          cell,
          x,
          y,
          px: 1 / (scale * cell.factor),
          within: local.x >= 0 && local.y >= 0 && local.x < TILE && local.y < TILE,
        },
      ];
    });
  };

  const inBox = (box, spot, reach) =>
    spot.x >= box[0] - reach &&
    spot.y >= box[1] - reach &&
    spot.x <= box[2] + reach &&
    spot.y <= box[3] + reach;

  const radiusOf = (paint, feature, zoom) =>
    paint.kind === "cluster"
      ? clusterRadius(feature.attributes.count)
      : pixels(paint.radius ?? 4, zoom) + FINGER_PX;

  /* Whether a paint of a feature covers a spot. */
  const covers = {
    fill: (paint, feature, spot) =>
      spot.within &&
      inBox(feature.box, spot, 0) &&
      pen.isPointInPath(feature.path, spot.x, spot.y, "evenodd"),
    line(paint, feature, spot, zoom) {
      const reach = (pixels(paint.width ?? 1, zoom) / 2 + FINGER_PX) * spot.px;
      if (!spot.within || !inBox(feature.box, spot, reach)) return false;
      pen.lineWidth = 2 * reach;
      return pen.isPointInStroke(feature.path, spot.x, spot.y);
    },
    dot(paint, feature, spot, zoom) {
      const reach = radiusOf(paint, feature, zoom) * spot.px;
      return feature.runs.some(
        ([x, y]) => inside(x, y) && Math.hypot(x - spot.x, y - spot.y) <= reach,
      );
    },
  };
  covers.cluster = covers.dot;

  /* The features of a layer at a place, the uppermost first; the outline of an area is no target.
     */
  gridmap.featuresAt = (layer, latlng) => {
    if (!layer._map || layer._tileZoom === undefined) return [];
    const zoom = layer._map.getZoom() - 1;
    const spots = cellsAt(layer, latlng, REACH_PX);
    const found = new Map();
    [...layer.data.paints].reverse().forEach((paint) => {
      const cover = covers[paint.kind];
      if (!cover) return;
      spots.forEach((spot) => {
        if (!seen(paint, spot.cell.coords.z - 1)) return;
        (spot.cell.source.parts[paint.part] || []).forEach((feature) => {
          if (paint.kind === "line" && feature.type === 3) return;
          if (paint.where && !meets(paint.where, feature.attributes)) return;
          const key = paint.part + "/" + (feature.id ?? found.size);
          if (!found.has(key) && cover(paint, feature, spot, zoom))
            found.set(key, { feature, paint, cell: spot.cell });
        });
      });
    });
    return [...found.values()];
  };

  /* ---- the outline of what is under the pointer ---- */

  const Outline = L.Layer.extend({
    onAdd(map) {
      this.canvas = L.DomUtil.create(
        "canvas",
        "gm-labels leaflet-zoom-hide",
        map.getPane("labels"),
      );
      map.on("movestart zoomstart", this.clear, this);
    },
    onRemove(map) {
      map.off("movestart zoomstart", this.clear, this);
      this.canvas.remove();
    },
    clear() {
      this.canvas.width = this.canvas.height = 0;
      this.canvas.style.width = this.canvas.style.height = "0";
    },
    show(layer, { feature, paint }) {
      const map = this._map;
      const scale = map.getZoomScale(map.getZoom(), layer._tileZoom);
      const corner = map.getPixelBounds().min;
      const pieces = layer.cells().flatMap((cell) => {
        const same = (cell.source.parts[paint.part] || []).find(
          (one) => one === feature || (one.id !== null && one.id === feature.id),
        );
        return same
          ? [{ cell, same, at: cell.coords.multiplyBy(TILE).multiplyBy(scale).subtract(corner) }]
          : [];
      });
      const radius = feature.path ? 0 : radiusOf(paint, feature, map.getZoom() - 1);
      const strokes = this.fit(this.around(pieces, scale, radius + 4));
      strokes.strokeStyle = layer.data.palette[gridmap.theme()].selected;
      strokes.lineJoin = "round";
      pieces.forEach(({ cell, same, at }) => {
        strokes.save();
        if (same.path) this.strokePath(strokes, same, at, cell, scale);
        else this.strokeMark(strokes, same, at, cell, scale, radius);
        strokes.restore();
      });
    },
    /* What the pieces cover of the screen: a canvas no larger than that is quick to show. */
    around(pieces, scale, by) {
      const corners = pieces.flatMap(({ cell, same: { box }, at }) => {
        const u = cell.factor * scale;
        const from = at.subtract(cell.offset.multiplyBy(scale));
        return [from.add([box[0] * u, box[1] * u]), from.add([box[2] * u, box[3] * u])];
      });
      const { min, max } = L.bounds(corners);
      const size = this._map.getSize();
      return L.bounds(
        [Math.max(0, Math.floor(min.x - by)), Math.max(0, Math.floor(min.y - by))],
        [Math.min(size.x, Math.ceil(max.x + by)), Math.min(size.y, Math.ceil(max.y + by))],
      );
    },
    fit({ min, max }) {
      const ratio = window.devicePixelRatio || 1;
      const [width, height] = [Math.max(1, max.x - min.x), Math.max(1, max.y - min.y)];
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
      this.canvas.style.width = width + "px";
      this.canvas.style.height = height + "px";
      L.DomUtil.setPosition(this.canvas, this._map.containerPointToLayerPoint(min));
      const strokes = this.canvas.getContext("2d");
      strokes.scale(ratio, ratio);
      strokes.translate(-min.x, -min.y);
      return strokes;
    },
    strokePath(strokes, { path }, at, cell, scale) {
      const u = cell.factor * scale;
      strokes.beginPath();
      strokes.rect(at.x, at.y, TILE * scale, TILE * scale);
      strokes.clip();
      strokes.translate(at.x - cell.offset.x * scale, at.y - cell.offset.y * scale);
      strokes.scale(u, u);
      strokes.lineWidth = 3 / u;
      strokes.stroke(path);
    },
    strokeMark(strokes, { runs }, at, cell, scale, radius) {
      const [x, y] = runs[0];
      if (!inside(x, y)) return;
      strokes.lineWidth = 3;
      strokes.beginPath();
      const u = cell.factor * scale;
      strokes.arc(
        at.x + x * u - cell.offset.x * scale,
        at.y + y * u - cell.offset.y * scale,
        radius + 1,
        0,
        2 * Math.PI,
      );
      strokes.stroke();
    },
  });

  /* ---- what is told of a feature: only ever as text ---- */

  const told = (fields, valueOf) =>
    fields.flatMap((field) => {
      const value = valueOf(field.key);
      /* A flag that is not set is not worth a line. */
      if (value === null || value === undefined || value === "" || value === false) return [];
      return [[field.name, String(field.values[value] ?? value), field.key]];
    });

  const lines = (layer, feature) => {
    const { fields, values } = layer.data;
    const row = layer.stateOf(feature) || [];
    const state = values ? told(values.fields, (key) => row[layer.state.fields.indexOf(key)]) : [];
    return [
      ...told(
        fields.filter((field) => field.key !== layer.data.label),
        (key) => feature.attributes[key],
      ),
      ...state,
    ];
  };

  const pageOf = (layer, feature) => {
    const { page } = layer.data;
    const value =
      page && (feature.attributes[page.field] ?? (page.field === "id" ? feature.id : null));
    if (value === undefined || value === null) return null;
    const terms = page.query
      .map((key) => [key, feature.attributes[key] ?? layer.parameters[key]])
      .filter(([, text]) => text);
    const query = new URLSearchParams(terms).toString();
    return page.url.replace("VALUE", encodeURIComponent(value)) + (query && "?" + query);
  };

  const heading = (layer, feature) =>
    String(feature.attributes[layer.data.label] ?? layer.data.title);

  /* A notice about a feature, with a link to its page. */
  gridmap.noticeOf = (layer, feature) => {
    const box = make("div", "gm-notice");
    const url = pageOf(layer, feature);
    const head = box.appendChild(make("h3"));
    head.append(url ? link(url, heading(layer, feature)) : heading(layer, feature));
    const list = make("dl");
    lines(layer, feature).forEach(([name, value, key]) => {
      const said = make("dd", "", value);
      said.dataset.field = key;
      list.append(make("dt", "", name), said);
    });
    if (list.childNodes.length) box.append(list);
    return box;
  };

  const hintOf = (layer, { feature, paint }) => {
    if (paint.kind === "cluster") return feature.attributes.count + " " + layer.data.words.clusters;
    const { values } = layer.data;
    const row = layer.stateOf(feature) || [];
    const state = values
      ? told(values.fields.slice(0, 1), (key) => row[layer.state.fields.indexOf(key)])
      : [];
    return [heading(layer, feature), ...state.map(([name, value]) => name + " " + value)].join(
      " · ",
    );
  };

  /* ---- one for all layers of a map ---- */

  const Touch = L.Class.extend({
    initialize(map) {
      this.map = map;
      this.layers = new Set();
      this.outline = new Outline().addTo(map);
      /* Among the tooltips: below an open notice. */
      this.hint = L.DomUtil.create("div", "gm-hint", map.getPane("tooltipPane"));
      this.hint.hidden = true;
      map.on("mousemove", ({ latlng, originalEvent: { target } }) => {
        if (target.closest(".leaflet-popup, .leaflet-control")) this.leave();
        else this.move(latlng);
      });
      map.on("mouseout movestart zoomstart", () => this.leave());
      map.on("preclick", (event) => this.take(event.latlng, "pointer"));
      map.getContainer().addEventListener(
        "keydown",
        (event) => {
          if (event.key === "Enter" && event.target === map.getContainer())
            this.take(map.getCenter(), "key");
        },
        true,
      );
    },
    /* The uppermost feature at a place, of the uppermost layer that has one. */
    at(latlng) {
      const layers = [...this.layers]
        .filter((layer) => layer._map)
        .sort((a, b) => b.data.rank - a.data.rank);
      for (const layer of layers) {
        const [found] = layer.featuresAt(latlng);
        if (found) return { layer, ...found };
      }
      return null;
    },
    move(latlng) {
      this.pointer = latlng;
      if (this.due) return;
      this.due = requestAnimationFrame(() => {
        this.due = 0;
        if (this.pointer && !this.map.dragging.moving())
          this.hover(this.at(this.pointer), this.pointer);
      });
    },
    hover(found, latlng) {
      const key =
        found && found.layer.data.key + "/" + (found.feature.id ?? "") + "/" + found.paint.part;
      if (key !== this.hovered) {
        if (found) this.outline.show(found.layer, found);
        else this.outline.clear();
        this.hovered = key;
        this.map.getContainer().classList.toggle("gm-pointing", Boolean(found));
        this.hint.hidden = !found;
        if (found) this.hint.textContent = hintOf(found.layer, found);
      }
      if (found) this.place(this.map.latLngToContainerPoint(latlng));
    },
    /* Above the pointer, or beside it near an edge, without asking the browser how large it is. */
    place(at) {
      const size = this.map.getSize();
      const across = at.x < 120 ? "0%" : at.x > size.x - 120 ? "-100%" : "-50%";
      const up = at.y < 60 ? "24px" : "calc(-100% - 14px)";
      const { x, y } = this.map.containerPointToLayerPoint(at);
      this.hint.style.transform = `translate(${x}px,${y}px) translate(${across},${up})`;
    },
    leave() {
      this.pointer = null;
      this.hover(null);
    },
    /* A click or Enter: tell the map; `gmTaken` tells others that it has been answered here. */
    take(latlng, by) {
      const found = this.at(latlng);
      this.map.gmTaken = false;
      this.map.touched = null;
      if (!found) return;
      const { layer, feature, paint } = found;
      const { attributes, id } = feature;
      const event = {
        layer: layer.data.key,
        id,
        attributes,
        latlng,
        by,
        page: pageOf(layer, feature),
      };
      if (paint.kind === "cluster") {
        this.map.gmTaken = true;
        this.map.setView(latlng, this.map.getZoom() + 2);
      } else if (layer.data.notice) {
        this.map.gmTaken = true;
        const notice = gridmap.noticeOf(layer, feature);
        const popup = gridmap.popup(this.map, { minWidth: 160 }).setLatLng(latlng);
        popup.setContent(notice).openOn(this.map);
        gridmap.decided(layer, feature, notice).then(() => popup.isOpen() && popup.update());
      } else if (event.page) {
        const state = lines(layer, feature).map(([name, value]) => name + " " + value);
        this.map.touched = {
          name: heading(layer, feature),
          url: event.page,
          text: state.join(" · "),
        };
      }
      this.map.fire("gm-feature", event);
    },
  });

  gridmap.touched = (layer) => {
    layer.on("add", () => {
      const map = layer._map;
      map.gmTouch = map.gmTouch || new Touch(map);
      map.gmTouch.layers.add(layer);
    });
    layer.on("remove", () => {
      const touch = (layer._map || layer._mapToAdd).gmTouch;
      touch.layers.delete(layer);
      touch.leave();
    });
    layer.on("gm-changed", () => {
      if (layer._map && layer._map.gmTouch) layer._map.gmTouch.hovered = undefined;
    });
  };
})();
