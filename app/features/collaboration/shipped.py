"""What the program ships for this room: warning signs, and what may be said back.

The list of signs is ours: facts that anyone at a school can check, of the kinds that early
warning systems look at (attendance, behavior, course marks) and that staff are asked to
notice. It is no instrument and has no score; a district puts its own list in its place.
"""

from app.features.collaboration.model.concerns import Danger, Sign, Unit
from app.features.collaboration.model.feedback import Template
from app.kernel.words import N_

SIGNS: tuple[Sign, ...] = (
    Sign("absences", N_("Absences"), Unit.DAYS),
    Sign("tardies", N_("Came late"), Unit.TIMES),
    Sign("grade_drop", N_("Marks dropped (points)"), Unit.POINTS),
    Sign("missing_work", N_("Work not handed in"), Unit.TIMES),
    Sign("referrals", N_("Office referrals"), Unit.TIMES),
    Sign("nurse_visits", N_("Visits to the nurse"), Unit.TIMES),
    Sign("conflicts", N_("Fights or arguments with peers"), Unit.TIMES),
    Sign("crying", N_("Cried at school"), Unit.TIMES),
    Sign("sleeping", N_("Fell asleep in class"), Unit.TIMES),
    Sign("withdrawn", N_("Keeps apart from others")),
    Sign("loss", N_("Changed after a loss or a move")),
    Sign("needs", N_("Hungry, cold or without a home")),
    Sign("self_harm", N_("Self-harm, or not wanting to live"),
         danger=Danger.SELF_HARM),
    Sign("abuse", N_("Abuse or neglect, seen or told"), danger=Danger.ABUSE),
    Sign("violence", N_("Threatened to hurt someone"), danger=Danger.VIOLENCE),
)  # fmt: skip
"""Version 0 of the list."""

SIGN_LABELS = {sign.code: sign.label for sign in SIGNS}

TEMPLATES: dict[Template, str] = {
    Template.RECEIVED: N_(
        "Thank you for telling me what you noticed. I have it and will look at it."
    ),
    Template.LOOKING: N_("Thank you for telling me. I am looking into what you raised."),
    Template.SEEN: N_("I have met with the student you told me about. Thank you for noticing."),
    Template.CONTACT_ME: N_("Please contact me about what you raised. I would like to hear more."),
    Template.COME_SEE_ME: N_("Thank you for telling me. Please come and see me."),
    Template.THANKS: N_("Thank you for looking out for someone."),
}
"""What may be said back, as it begins; whoever sends it may make it plainer."""
