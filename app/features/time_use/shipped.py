"""The words of the category sets that come with the program: the vault has them in English.

They are seeded by the migration, so that no opening has to ask for them; here they are
marked for translation.
"""

from app.kernel.words import N_

SHIPPED_WORDS: tuple[str, ...] = (
    N_("ASCA National Model, 4th edition"),
    N_(
        "The use-of-time categories of the ASCA National Model, 4th edition (2019): 80 "
        "percent or more of the time goes to direct and indirect student services, 20 "
        "percent or less to program planning and school support, none to other tasks. "
        "Crisis response counts as an indirect service. The words that find a category are "
        "Casewell’s."
    ),
    N_("Direct student services"),
    N_("Indirect student services"),
    N_("Program planning and school support"),
    N_("Non-school-counseling tasks"),
    N_("Instruction"),
    N_("Appraisal and advisement"),
    N_("Counseling"),
    N_("Consultation"),
    N_("Collaboration"),
    N_("Referrals"),
    N_("Crisis response"),
    N_("Program planning"),
    N_("School support"),
    N_("Other tasks"),
    N_("School nursing"),
    N_(
        "Plain categories for a school nurse’s day. They are Casewell’s own; no body has "
        "prescribed them, and they set no target. A district can load its own."
    ),
    N_("Direct care"),
    N_("Care for a student without the student"),
    N_("Health program and health office"),
    N_("Nursing care and visits"),
    N_("Medication"),
    N_("Health screening"),
    N_("Health teaching"),
    N_("Care coordination"),
    N_("Contact with families"),
    N_("Consultation with staff"),
    N_("Emergencies"),
    N_("Records and immunizations"),
    N_("Health office and supplies"),
    N_("Training"),
    N_("Travel between buildings"),
    N_("School social work and psychology"),
    N_(
        "Plain categories for a school social worker’s or psychologist’s day. They are "
        "Casewell’s own; no body has prescribed them, and they set no target. A district "
        "can load its own."
    ),
    N_("Direct services"),
    N_("Indirect services"),
    N_("Program and school support"),
    N_("Individual counseling"),
    N_("Group counseling"),
    N_("Classroom lesson"),
    N_("Assessment and evaluation"),
    N_("Work with families"),
    N_("Team and IEP meetings"),
    N_("Referral and community resources"),
    N_("Records and reports"),
    N_("Duty and supervision"),
)
"""Names, notes and labels of the shipped sets, their groups and categories."""
