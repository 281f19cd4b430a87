"""The currencies of ISO 4217 with the number of their decimal digits.

Those of list one, and of list three those withdrawn since 2001: histories in them are read still.
"""

from holdfast.kernel.clock import Instant, parse

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
"""Since when a currency is none any more, to the month, as list three has it. Digits as CLDR has them."""

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(WITHDRAWN, 2),
    **dict.fromkeys(_WITHDRAWN_NONE.split(), 0),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(_NONE.split(), 0),
    **dict.fromkeys(_THREE.split(), 3),
    "CLF": 4,
    "UYW": 4,
}

SYMBOLS: dict[str, dict[str, str]] = {
    "zh": {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "BRL": "R$", "HKD": "HK$"},
    "en": {"CNY": "CN¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "BRL": "R$", "HKD": "HK$"},
}
