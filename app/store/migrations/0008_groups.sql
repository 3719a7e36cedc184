-- Groups, who is in them, and their sessions.

SELECT 1;
