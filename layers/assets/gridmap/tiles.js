/* Layers of vector tiles: fetched as one looks, drawn on canvases. Stands on gathering.js,
   tracking.js, picturing.js, naming.js and touching.js. A tile is 512 px wide: at zoom 14 of the
   map, z is 13. */
(() => {
  "use strict";
  const { EXTENT, TILE, MARGIN, read, make, legendLine, trackerOf } = gridmap;
  /* How much ground around a tile may show in it, in widths of the tile. */
  const BUFFER = 0.06;
  const AT_MOST_EVERY_MS = 1000;
  /* How long tiles wait for the first state, so as not to be drawn twice. */
  const STATE_FIRST_MS = 400;
  const JITTER_MS = 600;
  /* What is told of features apart from tiles, such as counts, may be some seconds behind. */
  const STATE_EVERY_MS = 5000;
  const STATE_JITTER_MS = 1000;

  const paneOf = (map, name, zIndex) => {
    if (!map.getPane(name)) map.createPane(name).style.zIndex = zIndex;
    return name;
  };

  /* ---- one layer ---- */

  const Tiled = L.GridLayer.extend({
    includes: gridmap.pictures,
    options: {
      tileSize: TILE,
      keepBuffer: 1,
      updateWhenZooming: false,
      updateWhenIdle: false,
      updateInterval: 100,
    },

    initialize(data) {
      L.GridLayer.prototype.initialize.call(this, {
        zIndex: data.rank,
        bounds: [
          [-85.06, -180],
          [85.06, 180],
        ],
      });
      this.data = data;
      this.parameters = data.parameters || {};
      this.state = { fields: [], rows: {}, legend: [] };
      this.sources = new Map();
      this._hearing = 0;
      this._news = [];
      this._stateSoon = 0;
      this._stateAt = -STATE_EVERY_MS;
      this.margin = data.paints.some((paint) => paint.kind === "dot" || paint.kind === "cluster")
        ? MARGIN
        : 0;
      this.on("tileunload", ({ tile }) => this._leave(tile.gmCell));
    },

    onAdd(map) {
      this.options.pane = this.data.interactive
        ? paneOf(map, "tiles", 380)
        : paneOf(map, "base", 350);
      trackerOf(map).layers.add(this);
      map.on("gm-changes", this._hear, this);
      map.on("gm-theme", this.restyle, this);
      map.on("zoomend", this._sharpen, this);
      this._stateFirst = Promise.race([
        this._fetchState(),
        new Promise((resolve) => setTimeout(resolve, STATE_FIRST_MS)),
      ]);
      L.GridLayer.prototype.onAdd.call(this, map);
    },

    onRemove(map) {
      clearTimeout(this._hearing);
      clearTimeout(this._stateSoon);
      this._hearing = 0;
      this._stateSoon = 0;
      this._news = []; // all tiles are fetched anew when it comes back
      if (this._stateAsked) this._stateAsked.abort();
      map.off("gm-changes", this._hear, this);
      map.off("gm-theme", this.restyle, this);
      map.off("zoomend", this._sharpen, this);
      L.GridLayer.prototype.onRemove.call(this, map);
      [...this.sources.values()].forEach((source) => source.asked.abort());
      this.sources.clear();
      trackerOf(map).layers.delete(this);
      trackerOf(map).look();
    },

    /* ---- Leaflet's grid, made to fit ---- */

    /* No zoom of a layer limits the map: below its own a layer is empty, above it is enlarged. */
    _clampZoom(zoom) {
      return zoom === undefined || zoom < Math.max(this.data.minZoom, 0) + 1 ? undefined : zoom;
    },
    /* While the map nears or leaves, what will be seen at its end is fetched, not less: Leaflet
       would wait for the end with most tiles of a farther view. */
    _getTiledPixelBounds(centre) {
      const map = this._map;
      const zoom = map._animatingZoom ? map._animateToZoom : map.getZoom();
      const scale = map.getZoomScale(zoom, this._tileZoom);
      const middle = map.project(centre, this._tileZoom).floor();
      const half = map.getSize().divideBy(scale * 2);
      return L.bounds(middle.subtract(half), middle.add(half));
    },
    _pruneTiles() {
      if (this._map && this._tileZoom === undefined) this._removeAllTiles();
      else L.GridLayer.prototype._pruneTiles.call(this);
    },
    _setView(centre, zoom, noPrune, noUpdate) {
      this._zoomAimedAt = zoom;
      L.GridLayer.prototype._setView.call(this, centre, zoom, noPrune, noUpdate);
    },
    /* Tiles do not fade in: half seen over the old ones, areas would flicker. */
    _updateOpacity() {
      if (!this._map) return;
      Object.values(this._tiles).forEach((tile) => {
        if (!tile.loaded) return;
        tile.el.style.opacity = "";
        tile.active = true;
      });
      if (!this._noPrune) this._pruneTiles();
    },
    createTile(coords, done) {
      const el = L.DomUtil.create("div", "gm-tile");
      const deeper = Math.max(0, coords.z - 1 - this.data.maxZoom);
      const cell = { el, coords, deeper, canvas: null, scale: 0 };
      cell.x = coords.x >> deeper;
      cell.y = coords.y >> deeper;
      cell.z = coords.z - 1 - deeper;
      cell.factor = (TILE * 2 ** deeper) / EXTENT;
      cell.offset = L.point(
        coords.x - (cell.x << deeper),
        coords.y - (cell.y << deeper),
      ).multiplyBy(TILE);
      el.gmCell = cell;
      Promise.all([this._enter(cell), this._stateFirst]).then(([wanted]) => {
        if (!wanted || !this._map) return;
        trackerOf(this._map).soon(() => {
          if (!this._map || !cell.source.cells.has(cell)) return;
          this._paint(cell);
          done(null, el);
          this._updateOpacity();
          this._changed();
        });
      });
      return el;
    },

    /* ---- sources: a tile fetched and read once for all cells drawn from it ---- */

    _enter(cell) {
      const key = cell.z + "/" + cell.x + "/" + cell.y;
      let source = this.sources.get(key);
      if (!source) {
        source = { key, z: cell.z, x: cell.x, y: cell.y, cells: new Set(), parts: {}, etag: null };
        this.sources.set(key, source);
        this._fetch(source);
      }
      source.cells.add(cell);
      cell.source = source;
      return source.ready.then(() => source.cells.has(cell));
    },
    _leave(cell) {
      const { source } = cell;
      source.cells.delete(cell);
      if (cell.canvas) cell.canvas.width = cell.canvas.height = 0;
      if (!source.cells.size) {
        source.asked.abort();
        this.sources.delete(source.key);
      }
      this._changed();
    },
    /* Answers when the newest question about a source is answered, be it that nothing changed. */
    _fetch(source) {
      if (source.asked) source.asked.abort();
      source.asked = new AbortController();
      source.underWay = true;
      source.again = false;
      const { signal } = source.asked;
      const { z, x, y, etag: known } = source;
      const wish = {
        map: this._map,
        data: this.data,
        parameters: this.parameters,
        z,
        x,
        y,
        signal,
        known,
      };
      const ready = gridmap.fetchTile(wish).then((found) => {
        if (signal.aborted) return source.ready === ready ? null : source.ready;
        source.underWay = false;
        if (found && !found.same) {
          source.parts = found.parts;
          source.etag = found.etag;
          source.cells.forEach((cell) => cell.scale && this._paint(cell));
        }
        this._changed();
        if (source.again) this._fetchAgain([source]);
        return null;
      });
      source.ready = ready;
    },
    /* Sources that are looked at are fetched now, others when somebody looks again. What is under
       way comes first, unless something else is asked for: over a slow line nothing would ever
       come. */
    _fetchAgain(sources, { anew = false } = {}) {
      if (!this._map || this._tileZoom === undefined) return;
      const range = this._pxBoundsToTileRange(this._getTiledPixelBounds(this._map.getCenter()));
      const inView = ({ coords }) => coords.z === this._tileZoom && range.contains(coords);
      sources.forEach((source) => {
        if (source.underWay && !anew) {
          source.again = true;
          return;
        }
        const cells = [...source.cells];
        if (!cells.some(inView)) {
          cells.forEach((cell) => this._removeTile(this._tileCoordsToKey(cell.coords)));
          return;
        }
        this._fetch(source);
      });
    },

    /* ---- state ---- */

    async _fetchState() {
      const { values, words } = this.data;
      if (!values || !this._map) return;
      if (this._stateAsked) this._stateAsked.abort();
      this._stateAsked = new AbortController();
      const { signal } = this._stateAsked;
      this._stateDue = true;
      this._stateAgain = false;
      const url = values.url + gridmap.queryOf(this.parameters);
      const found = await gridmap.fetchPatiently(this._map, words, url, signal, this._stateTag);
      if (signal.aborted) return;
      this._stateDue = false;
      if (found && !found.same) {
        this._stateTag = found.etag;
        this.setState(JSON.parse(new TextDecoder().decode(found.bytes)));
      }
      if (this._stateAgain) this._fetchState();
      if (this._map) trackerOf(this._map).look();
    },
    stateOf(feature) {
      const { values } = this.data;
      return values ? this.state.rows[feature.attributes[values.key]] : undefined;
    },

    /* ---- pictures ---- */

    _sharpen() {
      this.cells().forEach((cell) => {
        if (cell.scale && cell.scale !== 2 ** (this._zoomAimedAt - cell.coords.z))
          this._paint(cell);
      });
      this.fire("gm-restyled");
      this._changed();
    },
    /* The cells of the zoom that is looked at. */
    cells() {
      return Object.values(this._tiles)
        .filter((tile) => tile.coords.z === this._tileZoom && tile.el.gmCell.scale)
        .map((tile) => tile.el.gmCell);
    },
    _changed() {
      if (!this._map) return;
      this.fire("gm-changed");
      trackerOf(this._map).look();
    },
    isFetching() {
      return (
        Boolean(this._stateDue) ||
        Object.values(this._tiles).some((tile) => tile.current && !tile.loaded)
      );
    },
    isWaiting() {
      return Boolean(this.namesDue) || this.isFetching();
    },

    /* ---- news ---- */

    _hear({ tables }) {
      this._news.push(tables || null);
      if (this._hearing) return;
      const since = performance.now() - (this._heardAt || -AT_MOST_EVERY_MS);
      const wait = Math.max(AT_MOST_EVERY_MS - since, 0) + Math.random() * JITTER_MS;
      this._hearing = setTimeout(() => {
        this._hearing = 0;
        this._heardAt = performance.now();
        const news = this._news;
        this._news = [];
        this._learn(news);
      }, wait);
    },
    _learn(news) {
      const names = (wanted) =>
        news.some((tables) => !tables || wanted.some((table) => table in tables));
      const { live, values } = this.data;
      if (names(live)) {
        this._fetchAgain(
          [...this.sources.values()].filter((source) =>
            news.some((tables) => this._concerns(tables, source)),
          ),
        );
      }
      if (!values || !names(values.live)) return;
      this._fetchStateSoon();
    },
    _fetchStateSoon() {
      if (this._stateSoon) return;
      const since = performance.now() - this._stateAt;
      const wait = Math.max(STATE_EVERY_MS - since, 0) + Math.random() * STATE_JITTER_MS;
      this._stateSoon = setTimeout(() => {
        this._stateSoon = 0;
        this._stateAt = performance.now();
        if (this._stateDue) this._stateAgain = true;
        else this._fetchState();
      }, wait);
    },
    _concerns(tables, source) {
      if (!tables) return true;
      const tile = this._box(source);
      return this.data.live.some((table) => {
        if (!(table in tables)) return false;
        const boxes = tables[table];
        return (
          !boxes ||
          boxes.some(([w, s, e, n]) => w <= tile[2] && e >= tile[0] && s <= tile[3] && n >= tile[1])
        );
      });
    },
    /* West, south, east, north of a source in degrees, a little wider, as its shapes are. */
    _box({ x, y, z }) {
      const corner = (column, row) =>
        L.CRS.EPSG3857.pointToLatLng(L.point(column * 256, row * 256), z);
      const nw = corner(x - BUFFER, y - BUFFER);
      const se = corner(x + 1 + BUFFER, y + 1 + BUFFER);
      return [nw.lng, se.lat, se.lng, nw.lat];
    },

    /* ---- what pages may ask for ---- */

    /* What the layer is asked for from now on; the old picture stays until the new one is here. */
    setParameters(parameters) {
      this.parameters = { ...parameters };
      if (!this._map) return this;
      this._fetchAgain([...this.sources.values()], { anew: true });
      this._fetchState();
      return this;
    },
    setState(state) {
      this.state = {
        fields: state.fields || [],
        rows: state.rows || {},
        legend: state.legend || [],
      };
      return this.restyle();
    },
    restyle() {
      if (!this._map) return this;
      this.cells().forEach((cell) => this._paint(cell));
      this.fire("gm-restyled");
      this._changed();
      return this;
    },
    featuresAt(latlng) {
      return gridmap.featuresAt(this, latlng);
    },
  });

  /* A sign as the paint of its kind draws it, in the colour of the theme. */
  const legendLines = (layer) => {
    const palette = layer.data.palette[gridmap.theme()];
    const entries = layer.state.legend.length ? layer.state.legend : layer.data.legend || [];
    const here = entries.filter((entry) =>
      gridmap.seen(entry, Math.round(layer._map.getZoom()) - 1),
    );
    return here.map(({ kind, colour, name, corners, dash }) => {
      const sign = make("i", "gm-key gm-key-" + kind + " gm-corners-" + (corners || 0));
      sign.classList.toggle("gm-key-dashed", Boolean(dash && dash.length));
      sign.style.setProperty("--colour", palette[colour] || colour);
      return legendLine(
        sign,
        typeof name === "string" ? name : name[layer.data.language === "zh" ? 0 : 1],
      );
    });
  };

  gridmap.tiled = (name) => {
    const layer = new Tiled(read(name));
    gridmap.named(layer);
    gridmap.legend(layer, layer.data.title, () => legendLines(layer));
    if (layer.data.interactive) gridmap.touched(layer);
    return layer;
  };
})();
