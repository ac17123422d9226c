from __future__ import annotations

from interpreter.catalogue.codes import explain_code, meanings


def test_every_code_is_said_in_two_languages_with_what_to_do() -> None:
    for code, meaning in meanings().items():
        for wording in (meaning.wording, meaning.remedy):
            assert wording.en, code
            assert wording.zh != wording.en, code
            assert not wording.en.endswith("."), code


def test_some_codes_pass_and_some_mean_the_token() -> None:
    assert {code for code, meaning in meanings().items() if meaning.is_token} == {40001, 40014, 42001, 42009}
    passing = {code for code, meaning in meanings().items() if meaning.is_passing}
    assert passing == {-1, -1000, 43108, 45011, 45066, 53501, 61450, 9001002}


def test_an_unknown_code_has_no_meaning() -> None:
    assert explain_code(123456) is None
    assert len(meanings()) >= 120
