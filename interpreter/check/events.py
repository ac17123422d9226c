"""The events WeChat sends, by their names in lower case.

Official accounts: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
and the event pages of customer service, cards, shops, stores and devices. WeCom:
https://developer.work.weixin.qq.com/document/path/90240 and the pages on contacts, customers and calendars.
"""

from __future__ import annotations

from collections.abc import Collection

_MENU_AND_FOLLOWING = """
subscribe unsubscribe scan location click view view_miniprogram scancode_push scancode_waitmsg pic_sysphoto
pic_photo_or_album pic_weixin location_select
"""
_REPORTS = """
templatesendjobfinish masssendjobfinish publishjobfinish subscribe_msg_popup_event subscribe_msg_change_event
subscribe_msg_sent_event
"""
_CUSTOMER_SERVICE = "kf_create_session kf_close_session kf_switch_session user_enter_tempsession"
_CARDS_AND_SHOPS = """
card_pass_check card_not_pass_check user_get_card user_gifting_card user_del_card user_consume_card
user_pay_from_pay_cell user_view_card user_enter_session_from_card update_member_card submit_membercard_user_info
card_sku_remind card_pay_order giftcard_pay_done giftcard_send_to_friend giftcard_user_accept merchant_order
poi_check_notify wificonnected shakearoundusershake user_authorize_invoice update_invoice_status submit_invoice_title
user_scan_product user_scan_product_enter_session user_scan_product_async user_scan_product_verify_action
"""
_ACCOUNT = """
qualification_verify_success naming_verify_success qualification_verify_fail naming_verify_fail annual_renew
verify_expired user_info_modified user_authorization_revoke user_authorization_cancellation wxa_media_check
weapp_audit_success weapp_audit_fail weapp_audit_delay
"""
_WECOM = """
enter_agent batch_job_result template_card_event template_card_menu_event taskcard_click open_approval_change
sys_approval_change share_agent_change share_chain_change close_inactive_agent reopen_inactive_agent
switch_workbench_mode change_contact change_external_contact change_external_chat change_external_tag
customer_acquisition kf_msg_or_event kf_account_auth_change msgaudit_notify living_status_change modify_calendar
delete_calendar add_schedule modify_schedule delete_schedule respond_schedule book_meeting_room cancel_meeting_room
change_school_contact change_chain security doc_change app_email_change public_email_change program_notify
"""
_WECOM_FAMILIES = ("wedrive_",)
"""Families of events of which new members appear all the time."""

OFFICIAL_EVENTS = frozenset(
    f"{_MENU_AND_FOLLOWING} {_REPORTS} {_CUSTOMER_SERVICE} {_CARDS_AND_SHOPS} {_ACCOUNT}".split()
)
"""Every event with a name of its own that an official account is sent; WeCom has some of them, too."""
EVENTS = OFFICIAL_EVENTS.union(_WECOM.split())
"""Every event with a name of its own."""


def known_events(accounts: Collection[str]) -> frozenset[str]:
    """The events that accounts of some types are sent."""
    return EVENTS if "wecom" in accounts else OFFICIAL_EVENTS


def is_event(name: str) -> bool:
    """Whether WeChat sends an event of this name."""
    return is_sent(name, ("wecom",))


def is_sent(name: str, accounts: Collection[str]) -> bool:
    """Whether WeChat sends an event of this name to accounts of some types."""
    return name in known_events(accounts) or ("wecom" in accounts and name.startswith(_WECOM_FAMILIES))
