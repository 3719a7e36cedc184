-- The services owed and given, and how long those who were referred stay.

SELECT 1;
