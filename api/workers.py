"""Long-lived child processes that get work one piece at a time; one that crashes or hangs is killed and replaced.

Models take seconds to load: a worker loads them once. Each worker leads its own process group, so that what it started
(parse children) goes with it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Self

from models.domain.errors import ChushenError

_GRACE = 5.0  # seconds an idle worker gets to end by itself
_STATUS = {11: "内存访问错误", 9: "被系统终止，可能内存不足", 6: "异常中止"}

Handler = Callable[[Any], Any]


class WorkerError(ChushenError):
    """A worker died or ran out of time over one piece of work."""


class ClosedError(WorkerError):
    """The pool was closed over one piece of work, or before it."""


class CrashedError(WorkerError):
    """A worker died over one piece of work: it may have been that piece, or the machine."""


def _serve(connection: Connection, make: Callable[..., Handler], arguments: tuple[Any, ...]) -> None:
    """Run in the child: make the handler once, then answer (ok, value) until told to stop."""
    with contextlib.suppress(OSError, AttributeError):  # no process groups on Windows
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        handle = make(*arguments)
    except Exception as error:  # noqa: BLE001  what a handler dies of is the caller's to hear
        connection.send((False, _portable(error)))
        return
    connection.send((True, None))
    while (piece := connection.recv()) is not None:
        try:
            connection.send((True, handle(piece[0])))
        except Exception as error:  # noqa: BLE001  what a handler dies of is the caller's to hear
            connection.send((False, _portable(error)))


def _portable(error: Exception) -> Exception:
    # Keyword arguments do not survive pickling; a ChushenError travels as its own line.
    if isinstance(error, ChushenError):
        return _Carried(type(error).__name__, error.message, error.name, error.advice)
    return _Carried("", f"程序出错：{type(error).__name__}: {' '.join(str(error).split())[:200]}", "", "")


class _Carried(Exception):  # noqa: N818  an envelope, never raised to a caller
    def __init__(self, kind: str, message: str, name: str, advice: str) -> None:
        super().__init__(kind, message, name, advice)
        self.kind, self.message, self.name, self.advice = kind, message, name, advice

    def opened(self) -> ChushenError:
        from models.domain import errors

        kind = getattr(errors, self.kind, WorkerError)
        error: ChushenError = kind(self.message, name=self.name, advice=self.advice)
        return error


class _Worker:
    def __init__(self, make: Callable[..., Handler], arguments: tuple[Any, ...], start_seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make, arguments))
        self._process.start()
        theirs.close()
        self._answer(start_seconds)

    def ask(self, piece: Any, seconds: float) -> Any:  # noqa: ANN401  whatever the handler takes and gives
        try:
            self._connection.send((piece,))
        except OSError:
            self.kill()
            raise CrashedError("审核进程已退出") from None
        return self._answer(seconds)

    def _answer(self, seconds: float) -> Any:  # noqa: ANN401
        if not self._connection.poll(seconds):
            self.kill()
            told = f"{seconds / 60:.0f}分钟" if seconds >= 120 else f"{seconds:.0f}秒"
            raise WorkerError(f"审核超过{told}未完成，已停止", advice="请检查材料是否异常大，或分开提交")
        try:
            fine, value = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(_GRACE)
            code = -(self._process.exitcode or 0)
            self.kill()
            raise CrashedError(
                f"审核进程异常退出（{_STATUS.get(code, f'代码{-code}')}）", advice="请检查材料"
            ) from None
        if fine:
            return value
        raise value.opened()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.send(None)
        self._process.join(_GRACE)
        self.kill()

    def end(self) -> None:
        """End the process from another thread; whoever waits for its answer hears that it died."""
        pid = self._process.pid
        if pid is not None and self._process.is_alive():
            with contextlib.suppress(OSError, AttributeError):
                if os.getpgid(pid) == pid:  # only once the child leads its own group
                    os.killpg(pid, signal.SIGKILL)
            self._process.kill()

    def kill(self) -> None:
        self.end()
        self._process.join()
        self._connection.close()


class WorkerPool:
    """Up to `size` workers, started when first needed.

    Args:
        size: workers at most.
        make: called once in each child with `arguments`; returns what handles one piece of work.
        arguments: must pickle.
        start_seconds: how long `make` may take.
    """

    def __init__(
        self, size: int, make: Callable[..., Handler], arguments: tuple[Any, ...] = (), start_seconds: float = 300.0
    ) -> None:
        """Start nothing yet."""
        self.size = size
        self._make, self._arguments, self._start_seconds = make, arguments, start_seconds
        self._slots: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._slots.put(None)
        self._busy: list[_Worker | None] = []  # None: one that is being started
        self._closed = False
        self._lock = threading.Lock()

    @property
    def busy(self) -> int:
        """How many pieces are being worked on."""
        return len(self._busy)

    def ask(self, piece: Any, seconds: float) -> Any:  # noqa: ANN401  whatever the handler takes and gives
        """Have one worker handle a piece; waits for a free one.

        Raises:
            WorkerError: the worker died or ran out of time; the next piece gets a new one.
            ClosedError: the pool was closed meanwhile.
            ChushenError: what the handler raised.
        """
        worker = self._slots.get()
        try:
            if worker is None or not worker.alive:
                worker = None
                with self._counted(None):
                    worker = _Worker(self._make, self._arguments, self._start_seconds)
            with self._counted(worker):
                return worker.ask(piece, seconds)
        except WorkerError:
            if self._closed:
                raise ClosedError("服务正在停止") from None
            raise
        finally:
            if self._closed and worker is not None:
                worker.kill()
            self._slots.put(worker if worker is not None and worker.alive else None)

    @contextmanager
    def _counted(self, worker: _Worker | None) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise ClosedError("服务正在停止")
            self._busy.append(worker)
        try:
            yield
        finally:
            with self._lock:
                self._busy.remove(worker)

    def close(self) -> None:
        """End all workers; those at work are cut short, and their piece raises `ClosedError`."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                if worker is not None:
                    worker.end()
        idle: list[_Worker | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._slots.get_nowait())
        for one in idle:
            if one is not None:
                one.stop()
            self._slots.put(None)  # whoever still waits for a worker hears that there is none

    def __enter__(self) -> Self:
        """Return the pool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all workers."""
        self.close()
