"""What large receivers write, and what it means for the applicant."""

from __future__ import annotations

import pytest

from chalicelib.trail.bounce_reasons import bounce_reason, delay_reason
from chalicelib.trail.bounce_words import reason_of_words, tells_of_absence

GONE = [
    ("5.0.0", "smtp; 550 Unknown user hanako@docomo.ne.jp"),
    ("5.0.0", "smtp; 550 <hanako@ezweb.ne.jp>: User unknown"),
    ("5.0.0", "smtp; 550 The user(s) account is disabled."),
    ("5.0.0", "smtp; 550 Invalid recipient: <hanako@softbank.ne.jp>"),
    ("5.0.0", "smtp; 554 delivery error: dd This user doesn't have a yahoo.co.jp account [0]"),
    ("5.0.0", "smtp; 550 5.1.1 <hanako@icloud.com>: user does not exist"),
    ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"),
    ("5.4.1", "smtp; 550 5.4.1 [hanako@example.ac.jp]: Recipient address rejected: Access denied"),
    ("5.5.0", "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable"),
    ("5.2.1", "smtp; 550 5.2.1 This mailbox has been deactivated"),
    ("5.7.1", "smtp; 550 5.7.1 No such user here"),
    ("5.3.0", "smtp; 553 5.3.0 <hanako@example.jp>... No such person"),
    ("5.0.0", "smtp; Sorry, no mailbox here by that name. (#5.1.1)"),
    ("5.1.0", "smtp; 5.1.0 - Unknown address error 550-'No such recipient' (attempts: 0)"),
    ("5.0.0", "x; host mx.example.jp[192.0.2.1] said: 550 5.1.1 Recipient unknown (in reply to …)"),
    ("5.0.0", "smtp; 550 宛先のユーザーが見つかりません"),
    ("5.0.0", "smtp; 550 Utilisateur inconnu"),
    ("5.0.0", "smtp; 550 Benutzer hanako unbekannt"),
    ("5.0.0", "smtp; 550 Unrouteable address"),
    ("5.0.0", "smtp; 550 Account suspended"),
    ("5.1.1", "smtp; 550 5.1.1 Mailbox expired"),
    ("5.0.0", "smtp; 550 No such user, check the spelling"),
    ("5.0.0", "smtp; 550 該当ユーザーなし"),
    ("5.0.0", "smtp; 550 存在しないメールアドレスです"),
    ("5.0.0", "smtp; 550 無効な宛先です"),
    ("5.0.0", "smtp; 550 user not known"),
    ("5.0.0", "smtp; 550 there is no one at this address"),
    ("5.0.0", "smtp; 550 そのようなユーザーはいません"),
    ("5.0.0", "smtp; 550 未登録のアドレスです"),
    # Where it is not, and not what is not there.
    ("5.0.0", "smtp; 550 宛先のメールアドレスはサーバー上に存在しません"),
    ("5.0.0", "smtp; 550 メールボックスがサーバに存在しません"),
    ("5.0.0", "smtp; 550 ご指定のアドレスは当ドメインに存在しません"),
    ("5.0.0", "smtp; 550 mailbox on this server does not exist"),
    ("5.0.0", "smtp; 550 user in this domain unknown"),
    ("5.0.0", "smtp; 550 user record not found"),
    ("5.0.0", "smtp; 550 このアカウントは解約されました"),
    ("5.0.0", "smtp; 550 このアドレスは現在使用されておりません"),
    ("5.0.0", "smtp; 550 このメールアドレスは廃止されました"),
    ("5.0.0", "smtp; 550 廃止されました"),
    ("5.7.17", "smtp; 550 sorry, no mailbox here by that name (#5.7.17)"),
    ("5.1.1", "smtp; 550 5.1.1 <hanako@example.jp>: Recipient address rejected: example.jp"),
    ("5.1.1", "smtp; 550 5.1.1 Recipient refused"),
    ("5.1.1", "smtp; 550 5.1.1 Delivery refused, recipient does not exist"),
    # Asked for hours, its answer was the same.
    ("4.1.1", "smtp; 450 4.1.1 <hanako@example.jp>: User unknown in local recipient table"),
    ("4.0.0", "smtp; 450 User unknown"),
    ("4.2.0", "smtp; 450 4.2.0 no such user"),
    ("4.4.7", "smtp; 450 User unknown"),
    ("4.4.7", "smtp; 550 4.4.7 expired, 840 minutes.<450 4.1.1 <a@b.example>: User unknown>"),
    # The sender is only whom it is sent back to.
    ("5.0.0", "smtp; 550 Returned to sender: user unknown"),
    ("5.0.0", "smtp; 550 User unknown, returned to sender"),
    ("5.0.0", "smtp; 550 送信先アドレスが存在しません"),
    ("5.0.0", "smtp; 550 Sender ok, recipient unknown"),
    ("5.0.0", "smtp; 550 Please check your address: user unknown"),
    ("5.0.0", "smtp; 550 Unknown user; verify your address"),
    ("5.0.0", "smtp; 550 送信者に返します、ユーザーが存在しません"),
    ("5.0.0", "smtp; 550 お客様のメールは配信できません、宛先が存在しません"),
    ("5.0.0", "smtp; 550 送信元サーバーへの応答: 宛先のユーザーが見つかりません"),
    ("5.0.0", "smtp; 550 Retour à l'expéditeur: destinataire inconnu"),
    ("5.0.0", "smtp; 550 Zurück an Absender, Empfänger unbekannt"),
    ("5.0.0", "smtp; 550 Devuelto al remitente: destinatario desconocido"),
    ("5.0.0", "smtp; 550 退回发件人，收件人不存在"),
]
NO_DOMAIN = [
    ("5.1.2", "smtp; Sorry, I couldn't find any host named gmial.example. (#5.1.2)"),
    ("5.1.2", "smtp; 5.1.2 - Bad destination host 'DNS Hard Error (MX): NXDomain'"),
    ("5.4.310", "smtp; 550 5.4.310 DNS domain gmial.example does not exist"),
    ("5.0.0", "smtp; 550 Recipient address rejected: Domain not found"),
    ("5.1.10", "smtp; 556 5.1.10 Domain gmial.example does not accept mail (nullMX)"),
    ("5.0.0", "smtp; 550 unknown host"),
    ("5.1.2", "smtp; 550 5.1.2 The domain of the recipient address does not exist"),
    ("5.1.2", "smtp; 550 5.1.2 Mail domain mentioned in address is unknown"),
    ("5.1.2", "smtp; 550 5.1.2 Address domain part invalid"),
    ("5.1.2", "smtp; 550 5.1.2 アドレスのドメインが無効です"),
    ("5.4.4", "smtp; 550 5.4.4 宛先サーバーが見つかりません"),
    ("5.1.1", "smtp; 550 5.1.1 Remote address not found in DNS"),
    ("5.0.0", "smtp; 550 メールのドメインが存在しません"),
]
FULL = [
    ("5.2.2", "smtp; 552 5.2.2 <hanako@icloud.com>: user is over quota"),
    ("4.2.2", "smtp; 452-4.2.2 The recipient's inbox is out of storage space. Try later."),
    ("5.0.0", "smtp; 552 Mailbox is full"),
    ("5.1.1", "smtp; 550 5.1.1 mailbox full"),
    ("4.3.0", "x-unix; disk quota exceeded in /var/mail"),
    ("5.4.7", "smtp; 550 5.4.300 Message expired -> 452 4.2.2 over quota"),
    ("5.0.0", "smtp; 552 メールボックスがいっぱいです"),
    ("5.0.0", "smtp; 552 the recipient does not have enough disk space"),
]
REFUSED = [
    ("5.0.0", "smtp; 550 なりすましの疑いがあります"),
    ("5.7.26", "smtp; 550-5.7.26 This mail has been blocked: the sender is unauthenticated"),
    ("5.7.515", "smtp; 550 5.7.515 Access denied, no required authentication level"),
    ("5.7.606", "smtp; 550 5.7.606 Access denied, banned sending IP [203.0.113.5]"),
    ("5.7.133", "smtp; 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup"),
    ("5.7.1", "smtp; 554 5.7.1 [HM08] Message rejected due to local policy"),
    ("5.7.1", "smtp; 554 5.7.1 <hanako@example.jp>: Recipient address rejected: Access denied"),
    ("5.0.0", "smtp; 550 受信拒否設定により拒否されました"),
    # About the sender, in the words of an unknown user.
    ("5.1.0", "smtp; 550 5.1.0 <a@example.jp>: Sender address rejected: User unknown in table"),
    ("5.1.1", "smtp; 550 5.1.1 Domain of sender address a@example.jp does not exist"),
    ("5.0.0", "smtp; 550 Sender verify failed: unknown user"),
    ("5.0.0", "smtp; 550 The account of the sender does not exist"),
    ("5.0.0", "smtp; 554 reverse DNS record does not exist for this address"),
    ("5.0.0", "smtp; 550 No PTR record for your IP address, which does not exist"),
    ("5.0.0", "smtp; 550-Verification failed 550-No Such User Here 550 Sender verify failed"),
    ("5.0.0", "smtp; 550-Verification failed 550-Unrouteable address 550 Sender verify failed"),
    ("5.0.0", "smtp; 550 Your account has been disabled for sending"),
    ("5.0.0", "smtp; 550 User disabled for outgoing mail"),
    ("5.0.0", "smtp; 550 Your domain does not exist"),
    ("5.0.0", "smtp; 550 Your mail server is unknown, no such user"),
    ("5.0.0", "smtp; 550 Originator address invalid"),
    ("5.0.0", "smtp; 550 Unknown user of originator"),
    ("5.0.0", "smtp; 550 The originating domain does not exist"),
    ("5.0.0", "smtp; 550 Sending domain not found"),
    ("5.0.0", "smtp; 550 The address you are sending from does not exist"),
    ("5.0.0", "smtp; 550 Submitting user unknown"),
    ("5.0.0", "smtp; 550 Connecting host not found"),
    ("5.0.0", "smtp; 550 Source address not found"),
    ("5.0.0", "smtp; 550 Reply-to address invalid"),
    ("5.0.0", "smtp; 550 mfrom domain not found"),
    ("5.0.0", "smtp; 550 No such domain in sender address"),
    ("5.0.0", "smtp; 550 No such user at your domain"),
    ("5.0.0", "smtp; 550 Cannot find your domain: no such host"),
    ("5.0.0", "smtp; 550 You are an unknown user"),
    ("5.0.0", "smtp; 550 Client address not found"),
    ("5.0.0", "smtp; 550 From user is invalid"),
    ("5.0.0", "smtp; 550 From: domain not found in DNS"),
    ("5.0.0", "smtp; 550 Invalid account in envelope-from: not found"),
    ("5.0.0", "smtp; 550 送信者アドレスが存在しません"),
    ("5.0.0", "smtp; 550 差出人のメールアドレスが存在しません"),
    ("5.0.0", "smtp; 550 送信元アドレスが見つかりません"),
    ("5.0.0", "smtp; 550 送信元のアドレスは無効です"),
    ("5.0.0", "smtp; 550 送信元ドメインが存在しません"),
    ("5.0.0", "smtp; 550 送信元ユーザーなし"),
    ("5.0.0", "smtp; 550 送信用アカウントが無効です"),
    ("5.0.0", "smtp; 550 送信ドメインが存在しません"),
    ("5.0.0", "smtp; 550 接続元アドレスが不明です"),
    ("5.0.0", "smtp; 550 返信先アドレスが無効です"),
    ("5.0.0", "smtp; 550 Fromアドレスが不明です"),
    ("5.0.0", "smtp; 550 エンベロープFromのドメインが存在しません"),
    ("5.0.0", "smtp; 550 IPアドレスが無効です"),
    ("5.0.0", "smtp; 550 不明なアドレスからのメールであり、送信者が存在しません"),
    ("5.0.0", "smtp; 550 このアドレスからのメールは無効です"),
    ("5.0.0", "smtp; 550 お客様のアカウントは無効です"),
    ("5.0.0", "smtp; 550 L'adresse de l'expéditeur est invalide"),
    ("5.0.0", "smtp; 550 Postfach des Absenders existiert nicht"),
    ("5.0.0", "smtp; 550 Absender unbekannt"),
    ("5.0.0", "smtp; 550 HELO host unknown"),
    ("5.0.0", "smtp; 550 Your host is unknown"),
    ("5.0.0", "smtp; 550 La cuenta del remitente no existe"),
    ("5.0.0", "smtp; 550 Utente mittente sconosciuto"),
    ("5.0.0", "smtp; 550 发件人邮箱不存在"),
    ("5.0.0", "smtp; 550 您的邮箱不存在"),
    # About a list of those who may send.
    ("5.0.0", "smtp; 550 Address not found in allow list"),
    ("5.0.0", "smtp; 550 user not found in whitelist"),
    ("5.0.0", "smtp; 550 Account not listed in approved senders list"),
    ("5.0.0", "smtp; 550 アドレスが許可リストにありません"),
    ("5.0.0", "smtp; 550 adresse inconnue dans la liste blanche"),
    ("5.0.0", "smtp; 550 白名单中用户不存在"),
    # The number is an unknown user's, the words are not.
    ("5.1.1", "smtp; 550 5.1.1 message refused by recipient's filter"),
    ("5.1.1", "smtp; 550 5.1.1 Rejected by policy"),
    ("5.1.1", "smtp; 550 5.1.1 Mail from outside prohibited"),
    ("5.1.1", "smtp; 550 5.1.1 virus detected"),
    ("5.1.10", "smtp; 550 5.1.10 message not accepted"),
    ("5.7.13", "smtp; 525 5.7.13 refused by policy"),
    ("5.1.1", "smtp; 550 5.1.1 relaying denied"),
    ("5.1.1", "smtp; 550 5.1.1 listed in zen.spamhaus.org"),
    ("5.1.1", "x; host mx.example.jp said: 550 5.7.1 Blocked for its reputation"),
    ("5.1.0", "smtp; 5.1.0 - Unknown address error 550-'5.7.1 blocked' (attempts: 0)"),
    ("5.1.351", "smtp; 550 5.1.351 unknown recipient or mailbox unavailable -> 550 5.7.1 policy"),
    ("5.0.0", "smtp; 550 unknown user or filtered"),
    # The number is not a mailbox's.
    ("5.6.0", "smtp; 550 5.6.0 mailbox unavailable"),
    ("5.7.17", "smtp; 550 5.7.17 owner has changed"),
]
NOT_NOW = [
    ("4.2.0", "smtp; 450 4.2.0 <hanako@example.jp>: Recipient address rejected: Greylisted"),
    ("4.1.1", "smtp; 450 4.1.1 unverified address: Address verification in progress"),
    ("4.2.1", "smtp; 450-4.2.1 The user is receiving mail too quickly. Resend later."),
    ("5.2.1", "smtp; 550-5.2.1 The user is receiving mail at a rate that prevents delivery"),
    ("4.7.28", "smtp; 421-4.7.28 unusual rate of unsolicited mail from your IP address"),
    ("4.7.0", "smtp; 421 4.7.0 [TSS04] Messages temporarily deferred due to complaints"),
    ("4.7.1", "smtp; 421 4.7.1 Too many unknown users from your address"),
    ("4.7.1", "smtp; 454 4.7.1 Relay access denied"),
    ("4.0.0", "smtp; 450 Requested mail action not taken: mailbox unavailable"),
    ("5.1.1", "smtp; 451 mailbox temporarily locked"),
    ("5.4.7", "smtp; 550 5.4.300 Message expired -> 451 4.7.500 Server busy"),
    ("5.0.0", "smtp; 550 The user(s) account is temporarily limited."),
    ("5.0.0", "smtp; 550 Account suspended for 10 minutes"),
    # It does not know yet, or does not speak of a mailbox.
    ("4.0.0", "smtp; 450 account not found; verifying"),
    ("4.1.1", "smtp; 450 4.1.1 user unknown, address lookup failed"),
    ("4.1.1", "smtp; 450 4.1.1 user not found in cache"),
    ("4.1.1", "smtp; 450 4.1.1 user unknown, still checking"),
    ("4.1.1", "smtp; 450 4.1.1 user unknown, not validated yet"),
    ("4.1.1", "smtp; 450 4.1.1 user unknown, database not ready"),
    ("4.0.0", "smtp; 450 アドレスが見つかりません。確認中です"),
    ("4.2.1", "smtp; 450 4.2.1 This account is disabled"),
    ("4.0.0", "smtp; 450 Unrouteable address"),
    ("4.7.0", "smtp; 421 4.7.0 client address not found"),
    ("4.7.1", "smtp; 450 4.7.1 user unknown"),
    ("4.5.0", "smtp; 450 4.5.0 user unknown"),
]
THEIR_SERVER = [
    ("5.4.14", "smtp; 554 5.4.14 Hop count exceeded - possible mail loop"),
    ("5.1.2", "smtp; 5.1.2 - Bad destination host 'DNS Soft Error (MX): SERVFAIL'"),
    ("4.4.1", "x; connect to mx.example.jp[192.0.2.1]:25: Connection timed out"),
    ("4.3.1", "smtp; 452 4.3.1 Insufficient system storage"),
    ("5.1.1", "x-unix; couldn't create /var/mail/hanako: No such user"),
    ("5.3.5", "smtp; 550 5.3.5 system config error"),
    ("5.1.1", "smtp; 550 5.1.1 connection timed out"),
    ("4.3.2", "smtp; 451 4.3.2 mailbox not found in cache"),
    ("4.3.0", "smtp; 451 4.3.0 mailbox not found"),
]
OTHERS = [
    # Of something that is named between the mailbox and the verdict.
    ("5.0.0", "smtp; 550 Recipient TLS certificate invalid", "other"),
    ("5.0.0", "smtp; 550 user directory not found", "other"),
    ("5.0.0", "smtp; 550 ユーザー証明書が無効です", "other"),
    ("5.0.0", "smtp; 552 メッセージのサイズが上限を超えています", "too-large"),
    ("5.0.0", "smtp; 554 DT:SPM mx7", "spam"),
    ("5.0.0", "smtp; 550 5.7.0 content rejected as junk", "spam"),
    ("5.3.4", "smtp; 552 5.3.4 message size exceeds the limit", "too-large"),
    ("5.0.0", "smtp; 552 message too large", "too-large"),
    ("5.6.0", "smtp; 552 5.6.0 header size exceeds the limit", "policy"),
    ("5.1.1", "smtp; 550 5.1.1 message rejected as spam", "spam"),
    ("5.0.0", "smtp; 550 このサーバーは廃止されました", "other"),
    ("5.5.2", "smtp; 500 5.5.2 syntax error", "other"),
]
SAID = [
    *((*words, "no-such-mailbox") for words in GONE),
    *((*words, "no-such-domain") for words in NO_DOMAIN),
    *((*words, "mailbox-full") for words in FULL),
    *((*words, "policy") for words in REFUSED),
    *((*words, "deferred") for words in NOT_NOW),
    *((*words, "server-down") for words in THEIR_SERVER),
    *OTHERS,
]


@pytest.mark.parametrize("subtype", ["General", "Undetermined", ""])
@pytest.mark.parametrize(("status", "words", "reason"), SAID)
def test_what_receivers_write(subtype: str, status: str, words: str, reason: str) -> None:
    assert bounce_reason(subtype, status, words) == reason


@pytest.mark.parametrize(("status", "words", "_reason"), SAID)
def test_no_address_is_wrong_while_its_server_may_still_take_it(
    status: str, words: str, _reason: str
) -> None:
    assert delay_reason("General", status, words) not in ("no-such-mailbox", "no-such-domain")


@pytest.mark.parametrize(
    "words",
    [
        "smtp; 550 no <user.unknown@example.jp>",
        "smtp; 550 no mailboxfull@example.jp",
        "smtp; 550 no, see https://spam.example.jp/policy?p=NoSuchUser",
        "smtp; 550 no, says blocked.spam.example.jp",
    ],
)
def test_names_are_no_words(words: str) -> None:
    assert reason_of_words(words) is None


def test_numbers_in_the_midst_of_a_phrase_do_not_break_it() -> None:
    assert reason_of_words("550-5.7.1 no such 550 5.7.1 user here") == "no-such-mailbox"


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        ("smtp; Out of office: back on Monday", True),
        ("Automatic reply", True),
        ("ただいま不在にしております", True),
        ("自動応答メールです", True),
        ("smtp; 550 no <vacation@example.jp>", False),
        ("smtp; 550 user unknown", False),
        ("absence of a valid SPF record", False),
        ("宛先不在", False),
        ("ただいま担当者不在", True),
        # A mail server may answer by itself, too.
        ("Automatic reply: your mail could not be delivered, no such user", False),
        ("自動応答: メールを配信することができませんでした", False),
        (None, False),
    ],
)
def test_an_absence_notice_is_known_by_its_words(words: str | None, absent: bool) -> None:
    assert tells_of_absence(words) is absent
