/* Vector tiles (MVT 2.1) read straight into what a canvas draws. Stands on pbf.js and gridmap.js.
   Every coordinate comes out in units of which a tile is 4096 wide, whatever its own extent. */
(() => {
  "use strict";
  const EXTENT = 4096;
  const POINT = 1;
  const AREA = 3;
  const MOVE = 1;
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

  /* The points of a geometry, x and y by turns: a run for each point, line or ring. Varints are
     read here and not by the reader: most of a tile is coordinates. */
  const readRuns = (bytes, from, to, unit) => {
    const runs = [];
    let run = null;
    let command = 0;
    let left = 0;
    let isX = true;
    let x = 0;
    let y = 0;
    let at = from;
    while (at < to) {
      let byte = bytes[at++];
      let word = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = bytes[at++];
        word |= (byte & 127) << shift;
      }
      if (!left) {
        command = word & 7;
        left = command === CLOSE ? 0 : word >>> 3;
      } else if (isX) {
        x += (word >>> 1) ^ -(word & 1);
        isX = false;
      } else {
        y += (word >>> 1) ^ -(word & 1);
        isX = true;
        left -= 1;
        if (command === MOVE) runs.push((run = []));
        run.push(x * unit, y * unit);
      }
    }
    return runs;
  };

  const boxOf = (runs) => {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const run of runs) {
      for (let i = 0; i < run.length; i += 2) {
        if (run[i] < left) left = run[i];
        if (run[i] > right) right = run[i];
        if (run[i + 1] < top) top = run[i + 1];
        if (run[i + 1] > bottom) bottom = run[i + 1];
      }
    }
    return [left, top, right, bottom];
  };

  /* What is drawn of a feature is read when it is asked for: most zooms leave something out. */
  class Feature {
    constructor(bytes, unit) {
      Object.assign(this, { id: null, type: 0, attributes: {}, bytes, unit, from: 0, to: 0 });
    }

    get runs() {
      this.known ??= readRuns(this.bytes, this.from, this.to, this.unit);
      return this.known;
    }

    /* Left, top, right, bottom. */
    get box() {
      this.bounds ??= boxOf(this.runs);
      return this.bounds;
    }

    /* Null for points. */
    get path() {
      if (this.type === POINT) return null;
      if (!this.line) this.trace((this.line = new Path2D()));
      return this.line;
    }

    /* Adds its lines to a path, or to that of a canvas. */
    trace(path) {
      this.runs.forEach((run) => {
        path.moveTo(run[0], run[1]);
        for (let i = 2; i < run.length; i += 2) path.lineTo(run[i], run[i + 1]);
        if (this.type === AREA) path.closePath();
      });
    }
  }

  const readFeature = (reader, end, keys, values, unit) => {
    const feature = new Feature(reader.buf, unit);
    while (reader.pos < end) {
      const tag = reader.readVarint() >> 3;
      if (tag === 1) feature.id = reader.readVarint();
      else if (tag === 3) feature.type = reader.readVarint();
      else {
        const stop = reader.readVarint() + reader.pos;
        if (tag === 2)
          while (reader.pos < stop)
            feature.attributes[keys[reader.readVarint()]] = values[reader.readVarint()];
        else [feature.from, feature.to] = [reader.pos, stop];
        reader.pos = stop;
      }
    }
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
