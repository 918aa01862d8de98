/* Tiles of several layers at one place that are asked for in one go come in one answer: a request
   costs a browser more than most tiles do. Stands on fetching.js and mvt.js. */
(() => {
  "use strict";
  /* The service takes no more layers in one tile. */
  const MOST_LAYERS = 12;
  let wishes = [];

  const keysOf = ({ data }) => data.key.split("+");

  const partsOf = ({ data }) => data.paints.flatMap(({ part }) => [part, part + "_label"]);

  /* Parts are told apart by their names alone, and a parameter is read by every layer that knows
     it. */
  const agree = (one, other) =>
    one.place === other.place &&
    !partsOf(one).some((part) => partsOf(other).includes(part)) &&
    one.data.reads.every(
      (key) =>
        !other.data.reads.includes(key) ||
        (one.parameters[key] || "") === (other.parameters[key] || ""),
    );

  const fits = (group, wish) =>
    !wish.known &&
    group.flatMap(keysOf).length + keysOf(wish).length <= MOST_LAYERS &&
    group.every((one) => !one.known && agree(one, wish));

  const addressOf = (group) => {
    const keys = group.flatMap(keysOf).join("+");
    const url = L.Util.template(group[0].data.url, { ...group[0], keys });
    return url + gridmap.queryOf(Object.assign({}, ...group.map((wish) => wish.parameters)));
  };

  const share = (parts, wish) =>
    Object.fromEntries(partsOf(wish).flatMap((part) => (parts[part] ? [[part, parts[part]]] : [])));

  const ask = async (group) => {
    const [{ map, data, known }] = group;
    const asked = new AbortController();
    const leave = () => group.every(({ signal }) => signal.aborted) && asked.abort();
    group.forEach(({ signal }) => signal.addEventListener("abort", leave, { once: true }));
    leave();
    const found = await gridmap.fetchPatiently(
      map,
      data.words,
      addressOf(group),
      asked.signal,
      known,
    );
    if (!found && group.length > 1 && !asked.signal.aborted) {
      /* Refused for what one of them asks: the others shall come all the same. */
      asked.abort();
      group.filter(({ signal }) => !signal.aborted).forEach((wish) => ask([wish]));
      return;
    }
    const parts = found && !found.same ? gridmap.readTile(found.bytes) : {};
    const etag = found && group.length === 1 ? found.etag : null;
    group.forEach((wish) =>
      wish.come(found && { parts: share(parts, wish), etag, same: found.same }),
    );
  };

  const askAll = () => {
    const groups = [];
    wishes.forEach((wish) => {
      if (wish.signal.aborted) {
        wish.come(null);
        return;
      }
      const group = groups.find((one) => fits(one, wish));
      if (group) group.push(wish);
      else groups.push([wish]);
    });
    wishes = [];
    groups.forEach(ask);
  };

  gridmap.queryOf = (parameters) => {
    const query = new URLSearchParams(
      Object.entries(parameters).filter(([, value]) => value !== ""),
    ).toString();
    return query && "?" + query;
  };

  /* The parts of a tile of a layer (its `data`, `parameters`), with an ETag where it has one of its
     own, or that it is the `known` one; null when it is refused or no longer wanted. */
  gridmap.fetchTile = (wish) =>
    new Promise((come) => {
      if (!wishes.length) queueMicrotask(askAll);
      wishes.push({ ...wish, place: wish.z + "/" + wish.x + "/" + wish.y, come });
    });
})();
