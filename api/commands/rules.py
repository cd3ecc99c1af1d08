"""`chushen explain` and `chushen policy check`."""

from __future__ import annotations

import argparse
import sys

from api.cli import DONE, FAIL_ON, USAGE


def explain(arguments: argparse.Namespace) -> int:
    """Print a rule's manual."""
    from api.explain import explanation, rules
    from api.settings import settings
    from corpus.policies import load_policy

    text = explanation(arguments.rule, load_policy(settings().policy))
    if text is None:
        print(f"没有规则“{arguments.rule}”，可查：{'、'.join(rules())}", file=sys.stderr)
        return USAGE
    print(text)
    return DONE


def check(arguments: argparse.Namespace) -> int:
    """Run a pack's own samples through the analyzers; every sample that comes out otherwise is named."""
    from api.samples import judging
    from corpus.policies import check_pack

    result = check_pack(arguments.pack, judging())
    for rule, number in result.checked.items():
        print(f"{rule}\t{number}句")
    for failure in result.failures:
        print(str(failure), file=sys.stderr)
    print(f"共{sum(result.checked.values())}句，不符{len(result.failures)}句")
    return DONE if result.ok else FAIL_ON
