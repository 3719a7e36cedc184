-- Concerns, consultations and contacts.

SELECT 1;
