"""WeChat faces in brackets, `reply: [可爱]`, which YAML reads as a list of one text without the brackets."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.subject import Subject
from interpreter.diagnostics.diagnostic import Applicability, Diagnostic, Edit, Fix
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.replies import OneOf, Say

CODE = "DL010"

_NAMES = """
微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 抓狂 吐 偷笑 可爱 愉快 白眼
傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 大兵 奋斗 咒骂 疑问 嘘 晕 疯了 折磨 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了
坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 乒乓 咖啡 饭 猪头 玫瑰 凋谢 示爱
嘴唇 爱心 心碎 蛋糕 闪电 炸弹 刀 足球 瓢虫 便便 月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 NO
OK 爱情 飞吻 跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降 激动 乱舞 献吻 左太极 右太极 嘿哈 捂脸 奸笑 机智 皱眉 耶
红包 發 福 鸡 囧 加油 汗 天啊 社会社会 旺柴 好的 打脸 哇 翻白眼 666 让我看看 叹气 苦涩 裂开 吃瓜 脸红 恐惧 失望
无语 生病 笑脸 破涕为笑 合十 庆祝 烟花 爆竹 Emm Smile Grimace Drool Scowl CoolGuy Sob Shy Silent Sleep Cry
Awkward Angry Tongue Grin Surprise Frown Ruthless Blush Scream Puke Chuckle Joyful Slight Smug Hungry Drowsy
Panic Sweat Laugh Commando Determined Scold Shocked Shhh Dizzy Tormented Toasted Skull Hammer Wave Speechless
NosePick Clap Shame Trick Yawn Shrunken TearingUp Sly Kiss Wrath Whimper Cleaver Watermelon Beer Basketball
PingPong Coffee Rice Pig Rose Wilt Lips Heart BrokenHeart Cake Lightning Bomb Dagger Soccer Ladybug Poop Moon
Sun Gift Hug ThumbsUp ThumbsDown Shake Peace Fight Beckon Fist Pinky RockOn
"""
FACES = frozenset(_NAMES.split())
"""The names of WeChat's faces, as phones in both languages send them."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Random lists on one line whose only item is the name of a face."""
    for reply in subject.replies:
        match reply:
            case OneOf(mode="random", items=(Say(text=text),)) if text.scalar.text in FACES and text.scalar.is_plain:
                if reply.span.file.text.startswith("[", reply.span.start):
                    yield _face(reply, text.scalar.text)
            case _:
                pass


def _face(reply: OneOf, name: str) -> Diagnostic:
    return Diagnostic(
        CODE,
        reply.span,
        Wording(
            f"YAML reads the face `[{name}]` as a list, so `{name}` is said without brackets",
            f"YAML 把表情 `[{name}]` 读成列表，发出去的是没有方括号的“{name}”",
        ),
        label=Wording("a text that begins with a bracket needs quotes", "以方括号开头的文本要加引号"),
        fix=Fix(f'"[{name}]"', (Edit(reply.span, f'"[{name}]"'),), Applicability.SAFE),
    )
