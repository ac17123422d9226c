"""Building the model of a bot from its trees."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter.diagnostics.diagnostic import Diagnostic
from interpreter.dialog.arguments import read_parameters
from interpreter.dialog.leaves import Leaves, as_mapping, name_of
from interpreter.dialog.menus import read_menu
from interpreter.dialog.merging import merge
from interpreter.dialog.model.bot import Bot
from interpreter.dialog.model.leaves import Name
from interpreter.dialog.model.replies import Reply
from interpreter.dialog.replies import read_reply
from interpreter.dialog.rules import read_rules
from interpreter.dialog.services import read_services
from interpreter.dialog.settings import read_accounts, read_entities, read_fallback, read_locales, read_settings
from interpreter.dialog.states import read_domains, read_flows, read_states
from interpreter.dialog.steps import read_steps, read_steps_if_written
from interpreter.dialog.tests_section import read_tests
from interpreter.source.tree import Mapping, Node, Scalar


def build_bot(tree: Node, *, imported: Sequence[Mapping] = ()) -> tuple[Bot | None, tuple[Diagnostic, ...]]:
    """The model of a bot; None only when the file is no map at all.

    Args:
        tree: The bot's own file.
        imported: The files it imports, directly or not, in order.
    """
    if not isinstance(tree, Mapping):
        return None, ()
    whole, conflicts = merge(tree, imported)
    entities = read_entities(whole.get("entities"))
    leaves = Leaves(frozenset(entities), read_locales(whole.get("locales")), list(conflicts))
    settings = read_settings(leaves, whole)
    menu = read_menu(leaves, whole.get("menu"))
    bot = Bot(
        name=settings.name,
        version=settings.version,
        description=settings.description,
        locales=settings.locales,
        timezone=settings.timezone,
        session=settings.session,
        timeout=settings.timeout,
        choice=leaves.text(whole.get("choice")),
        accounts=read_accounts(leaves, whole),
        variables=read_parameters(leaves, whole.get("vars")),
        services=read_services(leaves, whole.get("services")),
        entities=entities,
        texts=_texts(leaves, whole.get("texts")),
        media=_scalars(whole.get("media")),
        domains=read_domains(leaves, whole.get("domains")),
        before=read_steps(leaves, whole.get("before")),
        rules=read_rules(leaves, whole.get("rules"), "rules."),
        menu_rules=menu.rules,
        buttons=menu.buttons,
        states=read_states(leaves, whole.get("states")),
        flows=read_flows(leaves, whole.get("flows")),
        fallback=read_fallback(leaves, whole.entry("fallback")),
        failure=read_steps_if_written(leaves, whole.get("failure")),
        after=read_steps(leaves, whole.get("after")),
        renamed={name: scalar.text for name, scalar in _scalars(whole.get("renamed")).items()},
        renames=_renames(whole.get("renamed")),
        tests=read_tests(leaves, whole.get("tests")),
        span=tree.span,
        sources=tuple(file.span.file.name for file in (tree, *imported)),
        conditional_menus=menu.conditional,
        media_names=tuple(name_of(entry.key) for entry in as_mapping(whole.get("media")).entries),
        text_names=tuple(name_of(entry.key) for entry in as_mapping(whole.get("texts")).entries),
    )
    return bot, tuple(leaves.diagnostics)


def _texts(leaves: Leaves, node: Node | None) -> dict[str, Reply]:
    found = ((entry.key.text, read_reply(leaves, entry.value)) for entry in as_mapping(node).entries)
    return {name: reply for name, reply in found if reply is not None}


def _renames(node: Node | None) -> tuple[tuple[Name, Name], ...]:
    entries = as_mapping(node).entries
    return tuple((name_of(each.key), name_of(each.value)) for each in entries if isinstance(each.value, Scalar))


def _scalars(node: Node | None) -> dict[str, Scalar]:
    return {entry.key.text: entry.value for entry in as_mapping(node).entries if isinstance(entry.value, Scalar)}
