/* A filter that means no ticket says so, and one that ends before it begins is refused. Stands on
   gridmap.js, asking.js; the filter itself is in sharing.js. */
(() => {
  "use strict";

  gridmap.narrowing = (map, { features, words }) => {
    const form = document.getElementById("filter");
    if (!form) return;
    const { since, until } = form.elements;
    const judge = () => {
      const isReversed = since.value && until.value && until.value < since.value;
      until.setCustomValidity(isReversed ? words.filter_reversed : "");
    };
    /* Before the filter hears of it: what is refused is not asked for. */
    ["input", "change"].forEach((kind) => form.addEventListener(kind, judge, true));
    form.addEventListener("click", () => setTimeout(judge)); // buttons that name days
    form.addEventListener("reset", () => setTimeout(judge));

    let newest = 0;
    const tell = async (sign) => {
      newest += 1;
      const mine = newest;
      const values = Object.fromEntries(new FormData(form));
      const asked = gridmap.asked(features, { ...values, limit: 1 }, "");
      const found = await asked.catch(() => null);
      if (mine !== newest || !found || found.features.length) return;
      sign.querySelector("span").append(" · " + words.filter_none);
      const spoken = form.querySelector("[role=status]");
      if (!spoken.classList.contains("search-wrong")) spoken.append(" · " + words.filter_none);
    };
    /* The sign of the filter comes anew whenever another one holds. */
    const corner = map.getContainer().querySelector(".leaflet-bottom.leaflet-left");
    const look = () => {
      const sign = corner.querySelector(".gm-filtered");
      if (sign) tell(sign);
      else newest += 1;
    };
    new MutationObserver(look).observe(corner, { childList: true });
    look();
  };
})();
