-- Activities, the categories of time, and what a claim asks for.

SELECT 1;
