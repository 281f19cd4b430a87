"""The currencies of ISO 4217 with the number of their decimal digits.

Those of list one, and of list three those withdrawn since 2001: histories in them are read still. An
amount that was kept means what it meant then, so that no digits are ever changed here. CLDR, and Babel with
it, has how many people write, which are fewer for some (`docs/decisions/0039-minor-units-of-iso.md`).
"""

from unicodedata import category

from holdfast.kernel.clock import Instant, parse
from holdfast.kernel.text import Language

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK
SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD
XCG YER ZAR ZMW ZWG
"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

_WITHDRAWN = """
2001-01 BYB
2002-03 ATS BEF DEM ESP FIM FRF GRD IEP ITL LUF NLG PTE
2002-05 TPE
2003-01 AFA
2003-07 YUM
2004-01 RUR SRG
2005-01 MGF
2005-07 ROL
2006-01 AZM TRL
2006-10 CSD
2007-01 MZM SIT
2007-07 SDD
2008-01 CYP GHC MTL VEB
2009-01 SKK TMM
2011-01 EEK
2013-01 ZMK
2014-01 LVL
2015-01 LTL
2017-01 BYR
2018-01 MRO STD
2018-09 VEF
2021-07 CUC
2023-01 HRK
2024-01 SLL
2024-09 ZWL
2025-07 ANG
2026-01 BGN
"""
_WITHDRAWN_NONE = "BEF BYB BYR ESP GRD ITL LUF MGF PTE TPE TRL"

WITHDRAWN: dict[str, Instant] = {
    code: parse(f"{line[:7]}-01") for line in _WITHDRAWN.strip().splitlines() for code in line[8:].split()
}
"""The month in which each currency of list three was withdrawn."""

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(WITHDRAWN, 2),
    **dict.fromkeys(_WITHDRAWN_NONE.split(), 0),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    "CLF": 4,
    "UYW": 4,
}

_SIGNS = """
AUD=A$ BRL=R$ CAD=CA$ CNY=CN¥ EUR=€ GBP=£ HKD=HK$ ILS=₪ INR=₹ JPY=¥ KRW=₩ MXN=MX$ NZD=NZ$ PHP=₱ TWD=NT$ USD=$
VND=₫ XAF=FCFA XCD=EC$ XCG=Cg. XPF=CFPF
"""
_OTHER_SIGNS_IN_CHINESE = "AUD=AU$ CNY=¥ JPY=JP¥ PHP=PHP USD=US$"


def _signs(text: str) -> dict[str, str]:
    return {one[:3]: one[4:] for one in text.split()}


_EN = {**_signs(_SIGNS), "XOF": "F\N{NARROW NO-BREAK SPACE}CFA"}
SIGNS: dict[Language, dict[str, str]] = {"zh": _EN | _signs(_OTHER_SIGNS_IN_CHINESE), "en": _EN}
"""How currencies are written for people, where not by their codes: the signs of CLDR."""


def sign(currency: str, language: Language) -> str:
    """Return what stands before an amount: the currency's sign, or its code and a space.

    What ends with a letter or a point is kept apart from the digits (CLDR, Unicode Technical Standard 35,
    part 3, currency spacing).
    """
    known = SIGNS[language].get(currency, currency)
    return known if category(known[-1]).startswith("S") else f"{known}\N{NO-BREAK SPACE}"
