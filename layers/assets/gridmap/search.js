/* The search box of a map: suggestions while typing, the place of a whole text on Enter.
   A combobox with a listbox, as the ARIA practices describe it. Stands on gridmap.js. */
(() => {
  "use strict";
  const { make, link } = gridmap;
  const WAIT_MS = 120;
  const NEAR_ZOOM = 18;
  /* What is shorter, longer, or has no figure, is no beginning of a ticket's number. */
  const [LEAST_NUMBER, MOST_NUMBER] = [3, 200];
  const MOST = 8;

  /* Degrees: what is wider is drawn as a box, and may lie in several units. */
  const BOX = 1e-5;
  const GROUND = 1e-3;

  const isWide = (box, limit) => box && (box[2] - box[0] > limit || box[3] - box[1] > limit);

  /* What a place is called and where that is; the page of a unit where it is one. */
  const heading = (entry, options, reason) => {
    const box = make("div", "gm-found");
    const title = make("strong");
    if (entry.url) {
      title.append(link(entry.url, entry.label));
      box.append(title, make("p", "gm-quiet", entry.detail));
      return box;
    }
    const unit = entry.key.startsWith("unit/") ? entry.key.split("/").slice(2).join("/") : "";
    const page = options.unit.replace("CODE", encodeURIComponent(unit));
    if (unit) title.append(link(page, entry.label));
    else title.textContent = entry.label;
    box.append(title);
    if (entry.detail) box.append(make("p", "gm-quiet", entry.detail));
    if (reason) box.append(make("p", "", reason));
    if (!unit && isWide(entry.extent, GROUND))
      box.append(make("p", "gm-quiet", options.words.at_centre));
    return box;
  };

  const FRAME = { color: "#b3162d", weight: 2, dashArray: "6 4", fill: false, interactive: false };
  const DOT = {
    radius: 7,
    weight: 3,
    color: "#ffffff",
    fillColor: "#0b4f7d",
    fillOpacity: 1,
    interactive: false,
  };

  gridmap.search = (map, options) => {
    const words = options.words;
    const form = document.getElementById("search");
    const field = form.querySelector("input");
    const list = form.querySelector("[role=listbox]");
    const note = form.querySelector("[role=status]");
    const marks = L.layerGroup().addTo(map);
    let newest = 0;
    let timer = 0;
    let shown = [];
    let active = -1;

    /* What went well is seen on the map, and only spoken. */
    const say = (text, wrong = false) => {
      note.textContent = text;
      note.classList.toggle("search-wrong", wrong);
    };
    const close = () => {
      clearTimeout(timer);
      newest += 1;
      shown = [];
      active = -1;
      list.hidden = true;
      list.replaceChildren();
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };

    /* Nothing on the map that answered what was asked before. */
    const clear = () => {
      marks.clearLayers();
      map.closePopup();
      map.fire("gm-forget");
    };
    const fail = (text) => {
      clear();
      say(text, true);
    };

    const go = (entry, reason) => {
      clear();
      const box = entry.extent;
      if (isWide(box, BOX)) {
        const corners = [[box[1], box[0]], [box[3], box[2]]];
        marks.addLayer(L.rectangle(corners, FRAME));
        map.fitBounds(corners, { animate: false, maxZoom: NEAR_ZOOM, padding: [24, 24] });
      } else if (entry.lon !== null) {
        map.setView([entry.lat, entry.lon], Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
      }
      if (!entry.url) map.fire("gm-chosen", { entry });
      if (entry.lon === null) {
        say(words.no_point.replace("LABEL", entry.label), true);
        return;
      }
      say(entry.label);
      const head = heading(entry, options, reason);
      if (entry.url || entry.key.startsWith("unit/") || !map.gmWhose) {
        marks.addLayer(L.circleMarker([entry.lat, entry.lon], DOT));
        const notice = make("div", "gm-notice");
        notice.append(head);
        gridmap.popup(map).setLatLng([entry.lat, entry.lon]).setContent(notice).openOn(map);
      } else {
        map.gmWhose(entry.lon, entry.lat, head);
      }
    };

    const choose = (entry) => {
      field.value = entry.label;
      close();
      go(entry);
    };
    const mark = (place) => {
      active = place;
      [...list.children].forEach((line, i) =>
        line.setAttribute("aria-selected", String(i === active)),
      );
      if (active < 0) {
        field.removeAttribute("aria-activedescendant");
        return;
      }
      const line = list.children[active];
      field.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    };
    const show = (entries, said = words.suggestions) => {
      shown = entries;
      active = -1;
      list.replaceChildren(
        ...entries.map((entry, i) => {
          const line = make("li");
          line.id = "search-option-" + i;
          line.setAttribute("role", "option");
          line.setAttribute("aria-selected", "false");
          line.append(make("span", "search-label", entry.label));
          const kind = entry.url ? words.ticket : options.kinds[entry.kind] || "";
          const detail = [kind, entry.detail].filter(Boolean).join(" · ");
          line.append(make("span", "search-detail", detail));
          line.addEventListener("mousedown", (event) => event.preventDefault());
          line.addEventListener("click", () => choose(entry));
          return line;
        }),
      );
      list.hidden = !entries.length;
      field.setAttribute("aria-expanded", String(entries.length > 0));
      field.removeAttribute("aria-activedescendant");
      if (entries.length) say(said.replace("COUNT", entries.length), said !== words.suggestions);
      else say(words.no_suggestion, true);
    };

    const fetched = (url, query) => gridmap.asked(url, query, words.away);
    /* What comes back late, after more was typed, is not shown. */
    const latest = (asked, use, refuse) => {
      newest += 1;
      const mine = newest;
      asked.then(
        (found) => mine === newest && use(found),
        (error) => mine === newest && refuse(error.message),
      );
    };
    const asEntry = (ticket) => ({
      ...ticket,
      label: ticket.number,
      detail: [ticket.matter, words[ticket.status]].filter(Boolean).join(" · "),
    });
    /* Tickets by the beginning of their number, before the places that are called so. */
    const ticketsOf = async (typed) => {
      const { length } = typed;
      const mayBe = length >= LEAST_NUMBER && length <= MOST_NUMBER && /\d/.test(typed);
      return mayBe ? (await fetched(options.find, { q: typed })).map(asEntry) : [];
    };
    const suggest = () => {
      const typed = field.value.trim();
      if (!typed) {
        close();
        return;
      }
      latest(
        Promise.all([ticketsOf(typed), placesOf(typed)]),
        ([tickets, places]) => show([...tickets, ...places].slice(0, MOST)),
        (text) => say(text, true),
      );
    };
    const placesOf = (typed) => fetched(options.suggest, { q: typed, limit: MOST });
    const sameText = (one, other) => one.toUpperCase() === other.toUpperCase();
    /* Where several places are called exactly that, which one is meant is for people to say. */
    const offer = (entries) => {
      clear();
      show(entries, words.several);
    };
    const take = (found) => {
      const reason = found.reason[options.language];
      if (found.entry === null) {
        fail(reason);
        return;
      }
      const lon = found.lon === null ? found.entry.lon : found.lon;
      const lat = found.lat === null ? found.entry.lat : found.lat;
      go({ ...found.entry, lon, lat, extent: found.extent }, reason);
      if (found.problem !== "ambiguous" || found.candidates.length < 2) return;
      show(found.candidates.slice(0, MOST), words.several);
    };
    /* A ticket of that number, else the one place of that name, else where the whole text is. */
    const locate = () => {
      const text = field.value.trim();
      if (!text) return;
      close();
      const whole = async () => {
        const [tickets, places] = await Promise.all([ticketsOf(text), placesOf(text)]);
        const named = [...tickets, ...places].filter(({ label }) => sameText(label, text));
        if (named.length === 1) return () => go(named[0]);
        if (named.length) return () => offer(named);
        const found = await fetched(options.locate, { q: text });
        return () => take(found);
      };
      latest(whole(), (act) => act(), fail);
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, WAIT_MS);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!shown.length) {
          suggest();
          return;
        }
        const step = event.key === "ArrowDown" ? 1 : -1;
        const places = shown.length + 1;
        mark(((active + 1 + step + places) % places) - 1);
      } else if (event.key === "Escape") {
        event.preventDefault(); // a search field would be emptied at once
        if (list.hidden) field.value = "";
        close();
        say("");
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (active >= 0) choose(shown[active]);
      else locate();
    });
    field.addEventListener("blur", close);
  };
})();
