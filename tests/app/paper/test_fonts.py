from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paper.fonts import BOX, Typesetter
from printed import audible, shown

NAMES = {
    "Latin": "Nguyễn Łucja Núñez-O’Brien",
    "Cyrillic": "Нина Ковальчук",
    "Greek": "Ελένη Παπαδοπούλου",
    "Arabic": "عائشة الأحمدي",
    "Urdu": "زینب گیلانی",
    "Hebrew": "עדי כהן",
    "Syriac": "ܫܡܘܢ",
    "Thaana": "އައިޝަތު",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥",
    "Devanagari": "प्रिया शर्मा",
    "Bengali": "রহিমা খাতুন",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Gujarati": "કૃષ્ણા પટેલ",
    "Odia": "ସୁଶ୍ରୀ ପଟ୍ଟନାୟକ",
    "Tamil": "தமிழ்ச்செல்வி",
    "Telugu": "శ్రీనివాస్",
    "Kannada": "ಕೃಷ್ಣಮೂರ್ತಿ",
    "Malayalam": "ശ്രീലക്ഷ്മി",
    "Sinhala": "ශ්‍රීමතී",
    "Thai": "ประภาพร ใจดี",
    "Lao": "ສົມສັກ",
    "Khmer": "សុភាព ច័ន្ទ",
    "Burmese": "မောင်မောင်",
    "Tibetan": "བསྟན་འཛིན",
    "Ethiopic": "ሰላማዊት",
    "Armenian": "Արմեն Հակոբյան",
    "Georgian": "გიორგი ბერიძე",
    "Cherokee": "ᏣᎳᎩ",
    "Inuktitut": "ᐃᓄᒃ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Tifinagh": "ⵜⵉⴼⵉⵏⴰⵖ",
    "Chinese": "王小明",
    "Japanese": "田中 さくら",
    "Korean": "김민준",
    "signs": "≥ 3 → ✓ ☐ ½ € ° – … “”",
}
RTL = {"Arabic", "Urdu", "Hebrew", "Syriac", "Thaana", "Adlam"}


@pytest.mark.parametrize("script", NAMES)
@pytest.mark.parametrize("style", ["regular", "bold", "italic"])
def test_a_name_in_any_script_is_drawn_without_a_missing_sign(script: str, style: str) -> None:
    setter = Typesetter("en")
    text = setter.clean(NAMES[script])
    run = setter.run(text, style, rtl=script in RTL)  # type: ignore[arg-type]
    glyphs = [glyph for _text, glyph in shown(setter, run)]
    assert setter.missing == set()
    assert 0 not in glyphs
    assert run.width > 500


@pytest.mark.parametrize("script", NAMES)
def test_what_is_drawn_can_be_read_back(script: str) -> None:
    setter = Typesetter("en")
    text = setter.clean(NAMES[script])
    read = "".join(said for said, _glyph in shown(setter, setter.run(text, rtl=script in RTL)))
    if script in RTL:
        assert sorted(audible(read)) == sorted(audible(text))
    else:
        assert audible(read) == audible(text)


def test_arabic_letters_join() -> None:
    setter = Typesetter("en")
    joined = [glyph for _said, glyph in shown(setter, setter.run("ببب", rtl=True))]
    alone = [glyph for _said, glyph in shown(setter, setter.run("ب", rtl=True))]
    assert len(set(joined)) == 3
    assert alone[0] not in joined


def test_right_to_left_glyphs_stand_in_visual_order() -> None:
    setter = Typesetter("en")
    said = [said for said, _glyph in shown(setter, setter.run("עדי", rtl=True))]
    assert said == ["י", "ד", "ע"]


def test_only_the_fonts_that_are_needed_are_used() -> None:
    setter = Typesetter("en")
    setter.run("Maria Lopez 12")
    assert [font.face.name for font in setter.used] == ["NotoSans-Regular"]


def test_a_sign_no_font_has_is_a_visible_box_and_recorded() -> None:
    setter = Typesetter("en")
    run = setter.run(setter.clean("a😀b"))
    assert setter.missing == {"😀"}
    glyphs = shown(setter, run)
    box = setter.used[0].face.glyph(BOX)
    assert [glyph for _said, glyph in glyphs if glyph > 0][1] == box
    assert "".join(said for said, _glyph in glyphs) == "a😀b"


def test_control_signs_and_half_pairs_are_boxes_and_recorded() -> None:
    setter = Typesetter("en")
    assert setter.clean("a\x00b\ud800c\td\r\ne") == f"a{BOX}b{BOX}c    d\ne"
    assert setter.missing == {"\x00", "\ud800"}


def test_every_font_the_table_names_is_shipped_with_its_licence() -> None:
    from app.paper import fonts

    here = files("resources") / "fonts"
    families = {family for _first, _last, family in fonts._BLOCKS}
    for family in families:
        for style in ("regular", "bold", "italic"):
            file, _thick = fonts._file_of(family, style)  # type: ignore[arg-type]
            assert (here / f"{file}.ttf").is_file()
    for licence in ("OFL-1.1.txt", "Apache-2.0.txt", "README.md"):
        assert (here / licence).is_file()


def test_the_table_of_blocks_is_in_order_without_overlaps() -> None:
    from app.paper import fonts

    for (_first, last, _family), (after, _last, _other) in zip(
        fonts._BLOCKS, fonts._BLOCKS[1:], strict=False
    ):
        assert last < after


@given(st.text(max_size=60), st.sampled_from(["regular", "bold", "italic"]))
def test_no_sign_is_ever_dropped_silently(text: str, style: str) -> None:
    setter = Typesetter("en")
    clean = setter.clean(text).replace("\n", " ")
    read = shown(setter, setter.run(clean, style))  # type: ignore[arg-type]
    assert audible("".join(said for said, _glyph in read)) == audible(clean)
    assert 0 not in [glyph for _said, glyph in read]


@given(st.text(max_size=60))
def test_words_set_one_by_one_say_the_same_as_the_whole(text: str) -> None:
    setter = Typesetter("en")
    clean = setter.clean(text).replace("\n", " ")
    read = shown(setter, setter.words(clean))
    assert audible("".join(said for said, _glyph in read)) == audible(clean)
