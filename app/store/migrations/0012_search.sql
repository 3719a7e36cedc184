-- The words of notes.

SELECT 1;
