"""What the service keeps: submissions with their files, reviews, decisions, the history and the queue."""

from api.store.decisions import Decisions
from api.store.deletion import Deletions
from api.store.files import FileStore
from api.store.jobs import Jobs
from api.store.refusals import Refusals
from api.store.schema import ConflictError, MissingError, open_database
from api.store.submissions import Submissions

__all__ = [
    "ConflictError",
    "Decisions",
    "Deletions",
    "FileStore",
    "Jobs",
    "MissingError",
    "Refusals",
    "Submissions",
    "open_database",
]
