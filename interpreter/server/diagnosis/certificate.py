"""How long a certificate is good for."""

from __future__ import annotations

from datetime import datetime, timedelta

from interpreter.diagnostics.wording import Wording
from interpreter.server.diagnosis.findings import Finding, warning

_SOON = timedelta(days=14)


def certificate_findings(host: str, ends: datetime, now: datetime) -> list[Finding]:
    """A certificate that nobody seems to renew."""
    left = ends - now
    if left > _SOON:
        return []
    return [
        warning(
            "url-certificate-ends",
            Wording(
                f"the certificate of {host} ends in {left.days} days",
                f"{host} 的证书还有 {left.days} 天到期",
            ),
            Wording(
                "find out why it is not renewed by itself (`systemctl list-timers`, `docker compose logs caddy`)",
                "请检查为何没有自动续期（`systemctl list-timers`、`docker compose logs caddy`）",
            ),
        )
    ]
