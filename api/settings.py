"""What a person may set, by environment (`CHUSHEN_…`) or a `.env` file in the current folder."""

from __future__ import annotations

import os
import re
import sys
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def user_data_folder() -> Path:
    """Return the folder where this platform keeps a user's program data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "chushen"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "chushen"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "chushen"


def installed_models() -> Path:
    """Return where set-up puts the models: inside the installation, so that a new home needs no new conversion."""
    import models

    return Path(models.__path__[0]) / "installed"


class Settings(BaseSettings):
    """The settings of this installation."""

    model_config = SettingsConfigDict(env_prefix="CHUSHEN_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(default_factory=user_data_folder, description="保存一切数据的文件夹")
    database_url: str = Field(default="", description="数据库地址（如 postgresql://…）；空为 home 下的 SQLite")
    models: Path = Field(default_factory=installed_models, description="模型所在文件夹")
    embedder: str = Field(default="", description="句向量模型：文件夹或名称；空为 models 下的默认模型")
    policy: str = Field(default="gongshu-2021", description="默认政策包")
    upload_mb: int = Field(default=200, ge=1, description="一次上传的总大小上限（MB）")
    upload_files: int = Field(default=50, ge=1, description="一次上传的文件数上限")
    uploads_at_once: int = Field(default=8, ge=1, description="同时接收的上传数，多的请稍后再试")
    reviews_at_once: int = Field(default=2, ge=1, description="服务同时审核的项目数")
    review_seconds: int = Field(default=3600, ge=1, description="一个项目审核的时间上限（秒）")

    token: str = Field(default="", description="访问服务的口令；空则只监听本机")
    webhook_url: str = Field(default="", description="审核完成时通知的地址")
    webhook_secret: str = Field(default="", description="给通知签名的密钥")

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        given = re.sub(r"^postgres(?:ql)?://", "postgresql+psycopg://", self.database_url)
        return given or f"sqlite:///{self.home / 'chushen.db'}"

    @property
    def reports(self) -> Path:
        """Folder of the reports made without `--out`."""
        return self.home / "reports"


@cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
