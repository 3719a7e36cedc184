-- Measures, their points, and what was decided on them.

SELECT 1;
