/* A question to the service: its answer, or one sentence in the language of the page. Stands on
   gridmap.js. */
(() => {
  "use strict";

  /* `away` is what is said when nothing comes back, or what no service of ours would answer. */
  gridmap.asked = async (url, query, away) => {
    const asked = query ? url + "?" + new URLSearchParams(query) : url;
    const answer = await fetch(asked).catch(() => null);
    const found = answer ? await answer.json().catch(() => null) : null;
    if (found === null) throw new Error(away);
    if (!answer.ok) throw new Error(found.detail || away);
    return found;
  };
})();
