/* What stands beside a map follows changes as the map does: asked for again when the map hears of
   some, and put in the place of what it was. Stands on gridmap.js; live.js fires "gm-changes". */
(() => {
  "use strict";
  const AGAIN_MS = 3000;

  const reached = (region) => [...region.querySelectorAll("a[href], button, [tabindex]")];

  /* Whoever is in a region by keyboard stays at the same link, or at the same place. */
  const exchange = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    const place = reached(old).indexOf(document.activeElement);
    const href = place < 0 ? null : document.activeElement.getAttribute("href");
    const scrolled = [...old.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
    old.replaceWith(fresh);
    [...fresh.querySelectorAll(".scroll")].forEach((box, i) => {
      box.scrollLeft = scrolled[i] || 0;
    });
    if (place < 0) return;
    const found = reached(fresh);
    const next = found.find((one) => href && one.getAttribute("href") === href) || found[place];
    if (next) next.focus({ preventScroll: true });
  };

  /* Draws a layer anew whose data are part of the page, if they have changed. */
  const redraw = (map, fresh) => {
    const name = fresh.dataset.block;
    const block = document.getElementById(name + "_data");
    if (!block || block.textContent === fresh.textContent) return;
    window[name].remove();
    block.textContent = fresh.textContent;
    window[name] = gridmap[name.replace("_layer", "")](name).addTo(map);
  };

  const take = (map, text) => {
    const part = new DOMParser().parseFromString(text, "text/html");
    const regions = [...part.querySelectorAll("[data-live]")];
    const fresh = new Map(regions.map((one) => [one.dataset.live, one]));
    document.querySelectorAll("[data-live]").forEach((old) => {
      if (fresh.has(old.dataset.live)) exchange(old, fresh.get(old.dataset.live));
    });
    part.querySelectorAll("[data-block]").forEach((block) => redraw(map, block));
  };

  gridmap.following = (map, { tables: followed, every_ms: everyMs }) => {
    /* A change concerns all open maps: they do not ask in the same moment. */
    const jitterMs = everyMs / 5;
    let tag = "";
    let timer = 0;
    let askedAt = -everyMs;
    let underWay = false;
    let again = false;

    const soon = (wait) => {
      if (underWay) again = true;
      else if (!timer) timer = setTimeout(ask, wait + Math.random() * jitterMs);
    };
    const next = () => soon(Math.max(everyMs - (performance.now() - askedAt), 0));
    const ask = async () => {
      timer = 0;
      underWay = true;
      again = false;
      askedAt = performance.now();
      const headers = { "Gridmap-Part": "live", ...(tag && { "If-None-Match": tag }) };
      const { pathname, search } = window.location;
      const asked = fetch(pathname + search, { headers, cache: "no-store" });
      const answer = await asked.catch(() => null);
      const text = answer && answer.ok ? await answer.text().catch(() => null) : null;
      underWay = false;
      if (answer && [401, 403, 404].includes(answer.status)) {
        window.location.reload(); // what the page is about is gone, or out of sight: it says so
      } else if (text !== null) {
        tag = answer.headers.get("ETag") || "";
        take(map, text);
      } else if (!answer || answer.status !== 304) soon(AGAIN_MS);
      if (again) next();
    };
    map.on("gm-changes", ({ tables }) => {
      if (followed.some((table) => table in tables)) next();
    });
  };
})();
