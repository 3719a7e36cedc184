"""Sentences about the district: its file, its keys, and what was signed or sealed."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "district-file-malformed": N_(
        "This is no district file that can be read ({where}). Ask IT for it once more."
    ),
    "district-file-newer": N_(
        "This district file was made for a newer version of the program. Update the program first."
    ),
    "district-file-signature": N_(
        "The signature of this district file does not fit: it was changed after it was made."
        " Nothing was taken. Ask IT for it once more, in person."
    ),
    "district-file-recipient": N_(
        "This district file names a key that is none. Ask IT for a new file."
    ),
    "district-file-secret": N_(
        "The destination “{label}” in this district file holds a password. Nothing was taken; tell"
        " IT, and do not pass the file on."
    ),
    "district-file-open": N_(
        "The address of the destination “{label}” in this district file does not begin with https:"
        " somebody on the way could listen. Nothing was taken; ask IT for a new file."
    ),
    "district-file-invitation": N_(
        "The invitation in this district file is not the district’s own. Ask IT for a new file."
    ),
    "district-file-older": N_(
        "This district file is number {serial}; number {known} was loaded before. Nothing was"
        " changed."
    ),
    "district-other": N_(
        "This file is another district’s. The vault belongs to {name}: leave it first."
    ),
    "district-needs-words": N_("Enter the eight words that IT tells you."),
    "district-words-differ": N_(
        "These are not the words of this file’s key. Do not load it before IT has told you the"
        " words by phone or in person."
    ),
    "district-not-compared": N_("Tick this once IT has told you the same eight words."),
    "district-needs-name": N_("Enter the name by which the district knows you."),
    "district-name-long": N_("A name has at most {longest} characters."),
    "district-none": N_("This vault belongs to no district. Load the district’s file first."),
    "district-no-invitation": N_(
        "The file of {name} holds no invitation for this desk. Ask IT for one of your own."
    ),
    "district-passphrase-short": N_("Choose a passphrase of at least {least} characters."),
    "district-keys-malformed": N_("This is no file of a district’s keys."),
    "district-keys-closed": N_("This passphrase does not open the district’s keys."),
    "district-keys-others": N_("The keys in {path} are not those of its “district.json”."),
    "district-passphrases-differ": N_("The two passphrases are not the same. Nothing was made."),
    "district-folder-taken": N_("There is a district in {path} already. Nothing was changed."),
    "district-folder-empty": N_("There is no district in {path}. Make one with “init”."),
    "district-folder-damaged": N_("The file {path} cannot be read ({where})."),
    "district-schools-many": N_(
        "An invitation has no room for so many schools. Name fewer, or none for any school."
    ),
    "district-school-label": N_(
        "Schools are named for one desk: say whom the invitation is for, with --label."
    ),
    "district-desk-unknown": N_(
        "“{text}” is neither a desk’s id nor an invitation. “casewell district desks” lists them."
    ),
    "district-desk-several": N_(
        "Several invitations are called “{text}”. Use the id of the one you mean: {ids}."
    ),
    "district-blocked-already": N_("“{text}” is blocked already. Nothing was changed."),
    "district-not-blocked": N_("“{text}” is not blocked. Nothing was changed."),
    "district-block-reason": N_("Give a reason of at most {longest} characters."),
    "district-busy": N_("Another command is at work in {path}. Wait for it; nothing was changed."),
    "district-keys-many": N_("There are {most} earlier keys. Retire some of them first."),
    "district-key-in-use": N_(
        "This key is in use, or the newest district file still names it. Rotate first."
    ),
    "district-key-unknown": N_(
        "{key} is not one of the keys, or means several. “casewell district keys” lists them."
    ),
    "district-retire-unsaid": N_(
        "Nothing was retired. Confirm it when asked, or with --yes where nobody can be asked."
    ),
    "district-place-taken": N_("{path} is there already. Choose another name."),
    "district-label-long": N_("A label has at most {longest} characters."),
    "district-option": N_("“{text}” is not what this option takes. It looks like {example}."),
    "district-pack-malformed": N_("{path} is no file of an instrument or of categories of time."),
    "parcel-recipient-missing": N_("Nobody is named whom this could be encrypted to."),
    "recipient-too-many": N_("At most {most} keys can be named."),
    "recipient-malformed": N_("This is no public key of age. One begins with “age1”."),
    "parcel-too-big": N_("This summary is larger than a parcel can be."),
}
