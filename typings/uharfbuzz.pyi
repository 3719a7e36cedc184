from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum, IntFlag

class Blob:
    data: bytes
    def __init__(self, data: bytes) -> None: ...

class Set:
    def __iter__(self) -> Iterator[int]: ...
    def update(self, other: Iterable[int]) -> None: ...

class Face:
    upem: int
    glyph_count: int
    blob: Blob
    unicodes: Set
    def __init__(self, blob: Blob | bytes, index: int = 0) -> None: ...

class FontExtents:
    ascender: int
    descender: int
    line_gap: int

class Font:
    def __init__(self, face: Face) -> None: ...
    def get_nominal_glyph(self, unicode: int) -> int | None: ...
    def get_glyph_h_advance(self, glyph: int) -> int: ...
    def get_font_extents(self, direction: str) -> FontExtents: ...

class BufferClusterLevel(IntEnum):
    MONOTONE_GRAPHEMES = 0
    MONOTONE_CHARACTERS = 1
    CHARACTERS = 2

class BufferFlags(IntFlag):
    DEFAULT = 0
    REMOVE_DEFAULT_IGNORABLES = 8

class GlyphInfo:
    codepoint: int
    cluster: int

class GlyphPosition:
    x_advance: int
    y_advance: int
    x_offset: int
    y_offset: int

class Buffer:
    cluster_level: BufferClusterLevel
    flags: BufferFlags
    direction: str
    language: str
    script: str
    glyph_infos: list[GlyphInfo]
    glyph_positions: list[GlyphPosition]
    def add_str(self, text: str) -> None: ...
    def guess_segment_properties(self) -> None: ...

def shape(font: Font, buffer: Buffer, features: Mapping[str, bool] | None = None) -> None: ...

class SubsetFlags(IntFlag):
    NO_HINTING = 1
    RETAIN_GIDS = 2
    NOTDEF_OUTLINE = 64
    NO_LAYOUT_CLOSURE = 512

class SubsetInputSets(IntEnum):
    DROP_TABLE_TAG = 3

class SubsetInput:
    flags: SubsetFlags
    glyph_set: Set
    def __init__(self) -> None: ...
    def sets(self, which: SubsetInputSets) -> Set: ...

def subset(face: Face, input: SubsetInput) -> Face: ...
