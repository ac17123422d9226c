"""`dialog-menu` against an account that is only made up."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.menus import FakeMenus

from interpreter.cli.loading import Loaded
from interpreter.cli.menu import DIFFERENT, Surroundings, menu
from interpreter.dialog.model.services import Account
from interpreter.server.environment import Environment
from interpreter.wechat.menus import MenuApi

BOT = """\
dialog: 1
name: shop
account: {path: /wechat, token: $(env.WX_TOKEN)}
menu:
  赞: {reply: 谢谢}
  店: {url: 'https://$(env.SHOP)/'}
rules:
  hi: hello
fallback: 没听懂
"""
PUSHED = {
    "button": [
        {"type": "click", "name": "赞", "key": "赞"},
        {"type": "view", "name": "店", "url": "https://shop.example.com/"},
    ]
}
JSON = {"button": [{"type": "click", "name": "歌", "key": "SONG"}]}


@dataclass
class Desk:
    """A folder with a bot in it, an account, and somebody who says yes or no."""

    folder: Path
    api: FakeMenus = field(default_factory=FakeMenus)
    says: bool = True
    questions: list[str] = field(default_factory=list)
    accounts: list[str | None] = field(default_factory=list)

    @property
    def bot(self) -> str:
        return str(self.folder / "shop.yaml")

    def write(self, text: str) -> None:
        (self.folder / "shop.yaml").write_text(text, "utf-8")

    def run(self, action: str, *more: str, language: str = "en") -> int:
        around = Surroundings(
            {"SHOP": "shop.example.com"}, self._connect, self._confirm, lambda: datetime(2026, 1, 1, tzinfo=UTC)
        )
        return menu([action, self.bot, *more], language, around)

    def backups(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.menu-*.json"))

    @asynccontextmanager
    async def _connect(self, _: Loaded, account: Account | None, __: Environment) -> AsyncIterator[MenuApi]:
        self.accounts.append(account.name if account else None)
        yield self.api

    def _confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.says


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write(BOT)
    return made


def test_a_menu_is_pushed_and_then_equal(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("diff") == DIFFERENT
    assert desk.run("push") == 0
    assert desk.api.default == PUSHED
    assert desk.run("diff") == 0
    assert "nothing differs" in capsys.readouterr().out
    assert desk.run("push") == 0
    assert desk.questions == ["change the menu of the account?"]


def test_a_difference_is_shown_like_a_plan(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.api.default = {
        "button": [{"type": "click", "name": "赞", "key": "LIKE"}, {"type": "click", "name": "旧", "key": "OLD"}]
    }
    assert desk.run("diff") == DIFFERENT
    assert capsys.readouterr().out.splitlines() == [
        "menu",
        "  ~ 赞  click LIKE → click 赞",
        "  - 旧  click OLD",
        "  + 店  view https://shop.example.com/",
        "1 added, 1 removed, 1 changed",
    ]
    assert desk.run("diff", "--color", "always", language="zh") == DIFFERENT
    shown = capsys.readouterr().out
    assert "\x1b[32m  + 店" in shown
    assert "新增 1，删除 1，修改 1" in shown


def test_who_says_no_changes_nothing(desk: Desk) -> None:
    desk.says = False
    assert desk.run("push") == 1
    assert desk.api.asked == []
    assert desk.run("push", "--yes") == 0
    assert len(desk.questions) == 1


def test_what_was_there_is_kept_and_can_be_restored(desk: Desk) -> None:
    asyncio.run(desk.api.create(JSON))
    assert desk.backups() == []
    assert desk.run("push") == 0
    assert desk.backups() == ["shop.menu-20260101-000000.json"]
    assert desk.run("delete") == 0
    assert desk.backups() == ["shop.menu-20260101-000000-2.json", "shop.menu-20260101-000000.json"]
    assert desk.api.default is None
    assert desk.run("restore", str(desk.folder / desk.backups()[1])) == 0
    assert desk.api.default == JSON
    assert desk.run("restore", str(desk.folder / desk.backups()[0])) == 0
    assert desk.api.default == PUSHED


def test_without_a_name_the_newest_backup_is_restored(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("restore") == 1
    assert "no backup" in capsys.readouterr().err
    (desk.folder / "shop.menu-20260101-000000.json").write_text(json.dumps(JSON))
    assert desk.run("restore") == 0
    assert desk.api.default == JSON


def test_the_menu_is_shown_in_our_language_or_as_json(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("show") == 0
    assert capsys.readouterr().out == "there is no menu\n"
    assert desk.run("push") == 0
    capsys.readouterr()
    assert desk.run("show") == 0
    shown = "menu:\n  赞: {key: 赞}\n  店: {url: https://shop.example.com/}\n"
    assert capsys.readouterr().out == shown
    assert desk.run("show", "--local") == 0
    assert capsys.readouterr().out == shown
    assert desk.run("show", "--json", "-") == 0
    assert json.loads(capsys.readouterr().out) == PUSHED
    file = desk.folder / "menu.json"
    assert desk.run("show", "--json", str(file)) == 0
    assert json.loads(file.read_text("utf-8")) == PUSHED


def test_a_user_sees_the_menu_for_some(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write(
        BOT.replace(
            "  赞: {reply: 谢谢}\n  店: {url: 'https://$(env.SHOP)/'}\n", "  default: {赞: {reply: 谢谢}}\n"
        ).replace("menu:\n", "menu:\n  for: [{if: {tag: 2}, items: {会员: {reply: 您好}}}]\n")
    )
    assert desk.run("push") == 0
    assert "menu for tag=2\n  + 会员  click tag=2/会员" in capsys.readouterr().out
    assert desk.run("show", "--user", "2") == 0
    assert capsys.readouterr().out == "menu:\n  会员: {key: tag=2/会员}\n"


def test_plain_json_is_pushed_and_compared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    file = desk.folder / "menu.json"
    file.write_text(json.dumps(JSON))
    assert desk.run("push", "--json", str(file)) == 0
    assert desk.api.default == JSON
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(JSON)))
    assert desk.run("diff", "--json", "-") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ('{"button": [{"name": "a"}]}', "button[0].sub_button is missing"),
        (json.dumps({"button": [{"name": str(n), "type": "click", "key": "k"} for n in range(4)]}), "has 4 buttons"),
        (json.dumps({"button": [{"name": "查询我的订单", "type": "click", "key": "k"}]}), "18 bytes"),
        (json.dumps({"button": [{"name": "a", "type": "view", "url": "example.com"}]}), "not absolute"),
        (json.dumps({"button": [{"name": "好😀", "type": "click", "key": "k"}]}), "cannot hold `😀`"),
    ],
)
def test_json_that_wechat_would_refuse_is_not_pushed(
    desk: Desk, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = desk.folder / "menu.json"
    file.write_text(text)
    assert desk.run("push", "--json", str(file), "--yes") == 1
    assert said in capsys.readouterr().err
    assert desk.api.asked == []


def test_a_bot_with_mistakes_is_not_pushed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write(BOT.replace("赞:", "查询我的订单:"))
    assert desk.run("push") == 1
    assert "DL504" in capsys.readouterr().err
    desk.write("dialog: 1\nname: shop\nrules: {hi: {wait: nowhere}}\n")
    assert desk.run("push") == 1
    assert "DL101" in capsys.readouterr().err


def test_a_variable_that_is_not_set_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write(BOT.replace("env.SHOP", "env.SHOPPE"))
    assert desk.run("push") == 1
    assert "SHOPPE is not set" in capsys.readouterr().err


def test_a_bot_without_a_menu_does_not_delete_the_account_s(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write("dialog: 1\nname: shop\nrules: {hi: hello}\nfallback: 没听懂\n")
    assert desk.run("push", "--yes") == 1
    assert "the bot has no `menu`; `delete`" in capsys.readouterr().err
    file = desk.folder / "menu.json"
    file.write_text('{"button": []}')
    assert desk.run("push", "--json", str(file), "--yes") == 1
    assert "menu.json has no buttons; `delete`" in capsys.readouterr().err
    assert desk.api.asked == []


def test_one_of_several_accounts_is_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    account = "{path: /%s, token: $(env.WX_TOKEN)}"
    several = f"accounts: {{a: {account % 'a'}, b: {account % 'b'}}}"
    desk.write(BOT.replace("account: {path: /wechat, token: $(env.WX_TOKEN)}", several))
    assert desk.run("diff") == 1
    assert "--account: a, b" in capsys.readouterr().err
    assert desk.run("diff", "--account", "b") == DIFFERENT
    assert desk.accounts == ["b"]


def test_wrong_usage_is_no_difference(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("diff", "--nonsense") == 1
    assert desk.run("fly") == 1
    assert desk.run("show", "--help") == 0
    assert "2: diff found a difference" in capsys.readouterr().out.replace("\n", " ").replace("  ", " ")


def test_a_file_that_is_not_there_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("push", "--json", str(desk.folder / "none.json")) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_link_to_itself_cannot_be_read(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.folder / "shop.yaml").unlink()
    (desk.folder / "shop.yaml").symlink_to("shop.yaml")
    assert desk.run("show") == 1
    assert "error[DL002]: the file cannot be read" in capsys.readouterr().err
