"""The scrubber: text in, text without personal identifiers out.

It runs on every piece of text that enters a narrative, after the macro `scrub_text` saw titles and page keys with
their punctuation, so it errs on the side of removing too much: an amount
of seven digits is lost, a phone number is not kept. It knows patterns, not people: a name is recognised only
after a greeting or a word such as 'name:', an address by its street and number.

Libraries that validate (python-stdnum, phonenumbers) were looked at and left: they tell a right number from a wrong
one, and a mistyped card number or a phone of a country that nobody thought of has to go as well.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

_MAX_DECODINGS: Final = 5
"""Layers of percent and HTML encoding that are peeled; real links carry one or two."""

_LONG_NUMBER_DIGITS: Final = 7
"""From here on a number can be a phone or an account; shorter ones are years, rates and forms (1099)."""

_CARD_DIGITS: Final = range(13, 20)
"""Lengths of payment card numbers (ISO/IEC 7812)."""

_PHONE_DIGITS: Final = range(7, 16)
"""Lengths of phone numbers, local to international (ITU-T E.164)."""

_TOKEN_LENGTH: Final = 16
"""Unbroken letters mixed with digits from this length on are session tokens and hashes, not words."""

_IBAN_MIN_DIGITS: Final = 8
"""A group-of-four text with fewer digits and a wrong checksum is prose ('va30 year ...')."""

_SUSPECT = re.compile(r"[\d@?%&#=,:]|[(\[]at[)\]]|[^\x00-\x7f]", re.I)
"""No rule can match a text without any of these, so that most page words are passed through untouched."""

_NAME = r"(?:(?:mrs?|ms|dr|prof|[^\W\d_])\.|[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*)"
_QUERY = re.compile(r"[?&#;][^\s?&#;=|]*=\S*")
_EMAIL = re.compile(r"[^\s@<>,;|]+(?: ?@ ?[^\s@<>,;|]+)+")
_GREETING = re.compile(
    rf"\b(welcome(?: back)?|hello|hi|good (?:morning|afternoon|evening)),\s*{_NAME}(?:\s+{_NAME})*", re.I
)
_SPELLED_AT = re.compile(r"\s*[(\[](?:at|@)[)\]]\s*", re.I)
_PARAMETER = re.compile(r"(?<![^\s/|?&;#=,])([^\s/|?&;#=,<>]+)=[^|/;&<>]+")
_NAMED_THINGS = (
    r"(?:(?:first|last|full|user|given|family|middle|maiden|customer|client|account|payee|recipient|holder)[ _-]?)?"
    r"names?"
    r"|user(?:name)?|payee|beneficiary|recipient|(?:account|card)[ _-]?holder|customer|kunde"
    r"|surname|vorname|nachname|nom|pr.nom|nombre|apellidos?|cognome"
    r"|e-?mail|phone|tel|telefon|address|adresse|anschrift|ssn|date of birth|iban"
)
_NAMED = re.compile(rf"\b({_NAMED_THINGS})\s*:\s*[^|/;&:<>]+", re.I)
_HOUSE = r"\d{1,5}[a-z]?"
_BLANK = r"[\s_+-]+"
_PART = r"[^\W\d_][^\W\d_.'\u2019]*[.'\u2019]?[^\W\d_]*"
_TOWN = r"(?:,[^|/]*)?"
_ADDRESS = re.compile(
    # 12 Elm Street, Springfield
    rf"\b{_HOUSE}{_BLANK}(?:{_PART}{_BLANK}){{1,3}}"
    rf"(?:street|st|str|road|rd|avenue|ave|lane|ln|boulevard|blvd|crescent|terrace|highway|hwy|parkway|pkwy)\b\.?{_TOWN}"
    # the like of 'drive' only where the line or the street ends, since it is a word of its own
    rf"|\b{_HOUSE}{_BLANK}(?:{_PART}{_BLANK}){{1,3}}(?:drive|dr|close|court|ct|place|way)\.?(?:\s*,[^|/]*|\s*$)"
    # Lindenstraße 12, 10115 Berlin
    rf"|\b[^\W\d_]+(?:stra(?:ss|\xdf)e|gasse|weg|platz|allee|[ -]?str\.?){_BLANK}{_HOUSE}{_TOWN}"
    # 12 bis, rue de la Paix
    rf"|\b{_HOUSE}(?: ?(?:bis|ter))?,?{_BLANK}(?:rue|avenue|boulevard|chemin|impasse|all.e|quai)"
    rf"{_BLANK}[^\W\d_][^|/,]*{_TOWN}"
    # Calle Mayor 12
    rf"|\b(?:via|viale|corso|piazza|calle|avenida|plaza|rua|paseo){_BLANK}(?:{_PART},?{_BLANK}){{1,3}}"
    rf"(?:n\.? ?)?{_HOUSE}\b{_TOWN}",
    re.I,
)
_IPV6 = re.compile(r"(?<![0-9a-f:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}", re.I)
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}[-_]?(?:[0-9a-f]{4}[-_]?){3}[0-9a-f]{12}(?![0-9a-f])", re.I)
_MAC = re.compile(r"\b(?:[0-9a-f]{2}[:\-]){5}[0-9a-f]{2}\b", re.I)
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_IBAN = re.compile(r"(?<![^\W_])[a-z]{2}\d{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,4})?(?![^\W_])", re.I)
_TOKEN = re.compile(rf"[^\W_]{{{_TOKEN_LENGTH},}}(?:[._\-][^\W_]{{{_TOKEN_LENGTH},}})*")
_SSN = re.compile(r"(?<!\d)\d{3}([ \-.])\d{2}\1\d{4}(?!\d)")
_GAP = r"(?:[ .\-/()_\u2010-\u2015]{1,3}|,)?"
_LONG_NUMBER = re.compile(rf"\+?\(?\d(?:{_GAP}\d){{{_LONG_NUMBER_DIGITS - 1},}}")


def scrub(text: str) -> str:
    """Replace what identifies a person or a secret by placeholders.

    Handled: query strings (<query>), e-mail addresses (<email>), names after a greeting (<name>), what follows a
    parameter such as 'user=' or 'name:' (<value>), street addresses (<address>), UUIDs and hardware addresses
    (<id>), hashes and tokens (<token>), IP addresses (<ip>), IBANs (<iban>), social
    security numbers (<ssn>), payment cards (<card>, by the Luhn check), phone numbers (<phone>) and every
    other number of seven digits or more, grouped or not (<number>). Percent and HTML encodings and look-alike
    Unicode characters are undone first.

    Args:
        text: any text; page words, titles, event types.

    Returns:
        The text without the identifiers. Scrubbing it again changes nothing.
    """
    if not _SUSPECT.search(text):
        return text
    text = _plain(text)
    text = _QUERY.sub(" <query>", text)
    text = _EMAIL.sub("<email>", _SPELLED_AT.sub("@", text))
    text = _GREETING.sub(r"\1, <name>", text)
    text = _PARAMETER.sub(r"\1 <value>", text)
    text = _NAMED.sub(r"\1 <value>", text)
    text = _ADDRESS.sub("<address>", text)
    text = _UUID.sub("<id>", text)
    text = _MAC.sub("<id>", text)
    text = _IPV6.sub("<ip>", text)
    text = _IBAN.sub(_replace_iban, text)
    text = _TOKEN.sub(_replace_token, text)
    text = _SSN.sub("<ssn>", text)
    text = _LONG_NUMBER.sub(_replace_number, text)
    # last: four groups of a longer number may look like an address, and would leave the others
    return _IPV4.sub("<ip>", text)


def scrub_all(texts: Sequence[str]) -> list[str]:
    """Scrub many texts, each distinct one once.

    Args:
        texts: n texts, repeated ones welcome.

    Returns:
        n scrubbed texts in the same order.
    """
    scrubbed = {text: scrub(text) for text in set(texts)}
    return [scrubbed[text] for text in texts]


def _plain(text: str) -> str:
    """Undo encodings that hide an identifier from the patterns."""
    for _ in range(_MAX_DECODINGS):
        before = text
        text = unicodedata.normalize("NFKC", unquote(html.unescape(text)))
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # zero-width characters between digits
        if text == before:
            break
    return text


def _replace_iban(match: re.Match[str]) -> str:
    """Replace a match that carries a valid checksum (ISO 13616, mod 97) or is mostly digits."""
    compact = re.sub(r"[ \-]", "", match[0])
    digits = "".join(str(int(c, 36)) for c in compact[4:] + compact[:4])
    is_iban = int(digits) % 97 == 1 or sum(c.isdigit() for c in compact) >= _IBAN_MIN_DIGITS
    return "<iban>" if is_iban else match[0]


def _replace_token(match: re.Match[str]) -> str:
    token = match[0]
    has_both = any(c.isdigit() for c in token) and any(c.isalpha() for c in token)
    return "<token>" if has_both else token


def _replace_number(match: re.Match[str]) -> str:
    if _IPV4.fullmatch(match[0]):
        return "<ip>"
    digits = [int(c) for c in match[0] if c.isdigit()]
    if len(digits) in _CARD_DIGITS and _passes_luhn(digits):
        return "<card>"
    is_written_as_phone = match[0][0] in "+(" or not match[0].isdigit()
    return "<phone>" if len(digits) in _PHONE_DIGITS and is_written_as_phone else "<number>"


def _passes_luhn(digits: Sequence[int]) -> bool:
    """Luhn check (ISO/IEC 7812-1, annex B)."""
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
