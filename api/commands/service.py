"""`chushen serve` and `chushen doctor`."""

from __future__ import annotations

import argparse
import sys

from api.cli import DONE, LACKING


def serve(arguments: argparse.Namespace) -> int:
    """Run the service until it is stopped."""
    import uvicorn

    from api.http.app import create_app
    from api.settings import settings

    print(f"初审服务：http://{arguments.host}:{arguments.port}/", file=sys.stderr)
    uvicorn.run(
        create_app(settings()), host=arguments.host, port=arguments.port, log_level="warning", server_header=False
    )
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
