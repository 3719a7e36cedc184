"""Whom the texts of a plan seem to name, before it begins the plans of others."""

from app.features.plans.model.forms import PlanForm
from ui.kit.room import Context


def named_in(context: Context, form: PlanForm) -> list[str]:
    """Return each name that a template of this form would carry on, once; not on the UI thread."""
    texts = [
        form.title,
        *(text for _key, text in form.sections),
        *(text for goal in form.goals for text in (goal.need, goal.statement, goal.measure)),
        *(level for goal in form.goals for level in goal.levels),
        *(text for one in form.interventions for text in (one.what, one.often)),
        *(task.text for task in form.tasks),
    ]
    # Nobody's record: the student's own name is somebody's as well.
    check = context.desk.mentions.check()
    return list(dict.fromkeys(find.text for text in texts if text for find in check.finds(text)))
