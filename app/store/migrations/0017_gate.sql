-- What a disclosure stands on, requests to inspect, and labels of substance use records.

SELECT 1;
