/* Vector tiles (MVT 2.1) read straight into what a canvas draws. Stands on pbf.js and gridmap.js.
   Every coordinate comes out in units of which a tile is 4096 wide, whatever its own extent. */
(() => {
  "use strict";
  const EXTENT = 4096;
  const POINT = 1;
  const LINE = 2;
  const CLOSE = 7;
  const words = new TextDecoder();

  const readValue = (reader, end) => {
    let value = null;
    while (reader.pos < end) {
      const tag = reader.readVarint() >> 3;
      if (tag === 1) value = reader.readString();
      else if (tag === 2) value = reader.readFloat();
      else if (tag === 3) value = reader.readDouble();
      else if (tag === 4) value = reader.readVarint(true);
      else if (tag === 5) value = reader.readVarint();
      else if (tag === 6) value = reader.readSVarint();
      else value = reader.readBoolean();
    }
    return value;
  };

  /* Points stay numbers, areas become paths; lines are both, for names are written along them. */
  const readGeometry = (reader, end, feature, unit) => {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const runs = [];
    const path = feature.type === POINT ? null : new Path2D();
    let command = 0;
    let left = 0;
    let x = 0;
    let y = 0;
    while (reader.pos < end) {
      if (!left) {
        const word = reader.readVarint();
        command = word & 7;
        left = word >> 3;
      }
      left -= 1;
      if (command === CLOSE) {
        path.closePath();
        continue;
      }
      x += reader.readSVarint() * unit;
      y += reader.readSVarint() * unit;
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
      if (command === 1) {
        if (path) path.moveTo(x, y);
        if (feature.type <= LINE) runs.push([x, y]);
      } else {
        path.lineTo(x, y);
        if (feature.type === LINE) runs[runs.length - 1].push(x, y);
      }
    }
    feature.box = box;
    feature.path = path;
    feature.runs = runs;
  };

  const readFeature = (reader, end, keys, values, unit) => {
    const feature = { id: null, type: 0, attributes: {} };
    let from = 0;
    let to = 0;
    while (reader.pos < end) {
      const tag = reader.readVarint() >> 3;
      if (tag === 1) feature.id = reader.readVarint();
      else if (tag === 3) feature.type = reader.readVarint();
      else {
        const stop = reader.readVarint() + reader.pos;
        if (tag === 2) while (reader.pos < stop) feature.attributes[keys[reader.readVarint()]] = values[reader.readVarint()];
        else [from, to] = [reader.pos, stop];
        reader.pos = stop;
      }
    }
    reader.pos = from;
    readGeometry(reader, to, feature, unit);
    reader.pos = end;
    return feature;
  };

  const readPart = (reader, end, parts) => {
    const keys = [];
    const values = [];
    const places = [];
    let name = "";
    let extent = EXTENT;
    while (reader.pos < end) {
      const word = reader.readVarint();
      const tag = word >> 3;
      if ((word & 7) === 0) {
        const number = reader.readVarint();
        if (tag === 5) extent = number;
        continue;
      }
      const stop = reader.readVarint() + reader.pos;
      if (tag === 1 || tag === 3) {
        const text = words.decode(reader.buf.subarray(reader.pos, stop));
        if (tag === 1) name = text;
        else keys.push(text);
      } else if (tag === 2) places.push([reader.pos, stop]);
      else if (tag === 4) values.push(readValue(reader, stop));
      reader.pos = stop;
    }
    const features = places.map(([from, to]) => {
      reader.pos = from;
      return readFeature(reader, to, keys, values, EXTENT / extent);
    });
    reader.pos = end;
    parts[name] = (parts[name] || []).concat(features);
  };

  /* The features of a tile by the name of their part. */
  gridmap.readTile = (bytes) => {
    const reader = new Pbf.PbfReader(bytes);
    const parts = {};
    while (reader.pos < reader.length) {
      reader.readVarint();
      readPart(reader, reader.readVarint() + reader.pos, parts);
    }
    return parts;
  };
  gridmap.EXTENT = EXTENT;
})();
