"""WeChat's API, as far as a doctor asks it: for what disturbs no running bot, such as the stable access token."""

from __future__ import annotations

from interpreter.server.api_access import relay_of, transport_of
from interpreter.server.diagnosis.answers import Obstacle, Unanswered
from interpreter.server.diagnosis.platform import HOST, Verdict
from interpreter.server.environment import Environment
from interpreter.server.errors import SettingsError
from interpreter.wechat.api.errors import ApiError, ApiFailure, NoAnswer, api_error
from interpreter.wechat.api.requests import Account, Request
from interpreter.wechat.api.sources import Stable

_AGENTS = Request("list_kf_accounts", "GET", HOST, "/cgi-bin/customservice/getkflist")
"""Changes nothing, and needs the right that customer-service messages need."""
_NO_RIGHT = 48001
_OBSTACLES = {"timeout": Obstacle.TIMEOUT, "status": Obstacle.NOT_HTTP, "garbled": Obstacle.NOT_HTTP}


class WeChatPlatform:
    """The platform as the bots find it: by a relay or a proxy, where the environment names one."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    async def ask(self, app_id: str, app_secret: str, *, pushes: bool) -> Verdict | Unanswered:
        """Its verdict about an account."""
        try:
            transport = transport_of(self._environment)
        except SettingsError as unusable:
            return Unanswered(Obstacle.OTHER, unusable.wording.en)
        try:
            source = relay_of(self._environment, transport) or Stable(Account(app_id, app_secret), transport)
            token = await source.fetch()
            if pushes:
                error = api_error(_AGENTS.name, await transport.exchange(_AGENTS, token.value))
                return Verdict(error.code, error.message) if error and error.code == _NO_RIGHT else Verdict()
        except ApiError as error:
            return Verdict(error.code, error.message)
        except NoAnswer as failure:
            whose = failure.method if failure.method != HOST else ""
            return Unanswered(_OBSTACLES.get(failure.kind, Obstacle.OTHER), failure.wording.en, whose)
        except SettingsError as unusable:
            return Unanswered(Obstacle.OTHER, unusable.wording.en)
        except ApiFailure as failure:
            return Unanswered(Obstacle.OTHER, failure.wording.en)
        finally:
            await transport.close()
        return Verdict()
