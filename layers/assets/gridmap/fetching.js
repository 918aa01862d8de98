/* What tiles are fetched with: a few at a time, again when the line fails, one sentence about it.
   Stands on gridmap.js. */
(() => {
  "use strict";
  /* As many as a browser opens connections to a host; with a low priority, so that what somebody
     asks by a click goes first. */
  const AT_ONCE = 6;
  const LONGEST_PAUSE_MS = 30000;
  const PASSING = new Set([408, 425, 429]);
  const queue = [];
  let running = 0;

  const start = () => {
    while (running < AT_ONCE && queue.length) {
      const job = queue.shift();
      running += 1;
      job().finally(() => {
        running -= 1;
        start();
      });
    }
  };

  /* Runs a function that returns a promise when its turn comes. */
  const inTurn = (work) => {
    gridmap.waiting += 1;
    const done = new Promise((resolve, reject) => {
      queue.push(() => work().then(resolve, reject));
    });
    start();
    return done.finally(() => {
      gridmap.waiting -= 1;
    });
  };

  const pause = (tries, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(
        resolve,
        Math.min(1000 * 2 ** tries, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2),
      );
      signal.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });

  const refusal = async (answer) => {
    const problem = await answer.json().catch(() => ({}));
    const error = new Error(problem.detail || answer.statusText || String(answer.status));
    error.lasting = answer.status < 500 && !PASSING.has(answer.status);
    return error;
  };

  const once = async (url, signal, known) => {
    signal.throwIfAborted();
    const answer = await fetch(url, { signal, cache: "no-cache", priority: "low" });
    if (!answer.ok) throw await refusal(answer);
    const etag = answer.headers.get("ETag");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { etag, bytes, same: etag !== null && etag === known };
  };

  /* One sign a map, seen while something could not be had. */
  const signOf = (map, words) => {
    if (map.gmTrouble) return map.gmTrouble;
    const sign = L.DomUtil.create("div", "gm-trouble", map.getContainer());
    sign.setAttribute("role", "status");
    const failing = new Map();
    const say = () => {
      const told = [...failing.values()].find(Boolean);
      const text = failing.size ? told || words.tiles_failed : "";
      if (sign.textContent !== text) sign.textContent = text;
      sign.hidden = !text;
    };
    map.gmTrouble = {
      fails(job, sentence) {
        failing.set(job, sentence);
        say();
      },
      ends(job) {
        if (failing.delete(job)) say();
      },
    };
    say();
    return map.gmTrouble;
  };

  /* Fetches until it succeeds or is no longer wanted; `known` is the ETag of what one has. What is
     refused for good is told and not asked again: the answer is null. */
  gridmap.fetchPatiently = async (map, words, url, signal, known) => {
    const sign = signOf(map, words);
    const job = {};
    signal.addEventListener("abort", () => sign.ends(job), { once: true });
    for (let tries = 0; ; tries += 1) {
      try {
        const found = await inTurn(() => once(url, signal, known));
        sign.ends(job);
        return found;
      } catch (error) {
        if (signal.aborted) return null;
        sign.fails(job, error.lasting ? error.message : "");
        if (error.lasting) return null;
        await pause(tries, signal);
        if (signal.aborted) return null;
      }
    }
  };
})();
