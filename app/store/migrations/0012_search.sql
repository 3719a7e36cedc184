-- What was written, as it is searched: the words of signed notes and of other records that stand.
--
-- A room whose texts are to be found gives two things: a branch of the view `searched_text`,
-- which says what there is to find, and a trigger that inserts the same row into that view when
-- the record is written, as `session_note_is_searched` does. Columns: the kind; the id of the
-- row with the text; the id that its page opens with; the student, or ''; whose record it is;
-- whether it is that person's own (1) or their discipline's (0); its day; the text.
-- Rows that are changed or deleted later have no place here: their words would stay.

CREATE TABLE searchable (
    row INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    own INTEGER NOT NULL,
    day TEXT NOT NULL
) STRICT;

-- `marks` narrow a search before it begins: whose record (p, or o where it is their own), of
-- which student (s), each followed by the id; and of which kind (k).
CREATE VIRTUAL TABLE searchable_words USING fts5 (
    text, marks,
    content = '', columnsize = 0, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2 categories ''L* N* Co Mc Cn'''
);

-- Every word in it, to compare the index with what it is of; shut to whoever reads for a person.
CREATE VIRTUAL TABLE searchable_terms USING fts5vocab (searchable_words, 'col');

CREATE VIEW searched_text (kind, id, subject_id, student_id, person_id, own, day, text) AS
    SELECT 'note', n.id, n.id, n.student_id, n.person_id, 0, substr(n.started_at, 1, 10),
           (SELECT group_concat(j.value ->> '$.text', char(10)) FROM json_each(n.sections) j)
      FROM session_note n
    UNION ALL
    -- Seen by who sees the note, and beside the text as it was signed, which stays findable.
    SELECT a.kind, a.id, n.id, n.student_id, n.person_id, 0, substr(a.signed_at, 1, 10),
           concat_ws(char(10), a.reason,
           (SELECT group_concat(j.value ->> '$.text', char(10)) FROM json_each(a.sections) j))
      FROM note_addition a JOIN session_note n ON n.id = a.note_id;

CREATE TRIGGER searched_text_in INSTEAD OF INSERT ON searched_text
BEGIN
    INSERT INTO searchable (kind, id, subject_id, student_id, person_id, own, day)
    VALUES (NEW.kind, NEW.id, NEW.subject_id, NEW.student_id, NEW.person_id, NEW.own, NEW.day);
    INSERT INTO searchable_words (rowid, text, marks)
    VALUES (last_insert_rowid(), NEW.text,
            concat(iif(NEW.own, 'o', 'p'), replace(NEW.person_id, '-', ''),
                   ' s', replace(NEW.student_id, '-', ''), ' k', replace(NEW.kind, '_', '')));
END;

CREATE TRIGGER session_note_is_searched AFTER INSERT ON session_note
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    SELECT 'note', NEW.id, NEW.id, NEW.student_id, NEW.person_id, 0, substr(NEW.started_at, 1, 10),
           (SELECT group_concat(j.value ->> '$.text', char(10)) FROM json_each(NEW.sections) j);
END;
CREATE TRIGGER note_addition_is_searched AFTER INSERT ON note_addition
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    SELECT NEW.kind, NEW.id, n.id, n.student_id, n.person_id, 0, substr(NEW.signed_at, 1, 10),
           concat_ws(char(10), NEW.reason,
           (SELECT group_concat(j.value ->> '$.text', char(10)) FROM json_each(NEW.sections) j))
      FROM session_note n WHERE n.id = NEW.note_id;
END;

-- What was signed before there was an index.
INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    SELECT kind, id, subject_id, student_id, person_id, own, day, text
      FROM searched_text ORDER BY day, id;

-- Sole-possession notes have an index of their own, denied with them to all that leaves the
-- desk. What is taken out of it is overwritten, as the note itself is.
CREATE VIRTUAL TABLE sole_words USING fts5 (
    text,
    content = 'sole_note', content_rowid = 'rowid', prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2 categories ''L* N* Co Mc Cn'''
);
INSERT INTO sole_words (sole_words, rank) VALUES ('secure-delete', 1);
INSERT INTO sole_words (sole_words) VALUES ('rebuild');

CREATE TRIGGER sole_note_is_searched AFTER INSERT ON sole_note
BEGIN
    INSERT INTO sole_words (rowid, text) VALUES (NEW.rowid, NEW.text);
END;
CREATE TRIGGER sole_note_is_searched_anew AFTER UPDATE OF text ON sole_note
WHEN OLD.text IS NOT NEW.text
BEGIN
    INSERT INTO sole_words (sole_words, rowid, text) VALUES ('delete', OLD.rowid, OLD.text);
    INSERT INTO sole_words (rowid, text) VALUES (NEW.rowid, NEW.text);
END;
CREATE TRIGGER sole_note_is_forgotten AFTER DELETE ON sole_note
BEGIN
    INSERT INTO sole_words (sole_words, rowid, text) VALUES ('delete', OLD.rowid, OLD.text);
END;
