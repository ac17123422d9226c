"""What can go wrong, what is wanted then, and the tests that show it besides those whose figures are noted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One fault, or one kind of bad input (its number is `input 3`)."""

    number: int | str
    title: str
    wanted: str
    tests: tuple[str, ...] = ()
    """Tests elsewhere that hold it in every run, as `FILE::NAME`, below the folder of the tests."""


_PIPELINES = "stores/test_redis_pipelines.py"
_TAKING = "runtime/test_taking.py"

ROWS = (
    Row(1, "steady load", "nothing lost, mixed up or out of order; ≥ 1,500 messages a second, p99 ≤ 100 ms"),
    Row(2, "an ordinary stream for long", "p99 ≤ 20 ms; memory, handles and threads stay; file ≤ 2 × its content"),
    Row(3, "soak with reloads", "memory grows ≤ 1 MB an hour; nothing unhandled in the log"),
    Row(
        4,
        "five times too much",
        "shed at once, p99 ≤ 2 s, nothing wrong, soon well again; memory bounded",
        (
            "runtime/test_engine.py::test_too_many_turns_are_sent_away_at_once_and_nothing_is_kept_of_them",
            "server/test_listening.py::test_a_burst_above_what_fits_is_shed_at_once_and_the_rest_is_answered",
        ),
    ),
    Row(
        5,
        "kill -9 under load",
        "nothing acknowledged lost, nothing done twice, every file intact, ready again in ≤ 2 s",
        ("stores/test_sqlite.py::test_no_acknowledged_turn_is_lost_when_the_process_is_killed",),
    ),
    Row(
        6,
        "kill between saving and answering",
        "the resend gets the same bytes, the session has moved once",
        (f"{_TAKING}::test_a_resend_after_the_process_died_between_saving_and_answering_gets_the_same_bytes",),
    ),
    Row(7, "SIGTERM during slow turns", "all answered within 5 s, exit 0, no connection reset"),
    Row(
        8,
        "duplicate delivery to several processes",
        "as many turns as messages; all copies get the same answer",
        ("runtime/test_goodbye.py::test_a_message_from_before_the_goodbye_gets_no_turn_when_it_is_delivered_again",),
    ),
    Row(9, "service of up to 4.4 s", "answered once, ≤ 4.5 s, no resend"),
    Row(
        10,
        "service of 5 to 14 s",
        "the resend joins the turn; one call; answered on delivery 2 or 3, or in exactly one other way if none comes",
        (
            "runtime/test_slow.py::test_a_reply_that_no_delivery_comes_for_any_more_goes_another_way",
            "runtime/test_slow.py::test_a_reply_goes_one_way_though_the_store_fails_once_and_wechat_gives_up",
        ),
    ),
    Row(
        11,
        "service of 15 s and more",
        "a notice, then the answer by customer-service message or with the next message, in exactly one way",
        (
            "runtime/test_slow.py::test_a_reply_goes_exactly_one_way",
            "runtime/test_slow.py::test_a_reply_goes_exactly_one_way_when_the_process_dies_after_saving_it",
        ),
    ),
    Row(
        12,
        "different events of one second",
        "all are taken",
        ("wechat/test_messages.py::test_different_events_of_one_second_have_different_keys",),
    ),
    Row(
        13,
        "one MsgId for two users",
        "both are answered",
        ("wechat/test_messages.py::test_one_id_for_two_users_makes_two_keys",),
    ),
    Row(
        14,
        "50 messages of one user at once",
        "50 turns, each on the one before it",
        (
            "runtime/test_engine.py::test_fifty_messages_of_one_user_are_answered_in_the_order_they_came",
            f"{_TAKING}::test_messages_of_one_process_keep_their_order_while_another_one_interferes",
        ),
    ),
    Row(15, "CreateTime out of order", "the order of arrival counts"),
    Row(16, "Redis restarts without its data", "no wrong reply; not ready within 2 s, ready again within 2 s"),
    Row(
        17,
        "Redis stalls, or the network swallows what goes to it or comes back",
        "every delivery is answered or refused ≤ 4.5 s; well again ≤ 2 s later; nothing done twice",
        (
            "stores/test_breaker.py::test_three_failures_in_a_row_open_the_circuit",
            "stores/test_redis.py::test_a_server_that_is_gone_is_asked_three_times_and_then_left_alone",
            f"{_PIPELINES}::test_those_who_wait_behind_a_silent_server_do_not_wait_anew",
            f"{_PIPELINES}::test_a_connection_that_dies_fails_those_on_their_way_that_are_not_answered",
        ),
    ),
    Row(
        18,
        "Redis fails over, is full, only reads, or forgets its scripts",
        "nothing acknowledged is lost but what the dead server had not passed on, which is counted",
        ("stores/test_redis.py::test_a_server_that_throws_conversations_away_is_mentioned_once",),
    ),
    Row(
        19,
        "a process is paused in the middle of turns",
        "what it saves afterwards overwrites nothing",
        (
            f"{_TAKING}::test_what_a_process_saves_after_a_long_sleep_is_refused",
            f"{_TAKING}::test_a_process_that_takes_over_a_claim_fences_the_one_that_slept",
        ),
    ),
    Row(20, "all of this at random", "each user's history is that of a ledger that never failed"),
    Row(
        21,
        "full disk",
        "no crash, nothing acknowledged lost, well ≤ 2 s after there is room",
        ("stores/test_sqlite.py::test_a_full_disk_refuses_turns_until_there_is_room_again",),
    ),
    Row(22, "a store that cannot be opened", "exit 2 and one line that says why, in ≤ 1 s"),
    Row(
        23,
        "damaged files",
        "refused, or repaired; never a wrong reply; the start never hangs",
        (
            "stores/test_sqlite_file.py::test_a_damaged_file_is_refused_or_gives_what_was_saved",
            "stores/test_sqlite_file.py::test_a_damaged_file_can_be_set_aside_for_a_fresh_start",
        ),
    ),
    Row(
        24,
        "files of an older or newer version",
        "brought up, with a copy kept; a newer one refused and left as it is",
        (
            "stores/test_sqlite_file.py::test_an_older_file_is_brought_up_and_kept",
            "stores/test_sqlite_file.py::test_a_move_that_fails_changes_nothing",
            "stores/test_sqlite_file.py::test_a_newer_file_is_refused_and_left_as_it_is",
            "stores/test_sqlite_file.py::test_a_newer_file_that_was_not_closed_is_left_as_it_is_too",
        ),
    ),
    Row(
        25,
        "an error at any call of the store",
        "the turn is undone or done, never half; a reply goes one way",
        (
            "stores/test_sqlite.py::test_an_io_error_at_any_statement_of_a_turn_undoes_all_of_it",
            f"{_TAKING}::test_a_store_that_fails_once_loses_nothing_and_repeats_nothing",
            "runtime/test_slow.py::test_a_reply_goes_exactly_one_way_however_slow_the_store_is",
            "runtime/test_courier.py::test_a_parcel_goes_out_once_though_the_answer_of_the_store_is_lost",
            "stores/test_state_machine.py::test_memory_and_sqlite_do_what_the_model_does",
        ),
    ),
    Row(
        26,
        "clocks that are wrong or set, and summer time",
        "no turn lost or repeated, no session ends early, messages of another time refused with a reason",
        (
            "faults/test_clock.py::test_a_clock_that_is_set_loses_no_turn_and_repeats_none",
            "faults/test_clock.py::test_a_timer_comes_by_the_clock_of_its_server_and_once",
            "faults/test_clock.py::test_a_message_from_another_time_is_refused_with_a_reason",
            "faults/test_clock.py::test_a_token_is_had_again_after_the_clock_was_set",
            "machine/test_passing.py::test_a_wait_and_a_session_end_when_their_time_has_passed",
        ),
    ),
    Row(
        27,
        "WeChat's API slow, failing or refusing",
        "one renewal, one repeat, never a loop; one fetch in flight, never above the cap; after 45009 a call in 5 min",
        (
            "wechat/api/test_client.py::test_a_refused_token_is_renewed_once_and_the_call_repeated",
            "wechat/api/test_client.py::test_a_token_that_is_always_refused_makes_no_loop",
            "wechat/api/test_client.py::test_a_busy_system_is_asked_three_times_with_pauses",
            "wechat/api/test_client.py::test_who_is_slow_is_not_asked_again",
            "wechat/api/test_client.py::test_a_used_up_method_is_hardly_called_until_the_day_of_beijing_is_over",
            "wechat/api/test_tokens.py::test_four_processes_fetch_one_token_at_a_time",
        ),
    ),
    Row(
        30,
        "reloads under load, most of them broken",
        "no request fails, no turn mixes versions, a broken file never replaces a good one; new ≤ 100 ms later",
        ("cli/test_reloading.py::test_a_hundred_versions_of_which_seventy_are_broken_disturb_nobody",),
    ),
    Row(
        31,
        "a reload removes where a user is",
        "the rule of migration decides; no exception",
        (
            "machine/test_migration.py::test_a_conversation_goes_on_in_an_edited_bot",
            "machine/test_migration.py::test_renamed_places_are_found",
        ),
    ),
    Row(
        32,
        "a new version and back, with live sessions",
        "conversations go on in both",
        (
            "machine/test_migration.py::test_random_conversations_go_on_in_edited_bots_and_back_in_the_old_one",
            "machine/test_migration.py::test_another_edition_that_says_the_same_changes_nothing",
        ),
    ),
    Row(33, "many bots and workers at once", "20 bots with 8 workers ready ≤ 3 s, one token fetched; one bot ≤ 1 s"),
    Row(
        34,
        "a worker that keeps dying",
        "replaced after a growing pause, the others undisturbed; given up visibly after five deaths in a minute",
        ("cli/test_supervising.py::test_a_worker_that_keeps_dying_ends_the_whole",),
    ),
    Row(
        35,
        "the same seed, events and time",
        "the same bytes",
        (
            "test_replay.py::test_random_conversations_are_replayed_byte_for_byte",
            "machine/test_step.py::test_a_step_is_pure_and_its_session_survives_being_stored",
        ),
    ),
    Row(
        36,
        "timers",
        "≤ 1 s late, once, never for a wait that is over; survive a restart",
        (
            "runtime/test_watch.py::test_ten_thousand_timers_fire_within_a_second",
            "runtime/test_watch.py::test_two_processes_let_every_timer_fire_once",
            "runtime/test_watch.py::test_a_timer_whose_wait_is_over_never_fires",
        ),
    ),
    Row(
        37,
        "backup under load",
        "opens, is whole, and is a beginning of what was acknowledged; p99 ≤ 150 ms meanwhile",
        ("stores/test_sqlite_inventory.py::test_a_copy_made_under_load_is_whole",),
    ),
    Row(
        38,
        "a log that nobody reads",
        "p99 ≤ 200 ms; what is dropped is counted",
        ("server/test_journal.py::test_who_logs_does_not_wait_for_a_reader_and_what_is_missing_is_told",),
    ),
    Row(40, "a million sessions", "load and commit p99 ≤ 5 ms, a sweep ≤ 20 ms, ≤ 1.2 GB at 1 KB each"),
    Row(
        "input 1",
        "bodies too large or too slow",
        "413, 408 or shown out; memory grows ≤ 5 MB by either, p99 of others ≤ 200 ms",
        (
            "server/test_listening.py::test_five_hundred_slow_clients_keep_nobody_from_an_answer",
            "server/test_endpoint.py::test_a_body_without_length_is_refused_once_it_is_too_large",
        ),
    ),
    Row(
        "input 2",
        "no HTTP, or not what is asked for",
        "4xx in ≤ 10 ms, never at a bot",
        (
            "server/test_listening.py::test_what_is_no_message_is_refused_at_once_and_reaches_no_bot",
            "server/test_listening.py::test_a_second_request_smuggled_behind_a_short_length_is_not_believed",
        ),
    ),
    Row(
        "input 3",
        "hostile XML",
        "refused or text; nothing opened, nothing connected",
        (
            "wechat/test_xml.py::test_every_hostile_body_is_refused_and_nothing_is_opened",
            "wechat/test_xml.py::test_any_bytes_are_read_or_refused",
        ),
    ),
    Row("input 4", "fuzz over XML, encryption and query", "no crash, none slower than 100 ms"),
    Row(
        "input 5",
        "encrypted nonsense",
        "one and the same refusal; its time tells nothing (≤ 1 ms)",
        ("server/test_encryption.py::test_whatever_is_wrong_inside_looks_the_same_from_outside",),
    ),
    Row(
        "input 6",
        "signatures that are wrong, old, or used before",
        "refused; resends of the same message are answered; ≤ 10 MB for 100,000",
        (
            "wechat/test_signature.py::test_a_wrong_signature_is_refused",
            "wechat/test_signature.py::test_an_old_or_future_request_is_refused",
            "server/test_endpoint.py::test_a_signature_is_good_for_one_message_which_may_come_again",
            "server/test_replays.py::test_it_takes_at_most_10_mb_for_100_000_signatures_and_never_much_more",
        ),
    ),
    Row(
        "input 7",
        "whatever users write",
        "comes back as it was written, and is in no log",
        (
            "wechat/test_replies.py::test_a_text_cannot_break_out",
            "test_bad_input.py::test_whatever_a_user_says_is_answered_at_once",
        ),
    ),
    Row(
        "input 8",
        "replies that are too long",
        "split where a reader would pause, by bytes, never inside a character",
        (
            "wechat/test_splitting.py::test_parts_fit_and_only_blanks_are_lost",
            "wechat/test_splitting.py::test_what_a_reader_sees_as_one_is_not_torn",
            "wechat/test_replies.py::test_any_text_makes_xml_that_can_be_read",
        ),
    ),
    Row(
        "input 12",
        "dialogs that run in circles",
        "cut; the user is told, the trace shows where",
        (
            "machine/test_running.py::test_a_turn_that_asks_too_much_fails_soon",
            "machine/test_running.py::test_waits_that_interrupt_one_another_do_not_pile_up_for_ever",
        ),
    ),
    Row(
        "input 16",
        "menus that WeChat would refuse",
        "refused before anything is sent",
        ("cli/test_menu.py::test_json_that_wechat_would_refuse_is_not_pushed",),
    ),
    Row(
        "input 17",
        "damaged and oversized sessions",
        "set aside, the user starts anew with what memory is left; 64 KB at most",
        (
            "stores/test_sqlite.py::test_an_unreadable_conversation_is_set_aside_and_memory_kept",
            "stores/test_redis.py::test_a_damaged_conversation_leaves_the_memory",
            "stores/test_codec.py::test_a_truncated_conversation_is_unreadable",
            "machine/test_bounds.py::test_variables_that_take_too_much_together_are_a_fault_of_the_turn",
        ),
    ),
    Row(
        "secrets",
        "secrets and users in logs",
        "none; every server of these tests is looked at, too",
        (
            "server/test_secrecy.py::test_nothing_secret_is_in_the_log_of_a_server_in_trouble",
            "runtime/test_turn_log.py::test_the_log_names_turns_but_neither_users_nor_what_they_say",
        ),
    ),
)
