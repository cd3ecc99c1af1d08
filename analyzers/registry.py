"""Every analyzer, in the order of the contract's rules. A test shows that none is forgotten."""

from __future__ import annotations

from types import ModuleType

from analyzers import (
    charged_twice,
    commitments,
    completeness,
    consistency_facts,
    consistency_funding,
    consistency_identity,
    consistency_nature,
    consistency_period,
    consistency_scope,
    consistency_sum,
    consistency_total,
    duplicates,
    investment,
    neg_1_rooms,
    neg_2a_goals,
    neg_2b_same,
    neg_2c_security,
    neg_2d_sharing,
    neg_3_unified,
    neg_4_acceptance,
    neg_5_doubts,
    procedure,
    procedure_split,
    routing,
    secrecy,
)

ANALYZERS: tuple[ModuleType, ...] = (
    secrecy,
    completeness,
    neg_1_rooms,
    neg_2a_goals,
    neg_2b_same,
    charged_twice,
    duplicates,
    neg_2c_security,
    neg_2d_sharing,
    neg_3_unified,
    neg_4_acceptance,
    neg_5_doubts,
    consistency_total,
    consistency_sum,
    consistency_identity,
    consistency_period,
    consistency_nature,
    consistency_funding,
    consistency_scope,
    consistency_facts,
    procedure,
    routing,
    procedure_split,
    commitments,
    investment,
)

OF_EVERY_KIND: tuple[ModuleType, ...] = (secrecy, routing)  # asked of papers that another procedure deals with, too
