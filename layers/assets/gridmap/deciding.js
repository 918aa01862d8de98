/* To whom a ticket goes, in its notice: the unit by name with its page, who answers, what else it
   may be. Stands on gridmap.js and asking.js. */
(() => {
  "use strict";
  const { make, link } = gridmap;

  const links = (units) =>
    units.flatMap((unit, i) => [i ? ", " : "", link(unit.url, unit.name)]);

  /* Completes a notice that shows what the tile tells; that stays where nothing more is answered. */
  gridmap.decided = async (layer, { id }, notice) => {
    const { decision, words, roles } = layer.data;
    if (!decision || id === null || id === undefined) return;
    const found = await gridmap.asked(decision.replace("ID", id), null, "").catch(() => null);
    if (!found) return;
    const list = notice.querySelector("dl");
    const known = list.querySelector("[data-field=unit]");
    if (found.unit && known) known.replaceChildren(...links([found.unit]));
    const { worker } = found;
    const answers = worker
      ? [worker.name, roles[worker.role] || worker.role].filter(Boolean).join(" · ")
      : found.department;
    if (answers) list.append(make("dt", "", words.worker), make("dd", "", answers));
    if (found.alternatives.length) {
      const others = make("dd");
      others.append(...links(found.alternatives));
      list.append(make("dt", "", words.alternatives), others);
    }
  };
})();
