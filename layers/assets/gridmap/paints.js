/* How features look: colours of the theme, widths by zoom, and the strokes of a canvas.
   Stands on gridmap.js and mvt.js. */
(() => {
  "use strict";
  const { EXTENT } = gridmap;
  const ROUND_FROM_PX = 6;

  /* A number, or the stops [zoom, number] between which it changes evenly. */
  const pixels = (value, zoom) => {
    if (typeof value === "number") return value;
    const after = value.findIndex((stop) => stop[0] >= zoom);
    if (after === 0) return value[0][1];
    if (after < 0) return value[value.length - 1][1];
    const [[z0, low], [z1, high]] = [value[after - 1], value[after]];
    return low + ((high - low) * (zoom - z0)) / (z1 - z0);
  };

  const meets = (where, attributes) => {
    for (const key in where) if (!where[key].includes(attributes[key])) return false;
    return true;
  };

  /* What one paint needs of a layer, told once for all features of a tile. */
  const colouring = (paint, layer) => {
    const palette = layer.data.palette[gridmap.theme()];
    const tone = (name) => palette[name] || name;
    const { colour } = paint;
    if (typeof colour === "string") {
      const one = tone(colour);
      return () => one;
    }
    if (colour.attribute) {
      return ({ attributes }) =>
        tone(colour.colours[attributes[colour.attribute]] || colour.default);
    }
    const column = layer.state.fields.indexOf(colour.state);
    return (feature) => {
      const row = layer.stateOf(feature);
      const place = row && column >= 0 ? row[column] : 0;
      return place === null
        ? null
        : tone(colour.colours[Math.min(place, colour.colours.length - 1)]);
    };
  };

  const seen = (paint, zoom) => zoom >= (paint.from_zoom || 0) && zoom <= (paint.to_zoom ?? 24);

  const inside = (x, y) => x >= 0 && y >= 0 && x < EXTENT && y < EXTENT;

  const clusterRadius = (count) => (count < 10 ? 14 : count < 100 ? 17 : count < 1000 ? 20 : 24);

  const dotPath = (x, y, radius, corners) => {
    const path = new Path2D();
    if (!corners) path.arc(x, y, radius, 0, 2 * Math.PI);
    for (let i = 0; i < corners; i += 1) {
      const turn = (2 * Math.PI * i) / corners - Math.PI / 2;
      path.lineTo(x + radius * 1.25 * Math.cos(turn), y + radius * 1.25 * Math.sin(turn));
    }
    path.closePath();
    return path;
  };

  /* Strokes by the kind of paint. `view`: pen, and u, the canvas pixels of one unit of the tile;
     px, the canvas pixels of one pixel of the screen; zoom. */
  const strokes = {
    fill(view, paint, feature, colour) {
      view.pen.fillStyle = colour;
      view.pen.beginPath();
      feature.trace(view.pen);
      view.pen.fill("evenodd");
    },
    line(view, paint, feature, colour) {
      view.pen.strokeStyle = colour;
      view.pen.beginPath();
      feature.trace(view.pen);
      view.pen.stroke();
    },
    dot(view, paint, feature, colour, tone) {
      const radius = pixels(paint.radius ?? 4, view.zoom);
      feature.runs.forEach(([x, y]) => {
        if (!inside(x, y)) return;
        const path = dotPath(x * view.u, y * view.u, radius * view.px, paint.corners || 0);
        view.pen.fillStyle = colour;
        view.pen.fill(path);
        if (!paint.outline) return;
        view.pen.lineWidth = 1.5 * view.px;
        view.pen.strokeStyle = tone(paint.outline);
        view.pen.stroke(path);
      });
    },
    cluster(view, paint, feature, colour, tone) {
      const { pen, px } = view;
      const [x, y] = feature.runs[0];
      if (!inside(x, y)) return;
      const count = feature.attributes.count;
      const path = dotPath(x * view.u, y * view.u, clusterRadius(count) * px, 0);
      pen.fillStyle = colour;
      pen.fill(path);
      pen.lineWidth = 2.5 * px;
      pen.strokeStyle = tone(paint.outline || "mark_edge");
      pen.stroke(path);
      pen.globalAlpha = 1;
      pen.fillStyle = tone("cluster_ink");
      pen.font = "600 " + 12 * px + "px " + gridmap.FONT;
      pen.fillText(count < 10000 ? count : Math.round(count / 1000) + "k", x * view.u, y * view.u);
      pen.globalAlpha = paint.opacity ?? 1;
    },
  };

  const paths = new Set(["fill", "line"]);

  /* Sets the pen: for paths in units of the tile and within it, for marks in pixels of the canvas.
     */
  const takePen = (view, paint) => {
    const { pen, u, px } = view;
    const asPath = paths.has(paint.kind);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    if (asPath && view.clip) {
      pen.beginPath();
      pen.rect(...view.clip);
      pen.clip();
    }
    const scale = asPath ? u : 1;
    pen.setTransform(scale, 0, 0, scale, view.x, view.y);
    pen.globalAlpha = paint.opacity ?? 1;
    if (paint.kind !== "line") return;
    const width = pixels(paint.width ?? 1, view.zoom);
    pen.lineWidth = (width * px) / u;
    /* Nobody sees how a thin line turns, and round joins cost a third more. */
    pen.lineJoin = width < ROUND_FROM_PX ? "miter" : "round";
    pen.miterLimit = 2;
    pen.lineCap = paint.dash ? "butt" : "round";
    pen.setLineDash((paint.dash || []).map((length) => (length * px) / u));
  };

  /* Draws the parts of a tile by the paints of its layer, the lowest first. */
  gridmap.drawTile = (layer, parts, view) => {
    const palette = layer.data.palette[gridmap.theme()];
    const tone = (name) => palette[name] || name;
    view.pen.textAlign = "center";
    view.pen.textBaseline = "middle";
    layer.data.paints.forEach((paint) => {
      const features = parts[paint.part];
      if (!features || !strokes[paint.kind] || !seen(paint, view.z)) return;
      const colourOf = colouring(paint, layer);
      view.pen.save();
      takePen(view, paint);
      features.forEach((feature) => {
        if (paint.where && !meets(paint.where, feature.attributes)) return;
        const colour = colourOf(feature);
        if (colour) strokes[paint.kind](view, paint, feature, colour, tone);
      });
      view.pen.restore();
    });
  };

  /* The box around what is drawn of the parts of a tile, in its units and not beyond it, the reach
     of strokes and marks left out; null when nothing is. */
  gridmap.coverOf = (layer, parts, z) => {
    let [left, top, right, bottom] = [EXTENT, EXTENT, 0, 0];
    for (const paint of layer.data.paints) {
      if (!parts[paint.part] || !strokes[paint.kind] || !seen(paint, z)) continue;
      for (const { box } of parts[paint.part]) {
        left = Math.min(left, box[0]);
        top = Math.min(top, box[1]);
        right = Math.max(right, box[2]);
        bottom = Math.max(bottom, box[3]);
        if (left <= 0 && top <= 0 && right >= EXTENT && bottom >= EXTENT)
          return [0, 0, EXTENT, EXTENT];
      }
    }
    const cover = [
      Math.max(left, 0),
      Math.max(top, 0),
      Math.min(right, EXTENT),
      Math.min(bottom, EXTENT),
    ];
    return cover[0] <= cover[2] && cover[1] <= cover[3] ? cover : null;
  };

  Object.assign(gridmap, { pixels, meets, colouring, seen, inside, clusterRadius });
})();
