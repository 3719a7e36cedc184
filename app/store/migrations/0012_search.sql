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
    text_id TEXT NOT NULL,                -- the row that the text stands in
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
           (SELECT group_concat(j.value ->> '$.text', char(10))
              FROM json_each(iif(json_valid(n.sections), n.sections, '[]')) j)
      FROM session_note n
    UNION ALL
    -- Seen by who sees the note, and beside the text as it was signed, which stays findable.
    SELECT a.kind, a.id, n.id, n.student_id, n.person_id, 0, substr(a.signed_at, 1, 10),
           concat_ws(char(10), a.reason,
           (SELECT group_concat(j.value ->> '$.text', char(10))
              FROM json_each(iif(json_valid(a.sections), a.sections, '[]')) j))
      FROM note_addition a JOIN session_note n ON n.id = a.note_id
    UNION ALL
    SELECT 'group_session', g.id, g.id, '', g.person_id, 0, substr(g.started_at, 1, 10),
           concat_ws(char(10), g.topic,
           (SELECT group_concat(j.value ->> '$[1]', char(10))
              FROM json_each(iif(json_valid(g.sections), g.sections, '[]')) j))
      FROM group_session g
    UNION ALL
    SELECT 'concern', c.id, c.id, c.student_id, c.person_id, 0, c.raised_on,
           concat_ws(char(10), c.words, c.tried)
      FROM concern c
    UNION ALL
    SELECT 'concern_entry', e.id, e.concern_id, e.student_id, e.person_id, 0,
           substr(e.recorded_at, 1, 10), e.text
      FROM concern_entry e
    UNION ALL
    SELECT 'consultation', c.id, c.id, coalesce(c.student_id, ''), c.person_id, 0,
           substr(c.started_at, 1, 10),
           concat_ws(char(10), c.about, c.question, c.antecedent, c.behavior, c.consequence,
                     c.purpose, c.advised, c.outcome)
      FROM consultation c
    UNION ALL
    SELECT 'consultation_addition', a.id, c.id, coalesce(c.student_id, ''), c.person_id, 0,
           substr(a.recorded_at, 1, 10), a.text
      FROM consultation_addition a JOIN consultation c ON c.id = a.consultation_id
    UNION ALL
    SELECT 'contact', c.id, c.matter_id, c.student_id, c.person_id, 0, substr(c.at, 1, 10),
           concat_ws(char(10), c.about, c.said)
      FROM contact c;

CREATE TRIGGER searched_text_in INSTEAD OF INSERT ON searched_text
BEGIN
    INSERT INTO searchable (kind, text_id, subject_id, student_id, person_id, own, day)
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
           (SELECT group_concat(j.value ->> '$.text', char(10))
              FROM json_each(iif(json_valid(NEW.sections), NEW.sections, '[]')) j);
END;
CREATE TRIGGER note_addition_is_searched AFTER INSERT ON note_addition
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    SELECT NEW.kind, NEW.id, n.id, n.student_id, n.person_id, 0, substr(NEW.signed_at, 1, 10),
           concat_ws(char(10), NEW.reason,
           (SELECT group_concat(j.value ->> '$.text', char(10))
              FROM json_each(iif(json_valid(NEW.sections), NEW.sections, '[]')) j))
      FROM session_note n WHERE n.id = NEW.note_id;
END;
CREATE TRIGGER group_session_is_searched AFTER INSERT ON group_session
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    SELECT 'group_session', NEW.id, NEW.id, '', NEW.person_id, 0, substr(NEW.started_at, 1, 10),
           concat_ws(char(10), NEW.topic,
           (SELECT group_concat(j.value ->> '$[1]', char(10))
              FROM json_each(iif(json_valid(NEW.sections), NEW.sections, '[]')) j));
END;
CREATE TRIGGER concern_is_searched AFTER INSERT ON concern
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    VALUES ('concern', NEW.id, NEW.id, NEW.student_id, NEW.person_id, 0, NEW.raised_on,
            concat_ws(char(10), NEW.words, NEW.tried));
END;
CREATE TRIGGER concern_entry_is_searched AFTER INSERT ON concern_entry
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    VALUES ('concern_entry', NEW.id, NEW.concern_id, NEW.student_id, NEW.person_id, 0,
            substr(NEW.recorded_at, 1, 10), NEW.text);
END;
CREATE TRIGGER consultation_is_searched AFTER INSERT ON consultation
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    VALUES ('consultation', NEW.id, NEW.id, coalesce(NEW.student_id, ''), NEW.person_id, 0,
            substr(NEW.started_at, 1, 10),
            concat_ws(char(10), NEW.about, NEW.question, NEW.antecedent, NEW.behavior,
                      NEW.consequence, NEW.purpose, NEW.advised, NEW.outcome));
END;
CREATE TRIGGER consultation_addition_is_searched AFTER INSERT ON consultation_addition
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    SELECT 'consultation_addition', NEW.id, c.id, coalesce(c.student_id, ''), c.person_id, 0,
           substr(NEW.recorded_at, 1, 10), NEW.text
      FROM consultation c WHERE c.id = NEW.consultation_id;
END;
CREATE TRIGGER contact_is_searched AFTER INSERT ON contact
BEGIN
    INSERT INTO searched_text (kind, id, subject_id, student_id, person_id, own, day, text)
    VALUES ('contact', NEW.id, NEW.matter_id, NEW.student_id, NEW.person_id, 0,
            substr(NEW.at, 1, 10), concat_ws(char(10), NEW.about, NEW.said));
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
