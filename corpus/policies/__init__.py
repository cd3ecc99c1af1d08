"""Policy packs: a region's rules in force, as YAML files beside this module."""

from corpus.policies.check import CheckResult, Failure, Sample, check_pack, samples
from corpus.policies.loader import load_policy

__all__ = ["CheckResult", "Failure", "Sample", "check_pack", "load_policy", "samples"]
