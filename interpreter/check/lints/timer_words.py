"""DL515: words of a timer, where no account can send anything but answers: they come with the user's next message.

Which waits have timers is decided as in `compiler.timers`, as far as the steps alone show it.
"""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.check.lints.account_powers import none_can_send
from interpreter.check.lints.subject import Subject
from interpreter.check.traversal import nested
from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.diagnostics.wording import Wording
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.replies import Silence
from interpreter.dialog.model.steps import ApiStep, CallStep, FetchStep, GotoStep, ReplyStep, SendStep, Step, Steps

CODE = "DL515"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The first words of each `timed_out` that comes by itself."""
    bot = subject.bot
    if not none_can_send(bot):
        return
    waits = [(wait.timeout, wait.timed_out) for wait in subject.states]
    waits += [(wait.timeout, wait.timed_out) for wait in subject.questions]
    for timed_out in [timed_out or () for timeout, timed_out in waits if timeout or bot.timeout]:
        steps = list(_steps(timed_out, bot))
        words = next((step for step in steps if _speaks(step)), None)
        if words is not None and any(_acts(step, bot) for step in steps):
            yield _unheard(words)


def _steps(steps: Steps, bot: Bot) -> Iterator[Step]:
    """All steps of a list, and those of the flows it runs."""
    seen: set[str] = set()
    lists = [steps]
    while lists:
        for step in nested(lists.pop()):
            yield step
            name = _flow(step)
            if name is not None and name not in seen and name in bot.flows:
                seen.add(name)
                lists.append(bot.flows[name].steps)


def _flow(step: Step) -> str | None:
    match step:
        case CallStep(flow=name) | GotoStep(kind="flows", target=name):
            return name.text
        case _:
            return None


def _speaks(step: Step) -> bool:
    return isinstance(step, ReplyStep) and not isinstance(step.reply, Silence)


def _acts(step: Step, bot: Bot) -> bool:
    """Whether it reaches the world."""
    if isinstance(step, FetchStep):
        service = bot.services.get(step.service.text)
        operation = service.operations.get(step.operation.text) if service is not None else None
        return operation is not None and operation.method != "GET"
    return isinstance(step, (SendStep, ApiStep))


def _unheard(step: Step) -> Diagnostic:
    return Diagnostic(
        CODE,
        step.span,
        Wording(
            "nobody hears this when the time is over: an unverified account can only answer",
            "到时后没有人会收到这句话：未认证的账号只能应答，不能主动发送",
        ),
        help=Wording(
            "it comes with the next answer, so say it such that it fits there; if the account is verified, write "
            "`verified: true`",
            "它会随下一次回复一起发出，请写成那时也合适的话；若账号已认证，请写 `verified: true`",
        ),
    )
