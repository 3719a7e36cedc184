"""The outbox in the file: places, parcels, manifests, receipts."""
