from __future__ import annotations

from datetime import timedelta

import pytest

from interpreter.dialog.settings import read_accounts, read_entities, read_fallback, read_locales, read_settings


def test_settings_have_the_defaults_of_the_language(leaves, tree):
    settings = read_settings(leaves, tree("{dialog: 1, name: demo}"))
    assert (settings.name, settings.version, settings.description) == ("demo", "0", "")
    assert (settings.locales, settings.timezone) == (("zh",), "Asia/Shanghai")
    assert (settings.session, settings.timeout) == (timedelta(hours=1), None)


def test_settings_are_what_was_written(leaves, tree):
    settings = read_settings(
        leaves, tree("{version: 1.10, locales: [en, zh, en], timezone: UTC, session: 0s, timeout: 10m}")
    )
    assert (settings.version, settings.locales, settings.timezone) == ("1.10", ("en", "zh"), "UTC")
    assert (settings.session, settings.timeout) == (timedelta(0), timedelta(minutes=10))


@pytest.mark.parametrize(
    ("zone", "near"), [("Asia/Shangai", "Asia/Shanghai"), ("../etc", None), ("/etc/passwd", None), ("Asia", None)]
)
def test_an_unknown_time_zone_is_reported(leaves, tree, zone, near):
    assert read_settings(leaves, tree(f"timezone: {zone}")).timezone == "Asia/Shanghai"
    (said,) = leaves.diagnostics
    assert said.code == "DL107"
    assert said.label is None if near is None else near in said.label.en


def test_locales_of_the_wrong_shape_are_the_default(tree):
    assert read_locales(tree("{}")) == ("zh",)
    assert read_locales(None) == ("zh",)


def test_one_account_has_no_name(leaves, tree, outline):
    accounts = read_accounts(
        leaves, tree("account: {kind: service, verified: true, token: $(env.T), slow: [hold, push]}")
    )
    assert outline(accounts) == (
        "Account(settings={kind: 'service', token: '$(env.T)'}, verified=True, slow=[hold, push])"
    )


def test_several_accounts_have_names(leaves, tree):
    accounts = read_accounts(leaves, tree("accounts: {a: {path: /a}, b: }"))
    assert [account.name for account in accounts] == ["a", "b"]


def test_entities_are_maps_of_synonyms_or_lists(tree):
    entities = read_entities(tree("{cities: {北京: [帝都, 北京市], 上海: []}, sizes: [大, 小], none: }"))
    assert {name: dict(entity.things) for name, entity in entities.items()} == {
        "cities": {"北京": ("帝都", "北京市"), "上海": ()},
        "sizes": {"大": (), "小": ()},
        "none": {},
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("fallback: 啊？", "Fallback(steps=[ReplyStep(reply='啊？')])"),
        ("fallback: {goto: rules.help}", "Fallback(steps=[GotoStep(kind='rules', target=help)])"),
        ("fallback: {sequence: [a]}", "Fallback(steps=[ReplyStep(reply=OneOf(mode='sequence', items=['a']))])"),
        (
            "fallback: {text: 啊？, image: none}",
            "Fallback(by_message={text: [ReplyStep(reply='啊？')], image: [ReplyStep(reply=Silence())]})",
        ),
        ("fallback: {image: a}", "Fallback(by_message={image: [ReplyStep(reply='a')]})"),
        ("fallback: {link: a, foo: b}", "Fallback(by_message={link: [ReplyStep(reply='a')]})"),
        ("fallback: {image: a, transfer: true}", "Fallback(steps=[ReplyStep(reply=Media(kind='image', id='a'))])"),
        ("fallback: {}", "Fallback()"),
    ],
)
def test_a_fallback_is_steps_or_a_map_by_message_type(leaves, tree, outline, source, expected):
    assert outline(read_fallback(leaves, tree(source).entry("fallback"))) == expected


def test_no_fallback(leaves):
    assert read_fallback(leaves, None) is None
