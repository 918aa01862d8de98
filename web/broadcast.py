"""One thread a process reads what has changed and hands it to all open streams.

A store is read once for all of them, a message is written once for all of one sight, and the event
loop does the sending: 200 open maps cost little more than one.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Set
from datetime import UTC, datetime
from threading import Event, Lock, Thread

from sqlalchemy.orm import Session

from gridmap.errors import StoreError
from gridmap.sight import Sight
from gridmap.storage import Store
from gridmap.storage.changes import Cursor, News
from gridmap.storage.watching import Watcher
from layers.divisions import seen_units
from web.changes import event, everything, place, told
from web.sight import GRANTED_BY

log = logging.getLogger(__name__)

#: An open stream says so at least this often: proxies end those that are silent for a minute.
SIGN_EVERY_S = 15.0
#: Of a reader who is slower than this many messages nothing is kept; it begins anew.
MOST_WAITING = 64
#: Changes of this time go out together.
TOGETHER_S = 0.3
#: Also without a sign of the store it is looked at this often.
LOOK_EVERY_S = 10.0
#: After a failure of the store.
AGAIN_S = 2.0
#: For how long a sight is sure; a stream looks at the latest with its next sign, which makes it a
#: minute. Each has a moment of its own, so that 200 maps do not ask at once.
SURE_S = (30.0, 45.0)


class Stream:
    """What waits to be sent to one open map; only the event loop touches it."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.cursor: Cursor = ""
        self._messages: deque[bytes] = deque()
        self._is_behind = False
        self._is_over = False
        self._awake = asyncio.Event()
        self.confirm()

    def confirm(self) -> None:
        """Take the sight for sure, for some time."""
        self._sure_until_s = time.monotonic() + random.uniform(*SURE_S)

    def is_sure(self) -> bool:
        """Whether the sight need not be asked for before anything is told within it."""
        return time.monotonic() < self._sure_until_s

    def put(self, message: bytes | None, cursor: Cursor, *, in_doubt: bool = False) -> None:
        """Let it be sent, unless it is nothing.

        Parameters
        ----------
        message
            Is sent.
        cursor
            Where the stream then is.
        in_doubt
            Whether the sight may be another now.
        """
        self.cursor = cursor
        if in_doubt:
            self._sure_until_s = 0.0
        if message is None:
            return
        if self._is_behind or len(self._messages) >= MOST_WAITING:
            self._messages.clear()
            self._is_behind = True
        else:
            self._messages.append(message)
        self._awake.set()

    def end(self) -> None:
        """Let the stream come to its end."""
        self._is_over = True
        self._awake.set()

    async def next(self, sign_s: float = SIGN_EVERY_S) -> bytes | None:
        """Wait for what is to be sent, all of it at once; None at the end of the stream."""
        try:
            async with asyncio.timeout(sign_s):
                await self._awake.wait()
        except TimeoutError:
            return place(self.cursor)
        if self._is_over:
            return None
        self._awake.clear()
        if self._is_behind:
            self._is_behind = False
            return self.anew()
        sent = b"".join(self._messages)
        self._messages.clear()
        return sent

    def anew(self) -> bytes:
        """Tell that anything may have changed."""
        return event(self.cursor, everything(), reset=True)


class Broadcaster:
    """Follows the changes of a store for the streams of one process.

    It begins with the first stream. `join`, `leave` and `end_streams` belong to the event loop,
    `first` to any thread.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._streams: set[Stream] = set()
        self._closed = Event()
        self._starting = Lock()
        self._watcher: Watcher | None = None
        self._thread: Thread | None = None
        self._cursor: Cursor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, stream: Stream) -> None:
        """Tell a stream from now on what changes."""
        self._loop = asyncio.get_running_loop()
        self._streams.add(stream)

    def leave(self, stream: Stream) -> None:
        """Tell it no more."""
        self._streams.discard(stream)

    def end_streams(self) -> None:
        """Let all streams come to their end."""
        for stream in self._streams:
            stream.end()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        watcher = self._watcher
        if watcher is not None:
            watcher.close()
        if self._thread is not None:
            self._thread.join()

    def first(self, sight: Sight, since: Cursor | None) -> tuple[bytes, Cursor]:
        """Read what a stream that has joined begins with, and where it then is.

        Parameters
        ----------
        sight
            Whose stream it is.
        since
            Where it was before; None: it only wants what is to come.

        Raises
        ------
        StoreError
            The store cannot be read.
        """
        self._start()
        with self._store.read() as session:
            news = self._store.news(session, since)
            if since is None:
                return place(news.cursor), news.cursor
            begun = message_to(session, news, sight)
        return begun or place(news.cursor), news.cursor

    def _start(self) -> None:
        """Follow from now on, which is before the first stream reads where it begins."""
        with self._starting:
            if self._thread is None:
                with self._store.read() as session:
                    self._cursor = self._store.news(session, None).cursor
                self._thread = Thread(target=self._follow, name="changes", daemon=True)
                self._thread.start()

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                self._watch()
            except StoreError as error:
                log.warning("Open maps are told of changes later: %s", error)
            except Exception:  # whatever it was: maps must not stay behind without a word
                log.exception("Open maps are told of changes later.")
            self._closed.wait(AGAIN_S)

    def _watch(self) -> None:
        self._watcher = Watcher(self._store)
        try:
            while not self._closed.is_set():
                self._tell()
                self._closed.wait(TOGETHER_S)
                self._watcher.wait(LOOK_EVERY_S)
        finally:
            self._watcher.close()

    def _tell(self) -> None:
        """Read what is new, once, and write it for each sight, once."""
        with self._store.read() as session:
            news = self._store.news(session, self._cursor)
            sights = {stream.sight for stream in tuple(self._streams)}
            written = {sight.key: message_to(session, news, sight) for sight in sights}
        self._cursor = news.cursor  # only now: after a failure the same is told again
        if any(written.values()):
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._hand_out, written, news)

    def _hand_out(self, written: dict[str, bytes | None], news: News) -> None:
        in_doubt = not news.complete or any(one.table in GRANTED_BY for one in news.changes)
        for stream in self._streams:
            stream.put(written.get(stream.sight.key), news.cursor, in_doubt=in_doubt)


def message_to(session: Session, news: News, sight: Sight) -> bytes | None:
    """Write the event of some news for a sight, in their session; None: nothing for it."""
    seen = seen_units(session, sight, datetime.now(UTC)) if news.changes else None
    return message(news, seen)


def message(news: News, seen: Set[int] | None) -> bytes | None:
    """Write the event of some news for those who see certain units; None: nothing for them."""
    if not news.complete:
        return event(news.cursor, everything(), reset=True)
    tables = told(news.changes, seen)
    return event(news.cursor, tables, reset=False) if tables else None
