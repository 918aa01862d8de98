/* What changes while a map is open: a stream of events, or a question every few seconds where there
   is none. Fires "gm-changes" on the map with the tables and boxes concerned; nothing is missed,
   as both go on from the cursor of what was heard last. Stands on gridmap.js. */
(() => {
  "use strict";
  const { make } = gridmap;

  /* A browser opens six connections to a host over HTTP/1.1: some must be left for tiles. */
  const MOST_STREAMS = 3;
  const COUNT_MS = 150;
  const HIDDEN_MS = 5000;
  const POLL_MS = 2000;
  const POLL_HIDDEN_MS = 10000;
  /* The service gives a sign every 15 s; a line that is dead says nothing, nor that it is dead. */
  const SILENT_MS = 40000;
  const STREAM_AGAIN_MS = 60000;
  const LONGEST_WAIT_MS = 5000;
  const WORST_FAILURES = 3;
  /* A short gap is not told. */
  const TELL_AFTER_MS = 3000;

  /* Counts the streams of this browser's open maps, by asking them. */
  class Neighbours {
    constructor() {
      this.streaming = false;
      this.found = 0;
      if (!window.BroadcastChannel) return;
      this.channel = new BroadcastChannel("gm-live");
      this.channel.onmessage = ({ data }) => {
        if (data === "who" && this.streaming) this.channel.postMessage("me");
        if (data === "me") this.found += 1;
      };
    }

    count() {
      if (!this.channel) return Promise.resolve(0);
      this.found = 0;
      this.channel.postMessage("who");
      return new Promise((resolve) => setTimeout(() => resolve(this.found), COUNT_MS));
    }
  }

  class Sign {
    constructor(map, words) {
      this.words = words;
      this.box = make("div", "gm-live");
      this.box.setAttribute("role", "status");
      const control = L.control({ position: "bottomleft" });
      control.onAdd = () => this.box;
      control.addTo(map);
    }

    show(state, seconds) {
      if (state === this.state && seconds === this.seconds) return;
      clearTimeout(this.due);
      const first = this.state === undefined;
      Object.assign(this, { state, seconds });
      const tell = () => {
        this.box.dataset.state = state;
        this.box.textContent = this.words["live_" + state].replace("SECONDS", seconds);
      };
      if (state === "again" && !first) this.due = setTimeout(tell, TELL_AFTER_MS);
      else tell();
    }
  }

  class Live {
    constructor(map, options) {
      Object.assign(this, { map, options, cursor: options.since, failures: 0, opening: 0 });
      this.neighbours = new Neighbours();
      this.sign = new Sign(map, options.words);
      document.addEventListener("visibilitychange", () => this.seen());
      window.addEventListener("online", () => this.begin());
      window.addEventListener("pagehide", () => this.stop());
      window.addEventListener("pageshow", (event) => event.persisted && this.begin());
      this.begin();
    }

    /* ---- what is heard ---- */

    hear(cursor, tables) {
      if (cursor) this.cursor = cursor;
      if (tables && Object.keys(tables).length) this.map.fire("gm-changes", { tables });
    }

    url(address) {
      return address + "?" + new URLSearchParams({ since: this.cursor });
    }

    wait(ms, then) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => then.call(this), ms);
    }

    /* Grows with each failure, and differs from map to map: a service that comes back is not met
       by all of them at once. */
    pause() {
      const longest = Math.min(500 * 2 ** this.failures, LONGEST_WAIT_MS);
      return longest * (0.5 + Math.random() / 2);
    }

    /* ---- the stream ---- */

    begin() {
      this.stop();
      const mine = this.opening;
      this.neighbours.count().then((others) => {
        if (mine !== this.opening) return;
        if (document.hidden || others >= MOST_STREAMS) this.poll();
        else this.open();
      });
    }

    stop() {
      this.opening += 1;
      clearTimeout(this.timer);
      clearTimeout(this.streamAgain);
      this.streamAgain = 0;
      this.close();
      if (this.asked) this.asked.abort();
      this.asked = null;
    }

    close() {
      clearTimeout(this.silence);
      this.neighbours.streaming = false;
      if (this.stream) this.stream.close();
      this.stream = null;
    }

    open() {
      const stream = new EventSource(this.url(this.options.events));
      this.stream = stream;
      this.neighbours.streaming = true;
      this.listen();
      stream.onopen = () => {
        this.failures = 0;
        this.sign.show("stream");
      };
      stream.onerror = () => this.broken(stream.readyState === EventSource.CLOSED);
      const heard = (event) => {
        this.listen();
        this.hear(event.lastEventId, JSON.parse(event.data).tables);
      };
      ["changes", "reset", "here"].forEach((name) => stream.addEventListener(name, heard));
    }

    listen() {
      clearTimeout(this.silence);
      this.silence = setTimeout(() => this.broken(false), SILENT_MS);
    }

    /* A service without streams, or with too many, refuses; one that is gone breaks. */
    broken(refused) {
      this.close();
      this.failures += 1;
      if (refused || this.failures > WORST_FAILURES) {
        this.poll();
        return;
      }
      this.sign.show("again");
      this.wait(this.pause(), this.begin);
    }

    seen() {
      if (document.hidden) {
        if (this.stream) this.wait(HIDDEN_MS, this.rest);
      } else if (this.stream) clearTimeout(this.timer);
      else this.begin();
    }

    /* A map that nobody looks at leaves its connection to others. */
    rest() {
      this.close();
      this.poll();
    }

    /* ---- asking ---- */

    poll() {
      if (!this.streamAgain) this.streamAgain = setTimeout(() => this.begin(), STREAM_AGAIN_MS);
      const asked = new AbortController();
      this.asked = asked;
      /* no-cache: asked with the ETag of the last answer, so that "nothing new" has no body. */
      fetch(this.url(this.options.changes), { cache: "no-cache", signal: asked.signal })
        .then((answer) => {
          if (!answer.ok) throw new Error(answer.statusText);
          return answer.json();
        })
        .then((told) => this.polled(told))
        .catch(() => {
          if (!asked.signal.aborted) this.unanswered();
        });
    }

    polled(told) {
      this.hear(told.cursor, told.tables);
      this.failures = 0;
      if (this.gone && !document.hidden) {
        this.gone = false;
        this.begin();
        return;
      }
      const pause = document.hidden ? POLL_HIDDEN_MS : POLL_MS;
      this.sign.show("poll", pause / 1000);
      this.wait(pause, this.poll);
    }

    unanswered() {
      this.gone = true;
      this.failures += 1;
      this.sign.show("again");
      this.wait(this.pause(), this.poll);
    }
  }

  gridmap.live = (map, options) => {
    map.gmLive = new Live(map, options);
  };
})();
