/* Names on tiles: gathered from the tiles that are seen and handed to the one canvas of all labels.
   Stands on gridmap.js and paints.js. */
(() => {
  "use strict";
  const { pixels, meets, colouring, seen, inside, clusterRadius } = gridmap;
  const TILE = 512;
  const LONGEST_WAIT_MS = 200;
  const RANK_OF_MARKS = 100;

  /* Where a unit of a source lies on the screen now. */
  const placing = (map, cell) => {
    const scale = map.getZoomScale(map.getZoom(), cell.coords.z);
    const corner = map.getPixelBounds().min;
    const put = ([x, y]) => ({
      x: (cell.coords.x * TILE - cell.offset.x + x * cell.factor) * scale - corner.x,
      y: (cell.coords.y * TILE - cell.offset.y + y * cell.factor) * scale - corner.y,
    });
    return put;
  };

  const near = (spot, size) =>
    spot.x > -20 && spot.y > -20 && spot.x < size.x + 20 && spot.y < size.y + 20;

  const pointSpot = (cell, feature) => (map, width, size) => {
    const spot = placing(map, cell)(feature.runs[0]);
    if (!near(spot, size)) return null;
    const { room } = feature.attributes;
    const wider = map.getZoomScale(map.getZoom(), cell.z + 1);
    return room !== undefined && width > room * wider * 1.05 ? null : spot;
  };

  const upright = (angle) => {
    if (angle > Math.PI / 2) return angle - Math.PI;
    return angle < -Math.PI / 2 ? angle + Math.PI : angle;
  };

  /* The longest stretch of a line that is nearly straight and well on the screen. */
  const straightest = (line, size) => {
    let best = null;
    let first = 0;
    while (first < line.length - 1) {
      let way = 0;
      let last = first;
      for (let j = first + 1; j < line.length; j += 1) {
        way += Math.hypot(line[j].x - line[j - 1].x, line[j].y - line[j - 1].y);
        const chord = Math.hypot(line[j].x - line[first].x, line[j].y - line[first].y);
        if (way > chord * 1.03) break;
        last = j;
        const at = { x: (line[first].x + line[j].x) / 2, y: (line[first].y + line[j].y) / 2 };
        const well = at.x > 40 && at.y > 20 && at.x < size.x - 40 && at.y < size.y - 20;
        if (well && (!best || chord > best.chord)) {
          best = {
            ...at,
            chord,
            angle: upright(Math.atan2(line[j].y - line[first].y, line[j].x - line[first].x)),
          };
        }
      }
      first = Math.max(last, first + 1);
    }
    return best;
  };

  const pairs = (flat) =>
    Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

  const lineSpot = (pieces) => (map, width, size) => {
    let best = null;
    pieces.forEach(([cell, feature]) => {
      const put = placing(map, cell);
      const { box } = feature;
      const [from, to] = [put([box[0], box[1]]), put([box[2], box[3]])];
      if (to.x < 0 || to.y < 0 || from.x > size.x || from.y > size.y) return;
      if (Math.hypot(to.x - from.x, to.y - from.y) < width + 16) return;
      feature.runs.forEach((run) => {
        const found = straightest(pairs(run).map(put), size);
        if (found && (!best || found.chord > best.chord)) best = found;
      });
    });
    return best && best.chord > width + 16 ? best : null;
  };

  /* A name along a line is the line's own; others are points of a part of their own. */
  const textOf = (paint, { attributes }) =>
    paint.along ? attributes[paint.text] : (attributes.label ?? attributes[paint.text]);

  /* The features of a paint over all cells that are seen, none twice. */
  const gather = (layer, paint) => {
    const found = new Map();
    layer.cells().forEach((cell) => {
      if (!seen(paint, cell.coords.z - 1)) return;
      (cell.source.parts[paint.along ? paint.part : paint.part + "_label"] || []).forEach(
        (feature) => {
          const text = textOf(paint, feature);
          if (!text || (paint.where && !meets(paint.where, feature.attributes))) return;
          if (!paint.along && !inside(...feature.runs[0])) return;
          const key = paint.along || feature.id === null ? text : feature.id;
          if (!found.has(key)) found.set(key, []);
          if (paint.along || !found.get(key).length) found.get(key).push([cell, feature]);
        },
      );
    });
    return [...found.values()];
  };

  const items = (layer, paint) => {
    const palette = layer.data.palette[gridmap.theme()];
    const colourOf = colouring(paint, layer);
    const size = pixels(paint.size ?? 12, layer._map.getZoom() - 1);
    const font = (paint.bold ? "600 " : "") + size + "px " + gridmap.FONT;
    return gather(layer, paint).map((pieces) => {
      const [cell, feature] = pieces[0];
      return {
        text: String(textOf(paint, feature)),
        font,
        colour: colourOf(feature),
        halo: palette.halo,
        spot: paint.along ? lineSpot(pieces) : pointSpot(cell, feature),
      };
    });
  };

  /* What a mark covers around its point, in pixels. */
  const reachOf = (paint, feature, zoom) =>
    paint.kind === "cluster"
      ? clusterRadius(feature.attributes.count)
      : pixels(paint.radius ?? 4, zoom) * (paint.corners ? 1.25 : 1) + 1;

  /* Counts, and marks that have no names themselves, are what one looks for: no name is written
     over them. */
  const clearings = (layer, paint) => {
    const zoom = layer._map.getZoom() - 1;
    return layer.cells().flatMap((cell) => {
      if (!seen(paint, cell.coords.z - 1)) return [];
      return (cell.source.parts[paint.part] || []).flatMap((feature) => {
        if (paint.where && !meets(paint.where, feature.attributes)) return [];
        const radius = reachOf(paint, feature, zoom);
        return feature.runs
          .filter((at) => inside(...at))
          .map((at) => ({ clear: (map) => ({ ...placing(map, cell)(at), radius }) }));
      });
    });
  };

  const keepsNamesOff = (paint, { paints }) =>
    paint.kind === "cluster" ||
    (paint.kind === "dot" &&
      !paints.some((one) => one.kind === "label" && one.part === paint.part));

  /* Keeps the labels of a layer in step with its tiles. */
  gridmap.named = (layer) => {
    const isName = (paint) => paint.kind === "label";
    const paints = layer.data.paints.filter(
      (paint) => isName(paint) || keepsNamesOff(paint, layer.data),
    );
    if (!paints.length) return;
    const lists = paints.map((paint) => ({
      rank: isName(paint) ? paint.rank || 0 : RANK_OF_MARKS,
      items: [],
    }));
    let timer = 0;
    const update = () => {
      timer = 0;
      layer.namesDue = false;
      if (!layer._map) return;
      paints.forEach((paint, i) => {
        lists[i].items = isName(paint) ? items(layer, paint) : clearings(layer, paint);
        layer._map.gmLabels.change(lists[i], true);
      });
      layer._map.gmTiles.look();
    };
    /* All at once when the tiles are here, but those that are do not wait for long. */
    layer.on("gm-changed", () => {
      if (timer && layer.isFetching()) return;
      clearTimeout(timer);
      timer = 0;
      layer.namesDue = true;
      if (layer.isFetching()) timer = setTimeout(update, LONGEST_WAIT_MS);
      else layer._map.gmTiles.afterwards(update);
    });
    layer.on("remove", () => {
      lists.forEach((list) => {
        list.items = [];
        (layer._map || layer._mapToAdd).gmLabels.change(list, false);
      });
    });
  };
})();
