"""Notify's settings."""

from typing import Literal

from pydantic import Field

from shared.language import Language
from shared.settings import ServiceSettings


class NotifySettings(ServiceSettings):
    """What notify needs beyond what every service does.

    `sms_adapter` says what becomes of text messages; the signatures begin each of them.
    """

    sms_adapter: Literal["on-screen"] = "on-screen"
    sms_signature_zh: str = Field(default="邻里服务站", min_length=1, max_length=10)
    sms_signature_en: str = Field(default="Linli", min_length=1, max_length=20)

    def sms_signature(self, language: Language) -> str:
        """What begins a text message, in the form that Chinese carriers ask for, or in English."""
        return f"【{self.sms_signature_zh}】" if language == "zh" else f"[{self.sms_signature_en}] "
