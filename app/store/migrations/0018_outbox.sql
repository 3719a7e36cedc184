-- What waits to leave, sealed; where it goes; what became of it.

SELECT 1;
