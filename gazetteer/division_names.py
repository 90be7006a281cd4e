"""Names of administrative divisions with and without their level: 永康市 is 永康, 秀山土家族苗族自治县 is 秀山, 芝英镇
is 芝英."""

import re

PEOPLES = (
    "蒙古|维吾尔|哈萨克|朝鲜|土家|布依|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|乌孜别克|俄罗斯|鄂温克|"
    "德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|哈尼|傈僳|高山|拉祜|纳西|景颇|各|回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|"
    "佤|畲|水|土|羌|怒|京"
)
"""The names of China's peoples (GB/T 3304) as they stand in names of autonomous divisions, without 族."""

_PEOPLES = rf"(?:(?:{PEOPLES})族|维吾尔)*"
_TOWN = re.compile(rf"(?<=..){_PEOPLES}(?:民族)?(?:街道办事处|街道|镇|乡|苏木)$")
_UPPER = re.compile(
    rf"(?<=..)(?:{_PEOPLES}(?:自治区|自治州|自治县|自治旗)|特别行政区|地区|林区|特区|新区|省|市|盟|州|县|区|旗)$"
)


def town_stem(name: str) -> str:
    """A town's name without its level, which may change from year to year; two characters are left at least (老街乡,
    老街)."""
    return _TOWN.sub("", name)


def upper_stem(name: str) -> str:
    """A county's, city's or province's name without its level; two characters are left at least (城区 stays 城区)."""
    return _UPPER.sub("", name)


def upper_forms(name: str) -> frozenset[str]:
    """The ways to name a county, city or province: 恩施土家族苗族自治州, 恩施州, 恩施."""
    stem = upper_stem(name)
    return frozenset({name, stem, f"{stem}{name[-1]}" if "自治" in name else name})
