/* What an address restores: view, layers, base map and filter in its fragment, which no server is
   told; the level in its query, as the links of the page have it. And the filter itself, the
   addresses of downloads, the button that copies the link. Stands on gridmap.js, tiles.js. */
(() => {
  "use strict";
  const { make, viewOf } = gridmap;
  const SETTLED_MS = 300;

  const readable = (text) => encodeURIComponent(text).replace(/%2F/g, "/").replace(/%2C/g, ",").replace(/%3A/g, ":");

  /* The day it is in the zone of the site, so many days ago. */
  const dayBefore = (days, timeZone) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(Date.now() - days * 86400000);

  /* ---- the filter: a form whose fields are named like the parameters of layers ---- */

  const filterOf = (map, form, options, apply) => {
    const fields = [...form.elements].filter((field) => field.name);
    const values = () => Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
    const sentence = () => {
      const said = fields.filter((field) => field.value.trim() && field.value !== field.dataset.default);
      return said.map((field) => {
        if (field.tagName === "SELECT") return field.selectedOptions[0].textContent;
        if (field.name === "since" || field.name === "until") return options.words["filter_" + field.name].replace("DAY", field.value);
        return field.value.trim();
      });
    };
    const sign = L.control({ position: "bottomleft" });
    sign.onAdd = () => {
      const box = make("div", "gm-filtered");
      box.append(make("span", "", options.words.filtered + sentence().join(" · ")));
      const off = box.appendChild(make("button", "gm-button", options.words.filter_off));
      off.type = "button";
      off.addEventListener("click", () => {
        form.reset();
        apply();
        map.getContainer().focus({ preventScroll: true });
      });
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    const spoken = form.querySelector("[role=status]");
    const say = (text, isWrong = false) => {
      if (spoken.textContent !== text) spoken.textContent = text;
      spoken.classList.toggle("search-wrong", isWrong);
    };
    const show = () => {
      const said = sentence();
      sign.remove();
      if (said.length) sign.addTo(map);
      say(said.length ? options.words.filtered + said.join(" · ") : "");
      form.querySelectorAll("[data-days]").forEach((button) => {
        const { since, until } = form.elements;
        const isIn = since.value && !until.value && since.value === dayBefore(button.dataset.days, options.timeZone);
        button.setAttribute("aria-pressed", String(Boolean(isIn)));
      });
    };
    form.querySelectorAll("[data-days]").forEach((button) =>
      button.addEventListener("click", () => {
        form.elements.since.value = dayBefore(button.dataset.days, options.timeZone);
        form.elements.until.value = "";
        apply();
      }),
    );
    form.addEventListener("change", () => form.reportValidity() && apply());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      apply();
    });
    form.addEventListener("reset", () => setTimeout(apply));
    return {
      values,
      show,
      say,
      /* Only what differs from what the page says by itself goes into an address. */
      changed: () => fields.filter((field) => field.value.trim() !== (field.dataset.default || "")),
      set(query) {
        fields.forEach((field) => {
          field.value = query.get(field.name) || field.dataset.default || "";
        });
      },
    };
  };

  /* ---- the layers of the page by their keys ---- */

  const layersOf = (map, options) => {
    const layers = Object.entries(options.layers).map(([key, one]) => ({ key, ...one, drawn: window[one.name] }));
    const bases = Object.entries(options.bases).map(([key, name]) => ({ key, drawn: window[name] }));
    const turn = ({ drawn }, isOn) => {
      if (isOn) drawn.addTo(map);
      else drawn.remove();
    };
    const shown = (list) => list.filter((one) => map.hasLayer(one.drawn)).map((one) => one.key);
    const [first, [firstBase]] = [shown(layers), shown(bases)];
    const usual = layers.filter((one) => one.shown).map((one) => one.key);
    return {
      list: layers,
      shown: () => shown(layers),
      isOther: () => shown(layers).join() !== usual.join(),
      base: () => (bases.length > 1 && shown(bases)[0] !== firstBase ? shown(bases)[0] : ""),
      set(query) {
        const unnamed = new URL(window.location.href).searchParams.has("show") ? first : usual;
        const wanted = query.has("layers") ? query.get("layers").split(",") : unnamed;
        layers.forEach((one) => turn(one, wanted.includes(one.key)));
        const named = bases.some((one) => one.key === query.get("base")) ? query.get("base") : firstBase;
        bases.forEach((one) => turn(one, one.key === named));
      },
      /* A filter is to be seen: the tickets come on the map if nothing is there that takes it. */
      filtered(fields) {
        const taking = layers.filter(({ parameters }) => fields.some(({ name }) => name in parameters));
        if (taking.length && !taking.some(({ drawn }) => map.hasLayer(drawn))) turn(taking[0], true);
      },
      /* Each layer takes the parameters that it has. */
      ask(values) {
        layers.forEach(({ drawn, parameters }) => {
          const known = Object.entries(parameters).filter(([key]) => key in values);
          const taken = Object.fromEntries(known.map(([key, meant]) => [key, values[key] || meant]));
          const before = JSON.stringify(drawn.parameters);
          const after = { ...drawn.parameters, ...taken };
          if (JSON.stringify(after) !== before) drawn.setParameters(after);
        });
      },
    };
  };

  /* ---- downloads: what is shown, of one layer ---- */

  /* The zoom of the tiles that are shown: they are 512 px wide (tiles.js). */
  const tileZoom = (map) => Math.max(Math.round(map.getZoom()) - 1, 0);

  const downloads = (map, box, options, layers) => {
    const choice = box.querySelector("select");
    const write = () => {
      const { drawn } = layers.list.find((one) => one.key === choice.value);
      const bounds = map.getBounds();
      const corners = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      const bbox = corners.map((degrees, i) => Math.min(Math.max(degrees, i % 2 ? -90 : -180), i % 2 ? 90 : 180).toFixed(6)).join();
      const asked = Object.entries(drawn.parameters).filter(([, value]) => value !== "");
      const query = new URLSearchParams([["bbox", bbox], ["zoom", tileZoom(map)], ...asked]);
      box.querySelectorAll("a").forEach((one) => {
        one.href = options.download.replace("KEY", choice.value).replace("FORMAT", one.dataset.format) + "?" + query;
      });
    };
    choice.addEventListener("change", write);
    map.on("moveend", write);
    return write;
  };

  gridmap.sharing = (map, options) => {
    const form = document.getElementById("filter");
    const levels = [...document.querySelectorAll(".levels a[data-level]")];
    const layers = layersOf(map, options);
    let level = options.level;
    let taken = {};
    let moving = 0;
    let isRestoring = false;

    const fragment = () => {
      const { lat, lng } = map.getCenter();
      const parts = [["map", [map.getZoom(), lat.toFixed(5), lng.toFixed(5)].join("/")]];
      if (layers.isOther()) parts.push(["layers", layers.shown().join()]);
      if (layers.base()) parts.push(["base", layers.base()]);
      filter.changed().forEach((field) => parts.push([field.name, field.value.trim()]));
      return "#" + parts.map(([key, value]) => key + "=" + readable(value)).join("&");
    };
    const address = () => {
      const url = new URL(window.location.href);
      url.searchParams.delete("show");
      if (level === options.level) url.searchParams.delete("level");
      else url.searchParams.set("level", level);
      return url.pathname + url.search + fragment();
    };
    /* A step that "back" undoes; moving the map is none. */
    const step = () => {
      if (isRestoring) return;
      clearTimeout(moving);
      if (address() !== window.location.pathname + window.location.search + window.location.hash) history.pushState(null, "", address());
    };
    const show = () => {
      layers.ask({ level, ...taken });
      levels.forEach((link) => {
        if (link.dataset.level === level) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
      writeDownloads();
    };
    /* A unit that there is not, as the service says, is told in one sentence; nothing else changes. */
    let newest = 0;
    const isRefused = async (unit) => {
      const { key } = layers.list.find(({ parameters }) => "unit" in parameters);
      const url = options.features.replace("KEY", key) + "?" + new URLSearchParams({ unit, limit: 1 });
      const answer = await fetch(url).catch(() => null);
      return answer !== null && answer.status === 400;
    };
    const take = async (then) => {
      newest += 1;
      const mine = newest;
      const { unit } = filter.values();
      const refused = unit ? await isRefused(unit) : false;
      if (mine !== newest) return;
      if (refused) {
        filter.say(options.words.filter_no_unit.replace("CODE", unit), true);
        return;
      }
      taken = filter.values();
      filter.show();
      show();
      then();
    };
    const apply = () =>
      take(() => {
        layers.filtered(filter.changed());
        step();
      });
    const filter = filterOf(map, form, options, apply);
    const writeDownloads = downloads(map, document.getElementById("downloads"), options, layers);

    const restore = () => {
      const query = new URLSearchParams(window.location.hash.slice(1));
      const asked = new URL(window.location.href).searchParams.get("level");
      const view = viewOf(window.location.hash);
      level = levels.some((link) => link.dataset.level === asked) ? asked : options.level;
      filter.set(query);
      if (view) map.setView(view.at, view.zoom, { animate: false });
      const without = (steps) => {
        isRestoring = true;
        steps();
        isRestoring = false;
      };
      without(() => layers.set(query));
      show();
      take(() => without(() => query.has("layers") || layers.filtered(filter.changed())));
    };
    if (window.location.hash.length > 1) restore();
    else take(() => {});

    levels.forEach((link) =>
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        level = link.dataset.level;
        show();
        step();
      }),
    );
    map.on("moveend", () => {
      clearTimeout(moving);
      moving = setTimeout(() => history.replaceState(null, "", address()), SETTLED_MS);
    });
    map.on("overlayadd overlayremove baselayerchange", step);
    window.addEventListener("popstate", restore);
    window.addEventListener("pagehide", () => clearTimeout(moving));

    /* Links that the server wrote know nothing of the fragment. */
    document.querySelectorAll("a.language").forEach((link) =>
      link.addEventListener("click", () => {
        const url = new URL(link.href);
        const now = new URL(address(), window.location.href);
        if (now.searchParams.has("level")) url.searchParams.set("level", level);
        else url.searchParams.delete("level");
        url.hash = now.hash;
        link.href = url.href;
      }),
    );
    document.getElementById("copy-link").addEventListener("click", () => {
      const url = new URL(address(), window.location.href);
      url.searchParams.delete("lang");
      const { theme } = document.documentElement.dataset;
      if (theme) url.searchParams.set("theme", theme);
      history.replaceState(null, "", url);
      const copying = navigator.clipboard ? navigator.clipboard.writeText(url.href) : Promise.reject(new Error("no clipboard"));
      copying.then(
        () => gridmap.tell(map, options.words.copied),
        () => gridmap.tell(map, options.words.not_copied),
      );
    });
  };
})();
