/* Base maps of other hosts. One in GCJ-02 has its picture moved by the exact shift at the centre of
   the view, under overlays that stay where they are. Stands on gridmap.js, geodesy.js. */
(() => {
  "use strict";
  const { read, make } = gridmap;

  /* Away from the centre the shift differs by less than a pixel: by some 0.1 m over a view of 1 km.
     */
  const Shifted = L.TileLayer.extend({
    onAdd(map) {
      L.TileLayer.prototype.onAdd.call(this, map);
      map.on("moveend", this.follow, this);
    },
    onRemove(map) {
      map.off("moveend", this.follow, this);
      L.TileLayer.prototype.onRemove.call(this, map);
    },
    follow() {
      this._setZoomTransforms(this._map.getCenter(), this._map.getZoom());
    },
    pictured(centre) {
      const place = L.latLng(centre);
      const [lon, lat] = gridmap.geodesy.toGcj02([place.lng, place.lat]);
      return L.latLng(lat, lon);
    },
    /* Which tiles are wanted: those around the place where the picture has the centre. */
    _getTiledPixelBounds(centre) {
      return L.TileLayer.prototype._getTiledPixelBounds.call(this, this.pictured(centre));
    },
    /* Where they are put. */
    _setZoomTransform(level, centre, zoom) {
      const map = this._map;
      const scale = map.getZoomScale(zoom, level.zoom);
      const shift = map.project(this.pictured(centre), zoom).subtract(map.project(centre, zoom));
      const at = level.origin.multiplyBy(scale).subtract(map._getNewPixelOrigin(centre, zoom));
      L.DomUtil.setTransform(level.el, at.subtract(shift).round(), scale);
    },
  });

  gridmap.basemap = (name) => {
    const data = read(name);
    const options = {
      maxNativeZoom: data.maxZoom,
      maxZoom: 24,
      subdomains: data.subdomains,
      referrerPolicy: data.tellsAddress ? "origin" : "no-referrer",
      className: "gm-online",
      attribution: make("span", "", data.attribution).innerHTML,
    };
    const Kind = data.datum === "gcj02" ? Shifted : L.TileLayer;
    const group = L.layerGroup(
      data.urls.map(
        (url, i) =>
          new Kind(url, { ...options, zIndex: i + 1, attribution: i ? "" : options.attribution }),
      ),
    );
    let failed = false;
    group.eachLayer((layer) =>
      layer.on("tileerror", () => {
        if (failed || !group._map) return;
        failed = true;
        gridmap.tell(group._map, data.words.base_map_failed.replace("NAME", data.name));
      }),
    );
    return group;
  };
})();
