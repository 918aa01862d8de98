/* What an address restores: view, layers, base map and filter in its fragment, which no server is
   told; the level in its query, as the links of the page have it. And the filter itself, the
   addresses of downloads, the button that copies the link. Stands on gridmap.js, tiles.js. */
(() => {
  "use strict";
  const { make, viewOf } = gridmap;
  const SETTLED_MS = 300;

  const readable = (text) =>
    encodeURIComponent(text).replace(/%2F/g, "/").replace(/%2C/g, ",").replace(/%3A/g, ":");

  const DAY_MS = 86400000;
  const YEAR_MONTH_DAY = { year: "numeric", month: "2-digit", day: "2-digit" };

  /* The day it is in the zone of the site, so many days ago. */
  const dayBefore = (days, timeZone) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, ...YEAR_MONTH_DAY }).format(
      Date.now() - days * DAY_MS,
    );

  /* ---- the filter: a form whose fields are named like the parameters of layers ---- */

  const saidOf = (field, words) => {
    if (field.tagName === "SELECT") return field.selectedOptions[0].textContent;
    const sentence = words["filter_" + field.name];
    return sentence ? sentence.replace("DAY", field.value) : field.value.trim();
  };

  /* What the map says of the filter, with the button that takes it off. */
  const signOf = (words, takeOff) => {
    const sign = L.control({ position: "bottomleft" });
    sign.onAdd = () => {
      const box = make("div", "gm-filtered");
      box.append(make("span", "", sign.says));
      const off = box.appendChild(make("button", "gm-button", words.filter_off));
      off.type = "button";
      off.addEventListener("click", takeOff);
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    return sign;
  };

  /* The buttons that name days quickly; answers what shows which of them is in. */
  const daysOf = (form, timeZone, apply) => {
    const { since, until } = form.elements;
    const buttons = [...form.querySelectorAll("[data-days]")];
    const dayOf = (button) => dayBefore(button.dataset.days, timeZone);
    buttons.forEach((button) =>
      button.addEventListener("click", () => {
        since.value = dayOf(button);
        until.value = "";
        apply();
      }),
    );
    return () =>
      buttons.forEach((button) => {
        const isIn = !until.value && since.value !== "" && since.value === dayOf(button);
        button.setAttribute("aria-pressed", String(isIn));
      });
  };

  /* What stands in the form is told apart from what is held: that alone is asked for, said and
     shared. */
  const filterOf = (map, form, { words, timeZone }, apply) => {
    const fields = [...form.elements].filter((field) => field.name);
    const usual = (field) => field.dataset.default || "";
    const values = () =>
      Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
    const spoken = form.querySelector("[role=status]");
    const say = (text, isWrong = false) => {
      if (spoken.textContent !== text) spoken.textContent = text;
      spoken.classList.toggle("search-wrong", isWrong);
    };
    const sign = signOf(words, () => {
      form.reset();
      apply();
      map.getContainer().focus({ preventScroll: true });
    });
    const showDays = daysOf(form, timeZone, apply);
    let held = {};
    form.addEventListener("change", () => form.reportValidity() && apply());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      apply();
    });
    form.addEventListener("reset", () => setTimeout(apply));
    return {
      values,
      held: () => held,
      hold() {
        held = values();
        const other = fields.filter((field) => field.value.trim() && field.value !== usual(field));
        const said = other.map((field) => saidOf(field, words));
        sign.says = words.filtered + said.join(" · ");
        sign.remove();
        if (said.length) sign.addTo(map);
        say(said.length ? sign.says : "");
        showDays();
      },
      /* A unit that there is not is told in one sentence. */
      refuse: (unit) => say(words.filter_no_unit.replace("CODE", unit), true),
      /* Names and values; only what differs from what the page says by itself. */
      changed: () =>
        fields
          .filter((field) => field.name in held && held[field.name] !== usual(field))
          .map(({ name }) => [name, held[name]]),
      set(query) {
        fields.forEach((field) => {
          field.value = query.get(field.name) || usual(field);
        });
      },
      drop(name) {
        form.elements[name].value = "";
      },
    };
  };

  /* ---- the layers of the page by their keys ---- */

  const layersOf = (map, options) => {
    const drawn = (key, name) => ({ key, drawn: window[name] });
    const bases = Object.entries(options.bases).map(([key, name]) => drawn(key, name));
    const layers = Object.entries(options.layers).map(([key, one]) => ({
      ...one,
      ...drawn(key, one.name),
    }));
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
        const base = bases.some((one) => one.key === query.get("base"))
          ? query.get("base")
          : firstBase;
        bases.forEach((one) => turn(one, one.key === base));
      },
      /* A filter is to be seen: the tickets come on the map if nothing is there that takes it. */
      filtered(names) {
        const taking = layers.filter(({ parameters }) => names.some((name) => name in parameters));
        if (taking.length && !shown(taking).length) turn(taking[0], true);
      },
      /* Each layer takes the parameters that it has. */
      ask(values) {
        layers.forEach((one) => {
          const after = { ...one.drawn.parameters };
          Object.entries(one.parameters).forEach(([key, meant]) => {
            if (key in values) after[key] = values[key] || meant;
          });
          if (JSON.stringify(after) !== JSON.stringify(one.drawn.parameters))
            one.drawn.setParameters(after);
        });
      },
    };
  };

  /* ---- downloads: what is shown, of one layer ---- */

  /* The zoom of the tiles that are shown: they are 512 px wide (tiles.js). */
  const tileZoom = (map) => Math.max(Math.round(map.getZoom()) - 1, 0);

  const boxOf = (map) => {
    const bounds = map.getBounds();
    const corners = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const within = (degrees, most) => Math.min(Math.max(degrees, -most), most).toFixed(6);
    return corners.map((degrees, i) => within(degrees, i % 2 ? 90 : 180)).join();
  };

  const downloads = (map, box, options, layers) => {
    const choice = box.querySelector("select");
    const write = () => {
      const { drawn } = layers.list.find((one) => one.key === choice.value);
      const asked = Object.entries(drawn.parameters).filter(([, value]) => value !== "");
      const query = new URLSearchParams([["bbox", boxOf(map)], ["zoom", tileZoom(map)], ...asked]);
      const url = options.download.replace("KEY", choice.value);
      box.querySelectorAll("a").forEach((one) => {
        one.href = url.replace("FORMAT", one.dataset.format) + "?" + query;
      });
    };
    choice.addEventListener("change", write);
    map.on("moveend", write);
    return write;
  };

  /* ---- levels: links of the page that need no new page ---- */

  const levelsOf = (usual, choose) => {
    const links = [...document.querySelectorAll(".levels a[data-level]")];
    let chosen = usual;
    const set = (level) => {
      chosen = links.some((link) => link.dataset.level === level) ? level : usual;
      links.forEach((link) => {
        if (link.dataset.level === chosen) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    };
    links.forEach((link) =>
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        set(link.dataset.level);
        choose();
      }),
    );
    return { set, chosen: () => chosen, isOther: () => chosen !== usual };
  };

  /* ---- the address ---- */

  const addressOf = (map, { layers, levels, filter }) => {
    const fragment = () => {
      const { lat, lng } = map.getCenter();
      const parts = [["map", [map.getZoom(), lat.toFixed(5), lng.toFixed(5)].join("/")]];
      if (layers.isOther()) parts.push(["layers", layers.shown().join()]);
      if (layers.base()) parts.push(["base", layers.base()]);
      parts.push(...filter.changed());
      return "#" + parts.map(([key, value]) => key + "=" + readable(value)).join("&");
    };
    return () => {
      const url = new URL(window.location.href);
      url.searchParams.delete("show");
      if (levels.isOther()) url.searchParams.set("level", levels.chosen());
      else url.searchParams.delete("level");
      return url.pathname + url.search + fragment();
    };
  };

  /* Writes the address as the map changes, but none that is only half restored. */
  const writing = (map, address, isRestoring) => {
    let timer = 0;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(write, SETTLED_MS);
    };
    const write = () => {
      if (isRestoring()) soon();
      else history.replaceState(null, "", address());
    };
    /* A step that "back" undoes; moving the map is none. */
    const step = () => {
      if (isRestoring()) return;
      clearTimeout(timer);
      const { pathname, search, hash } = window.location;
      if (address() !== pathname + search + hash) history.pushState(null, "", address());
    };
    map.on("moveend", soon);
    map.on("overlayadd overlayremove baselayerchange", step);
    window.addEventListener("pagehide", () => clearTimeout(timer));
    return { soon, step };
  };

  /* Links that the server wrote know nothing of the fragment. */
  const completing = (links, address) =>
    links.forEach((link) =>
      link.addEventListener("click", () => {
        const url = new URL(link.href);
        const now = new URL(address(), window.location.href);
        const level = now.searchParams.get("level");
        if (level) url.searchParams.set("level", level);
        else url.searchParams.delete("level");
        url.hash = now.hash;
        link.href = url.href;
      }),
    );

  const copying = (map, button, address, words) =>
    button.addEventListener("click", async () => {
      const url = new URL(address(), window.location.href);
      url.searchParams.delete("lang");
      const { theme } = document.documentElement.dataset;
      if (theme) url.searchParams.set("theme", theme);
      history.replaceState(null, "", url);
      try {
        await navigator.clipboard.writeText(url.href); // there is none on a page without TLS
        gridmap.tell(map, words.copied);
      } catch {
        gridmap.tell(map, words.not_copied);
      }
    });

  /* Whether there is no such unit, as the service says. */
  const isRefused = async (unit, layers, options) => {
    const { key } = layers.list.find(({ parameters }) => "unit" in parameters);
    const query = new URLSearchParams({ unit, limit: 1 });
    const url = options.features.replace("KEY", key) + "?" + query;
    const answer = await fetch(url).catch(() => null);
    return answer !== null && answer.status === 400;
  };

  gridmap.sharing = (map, options) => {
    let newest = 0;
    let restoring = null; // the fragment whose filter and layers are still to come
    const layers = layersOf(map, options);
    const form = document.getElementById("filter");
    const filter = filterOf(map, form, options, () => apply());
    const levels = levelsOf(options.level, () => {
      ask();
      addresses.step();
    });
    const address = addressOf(map, { layers, levels, filter });
    const addresses = writing(map, address, () => restoring !== null);
    const box = document.getElementById("downloads");
    const writeDownloads = downloads(map, box, options, layers);

    const ask = () => {
      layers.ask({ level: levels.chosen(), ...filter.held() });
      writeDownloads();
    };
    /* Layers come after the filter is known: they are asked for once. */
    const bring = () => {
      if (restoring) layers.set(restoring);
      if (!restoring || !restoring.has("layers"))
        layers.filtered(filter.changed().map(([name]) => name));
      const isStep = !restoring;
      restoring = null;
      if (isStep) addresses.step();
    };
    /* For a unit that there is not nothing changes; an address is restored without it. */
    const apply = async () => {
      newest += 1;
      const mine = newest;
      const { unit } = filter.values();
      const refused = unit ? await isRefused(unit, layers, options) : false;
      if (mine !== newest) return;
      if (refused && restoring) filter.drop("unit");
      if (!refused || restoring) {
        filter.hold();
        ask();
        bring();
      }
      if (refused) filter.refuse(unit);
    };
    const restore = () => {
      const url = new URL(window.location.href);
      const view = viewOf(url.hash);
      restoring = new URLSearchParams(url.hash.slice(1));
      levels.set(url.searchParams.get("level"));
      filter.set(restoring);
      layers.ask({ level: levels.chosen() });
      if (view) map.setView(view.at, view.zoom, { animate: false });
      addresses.soon();
      apply();
    };

    if (window.location.hash.length > 1) restore();
    else {
      levels.set(new URL(window.location.href).searchParams.get("level"));
      filter.hold();
      ask();
    }
    window.addEventListener("popstate", restore);
    completing(document.querySelectorAll("a.language"), address);
    copying(map, document.getElementById("copy-link"), address, options.words);
  };
})();
