/* What a map knows of its tiled layers: what came in one frame is drawn together, and when nothing
   is missing any more it is said. Stands on gridmap.js. */
(() => {
  "use strict";
  const mark = (name) => {
    performance.clearMarks(name);
    performance.mark(name);
  };

  const Tracker = L.Class.extend({
    initialize(map) {
      this.map = map;
      this.layers = new Set();
      this.works = [];
      this.ends = new Set();
      map.on("moveend", this.look, this);
    },
    /* Tiles that came since the last frame are drawn together: every frame costs, with few on it.
       */
    soon(work) {
      this.works.push(work);
      this.ask();
    },
    /* What is done once after the tiles of a frame, within it. */
    afterwards(work) {
      this.ends.add(work);
      this.ask();
    },
    ask() {
      if (!this.drawing) this.drawing = requestAnimationFrame(() => this.draw());
    },
    draw() {
      try {
        this.works.splice(0).forEach((one) => one());
      } finally {
        this.drawing = 0;
      }
      const ends = [...this.ends];
      this.ends.clear();
      ends.forEach((one) => one());
      if (this.map.gmLabels.due) this.map.gmLabels.draw();
      if (this.due) {
        cancelAnimationFrame(this.due);
        this.tell();
      }
    },
    look() {
      if (!this.due) this.due = requestAnimationFrame(() => this.tell());
    },
    /* Everything that is wanted is drawn: say so, and the first time, when it has been on the
       screen for a frame, to those who time pages. */
    tell() {
      this.due = 0;
      if (this.map.gmLabels.due) {
        this.look();
        return;
      }
      if ([...this.layers].some((layer) => layer.isWaiting())) return;
      if (!this.painted)
        this.painted = requestAnimationFrame(() => performance.mark("gridmap-painted"));
      mark("gm-tiles-drawn");
      this.map.fire("gm-tiles-drawn");
    },
  });

  gridmap.trackerOf = (map) => {
    map.gmTiles = map.gmTiles || new Tracker(map);
    return map.gmTiles;
  };
})();
