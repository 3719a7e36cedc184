-- Consents and releases, as they were signed.

SELECT 1;
