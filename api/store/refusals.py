"""Refused as 涉密: nothing of the material is kept, and the state says so only once that is so.

Files cannot be removed within a transaction of the database. So it goes in two: `begin` takes out every row and writes
down which files have to go; `finish` removes them and only then tells the state. Whoever takes the job over from a
worker that was killed in between finds it begun and finishes it, without reading the material.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from api.store.deletion import out_of_comparisons, still_used, taken_out
from api.store.files import FileStore
from api.store.jobs import REFUSED, Job, close, held
from api.store.schema import DOOMED, SUBMISSIONS, alone
from api.store.submissions import record


class Refusals:
    """What is refused in one database, and the folder of its files."""

    def __init__(self, engine: Engine, files: FileStore) -> None:
        """Use an open database."""
        self._engine, self._files = engine, files

    def begin(self, job: Job, error: str, found: Mapping[str, Any], stub: Mapping[str, bytes]) -> bool:
        """Put the stub report in the place of all that is known of a submission; False where the job is another's.

        Args:
            job: the job that found it.
            error: why it is refused.
            found: what is recorded of the stub (`api.store.submissions.record`).
            stub: the stub report by format.
        """
        with self._engine.begin() as connection:
            alone(connection)
            if not held(connection, job):
                return False
            digests = taken_out(connection, job.submission)
            out_of_comparisons(connection, job.submission)
            for content in stub.values():
                self._files.keep(content)  # meanwhile somebody may have deleted its only twin
            # What an earlier review read of the material goes too: the name it came in under is what is left.
            nameless = update(SUBMISSIONS).where(SUBMISSIONS.c.id == job.submission).values(title=SUBMISSIONS.c.name)
            connection.execute(nameless)
            record(connection, job.submission, job.id, found)
            told = {"error": error, "digests": json.dumps(sorted(digests))}
            connection.execute(insert(DOOMED).values(submission=job.submission, **told))
        return True

    def begun(self, submission: str) -> bool:
        """Whether a submission is refused already and only its files have to go."""
        query = select(DOOMED.c.submission).where(DOOMED.c.submission == submission)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def finish(self, job: Job) -> bool:
        """Remove the files no other submission has, then tell the state; False where the job is another's."""
        query = select(DOOMED).where(DOOMED.c.submission == job.submission)
        with self._engine.begin() as connection:
            alone(connection)
            row = connection.execute(query).mappings().first()
            if row is None or not held(connection, job):
                return False
            digests = set(json.loads(row["digests"]))
            for digest in digests - still_used(connection, digests):
                self._files.forget(digest)
            connection.execute(delete(DOOMED).where(DOOMED.c.submission == job.submission))
            return close(connection, job, REFUSED, row["error"])
