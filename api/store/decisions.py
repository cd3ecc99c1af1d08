"""What people decide: findings accepted, rejected, changed or added, the opinion, and the history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from api.store.jobs import told
from api.store.schema import (
    DECISIONS,
    HISTORY,
    SUBMISSIONS,
    VIEWS,
    WRITTEN,
    ConflictError,
    MissingError,
    new_id,
    now,
)

VERDICTS = {"accepted": "采纳", "rejected": "不采纳", "changed": "修改", "added": "补充", "open": "待定"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of one finding; `version` counts its changes, 0 before the first."""

    finding: str
    verdict: str = "open"
    reason: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Views:
    """各方意见: what each party said of a project, by its name, and 分歧, what they disagree on."""

    parties: Mapping[str, str] = field(default_factory=dict)
    dispute: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the reviewer writes of a whole project; `views` None: those that are kept stay."""

    text: str
    advice: str = ""
    views: Views | None = None


class Decisions:
    """The decisions of one database. A change names the version it was made upon."""

    def __init__(self, engine: Engine) -> None:
        """Use an open database."""
        self._engine = engine

    def of(self, submission: str) -> dict[str, Decision]:
        """Return the decisions on a submission by finding."""
        query = select(DECISIONS).where(DECISIONS.c.submission == submission).order_by(DECISIONS.c.at)
        with self._engine.connect() as connection:
            return {row["finding"]: _decision(row) for row in connection.execute(query).mappings()}

    def on_measures(self) -> set[str]:
        """Return the submissions on whose measures somebody decided: a measure set, or a finding rejected."""
        query = select(DECISIONS.c.submission).where(
            or_(DECISIONS.c.verdict == "rejected", DECISIONS.c.content.contains('"measure"'))
        )
        with self._engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def decide(self, submission: str, decision: Decision, title: str, by: str) -> Decision:
        """Record a decision made upon `decision.version` and return it as stored.

        Raises:
            ConflictError: somebody else decided in between.
        """
        values = {
            "verdict": decision.verdict,
            "reason": decision.reason,
            "content": json.dumps(dict(decision.content), ensure_ascii=False, sort_keys=True),
            "version": decision.version + 1,
            "by": by,
            "at": now(),
        }
        key = {"submission": submission, "finding": decision.finding}
        same = (DECISIONS.c.submission == submission, DECISIONS.c.finding == decision.finding)
        try:
            with self._engine.begin() as connection:
                if decision.version:
                    upon = (*same, DECISIONS.c.version == decision.version)
                    if connection.execute(update(DECISIONS).where(*upon).values(**values)).rowcount != 1:
                        raise ConflictError("这一条刚被别人改过，请看过之后再改")
                else:
                    connection.execute(insert(DECISIONS).values(**key, **values))
                reason = f"，理由：{decision.reason}" if decision.reason else ""
                told(connection, submission, by, f"{VERDICTS[decision.verdict]}“{title}”{reason}")
        except IntegrityError:
            raise ConflictError("这一条刚被别人改过，请看过之后再改") from None
        return self.of(submission)[decision.finding]

    def add(self, submission: str, content: Mapping[str, Any], by: str) -> Decision:
        """Record a finding a person adds and return it."""
        return self.decide(submission, Decision(f"m{new_id()[:11]}", "added", "", content), str(content["title"]), by)

    def views(self, submission: str) -> Views:
        """Return what the parties said of a submission, as the reviewer wrote it down."""
        with self._engine.connect() as connection:
            return _views(connection, submission)

    def write(self, submission: str, given: Opinion, version: int, by: str) -> int:
        """Record the reviewer's opinion and return its new version; the same sent once more is taken as recorded.

        Raises:
            ConflictError: somebody else wrote in between, or the same person something else.
            MissingError: there is no such submission.
        """
        upon = (SUBMISSIONS.c.id == submission, SUBMISSIONS.c.version == version)
        values = {"opinion": given.text, "opinion_advice": given.advice, "version": version + 1}
        with self._engine.begin() as connection:
            if connection.execute(update(SUBMISSIONS).where(*upon).values(**values)).rowcount != 1:
                if connection.execute(select(SUBMISSIONS.c.id).where(SUBMISSIONS.c.id == submission)).scalar() is None:
                    raise MissingError("没有这个项目")
                if _written(connection, submission, given, (version + 1, by)):
                    return version + 1  # sent once more, because the first answer was lost
                raise ConflictError("初审意见刚被别人改过，请看过之后再改")
            if given.views is not None:
                connection.execute(delete(VIEWS).where(VIEWS.c.submission == submission))
                parties = json.dumps(dict(given.views.parties), ensure_ascii=False)
                kept = {"submission": submission, "parties": parties, "dispute": given.views.dispute}
                connection.execute(insert(VIEWS).values(**kept))
            connection.execute(delete(WRITTEN).where(WRITTEN.c.submission == submission))
            connection.execute(insert(WRITTEN).values(submission=submission, version=version + 1, by=by))
            told(connection, submission, by, f"写初审意见{'：' + given.advice if given.advice else ''}")
        return version + 1

    def history(self, submission: str) -> list[RowMapping]:
        """Return who did what, the newest first."""
        query = select(HISTORY).where(HISTORY.c.submission == submission).order_by(HISTORY.c.id.desc())
        with self._engine.connect() as connection:
            return list(connection.execute(query).mappings())


def _views(connection: Connection, submission: str) -> Views:
    row = connection.execute(select(VIEWS).where(VIEWS.c.submission == submission)).mappings().first()
    return Views(json.loads(row["parties"]), row["dispute"]) if row else Views()


def _written(connection: Connection, submission: str, given: Opinion, upon: tuple[int, str]) -> bool:
    """Whether the opinion that is kept is this one, of this version and by this person."""
    kept = (SUBMISSIONS.c.opinion, SUBMISSIONS.c.opinion_advice, WRITTEN.c.version, WRITTEN.c.by)
    same = (
        SUBMISSIONS.c.id == submission,
        WRITTEN.c.submission == submission,
        WRITTEN.c.version == SUBMISSIONS.c.version,
    )
    row = connection.execute(select(*kept).where(*same)).first()
    if row is None or tuple(row) != (given.text, given.advice, *upon):
        return False
    return given.views is None or given.views == _views(connection, submission)


def _decision(row: RowMapping) -> Decision:
    content = json.loads(row["content"])
    return Decision(row["finding"], row["verdict"], row["reason"], content, row["version"], row["by"], row["at"])
