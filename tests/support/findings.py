"""Two findings for tests of the forms in which findings leave the program."""

from __future__ import annotations

from interpreter.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from interpreter.diagnostics.wording import Wording
from interpreter.source.spans import SourceFile, Span

BOT = SourceFile("bots/a,b.yaml", "dialog: 1\nwait: 你好\n")
PLACE = Span(BOT, 16, 18)
FINDING = Diagnostic(
    "DL101",
    PLACE,
    Wording("no state is named `你好`", "没有名为 `你好` 的状态"),
    label=Wording("100% wrong", "全错"),
    related=(Label(Span(BOT, 0, 6), Wording("see", "见")),),
    notes=(Wording("note", "说明"),),
    fix=Fix("wait: hi", (Edit(PLACE, "hi"),)),
)
INFO = Diagnostic("DL018", Span(BOT, 0, 12), Wording("unused", "未用"))
