"""Notify's settings."""

from typing import Literal

from pydantic import Field

from shared.language import Language
from shared.settings import ServiceSettings
from shared.state_key import StateKey


class NotifySettings(ServiceSettings):
    """The settings of every service, and those of text messages.

    `sms_adapter` names the adapter that sends text messages; a signature begins each message.
    """

    sms_adapter: Literal["on-screen"] = "on-screen"
    sms_signature_zh: str = Field(default="邻里服务站", min_length=1, max_length=10)
    sms_signature_en: str = Field(default="Linli", min_length=1, max_length=20)

    def sms_signature(self, language: Language) -> str:
        """Return the beginning of a text message, in Chinese in the form that carriers ask for."""
        return f"【{self.sms_signature_zh}】" if language == "zh" else f"[{self.sms_signature_en}] "


SETTINGS = StateKey[NotifySettings]("settings")
