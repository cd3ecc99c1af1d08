"""`chushen serve`, `chushen worker` and `chushen doctor`."""

from __future__ import annotations

import argparse
import sys

from api.cli import DONE, LACKING, USAGE


def serve(arguments: argparse.Namespace) -> int:
    """Run the service until it is stopped; beyond this machine only where a token guards it."""
    import uvicorn

    from api import scratch
    from api.http.app import create_app
    from api.http.guard import LOOPBACK
    from api.settings import settings

    known = settings()
    if not known.token and arguments.host not in LOOPBACK:
        print("没有设置访问口令（CHUSHEN_TOKEN），只能监听本机：请去掉 --host，或先设口令", file=sys.stderr)
        return USAGE
    if not _free(arguments.host, arguments.port):
        print(f"{arguments.host} 的端口 {arguments.port} 用不了（多半已被占用），请用 --port 换一个", file=sys.stderr)
        return USAGE
    guarded = "凭访问口令进入" if known.token else "没有设置访问口令，只接受本机访问"
    print(f"初审服务：http://{arguments.host}:{arguments.port}/（{guarded}）", file=sys.stderr)
    print(f"数据保存在 {known.home.absolute()}；按 Ctrl-C 停止", file=sys.stderr)
    scratch.settle(known.home)
    app = create_app(known, hosts=None if known.token else LOOPBACK)
    uvicorn.run(
        app, host=arguments.host, port=arguments.port, log_level="warning", server_header=False,
        timeout_graceful_shutdown=5,
    )  # fmt: skip
    return DONE


def _free(host: str, port: int) -> bool:
    """Say whether one can listen there."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((host, port))
        except OSError:
            return False
    return True


def worker(_arguments: argparse.Namespace) -> int:
    """Work through the queue until stopped."""
    import signal
    import threading

    from api import scratch
    from api.settings import settings
    from api.work import Worker, serving
    from api.workers import WorkerPool

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    print(f"已加入审核队列（数据在 {settings().home.absolute()}），按 Ctrl-C 停止", file=sys.stderr)
    scratch.settle(settings().home)
    with WorkerPool(1, serving, (settings(),)) as pool:
        Worker(settings(), pool).run(stop)
    return DONE


def doctor(_arguments: argparse.Namespace) -> int:
    """Print what works; 4 where no review is possible."""
    from api.doctor import examine, possible
    from api.settings import settings

    answers = examine(settings())
    for answer in answers:
        print(f"[{'正常' if answer.fine else '缺失' if answer.needed else '提醒'}] {answer.part}：{answer.said}")
    if possible(answers):
        return DONE
    print("本机还不能审核，请按上面的提示补齐。", file=sys.stderr)
    return LACKING
