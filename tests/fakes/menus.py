"""The menu of an account as WeChat keeps it."""

from __future__ import annotations

from interpreter.diagnostics.wording import Wording
from interpreter.values import Value
from interpreter.wechat.menus import MenuRefused


class FakeMenus:
    """A `MenuApi` that remembers what it was asked, and in which order."""

    def __init__(self) -> None:
        self.default: Value = None
        self.conditional: dict[str, dict[str, Value]] = {}
        self.asked: list[str] = []
        self._next = 100

    async def get(self) -> Value:
        if self.default is None:
            return None
        answer: dict[str, Value] = {"menu": self.default}
        if self.conditional:
            answer["conditionalmenu"] = [{**menu, "menuid": int(id)} for id, menu in self.conditional.items()]
        return answer

    async def create(self, body: Value) -> None:
        self.asked.append("create")
        self.default = body

    async def delete(self) -> None:
        self.asked.append("delete")
        self.default, self.conditional = None, {}

    async def add_conditional(self, body: Value) -> str:
        if self.default is None:
            raise MenuRefused(Wording("65303: create a default menu first", "65303：请先创建默认菜单"))
        assert isinstance(body, dict)
        self._next += 1
        self.asked.append(f"add {self._next}")
        self.conditional[str(self._next)] = body
        return str(self._next)

    async def delete_conditional(self, id: str) -> None:
        self.asked.append(f"delete {id}")
        if id not in self.conditional:
            raise MenuRefused(Wording("65301: no such menu", "65301：没有这个菜单"))
        del self.conditional[id]

    async def try_match(self, user: str) -> Value:
        """Users are called by their tags; the newest menu that fits is theirs."""
        for menu in reversed(self.conditional.values()):
            rule = menu["matchrule"]
            if isinstance(rule, dict) and rule.get("tag_id") == user:
                return {"menu": {"button": menu["button"]}}
        return {"menu": self.default}
