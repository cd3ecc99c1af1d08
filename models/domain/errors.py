"""One small tree of errors, mapped to an exit status or an HTTP problem at the edge only.

Every message is Chinese and says what happened, to which file, and what the person can do.
"""

from __future__ import annotations


class ChushenError(Exception):
    """Base of everything this program raises on purpose."""

    def __init__(self, message: str, *, name: str = "", advice: str = "") -> None:
        """Keep the parts apart: `message` what happened, `name` the file or thing, `advice` what to do."""
        super().__init__(message)
        self.message = message
        self.name = name
        self.advice = advice

    def __str__(self) -> str:
        """One line: file, what happened, what to do."""
        head = f"{self.name}：" if self.name else ""
        return head + self.message + (f"（{self.advice}）" if self.advice else "")


class ReadError(ChushenError):
    """A file cannot be read: empty, damaged, encrypted, hostile, or of a format that is not supported."""


class UnconvertedError(ReadError):
    """A file of a format that another program must convert first; `format` is its name."""

    def __init__(self, kind: str, *, name: str = "") -> None:
        """Take the format as `ingest.sniff` calls it."""
        super().__init__(f"{kind} 格式须先转换", name=name, advice="请另存为 docx 或 xlsx 后重新提交")
        self.format = kind


class RefusedError(ReadError):
    """A file breaks a safety limit (zip bomb, XXE, too large, too slow) and was not read any further."""


class SubmissionError(ChushenError):
    """No report can be made of this submission (exit status 3)."""


class SecretError(SubmissionError):
    """Material carries a state-secret mark: reading stopped, nothing of it is kept."""


class PolicyError(ChushenError):
    """A policy pack does not hold together; `name` is `file:line`, the message names the token."""


class RegisterError(ChushenError):
    """A register file cannot be imported."""


class InstallationError(ChushenError):
    """This installation lacks something (exit status 4); `advice` says how to get it."""
