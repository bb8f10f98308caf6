# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A bad text layer is noticed, and no text that a person wrote is taken for one."""

import pytest

from wazi.parse.legible import fault

ENGLISH = "The county office of water opens at eight. A new connection costs 2,500 shillings and takes ten days. "
FRENCH = "Le bureau de l'eau ouvre à huit heures. Un nouveau branchement coûte 2 500 francs et se fait en dix jours. "
HINDI = "जल कार्यालय सुबह आठ बजे खुलता है। नए कनेक्शन का शुल्क दो हज़ार पाँच सौ रुपये है और इसमें दस दिन लगते हैं। "
NEPALI = "खानेपानी कार्यालय बिहान आठ बजे खुल्छ। नयाँ धाराको दस्तुर दुई हजार पाँच सय रुपैयाँ हो र यसमा दस दिन लाग्नेछ। "
BENGALI = "পানি কার্যালয় সকাল আটটায় খোলে। নতুন সংযোগের জন্য অ্যাকাউন্ট লাগে এবং দশ দিনের মধ্যে কাজ শেষ হয়। "
AMHARIC = "የውሃ ጽሕፈት ቤቱ በጠዋቱ በሁለት ሰዓት ይከፈታል። አዲስ መስመር ለማስገባት ሁለት ሺህ አምስት መቶ ብር ይከፈላል። "
ARABIC = "يفتح مكتب المياه أبوابه في الساعة الثامنة صباحا وتبلغ رسوم التوصيل الجديد ألفين وخمسمائة شلن. "
TAMIL = "நீர் அலுவலகம் காலை எட்டு மணிக்குத் திறக்கும். புதிய இணைப்புக்கு இரண்டாயிரத்து ஐந்நூறு ரூபாய் கட்டணம். "
THAI = "สำนักงานประปาเปิดเวลาแปดโมงเช้า ค่าธรรมเนียมการต่อน้ำใหม่สองพันห้าร้อยบาท ใช้เวลาสิบวัน "
POLISH = "Urząd wodny otwiera się o ósmej. Nowe przyłącze kosztuje 2500 złotych, szczegóły na https://woda.example/x?a=1&b=2 "


@pytest.mark.parametrize(
    "text", [ENGLISH, FRENCH, HINDI, NEPALI, BENGALI, AMHARIC, ARABIC, TAMIL, THAI, POLISH], ids=lambda text: text[:8]
)
def test_what_people_write_is_language(text: str) -> None:
    assert fault(text) is None
    assert fault(text * 30) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # the i that stands before its consonant, and the halves of letters, given to the wrong neighbours
        ("खािेपािी कायाालय नबिाि आठ बजे िुल्छ। ियााँ धाराको दस्तुर सं कलि गिे काम दे शखएमा र्ियम बमोजजम िुिेछ। ", "vowel signs"),
        (
            "vfg]kfgL sfof{no ljxfg cf7 ah] v'N5 . gofF wf/fsf] b:t'/ b'O{ xhf/ kfFr ;o ?k}ofF xf] / o;df b; lbg nfUg]5 .",
            "font",
        ),
        ("(cid:55)(cid:75)(cid:72) (cid:82)(cid:73)(cid:73)(cid:76)(cid:70)(cid:72) " * 8, "stand for nothing"),
        (ENGLISH.replace("o", "\ufffd"), "stand for nothing"),
        ("\uf041\uf062\uf063 \uf064\uf065\uf066\uf067 " * 20, "stand for nothing"),
        (HINDI.encode().decode("latin-1"), ""),
        (FRENCH.encode().decode("cp1252") * 3, "wrong encoding"),
        ("Wkh frxqwb riilfh ri zdwhu rshqv dw hljkw. D qhz frqqhfwlrq frvwv vkloolqjv dqg wdnhv whq gdbv.", "vowels"),
    ],
)
def test_what_bad_fonts_give_is_not(text: str, said: str) -> None:
    found = fault(text)
    assert found is not None
    assert said in found


def test_bullets_codes_and_short_texts_prove_nothing() -> None:
    assert fault("\uf0b7 " + ENGLISH + "\n\uf0b7 " + ENGLISH) is None
    assert fault("12 345 678\n(cid:12)") is None
    assert fault("") is None
    assert fault("x[i]; y[j]; " + ENGLISH * 3) is None
