-- Plans of care: versions, goals, what is done by whom, reviews and signatures.

SELECT 1;
