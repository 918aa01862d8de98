/* Lengths and areas on the ellipsoid, and the shift of GCJ-02. Longitude first, degrees in, metres
   out. Tests hold it against pyproj and gridmap.datum. Stands on gridmap.js. */
(() => {
  "use strict";
  /* WGS 84: semi-major axis and flattening. */
  const AXIS_M = 6378137;
  const FLATTENING = 1 / 298.257223563;
  const POLAR_M = AXIS_M * (1 - FLATTENING);
  const E2 = FLATTENING * (2 - FLATTENING);
  const E = Math.sqrt(E2);
  const RADIANS = Math.PI / 180;

  /* The geodesic between two points: T. Vincenty, "Direct and inverse solutions of geodesics on the
     ellipsoid", Survey Review 23 (1975), inverse formula. It does not settle between points on
     opposite sides of the earth, where nobody measures: the last step is taken. */
  const distance = ([lon1, lat1], [lon2, lat2]) => {
    const u1 = Math.atan((1 - FLATTENING) * Math.tan(lat1 * RADIANS));
    const u2 = Math.atan((1 - FLATTENING) * Math.tan(lat2 * RADIANS));
    const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
    const turn = (lon2 - lon1) * RADIANS;
    let lambda = turn;
    let sigma = 0;
    let sinSigma = 0;
    let cosSigma = 1;
    let cos2Alpha = 1;
    let cos2Mid = 0;
    for (let step = 0; step < 60; step += 1) {
      const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
      sinSigma = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
      if (sinSigma === 0) return 0;
      cosSigma = sin1 * sin2 + cos1 * cos2 * cosL;
      sigma = Math.atan2(sinSigma, cosSigma);
      const sinAlpha = (cos1 * cos2 * sinL) / sinSigma;
      cos2Alpha = 1 - sinAlpha * sinAlpha;
      cos2Mid = cos2Alpha === 0 ? 0 : cosSigma - (2 * sin1 * sin2) / cos2Alpha;
      const c = (FLATTENING / 16) * cos2Alpha * (4 + FLATTENING * (4 - 3 * cos2Alpha));
      const around = cos2Mid + c * cosSigma * (2 * cos2Mid * cos2Mid - 1);
      const before = lambda;
      lambda = turn + (1 - c) * FLATTENING * sinAlpha * (sigma + c * sinSigma * around);
      if (Math.abs(lambda - before) < 1e-13) break;
    }
    const k2 = (cos2Alpha * (AXIS_M * AXIS_M - POLAR_M * POLAR_M)) / (POLAR_M * POLAR_M);
    const a = 1 + (k2 / 16384) * (4096 + k2 * (k2 * (320 - 175 * k2) - 768));
    const b = (k2 / 1024) * (256 + k2 * (k2 * (74 - 47 * k2) - 128));
    const mid2 = cos2Mid * cos2Mid;
    const far = (b / 6) * cos2Mid * (4 * sinSigma * sinSigma - 3) * (4 * mid2 - 3);
    const less = b * sinSigma * (cos2Mid + (b / 4) * (cosSigma * (2 * mid2 - 1) - far));
    return POLAR_M * a * (sigma - less);
  };

  const length = (points) =>
    points.slice(1).reduce((sum, point, i) => sum + distance(points[i], point), 0);

  /* Authalic latitude: J. P. Snyder, "Map projections: a working manual" (USGS, 1987), formulas
     3-11 and 3-12; the sphere of the same surface has the radius of 3-13. */
  const q = (sine) => {
    const es = E * sine;
    return (1 - E2) * (sine / (1 - es * es) - Math.log((1 - es) / (1 + es)) / (2 * E));
  };
  const POLE_Q = q(1);

  /* The ground within a ring, on the authalic sphere: the sum of what lies between each edge and
     the equator, C. F. F. Karney, "Algorithms for geodesics", Journal of Geodesy 87 (2013), formula
     63. */
  const area = (ring) => {
    const half = ring.map(([, lat]) => {
      const authalic = Math.asin(q(Math.sin(lat * RADIANS)) / POLE_Q);
      return Math.tan(authalic / 2);
    });
    const excess = ring.reduce((sum, [lon], i) => {
      const j = (i + 1) % ring.length;
      const turn = Math.tan(((ring[j][0] - lon) * RADIANS) / 2);
      return sum + 2 * Math.atan2(turn * (half[i] + half[j]), 1 + half[i] * half[j]);
    }, 0);
    return (Math.abs(excess) * AXIS_M * AXIS_M * POLE_Q) / 2;
  };

  /* WGS 84 to GCJ-02 as gridmap/datum.py has it; outside of its box nothing is shifted. */
  const KRASOVSKY_M = 6378245;
  const KRASOVSKY_E2 = 0.00669342162296594323;
  const wave = (size, per, value) => size * Math.sin((Math.PI * value) / per);
  const toGcj02 = ([lon, lat]) => {
    if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
    const [x, y] = [lon - 105, lat - 35];
    const root = Math.sqrt(Math.abs(x));
    const both = wave(20, 1 / 6, x) + wave(20, 1 / 2, x);
    const inNorth = wave(20, 1, y) + wave(40, 3, y) + wave(160, 12, y) + wave(320, 30, y);
    const inEast = wave(20, 1, x) + wave(40, 3, x) + wave(150, 12, x) + wave(300, 30, x);
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
    north += (2 / 3) * (both + inNorth);
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
    east += (2 / 3) * (both + inEast);
    const sine = Math.sin(lat * RADIANS);
    const w2 = 1 - KRASOVSKY_E2 * sine * sine;
    const meridian = (KRASOVSKY_M * (1 - KRASOVSKY_E2)) / (w2 * Math.sqrt(w2));
    const parallel = (KRASOVSKY_M / Math.sqrt(w2)) * Math.cos(lat * RADIANS);
    return [lon + east / parallel / RADIANS, lat + north / meridian / RADIANS];
  };

  gridmap.geodesy = { distance, length, area, toGcj02 };
})();
