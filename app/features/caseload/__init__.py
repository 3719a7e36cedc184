"""The caseload: students, guardians, schools, tiers, alerts."""
