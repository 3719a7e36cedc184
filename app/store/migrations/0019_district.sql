-- The district whose file was loaded, and what it asks for.

SELECT 1;
