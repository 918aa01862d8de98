/* The picture of a tile: how large, where, and drawn on what. Stands on paints.js. */
(() => {
  "use strict";
  const TILE = 512;
  /* How far marks may reach over the edge of their tile. */
  const MARGIN = 28;
  /* What tiles are drawn on; each keeps the picture alone. A canvas that was drawn on is handed
     over anew in every frame, changed or not: with some forty on the screen that was most of a
     frame. Safari before 16.4 has no such board, and draws on the canvases themselves. */
  const board = window.OffscreenCanvas ? new OffscreenCanvas(1, 1) : null;

  /* A part of the layer of tiles. */
  gridmap.pictures = {
    _paint(cell) {
      const ratio = window.devicePixelRatio || 1;
      cell.scale = 2 ** (this._zoomAimedAt - cell.coords.z);
      const { parts } = cell.source;
      const view = {
        px: ratio,
        u: cell.factor * cell.scale * ratio,
        z: cell.coords.z - 1,
        zoom: this._zoomAimedAt - 1,
      };
      const at = cell.coords.multiplyBy(TILE).subtract(this._levels[cell.coords.z].origin);
      const start = at.subtract(cell.offset).multiplyBy(cell.scale * ratio);
      const tile = [
        ...this._edges(at.x, cell.scale * ratio),
        ...this._edges(at.y, cell.scale * ratio),
      ];
      const cover = gridmap.coverOf(this, parts, view.z);
      const frame = cover && this._frame(tile, start, cover, view);
      if (!frame || frame[0] >= frame[2] || frame[1] >= frame[3]) {
        if (cell.canvas) cell.canvas.remove();
        cell.canvas = null;
        return;
      }
      if (!cell.canvas) cell.canvas = L.DomUtil.create("canvas", "", cell.el);
      this._layOut(cell.canvas, frame, at, cell.scale * ratio);
      if (board) Object.assign(board, { width: cell.canvas.width, height: cell.canvas.height });
      view.pen = (board || cell.canvas).getContext("2d");
      view.x = start.x - frame[0];
      view.y = start.y - frame[1];
      view.clip = this.margin
        ? [tile[0] - frame[0], tile[2] - frame[1], tile[1] - tile[0], tile[3] - tile[2]]
        : null;
      gridmap.drawTile(this, parts, view);
      if (!board) return;
      const picture = board.transferToImageBitmap();
      cell.canvas.getContext("bitmaprenderer").transferFromImageBitmap(picture);
    },
    /* What the canvas of a tile must hold: less than the tile where nothing is drawn, more where
       marks reach over its edge. Every pixel costs, in every frame. */
    _frame([left, right, top, bottom], start, cover, { u, px }) {
      const over = Math.round(this.margin * px);
      const reach = MARGIN * px;
      return [
        Math.max(left - over, Math.floor(start.x + cover[0] * u - reach)),
        Math.max(top - over, Math.floor(start.y + cover[1] * u - reach)),
        Math.min(right + over, Math.ceil(start.x + cover[2] * u + reach)),
        Math.min(bottom + over, Math.ceil(start.y + cover[3] * u + reach)),
      ];
    },
    /* The edges of a tile on whole pixels of the screen, so that tiles meet without a seam and stay
       crisp at half zooms, where Leaflet shrinks them. */
    _edges(start, scale) {
      return [Math.round(start * scale), Math.round((start + TILE) * scale)];
    },
    _layOut(canvas, [left, top, right, bottom], at, scale) {
      canvas.width = right - left;
      canvas.height = bottom - top;
      canvas.style.left = left / scale - at.x + "px";
      canvas.style.top = top / scale - at.y + "px";
      canvas.style.width = (right - left) / scale + "px";
      canvas.style.height = (bottom - top) / scale + "px";
    },
  };
  Object.assign(gridmap, { TILE, MARGIN });
})();
