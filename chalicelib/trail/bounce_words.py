"""Words of bounces: what mail servers write beside their status codes, and what it means.

A table of what is known to be written, the clearest first. A phrase that may mean something else
as well belongs below the ones that are clear.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from chalicelib.trail.reason import Reason


class _Phrases(NamedTuple):
    final: Reason
    not_now: Reason | None
    """What the same words mean beside a status of class 4. ``None``: nothing."""
    pattern: re.Pattern[str]


def _phrases(final: Reason, not_now: Reason | None, *patterns: str) -> _Phrases:
    return _Phrases(final, not_now, re.compile("|".join(patterns), re.IGNORECASE))


def _of_sender(sender: str, recipient: str, verdict: str) -> str:
    """A pattern: ``verdict`` on ``sender``, unless the sentence goes on to a recipient."""
    return rf"({sender})((?!{recipient})[^.;。]){{0,60}}({verdict})"


_WHO = r"(?<!ip )(?<!sender )\b(user|recipient|mail ?box|account|address|addressee|person)"
_WHO_JA = "(ユーザー?|宛先|あて先|受信者|アドレス|アカウント|メールボックス)"


_OTHERS = (
    r"(?<!this )(?<!our )(?<!the )(?<!that )(domain|server|\bhosts?\b|director)"
    r"|certificat|(spf|dns|mx) record|credential|password|\bbook"
    "|(サーバー?|ドメイン|ディレクトリ)(?!ー|(上|内|側)?[にで])|証明書|レコード|認証|[帳簿]"
)
"""What a verdict may be on instead, where it stands beside a mailbox; not the place of one."""


def _of_mailbox(who: str, verdict: str, most: int, ends: str) -> str:
    """A pattern: ``verdict`` on ``who``, and on nothing that is named in between."""
    return rf"{who}((?!{_OTHERS})[^{ends}]){{0,{most}}}({verdict})"


_GONE = (
    "(disabled|discontinued|suspended|inactive|deactivated|terminated|closed|deleted|frozen"
    "|expired|removed|cancell?ed)"
)

_SENDER = "|".join(
    (
        _of_sender(
            r"(?<!to )(?<!to the )sender|originator|client (host|address|ip|name)"
            r"|(mail|envelope|reverse|return)[- ](from|path)|mfrom|reply-to|helo|ehlo"
            r"|\bfrom:? (user|address|header|domain|mail ?box|account)"
            r"|\b(sending|originating|submitting|connecting|source) "
            r"(user|address|domain|account|host|server)|\bsending from"
            r"|(?<!check )(?<!verify )(?<!in )\byour (own |e-?mail |mail |sending )*"
            r"(user|address|domain|mail ?box|account|host|server)",
            "recipient",
            "reject|unknown|exist|invalid|denied|not|verif|refus|cannot|mismatch|fail"
            "|disabl|suspend|deactivat|inactive|closed",
        ),
        r"(reject|unknown|no such|invalid|unauth|unverif|bad|block|ban|allow|denied|exist)"
        r"[^.;]{0,30}\b((?<!to )(?<!to the )senders?|originator|helo|client"
        r"|from (user|address|header|domain)|(at|of|from|on|in) your (domain|host|server))\b",
        r"(not|n't|unable to) (find|verify|resolve|look up) your (user|address|domain|host)",
        r"\byou are (not|an? (unknown|invalid))",
        r"(disabled|suspended|blocked) (for|from) (sending|outgoing|outbound)",
        _of_sender(
            "(送信(者|元|側|用)|差出人|差し出し人|発信[者元]|送り[主元]|接続元|返信先)(?![にへ])"
            "|(送信|from ?の?|ip ?|逆引き)(メール)?(アドレス|アカウント|ドメイン|サーバー?|ホスト)"
            "|(アドレス|ドメイン|ユーザー?)からの"
            "|(あなた|貴社|お客様)の(メール)?(アドレス|アカウント|ドメイン|サーバー?)",
            "宛先|あて先|届け先|受信者[はが]|受信者の(メール)?アドレス",
            "存在し|見つかり|不明|ありません|なし|無効|誤り|不正|停止|廃止|拒否|使用され|認証",
        ),
        _of_sender(
            r"exp[ée]diteur|[ée]metteur|votre (adresse|compte|domaine)",
            "destinataire|utilisateur",
            r"invalide|inconnu|inexistant|exist|trouv|rejet|refus|d[ée]sactiv|bloqu",
        ),
        _of_sender(
            "absender|ihre? ((e-?)?mail-?)?(adresse|konto|domain)",
            "empf[aä]nger|benutzer|postfach",
            r"unbekannt|existiert|ung[uü]ltig|gefunden|abgelehnt|abgewiesen|gesperrt|deaktiviert",
        ),
        _of_sender(
            r"remitente|\bsu (direcci[oó]n|cuenta|dominio)"
            r"|mittente|\bil (suo|tuo) (indirizzo|account|dominio)",
            "destinat|usuario|utente",
            r"desconocid|no existe|inv[aá]lid|rechazad|bloquead|deshabilitad"
            r"|sconosciut|non esist|inesistente|non valid|rifiutat|bloccat|disabilitat",
        ),
        _of_sender(
            "[发發寄]件[人者]|[发發]信[人者]|[发發]送[者方]"
            "|您的([邮郵信]箱|[邮郵]件地址|地址|[账帐賬帳][号號]|域名)",
            "收件",
            "不存在|未找到|无效|無效|被拒|拒[绝絕]|禁用|停用",
        ),
    )
)
"""Verdicts on who sends. They are given in the same words as those on a mailbox."""

_LISTS = (
    r"(black|block|deny|drop|white|access|safe|trusted|(allow|permit|accept|approv)(ed)?)[- ]?"
    r"((sender|address|user)s?[- ])?list|list of (allowed|permitted|accepted|approved)"
    "|(許可|拒否|承認|ホワイト|ブラック|セーフ)[^。]{0,6}リスト|[白黑]名[单單]"
    "|liste (blanche|noire)|lista (blanca|negra|bianca|nera)"
)
"""Lists of those who may send, and of those who may not."""

_UNKNOWN_MAILBOX = _phrases(
    "no-such-mailbox",
    # A server that asks for patience with an unknown user is set up so; when its patience is
    # asked in vain for hours, the user is still unknown.
    "no-such-mailbox",
    r"(unknown|no such|invalid|non-?existent|undefined|not a (valid|known)) "
    r"((local|destination|mail|e-?mail|virtual) )*"
    r"(user|recipient|mail ?box|account|address(?! error)|addressee|person)",
    _of_mailbox(
        _WHO,
        r"\bunknown|not (found|known)|not? exist|n['o]?t exist|\binvalid|not listed",
        40,
        ".;",
    ),
    r"(no[ -]one|nobody)( here)?( by that name| at this address)|unknown local[- ]part",
    r"no (mail ?box|user|account)[^.;]{0,10} (here|by that name)|recip(ient)?notfound",
    r"(doesn't|does not) have an?\b[^.;]{0,30}account",
    _of_mailbox(_WHO_JA, "存在しません|見つかりません|不明|ありません|無効|誤り", 30, "。"),
    "(存在しない|無効な|不明な|見つからない|該当しない)[^。]{0,4}" + _WHO_JA + "(です|宛|へ|に|$)",
    "(そのような|該当する)(ユーザー?|宛先|アドレス)[はが](いません|ありません)|未登録の(メール)?アドレス",
    _WHO_JA + "[はがも]?(なし|無し)|該当者[はがも]?(なし|無し|ありません)",
    r"(adresse|destinataire|utilisateur)[^.;]{0,30}(invalide|inconnu|inexistant)",
    r"(benutzer|empf[aä]nger|postfach)[^.;]{0,20}(unbekannt|existiert nicht|ung[uü]ltig)",
    r"(usuario|destinatario|cuenta|utente)[^.;]{0,20}(desconocid|no existe|sconosciut)",
    r"(用户|用戶|收件人|邮箱|信箱)[^。]{0,8}(不存在|未找到|无效|無效)",
)
_CLOSED_MAILBOX = _phrases(
    "no-such-mailbox",
    # Beside "not now" it is closed for a while.
    "deferred",
    _WHO + r"[^.;]{0,25}(is|was|has been) (no longer|" + _GONE + ")",
    _GONE + " (user|recipient|mail ?box|account|address)",
    _WHO + " " + _GONE + r"\W*($|[.;,(])",
    _WHO_JA + "[^。]{0,30}(使用|利用|使わ)(されて|れて)(おりません|いません)",
    "("
    + _WHO_JA
    + "[^。]{0,30}|(^|;) ?)(廃止され|解約され|解約済み)(ました|て(い|お)り?ます|です)?",
    # What Exim says of a local user that it does not know.
    "unroute?able address",
)
_REFUSED_MAILBOX = _phrases(
    "no-such-mailbox",
    None,
    r"mail ?box (is )?(unavailable|not available)",
    r"(recipients?( address(es)?)?|rcpt( to)?) (rejected|refused)"
    r"( ?: access denied|[.:]?\s*$|\.?\s*\()",
    r"(^|;)\W*address rejected\W*$",
)
"""Refusals that may be about the mailbox, where the number does not say otherwise."""

_TABLE = (
    _phrases(
        "mailbox-full",
        "mailbox-full",
        r"(mail ?box|inbox|mail folder)[^.;]{0,30}\bfull\b|\bfull mail ?box",
        r"\b(over|exceed\w*|beyond)[^.;]{0,30}(?<!sending )(?<!message )\bquota",
        r"(?<!sending )(?<!message )\bquota[^.;]{0,15}(exceed|full|reached)",
        r"(mail ?box|inbox|recipient|user|account)[^.;]{0,30}(out of|no|enough) (disk )?"
        r"(storage|space)",
        r"mail ?box size|exceed\w* storage",
        r"メールボックス[^。]{0,10}(いっぱい|一杯|満杯)|容量[^。]{0,8}(超|オーバー|不足|いっぱい)",
        r"bo[iî]te[^.;]{0,30}pleine|postfach[^.;]{0,20}voll|buz[oó]n[^.;]{0,20}lleno",
        r"casella[^.;]{0,20}piena|[邮郵信]箱[^。]{0,6}[满滿]",
    ),
    _phrases(
        "too-large",
        "too-large",
        r"(message|mail|body)( size| is| was)* (too (large|big|long)|exceeds)",
        "(メール|メッセージ)の?(サイズ|容量)[^。]{0,12}(超え|オーバー|大き)",
        r"\b(?<!header )size[^.;]{0,20}(limit|maximum|too large)",
    ),
    # Who guards a mailbox by making strangers wait says so, whatever the number is.
    _phrases(
        "deferred",
        "deferred",
        r"gr[ae]y-?list|\blater\b|try again (in|after)|verification (is )?in progress",
        r"too many (?!hops)|too (much|fast|quickly|frequent)|at a rate|throttl",
        r"(rate|frequency)[- ]?(limit|control|exceed)",
        r"(sending|message|daily|hourly) (rate|limit|quota)",
        r"temporar|\bdefer|refused to talk|not accepting connections",
        r"(re-?try|wait) (in|after|for)\b|(suspend|disabl|lock|limit|clos)\w*[^.;]{0,20} for \d+ "
        r"(sec|min|hour)",
        "一時的|しばらく",
    ),
    # We are refused, or the machine that speaks for us: nothing is known of the mailbox.
    _phrases(
        "policy",
        "deferred",
        _SENDER,
        r"\b(spf|dkim|dmarc|ptr|r?dns ?[br]l|rbl|dnsbl|spamhaus|reputation)\b|reverse[ -]",
        _LISTS,
        r"\bblock(ed|ing)?\b|(?<!not )\blisted (on|in|by|at)\b",
        r"authenticat|\bclient ip\b|\bip (address )?(is )?(ban|black|block|den|list|not|reject)",
        r"relay\w*[^.;]{0,30}(denied|not|prohibit|restrict|refus)|\b(to|not|cannot) relay\b",
        r"(unknown|no such|invalid)[^.;]{0,30} or [^.;]{0,10}(filter|reject|block|refus)",
    ),
    # The name server did not answer, or the mailbox could not be written to: nothing is known of
    # the address.
    _phrases(
        "server-down",
        "server-down",
        r"(can't|cannot|couldn't|could not|unable to) (create|open|lock|write|append)",
        r"not found,? try again|\bdns soft|look ?up dns|servfail",
        r"\b(dns|name ?server|name service)[^.;]{0,40}(time|fail|malformed|unexpected|no respon)",
    ),
    # RFC 7505: the domain exists, and its owner says that it takes no mail.
    _phrases("no-such-domain", "deferred", "null ?mx"),
    _phrases(
        "no-such-domain",
        "server-down",
        r"no such (mail )?(domain|host)|nxdomain|\bno mx\b|any host named",
        r"\bdomain( name)? (part|of|in|for|mentioned)\b[^.;:]{0,40}"
        r"(does ?n[o']t exist|not found|unknown|invalid|non-?existent)",
        r"(?<!this )(?<!our )(?<!local )\b(domain|host)( ?name)?[\s\"'()[\]:]*"
        "((is|was|has been) )?"
        r"(does ?n[o']t exist|not found|not reachable|unknown|invalid|non-?existent)",
        r"(unknown|invalid|bad|non-?existent) ((recipient|destination|mail) )?(domain|hosts?)\b",
        r"not (found|known|listed|exist\w*) in (the )?dns",
        "unroute?able mail domain",
        "(?<!当)ドメイン(?![にで])[^。]{0,6}(存在しません|見つかりません|不明|無効|誤り)",
    ),
    _UNKNOWN_MAILBOX,
    _CLOSED_MAILBOX,
    _phrases(
        "server-down",
        "server-down",
        r"timed? ?out|lost connection|connection[^.;]{0,20}(refused|reset|lost|dropped|closed)",
        r"no route|unreachable|expired|hop count|too many hops|\bloop",
        r"(internal|system)[^.;]{0,10} (error|failure|full)|insufficient (system|disk|resource)",
    ),
    _phrases(
        "policy",
        "deferred",
        r"virus|malware|phish|\bip\b|\(bl\)|ウイルス|ウィルス|なりすまし",
    ),
    _phrases(
        "spam",
        "spam",
        r"\b(spam|ube|uce|unsolicited|junk)\b|content[^.;]{0,15}reject|迷惑メール|\bDT:SPM\b",
    ),
    _REFUSED_MAILBOX,
    _phrases(
        "policy",
        "deferred",
        r"polic(y|ies)|denied|refus|reject|prohibit|forbid|filter|banned|restrict|suspicious|violat",
        r"not (allowed|permitted|accepted|authori[sz]ed)|mismatch|duplicate header|拒否",
    ),
    _phrases("server-down", "deferred", r"service[^.;]{0,20} (unavailable|not available)"),
)

_ABSENCE = re.compile(
    r"out[ -]of[ -](the[ -])?office|auto(matic|mated)?[- ]?(reply|response|answer)"
    r"|\bvacation|on (annual |sick |maternity )?leave|away from|abwesen|absence(?! of\b)"
    r"|\babsente? (du|de mon|jusqu)|fuera de la oficina|\bfora do escrit|fuori (sede|ufficio)"
    r"|vacaciones|\bf[ée]rias\b|\bferie\b|부재중|휴가|自动回复|自動回覆"
    "|自動(応答|返信)|休暇|休業|長期休|出張中"
    "|(?<!宛先)(?<!該当者)(?<!ユーザー)不在",
    re.IGNORECASE,
)
_UNDELIVERED = re.compile(
    r"undeliver|(not|n't) (be |been )?deliver|deliver(y|ed)? (has |was )?(fail|not)"
    "|(配信|配達|送信|お?届け)(する(こと|事)が)?(でき|出来)(ません|ない)",
    re.IGNORECASE,
)
"""What a mail server says that answers by itself, and nobody who is away."""

_STILL_LOOKING = re.compile(
    r"verif|validat|check|cach|look(ing|ed)?[ -]?up|\b(ldap|database|db)\b|確認|照会|検証",
    re.IGNORECASE,
)
"""Beside "not now": the server does not know yet whether there is such a user."""

_QUOTES = re.compile(r"""\bsaid\b:?|->|[45]\d\d[- ]['"]""")
"""Where the words of another server begin."""

_NOT_WORDS = re.compile(
    r"https?://\S+"
    r"|<[^<>\s]*@[^<>\s]*>|(?<![^\s<>\"'();,])[^\s<>\"'();,@]+@[^\s<>\"'();,]+"
    r"|(?<![\w.-])[\w-]+(\.[\w-]+)*\.[a-z]{2,}(?![\w.])|\[?(\d+\.){3}\d+\]?"
    r"|(?<![\w.])[45]\d\d[- ]|(?<![\w.])[45]\.\d{1,3}\.\d{1,3}\b(?!\.\d)"
)
"""Names of pages, people and hosts hold every word, and numbers stand in the midst of phrases."""


READ = 4000
"""Characters read of what a server said. Whose server it is may be a stranger."""


def reason_of_words(
    text: str | None, *, not_now: bool = False, of_mailbox: bool = True
) -> Reason | None:
    """What a server's words mean. ``not_now``: they stand beside a status of class 4.

    ``of_mailbox``: the number may be a mailbox's. If it is not, only clear words that are final
    say that there is none. What a server quotes of another is read before its own words.
    """
    for part in reversed(_QUOTES.split((text or "")[:READ])):
        words = _words(part)
        for row in _TABLE:
            reason = row.not_now if not_now else row.final
            if not (reason and row.pattern.search(words)):
                continue
            unsure = reason == "no-such-mailbox" and (not_now or row is _REFUSED_MAILBOX)
            looking = not_now and _STILL_LOOKING.search(words)
            if not unsure or (of_mailbox and not looking):
                return reason
    return None


def tells_of_absence(text: str | None) -> bool:
    """Whether this is an automatic reply's: the mail reached a mailbox."""
    words = _words((text or "")[:READ])
    return bool(_ABSENCE.search(words)) and not _UNDELIVERED.search(words)


def _words(text: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", text).split())
