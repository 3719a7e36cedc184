from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.clock import Moment
from app.paper.blocks import Course, Paper, render
from app.paper.preview import page_texts

MADE = Moment("2026-11-22T20:26:00.000Z", "America/New_York")
VALUES = st.floats(-100, 100, allow_nan=False)


def printed(course: Course) -> str:
    paper = Paper(title="Progress", made=MADE, names="Kim Ode", blocks=(course,))
    return "\n".join(page_texts(render(paper)))


def test_a_picture_of_progress_says_its_days_its_phases_and_its_signs() -> None:
    said = printed(
        Course(
            points=((0.0, 9.0), (7.0, 8.0), (14.0, 4.0)),
            goal=((0.0, 9.0), (70.0, 1.0)),
            key="Dot: point. Dashed: goal line.",
            asks=((14.0, 4.0),),
            phases=((10.0, "Card on the desk"),),
            days=((0.0, "18 Sep 2026"), (14.0, "2 Oct 2026"), (70.0, "27 Nov 2026")),
        )
    )
    for words in ("Dot: point.", "Card on the desk", "18 Sep 2026", "27 Nov 2026"):
        assert words in said


@settings(max_examples=25, deadline=None)
@given(values=st.lists(VALUES, max_size=12), ends=st.tuples(VALUES, VALUES))
def test_any_points_can_be_drawn(values: list[float], ends: tuple[float, float]) -> None:
    course = Course(
        points=tuple((7.0 * place, value) for place, value in enumerate(values)),
        goal=((0.0, ends[0]), (70.0, ends[1])),
        key="Dot: point.",
    )
    assert "Dot: point." in printed(course)
